'use client'

import { useEffect, useState } from 'react'

interface Item {
  id: string
  content: string
}

/** The todos as the server rendered them, and from then on as they change anywhere. */
export function LiveTodos({ initial }: { initial: Item[] }) {
  const [live, setLive] = useState<Item[]>()

  useEffect(() => {
    const source = new EventSource('/todos/live')
    source.onmessage = ({ data }) => setLive(JSON.parse(data))
    return () => source.close()
  }, [])

  const items = live ?? initial
  return (
    <>
      <ul>
        {items.map(({ id, content }) => (
          <li key={id}>{content}</li>
        ))}
      </ul>
      <p className="hint">{live ? 'Live' : 'As of when the page was made'}</p>
    </>
  )
}

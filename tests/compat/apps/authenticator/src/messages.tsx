import '@aws-amplify/ui-react/styles.css'
import { Button, Card, Heading, View } from '@aws-amplify/ui-react'
import { withInAppMessaging } from '@aws-amplify/ui-react-notifications'
import { Amplify } from 'aws-amplify'
import { record } from 'aws-amplify/analytics'
import { dispatchEvent, initializeInAppMessaging, syncMessages } from 'aws-amplify/in-app-messaging'
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'

// A stock app whose messages are shown by the official components.

function App() {
  const [ready, setReady] = useState(false)
  useEffect(() => {
    syncMessages().then(() => setReady(true))
  }, [])
  return (
    <View padding="2rem">
      <Heading level={1}>Shop</Heading>
      {ready && (
        <>
          <Button onClick={() => record({ name: 'banner' })}>Record banner</Button>
          <Button onClick={() => dispatchEvent({ name: 'modal' })}>Dispatch modal</Button>
          <Button onClick={() => dispatchEvent({ name: 'carousel' })}>Dispatch carousel</Button>
        </>
      )}
    </View>
  )
}

interface CarouselProps {
  data?: { header?: { content: string }; body?: { content: string } }[]
  onClose?: () => void
  onDisplay?: () => void
}

/** The official package has none for the web: its own shows nothing, and leaves the place to the app. */
function CarouselMessage({ data = [], onClose, onDisplay }: CarouselProps) {
  const [at, setAt] = useState(0)
  useEffect(() => onDisplay?.(), [])
  return (
    <Card role="dialog" variation="elevated">
      <Heading level={2}>{data[at]?.header?.content}</Heading>
      <p>{data[at]?.body?.content}</p>
      <Button onClick={() => setAt((at + 1) % data.length)}>Next</Button>
      <Button onClick={onClose}>Dismiss</Button>
    </Card>
  )
}

const Shown = withInAppMessaging(App, { components: { CarouselMessage } })

const outputs = new URLSearchParams(location.search).get('outputs')
Amplify.configure(await (await fetch(outputs as string)).json())
initializeInAppMessaging()
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <Shown />
  </StrictMode>,
)

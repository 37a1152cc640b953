// Lines that must compile, and lines that must not: the client in React and in TanStack Query.

import { a, type ClientSchema } from '@backline/schema'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { generateClient } from './client.js'
import { useLiveQuery } from './react.js'
import { answerMutation, answerQuery, liveQuery, pagesQuery } from './tanstack-query.js'

const schema = a.schema({ Todo: a.model({ content: a.string().required(), done: a.boolean() }) })
const client = generateClient<ClientSchema<typeof schema>>()

export function Component() {
  const live = useLiveQuery(() => client.models.Todo.observeQuery({ selectionSet: ['content'] }), [])
  const content: string | undefined = live.items[0]?.content
  // @ts-expect-error it was not selected
  live.items[0]?.done

  const one = useQuery(answerQuery(['todo'], (signal) => client.models.Todo.get({ id: '1' }, { signal })))
  const done: boolean | null | undefined = one.data?.done
  // @ts-expect-error there is no such field
  one.data?.colour

  const pages = useInfiniteQuery(
    pagesQuery(['todos'], (nextToken, signal) => client.models.Todo.list({ limit: 20, nextToken, signal })),
  )
  const rows: string[] | undefined = pages.data?.pages.flatMap(({ data }) => data.map((row) => row.content))

  const watched = useQuery(liveQuery(['live'], () => client.models.Todo.observeQuery()))
  const first: string | undefined = watched.data?.[0]?.content

  const create = useMutation(answerMutation((input: { content: string }) => client.models.Todo.create(input)))
  create.mutate({ content: 'milk' })
  // @ts-expect-error
  create.mutate({ content: 1 })
  return [content, done, rows, first]
}

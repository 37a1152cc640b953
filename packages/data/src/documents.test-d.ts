// Lines that must compile, and lines that must not: what `client.graphql` knows of a document.

import { generateClient } from './client.js'
import type { GraphQLQuery, GraphQLSubscription } from './documents.js'

const client = generateClient()

// As Amplify's code generator writes them, beside the text.
type GeneratedQuery<Input, Output> = string & { __generatedQueryInput: Input; __generatedQueryOutput: Output }
type GeneratedMutation<Input, Output> = string & {
  __generatedMutationInput: Input
  __generatedMutationOutput: Output
}
type GeneratedSubscription<Input, Output> = string & {
  __generatedSubscriptionInput: Input
  __generatedSubscriptionOutput: Output
}
interface Todo {
  id: string
  content: string | null
}
const getTodo = 'query' as GeneratedQuery<{ id: string }, { getTodo?: Todo | null }>
const createTodo = 'mutation' as GeneratedMutation<
  { input: { content: string } },
  { createTodo?: Todo | null }
>
const onCreateTodo = 'subscription' as GeneratedSubscription<
  { owner?: string },
  { onCreateTodo?: Todo | null }
>

export async function generated() {
  const { data } = await client.graphql({ query: getTodo, variables: { id: '1' } })
  const content: string | null | undefined = data.getTodo?.content
  // @ts-expect-error there is no such field
  data.getTodo?.colour
  // @ts-expect-error ids are texts
  client.graphql({ query: getTodo, variables: { id: 1 } })
  const made = await client.graphql({ query: createTodo, variables: { input: { content: 'milk' } } })
  const id: string | undefined = made.data.createTodo?.id
  // @ts-expect-error its input is missing
  client.graphql({ query: createTodo, variables: {} })
  client.graphql({ query: onCreateTodo, variables: { owner: 'ada' } }).subscribe(({ data, errors }) => {
    const text: string | null | undefined = data.onCreateTodo?.content
    // @ts-expect-error
    data.onUpdateTodo
    return [text, errors?.[0]?.message]
  })
  // @ts-expect-error nothing is subscribed to by a mutation
  client.graphql({ query: createTodo, variables: { input: { content: '' } } }).subscribe
  return [content, id]
}

export async function named() {
  const { data } = await client.graphql<GraphQLQuery<{ listTodos: { items: Todo[] } }>>({
    query: '{ listTodos }',
  })
  const ids: string[] = data.listTodos.items.map(({ id }) => id)
  client
    .graphql<GraphQLSubscription<{ onCreateTodo: Todo }>>({ query: 'subscription { onCreateTodo { id } }' })
    .subscribe(({ data }) => data.onCreateTodo.id satisfies string)
  // Of a text that is written down, at least how it begins is known.
  const { errors } = await client.graphql({ query: 'mutation { createTodo { id } }' })
  client.graphql({ query: '\n  subscription { onCreateTodo { id } }' }).subscribe()
  // @ts-expect-error
  client.graphql({ query: '{ listTodos { items { id } } }' }).subscribe()
  return [ids, errors]
}

import { afterEach, expect, test } from 'vitest'
import type { BackendPlan } from '../plan.js'
import { type Sandbox, serve } from '../sandbox.js'

const sandboxes: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
})

async function start(sdl: string, data: Partial<BackendPlan['data']> = {}) {
  const schema = { definitions: {}, transform: () => ({ schema: sdl }) }
  const plan = {
    storages: [],
    extraOutputs: {},
    data: { schema, defaultAuthMode: 'apiKey', apiKeyDays: 30, ...data },
  } as unknown as BackendPlan
  const sandbox = await serve(plan)
  sandboxes.push(sandbox)
  const outputs = sandbox.outputs.data as { url: string; api_key: string; authorization_types: string[] }
  const post = async (body: unknown, headers: Record<string, string> = { 'x-api-key': outputs.api_key }) => {
    const response = await fetch(outputs.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, ...((await response.json()) as Answer) }
  }
  const ask = (query: string, variables: object = {}) => post({ query, variables })
  return { sandbox, outputs, post, ask }
}

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by many tests in many shapes.
  data: any
  errors?: { message: string; errorType?: string; path?: unknown; data?: unknown; locations?: unknown }[]
}

const TODO = `type Todo @model @auth(rules: [{allow: public, provider: apiKey}]) {
  content: String
  done: Boolean @default(value: "false")
  priority: Int
}`
const CREATE =
  'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { id content done priority createdAt updatedAt } }'

test('rows are created, got, listed, updated and deleted with an API key', async () => {
  const { ask, outputs } = await start(TODO)
  expect(outputs.api_key).toMatch(/^da2-[a-z0-9]{26}$/)

  const { data } = await ask(CREATE, { input: { content: 'milk' } })
  const todo = data.createTodo
  expect(todo).toMatchObject({ content: 'milk', done: false, priority: null })
  expect(todo.id).toMatch(/^[\da-f-]{36}$/)
  expect(todo.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)

  const got = await ask('query ($id: ID!) { getTodo(id: $id) { content } }', { id: todo.id })
  expect(got.data.getTodo).toEqual({ content: 'milk' })
  const updated = await ask('mutation ($i: UpdateTodoInput!) { updateTodo(input: $i) { id content done } }', {
    i: { id: todo.id, done: true },
  })
  expect(updated.data.updateTodo).toEqual({ id: todo.id, content: 'milk', done: true })
  const listed = await ask('{ listTodos { items { id done } nextToken } }')
  expect(listed.data.listTodos).toEqual({ items: [{ id: todo.id, done: true }], nextToken: null })
  const gone = await ask('mutation ($i: DeleteTodoInput!) { deleteTodo(input: $i) { id } }', {
    i: { id: todo.id },
  })
  expect(gone.data.deleteTodo).toEqual({ id: todo.id })
  expect((await ask('{ listTodos { items { id } } }')).data.listTodos.items).toEqual([])
  expect((await ask(`{ getTodo(id: "${todo.id}") { id } }`)).data).toEqual({ getTodo: null })
})

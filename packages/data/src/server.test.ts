// The clients of servers, on the local backend: whose request a call belongs to decides who it is.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { generateClientWithAmplifyInstance, type V6ClientSSRRequest } from './internals.js'
import { generateClient } from './server.js'

const schema = a
  .schema({
    Note: a
      .model({ text: a.string().required(), box: a.id(), parts: a.hasMany('Part', 'noteId') })
      .secondaryIndexes((index) => [index('box')]),
    Part: a.model({ name: a.string(), noteId: a.id(), note: a.belongsTo('Note', 'noteId') }),
  })
  .authorization((allow) => [allow.publicApiKey()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let config: Parameters<typeof createAmplifyContext>[0]
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  sandbox = await startSandbox({ backend: defineBackend({ data }) })
  config = sandbox.outputs as typeof config
})
afterAll(() => sandbox.stop())

/** Another request: its calls carry its own key, good or not. */
const requestOf = (apiKey?: string) => {
  const outputs = structuredClone(sandbox.outputs) as { data: { api_key: string } }
  if (apiKey) outputs.data.api_key = apiKey
  return createAmplifyContext(outputs as typeof config)
}

test('a client made once serves each request by its own context', async () => {
  const client = generateClient<Schema>({ config })
  const [mine, stranger] = [requestOf(), requestOf('da2-wrong')]
  const { data: note } = await client.models.Note.create(mine, { text: 'hello', box: 'b' })
  await client.models.Part.create(mine, { name: 'one', noteId: note!.id })
  expect(await client.models.Note.list(stranger)).toMatchObject({
    data: [],
    errors: [{ errorType: 'UnauthorizedException' }],
  })
  const { data } = await client.models.Note.list(mine, { selectionSet: ['text', 'parts.name'] })
  expect(data).toEqual([{ text: 'hello', parts: [{ name: 'one' }] }])
  const { data: boxed } = await client.models.Note.listNoteByBox(mine, { box: 'b' })
  expect((await boxed[0]!.parts()).data).toMatchObject([{ name: 'one' }])
  expect(await client.graphql(mine, { query: '{ listNotes { items { text } } }' })).toEqual({
    data: { listNotes: { items: [{ text: 'hello' }] } },
  })
  await client.models.Note.delete(mine, { id: note!.id })
})

test('a call is cancelled by its promise, and without a context nothing is called', async () => {
  const client = generateClient<Schema>({ config })
  const promise = client.models.Note.list(requestOf())
  expect(client.cancel(promise)).toBe(true)
  const error = await promise.catch((error: unknown) => error)
  expect(client.isCancelError(error)).toBe(true)
  expect(() => client.models.Note.list({} as never)).toThrow(/first argument is the context/)
  expect(() => generateClient({} as never)).toThrow(/needs `config`/)
})

test('an adapter gives the context itself, or a function that runs with one, or none', async () => {
  const ctx = requestOf()
  const byContext = generateClientWithAmplifyInstance<Schema>({ amplify: ctx, config })
  const byFunction = generateClientWithAmplifyInstance<Schema>({ amplify: (run) => run(ctx), config })
  const byCall = generateClientWithAmplifyInstance<Schema, V6ClientSSRRequest<Schema>>({
    amplify: null,
    config,
  })
  const { data } = await byContext.models.Note.create({ text: 'x' })
  expect((await byFunction.models.Note.get({ id: data!.id })).data).toMatchObject({ text: 'x' })
  expect((await byCall.models.Note.get(ctx, { id: data!.id })).data).toMatchObject({ text: 'x' })
  const promise = byFunction.models.Note.list()
  await Promise.resolve()
  expect(byFunction.cancel(promise)).toBe(true)
  await expect(promise).rejects.toMatchObject({ name: 'CanceledError' })
})

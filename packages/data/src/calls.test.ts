// How calls end, on the local backend: with rows, with errors that a program can tell apart, or before their time.

import { createAmplifyContext } from '@backline/core'
import { startSandbox } from '@backline/sandbox'
import { a, type ClientSchema } from '@backline/schema'
import { defineAuth, defineBackend, defineData } from '@backline/schema/backend'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { generateClient } from './client.js'

const schema = a
  .schema({
    Note: a.model({
      text: a.string().required(),
      version: a.integer(),
      secret: a.string().authorization((allow) => [allow.authenticated()]),
    }),
    Desk: a
      .model({ room: a.string().required(), at: a.integer().required(), who: a.string() })
      .identifier(['room', 'at'])
      .authorization((allow) => [allow.publicApiKey(), allow.authenticated('identityPool')]),
  })
  .authorization((allow) => [allow.publicApiKey(), allow.authenticated()])
type Schema = ClientSchema<typeof schema>

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'apiKey' } })
  const auth = defineAuth({ loginWith: { email: true } })
  sandbox = await startSandbox({ backend: defineBackend({ auth, data }) })
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.stop())

const config = () => sandbox.outputs as Parameters<typeof createAmplifyContext>[0]
const connect = (options = {}, library = {}) =>
  generateClient<Schema>(options, createAmplifyContext(config(), library))

test('who changes a row may say of what version: the second of two is refused', async () => {
  const { models } = connect()
  const { data: note } = await models.Note.create({ text: 'a', version: 1 })
  const write = (text: string) =>
    models.Note.update({ id: note!.id, text, version: 2 }, { condition: { version: { eq: 1 } } })
  expect((await write('b')).data).toMatchObject({ text: 'b' })
  const { data, errors } = await write('c')
  expect(data).toBe(null)
  switch (errors![0]!.errorType) {
    case 'DynamoDB:ConditionalCheckFailedException':
      break
    default:
      expect.unreachable()
  }
  const condition = { version: { eq: 1 } }
  expect((await models.Note.delete({ id: note!.id }, { condition })).errors).toHaveLength(1)
  expect((await models.Note.get({ id: note!.id })).data).toMatchObject({ text: 'b' })
})

test('orThrow rejects with what the answer says, and gives everything else as it is', async () => {
  const { models } = connect()
  const { data } = await models.Note.create({ text: 'a' }, { selectionSet: ['text'] }).orThrow()
  expect(data).toMatchObject({ text: 'a' })
  expect(await models.Note.list({ limit: 1, selectionSet: ['text'] }).orThrow()).toMatchObject({
    data: [{ text: 'a' }],
  })
  await expect(models.Note.update({ id: 'nobody', text: 'x' }).orThrow()).rejects.toMatchObject({
    name: 'DynamoDB:ConditionalCheckFailedException',
    data: null,
    errors: [{ path: ['updateNote'] }],
  })
})

test('a promise of orThrow is cancelled like the one it came from', async () => {
  const client = connect()
  const promise = client.models.Note.list().orThrow()
  expect(client.cancel(promise, 'enough')).toBe(true)
  await expect(promise).rejects.toMatchObject({ name: 'CanceledError', message: 'enough' })
  expect(client.cancel(promise)).toBe(false)
})

test('a call has a time, or the client has one for all', async () => {
  const platform = { fetch: (_: unknown, init?: RequestInit) => never(init!.signal!) }
  const client = connect({ timeout: 20 }, { platform })
  const timeout = { data: null, errors: [{ errorType: 'TimeoutError' }] }
  expect(await client.models.Note.list()).toMatchObject(timeout)
  expect(await connect({}, { platform }).models.Note.list({ timeout: 10 })).toMatchObject(timeout)
  await expect(client.graphql({ query: '{ a }' })).rejects.toMatchObject({ name: 'TimeoutError' })
})
const never = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('a field that may not be read is null with an error; the rest of the row is there', async () => {
  const { models } = connect()
  const { data: note } = await models.Note.create({ text: 'a' }, { selectionSet: ['id', 'text'] })
  const { data, errors } = await models.Note.get({ id: note!.id })
  expect(data).toMatchObject({ text: 'a', secret: null })
  expect(errors).toMatchObject([{ errorType: 'Unauthorized', path: ['getNote', 'secret'] }])
})

test('what does not exist is named: models, modes, fields, operators', async () => {
  const { models } = connect()
  const anything = models as unknown as Record<
    string,
    Record<string, (...args: unknown[]) => Promise<object>>
  >
  expect(() => anything.Notes).toThrow(/"Notes" is not a model/)
  await expect(anything.Note!.list!({ authMode: 'apikey' })).rejects.toMatchObject({
    name: 'InvalidAuthMode',
    message: expect.stringContaining('"apikey"'),
  })
  expect(await anything.Note!.create!({ text: 'a', colour: 'red' })).toMatchObject({
    errors: [{ message: expect.stringContaining('colour') }],
  })
  expect(await anything.Note!.list!({ filter: { text: { like: 'a' } } })).toMatchObject({
    errors: [{ message: expect.stringContaining('like') }],
  })
})

test('undefined is untouched, null clears, and a whole row may be given back', async () => {
  const { models } = connect()
  const { data: made } = await models.Desk.create({ room: 'A', at: 1, who: 'Ada' })
  expect((await models.Desk.update({ ...made!, who: undefined })).data).toMatchObject({ who: 'Ada' })
  expect((await models.Desk.update({ room: 'A', at: 1, who: null })).data).toMatchObject({ who: null })
})

test.each([
  ['a page', 502, '<html>Bad gateway</html>', { data: null, errors: [{ errorType: 'ServiceUnavailable' }] }],
  [
    'a page that is no failure',
    200,
    '<html>Log in</html>',
    { data: [], errors: [{ errorType: 'BadResponse' }] },
  ],
  ['nothing', 204, null, { data: [], errors: [{ errorType: 'BadResponse' }] }],
  ['too much was asked', 413, '{"message":"too large"}', { data: [], errors: [{ message: 'too large' }] }],
  [
    'too often',
    429,
    '{"errors":[{"errorType":"TooManyRequestsException","message":"slow"}]}',
    { data: [], errors: [{ errorType: 'TooManyRequestsException' }] },
  ],
  ['half of it', 200, '{"data":', { data: [], errors: [{ errorType: 'BadResponse' }] }],
])('an answer that is not GraphQL has an outcome of its own: %s', async (_, status, body, expected) => {
  const headers = { 'retry-after': '0' }
  const platform = { fetch: async () => new Response(body, { status, headers }) }
  expect(await connect({}, { platform }).models.Note.list()).toMatchObject(expected)
})

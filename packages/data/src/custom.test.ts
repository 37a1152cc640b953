import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { appFor, appsync } from './appsync.fixture.js'
import { generateClient } from './client.js'
import type { Shop } from './shop.fixture.js'

// The schema that uses everything, as the official tools describe it to a client.
const modelIntrospection = JSON.parse(
  readFileSync(new URL('../../schema/src/shop.introspection.json', import.meta.url), 'utf8'),
)
const chat = {
  id: 'c1',
  name: 'Trip',
  metadata: '{"to":"Rome"}',
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-02T00:00:00Z',
}

async function setUp(http: (query: string, variables: any) => object) {
  const service = await appsync({ http: ({ query, variables }) => ({ data: http(query, variables) }) })
  return { ...service, client: generateClient<Shop>({}, appFor(service.url, { modelIntrospection })) }
}

test('queries and mutations send their arguments as the wire has them, and read what comes back', async () => {
  const { client, asked } = await setUp((query) =>
    query.includes('totalFor')
      ? { totalFor: [{ region: 'eu' }, null] }
      : query.includes('announce')
        ? { announce: null }
        : { describe: { text: 'red' } },
  )
  const totals = await client.queries.totalFor({ region: 'eu', numbers: [1], status: 'PAID' })
  expect(totals).toEqual({ data: [{ region: 'eu' }, null] })
  expect(asked[0]!.query).toContain(
    'query($region: String!,$numbers: [Int],$status: OrderStatus) { totalFor(region: $region,numbers: $numbers,status: $status) { ',
  )
  expect(asked[0]!.variables).toEqual({ region: 'eu', numbers: [1], status: 'PAID' })
  // Null is an answer.
  expect(await client.mutations.announce({ channel: 'x', body: { a: 1 } })).toEqual({ data: null })
  expect(asked[1]!.variables).toEqual({ channel: 'x', body: '{"a":1}' })
  expect((await client.generations.describe({ sku: 's' }).orThrow()).data).toEqual({ text: 'red' })
  expect(client.enums.OrderStatus.values()).toEqual(['DRAFT', 'PAID', 'SHIPPED'])
  const promise = client.queries.totalFor({ region: 'eu' })
  expect(client.cancel(promise)).toBe(true)
  await expect(promise).rejects.toMatchObject({ name: 'CanceledError' })
})

test('what a client offers is the same thing whenever it is asked for: hooks compare it', async () => {
  const { client } = await setUp(() => ({}))
  for (const [part, name] of [
    ['models', 'Order'],
    ['queries', 'totalFor'],
    ['mutations', 'announce'],
    ['generations', 'describe'],
    ['conversations', 'chat'],
  ] as const) {
    expect(client[part][name], name).toBeDefined()
    expect(client[part][name], name).toBe(client[part][name])
  }
})

test('subscriptions give rows with relations, custom types and null', async () => {
  const { client, lines, until, frames } = await setUp(() => ({}))
  const rows: any[] = []
  const both = [
    client.subscriptions.onOrderSaved().subscribe((row: unknown) => rows.push(row)),
    client.subscriptions.onAnnounced({ channel: 'x' }).subscribe((row: unknown) => rows.push(row)),
  ]
  const starts = await until(() => frames('start').length === 2 && frames('start'))
  const idOf = (field: string) => starts.find(({ payload }) => payload.data.includes(field))!.id
  const send = (field: string, row: object | null) =>
    lines[0]!.send({ type: 'data', id: idOf(field), payload: { data: { [field]: row } } })
  send('onOrderSaved', { region: 'eu', number: 1 })
  send('onOrderSaved', null)
  send('onAnnounced', { body: '{"a":1}' })
  await expect.poll(() => rows.length).toBe(3)
  expect(rows[0]).toMatchObject({ region: 'eu', customer: expect.any(Function) })
  expect(rows[1]).toBe(null)
  for (const one of both) one.unsubscribe()
})

test('conversations are made, listed, talked in and heard', async () => {
  const { client, asked, lines, until, frames } = await setUp((query, variables) =>
    /^mutation.*\{ chat\(/.test(query)
      ? { chat: { id: 'm1', conversationId: 'c1', role: 'user', content: variables.content, createdAt: 'x' } }
      : query.includes('listConversationMessageChats')
        ? {
            listConversationMessageChats: {
              items: [
                {
                  id: 'm2',
                  conversationId: 'c1',
                  role: 'assistant',
                  content: [
                    { text: 'Ciao', image: null, toolUse: null },
                    { text: null, image: { format: 'png', source: { bytes: 'AQI=' } } },
                    { toolUse: { toolUseId: 't', name: 'look', input: '{"q":1}' } },
                  ],
                  createdAt: 'y',
                },
              ],
              nextToken: null,
            },
          }
        : query.includes('list')
          ? { listConversationChats: { items: [chat], nextToken: 'more' } }
          : { [/\{ (\w+)/.exec(query)![1]!]: chat },
  )
  const { data: conversation } = await client.conversations.chat.create({
    name: 'Trip',
    metadata: { to: 'Rome' },
  })
  expect(asked[0]!.variables.input).toEqual({ name: 'Trip', metadata: '{"to":"Rome"}' })
  expect(conversation).toMatchObject({ id: 'c1', name: 'Trip', metadata: { to: 'Rome' } })
  const listed = await client.conversations.chat.list({ limit: 1 })
  expect(listed).toMatchObject({ data: [{ id: 'c1' }], nextToken: 'more' })
  for (const operation of ['get', 'update', 'delete'])
    expect((await client.conversations.chat[operation]({ id: 'c1' })).data).toMatchObject({ id: 'c1' })

  expect((await conversation.sendMessage('Hello')).data.content).toEqual([{ text: 'Hello' }])
  await conversation.sendMessage({
    content: [{ image: { format: 'png', source: { bytes: new Uint8Array([1, 2]) } } }, { text: 'Where?' }],
    aiContext: { now: 'noon' },
    toolConfiguration: {
      tools: { look: { description: 'Looks', inputSchema: { json: { type: 'object' } } } },
    },
  })
  expect(asked.at(-1)!.variables).toEqual({
    conversationId: 'c1',
    content: [{ image: { format: 'png', source: { bytes: 'AQI=' } } }, { text: 'Where?' }],
    aiContext: '{"now":"noon"}',
    toolConfiguration: {
      tools: [
        { toolSpec: { name: 'look', description: 'Looks', inputSchema: { json: '{"type":"object"}' } } },
      ],
    },
  })
  expect((await conversation.listMessages()).data[0].content).toEqual([
    { text: 'Ciao' },
    { image: { format: 'png', source: { bytes: new Uint8Array([1, 2]) } } },
    { toolUse: { toolUseId: 't', name: 'look', input: { q: 1 } } },
  ])

  const heard: unknown[] = []
  const stream = conversation.onStreamEvent({
    next: (event: unknown) => heard.push(event),
    error: (error: unknown) => heard.push(error),
  })
  const [start] = await until(() => frames('start').length && frames('start'))
  const part = { id: 'p', conversationId: 'c1', associatedUserMessageId: 'm1', contentBlockIndex: 0 }
  const say = (more: object) =>
    lines[0]!.send({
      type: 'data',
      id: start!.id,
      payload: {
        data: { onCreateAssistantResponseChat: { ...part, stopReason: null, errors: null, ...more } },
      },
    })
  say({ contentBlockText: 'Ci', contentBlockDeltaIndex: 0 })
  say({ contentBlockToolUse: { toolUseId: 't', name: 'look', input: '{"q":1}' } })
  say({ stopReason: 'end_turn' })
  say({ errors: [{ message: 'Too much', errorType: 'Throttled' }] })
  await expect.poll(() => heard.length).toBe(4)
  expect(heard).toEqual([
    { ...part, text: 'Ci', contentBlockDeltaIndex: 0 },
    { ...part, toolUse: { toolUseId: 't', name: 'look', input: { q: 1 } } },
    { ...part, stopReason: 'end_turn' },
    {
      id: 'p',
      conversationId: 'c1',
      associatedUserMessageId: 'm1',
      errors: [{ message: 'Too much', errorType: 'Throttled' }],
    },
  ])
  stream.unsubscribe()
})

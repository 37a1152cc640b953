import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { a } from '@backline/schema'
import { afterEach, expect, test } from 'vitest'
import { headerProtocol, openSocket } from '../appsync/socket.fixture.js'
import { planOf, speakTo, type User } from '../appsync/stage.fixture.js'
import { type Sandbox, type SandboxOptions, serve } from '../sandbox.js'

const schema = a.schema({
  Order: a
    .model({ number: a.integer().required(), note: a.string() })
    .authorization((allow) => [allow.owner()]),
  chat: a
    .conversation({
      aiModel: a.ai.model('Claude 3.5 Haiku'),
      systemPrompt: 'You help customers.',
      tools: [
        a.ai.dataTool({
          name: 'orders',
          description: 'Finds orders',
          model: a.ref('Order'),
          modelOperation: 'list',
        }),
      ],
    })
    .authorization((allow) => allow.owner()),
  describe: a
    .generation({
      aiModel: a.ai.model('Claude 3.5 Haiku'),
      systemPrompt: 'Describe.',
      inferenceConfiguration: { temperature: 0.2 },
    })
    .arguments({ sku: a.string().required() })
    .returns(
      a.customType({
        title: a.string(),
        bullets: a.string().array(),
        size: a.enum(['S', 'L']),
        count: a.integer(),
      }),
    )
    .authorization((allow) => allow.authenticated()),
})

const sandboxes: Sandbox[] = []
afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.stop()
})

async function start(ai?: SandboxOptions['ai']) {
  const sandbox = await serve(planOf(schema, { defaultAuthMode: 'userPool' }), { ai })
  sandboxes.push(sandbox)
  const stage = speakTo(sandbox)
  const { host } = new URL(stage.outputs.url)
  return {
    ...stage,
    /** The parts of an answer, as somebody hears them. */
    async listen({ accessToken }: User, conversationId: string) {
      const authorization = { host, Authorization: accessToken }
      const client = await openSocket(`${stage.outputs.url.replace('http', 'ws')}/realtime`, [
        'graphql-ws',
        headerProtocol(authorization),
      ])
      client.send({ type: 'connection_init' })
      await client.next('connection_ack')
      const query = `subscription ($id: ID!) { onCreateAssistantResponseChat(conversationId: $id) { id conversationId associatedUserMessageId contentBlockIndex contentBlockText contentBlockDeltaIndex contentBlockToolUse { toolUseId name input } contentBlockDoneAtIndex stopReason errors { errorType message } } }`
      const data = JSON.stringify({ query, variables: { id: conversationId } })
      client.send({ id: 's', type: 'start', payload: { data, extensions: { authorization } } })
      await client.next('start_ack')
      const next = async () => (await client.next('data')).payload.data.onCreateAssistantResponseChat
      return {
        ...client,
        next,
        /** Until it stops. */
        async whole() {
          const parts = []
          for (let i = 0; i < 200; i++) {
            parts.push(await next())
            if (parts.at(-1).stopReason || parts.at(-1).errors) break
          }
          return parts
        },
      }
    },
  }
}

const CREATE =
  'mutation ($i: CreateConversationChatInput!) { createConversationChat(input: $i) { id name metadata createdAt updatedAt } }'
const SEND = `mutation ($id: ID!, $content: [AmplifyAIContentBlockInput], $context: AWSJSON, $tools: AmplifyAIToolConfigurationInput) {
  chat(conversationId: $id, content: $content, aiContext: $context, toolConfiguration: $tools) { id conversationId role content { text } aiContext owner }
}`
const LIST =
  'query ($f: ModelConversationMessageChatFilterInput) { listConversationMessageChats(filter: $f) { items { id role associatedUserMessageId content { text toolUse { name input } } } } }'

test('a message is kept, answered word by word, and the answer kept too', async () => {
  const { ask, user, listen } = await start()
  const ada = await user('ada@example.com')
  const made = (await ask(CREATE, { i: { name: 'First', metadata: '{"a":1}' } }, ada.headers)).data
    .createConversationChat
  expect(made).toMatchObject({ name: 'First', metadata: '{"a":1}' })
  const stream = await listen(ada, made.id)
  const sent = await ask(
    SEND,
    { id: made.id, content: [{ text: 'Hello there' }], context: '{"page":3}' },
    ada.headers,
  )
  expect(sent.errors).toBeUndefined()
  expect(sent.data.chat).toMatchObject({
    conversationId: made.id,
    role: 'user',
    content: [{ text: 'Hello there' }],
    aiContext: '{"page":3}',
  })
  const parts = await stream.whole()
  expect(parts.flatMap((part) => part.contentBlockText ?? []).join('')).toBe(
    'You said: Hello there\nContext: {"page":3}',
  )
  expect(parts[0]).toMatchObject({
    conversationId: made.id,
    associatedUserMessageId: sent.data.chat.id,
    contentBlockIndex: 0,
    contentBlockDeltaIndex: 0,
  })
  expect(parts.at(-2)).toMatchObject({ contentBlockDoneAtIndex: 5 })
  expect(parts.at(-1)).toMatchObject({ stopReason: 'end_turn' })
  const { items } = (await ask(LIST, { f: { conversationId: { eq: made.id } } }, ada.headers)).data
    .listConversationMessageChats
  expect(items).toMatchObject([
    { role: 'user', content: [{ text: 'Hello there' }] },
    { role: 'assistant', associatedUserMessageId: sent.data.chat.id },
  ])
})

test('a data tool is used as the person who speaks; a tool of the client is handed to it', async () => {
  const { ask, user, listen } = await start()
  const [ada, grace] = [await user('ada@example.com'), await user('grace@example.com')]
  for (const [person, number] of [
    [ada, 1],
    [grace, 2],
  ] as const)
    await ask(`mutation { createOrder(input: { number: ${number} }) { id } }`, {}, person.headers)
  const { id } = (await ask(CREATE, { i: {} }, ada.headers)).data.createConversationChat
  const stream = await listen(ada, id)
  await ask(SEND, { id, content: [{ text: 'Show my orders {"filter":{"number":{"lt":10}}}' }] }, ada.headers)
  const text = (await stream.whole()).flatMap((part) => part.contentBlockText ?? []).join('')
  expect(text).toMatch(/^orders: .*"number":1/)
  expect(text).not.toMatch(/"number":2/)

  const tools = {
    tools: [
      {
        toolSpec: {
          name: 'Weather',
          description: 'Shows weather',
          inputSchema: { json: '{"type":"object"}' },
        },
      },
    ],
  }
  await ask(SEND, { id, content: [{ text: 'Weather {"city":"Rome"}' }], tools }, ada.headers)
  const parts = await stream.whole()
  expect(parts.find((part) => part.contentBlockToolUse)).toMatchObject({
    contentBlockToolUse: { name: 'Weather', input: '{"city":"Rome"}' },
  })
  expect(parts.at(-1)).toMatchObject({ stopReason: 'tool_use' })

  for (const [said, input] of [
    ['{"city":"} {","in":{"a":"\\""}} and so on }', '{"city":"} {","in":{"a":"\\""}}'],
    // Who looks at each brace anew for the end of it does not come to an end.
    [`{"city":"${'}'.repeat(300_000)}`, '{}'],
    [`{"city":"${'\\"'.repeat(150_000)}\\`, '{}'],
  ]) {
    await ask(SEND, { id, content: [{ text: `Weather ${said}` }], tools }, ada.headers)
    const asked = (await stream.whole()).find((part) => part.contentBlockToolUse)
    expect(asked.contentBlockToolUse).toMatchObject({ name: 'Weather', input })
  }
})

test('messages sent at once are answered each for itself', async () => {
  const { ask, user, listen } = await start()
  const ada = await user('ada@example.com')
  const { id } = (await ask(CREATE, { i: {} }, ada.headers)).data.createConversationChat
  const stream = await listen(ada, id)
  const said = (text: string) => `chat(conversationId: "${id}", content: [{ text: "${text}" }]) { id }`
  const { data } = await ask(`mutation { one: ${said('one')} two: ${said('two')} }`, {}, ada.headers)
  const parts = [...(await stream.whole()), ...(await stream.whole())]
  const heard = (to: string) =>
    parts
      .filter((part) => part.associatedUserMessageId === to)
      .flatMap((part) => part.contentBlockText ?? [])
      .join('')
  expect([heard(data.one.id), heard(data.two.id)]).toEqual(['You said: one', 'You said: two'])
})

test('a message without an answer does not keep the next one from being answered: roles alternate', async () => {
  const seen: { role: string; content: { text?: string }[] }[][] = []
  const server = createServer(async (request, response) => {
    const { messages } = (await json(request)) as { messages: (typeof seen)[number] }
    seen.push(messages)
    const content = [{ text: `Answer ${seen.length}` }]
    if (seen.length === 2) response.statusCode = 500
    response.end(
      JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const { ask, user, listen } = await start({ provider: 'bedrock', url: `http://127.0.0.1:${port}` })
    const ada = await user('ada@example.com')
    const { id } = (await ask(CREATE, { i: {} }, ada.headers)).data.createConversationChat
    const stream = await listen(ada, id)
    for (const [text, ends] of [
      ['first', { stopReason: 'end_turn' }],
      ['lost', { errors: [{ errorType: 'ModelError' }] }],
      ['third', { stopReason: 'end_turn' }],
    ] as const) {
      await ask(SEND, { id, content: [{ text }] }, ada.headers)
      expect((await stream.whole()).at(-1)).toMatchObject(ends)
    }
    expect(seen[2]!.map(({ role, content }) => [role, content[0]!.text])).toEqual([
      ['user', 'first'],
      ['assistant', 'Answer 1'],
      ['user', 'third'],
    ])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('what was to be answered in a conversation that is deleted meanwhile is neither told nor kept', async () => {
  const asked: (() => void)[] = []
  const server = createServer((_, response) => {
    const output = { message: { role: 'assistant', content: [{ text: 'An answer' }] } }
    asked.push(() => response.end(JSON.stringify({ output, stopReason: 'end_turn' })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    const { ask, user, listen } = await start({ provider: 'bedrock', url: `http://127.0.0.1:${port}` })
    const ada = await user('ada@example.com')
    const make = async () => (await ask(CREATE, { i: {} }, ada.headers)).data.createConversationChat.id
    const [deleted, kept] = [await make(), await make()]
    const [ofDeleted, ofKept] = [await listen(ada, deleted), await listen(ada, kept)]
    const content = [{ text: 'hi' }]
    await ask(SEND, { id: deleted, content }, ada.headers)
    await expect.poll(() => asked.length).toBe(1)
    const remove = 'mutation ($id: ID!) { deleteConversationChat(input: { id: $id }) { id } }'
    expect((await ask(remove, { id: deleted }, ada.headers)).errors).toBeUndefined()
    asked[0]!()
    // Answered after it, and to the end.
    await ask(SEND, { id: kept, content }, ada.headers)
    await expect.poll(() => asked.length).toBe(2)
    asked[1]!()
    await ofKept.whole()
    expect(ofDeleted.received.filter(({ type }) => type === 'data')).toEqual([])
    const roles = async (id: string) => {
      const { data } = await ask(LIST, { f: { conversationId: { eq: id } } }, ada.headers)
      return data.listConversationMessageChats.items.map(({ role }: { role: string }) => role)
    }
    expect(await roles(kept)).toEqual(['user', 'assistant'])
    expect(await roles(deleted)).toEqual(['user'])
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('conversations are their owner’s alone, listed with the latest first', async () => {
  const { ask, user, listen } = await start()
  const [ada, grace] = [await user('ada@example.com'), await user('grace@example.com')]
  const ids: string[] = []
  for (const name of ['one', 'two', 'three'])
    ids.push((await ask(CREATE, { i: { name } }, ada.headers)).data.createConversationChat.id)
  const stream = await listen(ada, ids[0]!)
  await ask(SEND, { id: ids[0], content: [{ text: 'hi' }] }, ada.headers)
  await stream.whole()
  const list =
    'query ($limit: Int, $next: String) { listConversationChats(limit: $limit, nextToken: $next) { items { name } nextToken } }'
  const first = (await ask(list, { limit: 2 }, ada.headers)).data.listConversationChats
  expect(first.items[0]).toEqual({ name: 'one' })
  const second = (await ask(list, { limit: 2, next: first.nextToken }, ada.headers)).data
    .listConversationChats
  expect([...first.items, ...second.items].map(({ name }) => name).sort()).toEqual(['one', 'three', 'two'])
  expect(second.nextToken).toBeNull()

  expect((await ask(list, {}, grace.headers)).data.listConversationChats.items).toEqual([])
  const intruder = await listen(grace, ids[0]!)
  expect(await ask(SEND, { id: ids[0], content: [{ text: 'let me in' }] }, grace.headers)).toMatchObject({
    data: { chat: null },
    errors: [{ errorType: 'ResourceNotFound' }],
  })
  await ask(SEND, { id: ids[0], content: [{ text: 'again' }] }, ada.headers)
  await stream.whole()
  expect(intruder.received.filter(({ type }) => type === 'data')).toEqual([])
  const update = 'mutation ($i: UpdateConversationChatInput!) { updateConversationChat(input: $i) { name } }'
  expect(
    (await ask(update, { i: { id: ids[1], name: 'new' } }, ada.headers)).data.updateConversationChat,
  ).toEqual({ name: 'new' })
  expect((await ask(update, { i: { id: ids[1], name: 'stolen' } }, grace.headers)).errors).toHaveLength(1)
  const remove = 'mutation ($id: ID!) { deleteConversationChat(input: { id: $id }) { id } }'
  expect((await ask(remove, { id: ids[2] }, ada.headers)).data.deleteConversationChat).toEqual({ id: ids[2] })
})

test('a generation has the shape of its return type', async () => {
  const { ask, user, withKey } = await start()
  const ada = await user('ada@example.com')
  const query = '{ describe(sku: "x1") { title bullets size count } }'
  expect((await ask(query, {}, ada.headers)).data.describe).toEqual({
    title: 'title: {"sku":"x1"}',
    bullets: ['bullets: {"sku":"x1"}'],
    size: 'S',
    count: 12,
  })
  expect((await ask(query, {}, withKey)).errors).toMatchObject([{ errorType: 'Unauthorized' }])
})

test.each(['openai', 'bedrock'] as const)('a model that speaks as %s does may answer', async (provider) => {
  const seen: any[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk))
    request.on('end', () => {
      const asked = JSON.parse(body)
      seen.push({ url: request.url, authorization: request.headers.authorization, ...asked })
      const forced = asked.tool_choice?.function.name ?? asked.toolConfig?.toolChoice?.tool.name
      const value = { value: { title: 'From afar' } }
      if (provider === 'openai') {
        const message = forced
          ? { tool_calls: [{ id: 't', function: { name: forced, arguments: JSON.stringify(value) } }] }
          : { content: `${asked.messages.length} messages` }
        response.end(
          JSON.stringify({ choices: [{ message, finish_reason: forced ? 'tool_calls' : 'stop' }] }),
        )
      } else {
        const content = forced
          ? [{ toolUse: { toolUseId: 't', name: forced, input: value } }]
          : [{ text: `${asked.messages.length} messages` }]
        response.end(
          JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' }),
        )
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { ask, user, listen } = await start({ provider, url, apiKey: 'secret', model: 'small' })
    const ada = await user('ada@example.com')
    expect((await ask('{ describe(sku: "x") { title } }', {}, ada.headers)).data.describe).toEqual({
      title: 'From afar',
    })
    const { id } = (await ask(CREATE, { i: {} }, ada.headers)).data.createConversationChat
    const stream = await listen(ada, id)
    await ask(SEND, { id, content: [{ text: 'hi' }] }, ada.headers)
    const text = (await stream.whole()).flatMap((part) => part.contentBlockText ?? []).join('')
    expect(text).toBe(provider === 'openai' ? '2 messages' : '1 messages')
    expect(seen[0]).toMatchObject({
      url: provider === 'openai' ? '/chat/completions' : '/model/small/converse',
      authorization: 'Bearer secret',
    })
    expect(JSON.stringify(seen[1])).toContain('orders')
    server.close()
    server.closeAllConnections()
    await ask(SEND, { id, content: [{ text: 'hi' }] }, ada.headers)
    expect((await stream.whole()).at(-1).errors).toMatchObject([{ errorType: 'ModelError' }])
  } finally {
    server.close()
  }
})

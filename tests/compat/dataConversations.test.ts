import { type Sandbox, startSandbox } from '@backline/sandbox'
import { signIn } from 'backline/auth'
import { defineAuth, defineBackend, defineData } from 'backline/backend'
import { generateClient } from 'backline/data'
import { a, type ClientSchema } from 'backline/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { heardOf } from './heard.fixture.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// Conversations and generations through our typed client, with the sandbox's own model behind them.

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
    .generation({ aiModel: a.ai.model('Claude 3.5 Haiku'), systemPrompt: 'Describe.' })
    .arguments({ sku: a.string().required() })
    .returns(a.customType({ title: a.string(), bullets: a.string().array(), count: a.integer() }))
    .authorization((allow) => allow.authenticated()),
})
type Schema = ClientSchema<typeof schema>

let sandbox: Sandbox
const people: Record<string, ReturnType<typeof generateClient<Schema>>> = {}
beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      data: defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'userPool' } }),
    }),
  })
  for (const name of ['ada', 'grace']) {
    const username = `${name}@example.com`
    const ctx = await register(sandbox, username)
    await signIn({ username, password: PASSWORD }, ctx)
    people[name] = generateClient<Schema>({}, ctx)
  }
})
afterAll(() => sandbox.stop())

type Conversation = NonNullable<
  Awaited<ReturnType<ReturnType<typeof generateClient<Schema>>['conversations']['chat']['create']>>['data']
>

/** What is answered in a conversation, turn by turn. */
function answersIn(conversation: Conversation) {
  const answers = heardOf({
    subscribe: ({ next, error }: Parameters<Conversation['onStreamEvent']>[0]) =>
      conversation.onStreamEvent({ next, error }),
  })
  return {
    ...answers,
    /** Everything up to the end of this turn. */
    async turn(messageId: string) {
      const parts = () =>
        answers.values.filter(({ associatedUserMessageId }) => associatedUserMessageId === messageId)
      await answers.latest(() => parts().some(({ stopReason }) => stopReason !== undefined))
      return parts()
    },
  }
}

/** Speaks until an answer is heard: nobody says when a subscription was taken. */
const begin = (conversation: Conversation, answers: ReturnType<typeof answersIn>) =>
  answers.after(() => conversation.sendMessage('Hello?').orThrow())

test('a conversation is made, talked in and read again', async () => {
  const { conversations } = people.ada!
  const { data: conversation } = await conversations.chat
    .create({ name: 'Trip', metadata: { to: 'Rome' } })
    .orThrow()
  expect(conversation).toMatchObject({ name: 'Trip', metadata: { to: 'Rome' } })
  const answers = answersIn(conversation!)
  await begin(conversation!, answers)

  const { data: sent } = await conversation!.sendMessage('Where to?').orThrow()
  expect(sent).toMatchObject({
    conversationId: conversation!.id,
    role: 'user',
    content: [{ text: 'Where to?' }],
  })
  const parts = await answers.turn(sent!.id)
  expect(parts.map(({ text }) => text ?? '').join('')).toBe('You said: Where to?')
  expect(parts[0]).toMatchObject({
    conversationId: conversation!.id,
    contentBlockIndex: 0,
    contentBlockDeltaIndex: 0,
  })
  expect(parts.at(-2)).toMatchObject({ contentBlockDoneAtIndex: 3 })
  expect(parts.at(-1)).toMatchObject({ stopReason: 'end_turn' })
  answers.stop()

  const { data: messages } = await conversation!.listMessages({ limit: 1000 }).orThrow()
  expect(messages.find(({ id }) => id === sent!.id)).toMatchObject({
    role: 'user',
    content: [{ text: 'Where to?' }],
  })
  expect(messages).toContainEqual(
    expect.objectContaining({ role: 'assistant', content: [{ text: 'You said: Where to?' }] }),
  )
  expect((await conversation!.listMessages({ limit: 1 }).orThrow()).data).toHaveLength(1)
})

test('blocks, what the user looks at and tools of the client are handed on', async () => {
  const { conversations } = people.ada!
  const { data: conversation } = await conversations.chat.create().orThrow()
  const answers = answersIn(conversation!)
  await begin(conversation!, answers)
  const bytes = new Uint8Array([137, 80, 78, 71])
  const { data: sent } = await conversation!
    .sendMessage({
      content: [{ image: { format: 'png', source: { bytes } } }, { text: 'What is this?' }],
      aiContext: { page: 3 },
    })
    .orThrow()
  expect(sent!.content).toEqual([{ image: { format: 'png', source: { bytes } } }, { text: 'What is this?' }])
  const parts = await answers.turn(sent!.id)
  expect(parts.map(({ text }) => text ?? '').join('')).toBe('You said: What is this?\nContext: {"page":3}')

  const { data: asked } = await conversation!
    .sendMessage({
      content: [{ text: 'Weather {"city":"Rome"}' }],
      toolConfiguration: {
        tools: { Weather: { description: 'Shows weather', inputSchema: { json: { type: 'object' } } } },
      },
    })
    .orThrow()
  const wanted = await answers.turn(asked!.id)
  const { toolUse } = wanted.find((part) => part.toolUse)!
  expect(toolUse).toMatchObject({ name: 'Weather', input: { city: 'Rome' } })
  expect(wanted.at(-1)).toMatchObject({ stopReason: 'tool_use' })
  const { data: told } = await conversation!
    .sendMessage({
      content: [{ toolResult: { toolUseId: toolUse!.toolUseId, content: [{ json: { sky: 'blue' } }] } }],
    })
    .orThrow()
  const answer = await answers.turn(told!.id)
  expect(answer.map(({ text }) => text ?? '').join('')).toBe('Weather: {"sky":"blue"}')
  answers.stop()
})

test('a data tool finds what the person who speaks may see', async () => {
  await people.ada!.models.Order.create({ number: 1 }).orThrow()
  await people.grace!.models.Order.create({ number: 2 }).orThrow()
  const { data: conversation } = await people.ada!.conversations.chat.create().orThrow()
  const answers = answersIn(conversation!)
  await begin(conversation!, answers)
  const { data: sent } = await conversation!
    .sendMessage('Show my orders {"filter":{"number":{"lt":10}}}')
    .orThrow()
  const text = (await answers.turn(sent!.id)).map((part) => part.text ?? '').join('')
  expect(text).toMatch(/^orders: .*"number":1/)
  expect(text).not.toMatch(/"number":2/)
  answers.stop()
})

test('conversations are listed with the last used first, renamed, read again and deleted, each by its owner alone', async () => {
  const { chat } = people.grace!.conversations
  const made: Conversation[] = []
  for (const name of ['one', 'two', 'three']) {
    made.push((await chat.create({ name }).orThrow()).data!)
    sandbox.clock.advance(1000)
  }
  await made[0]!.sendMessage('hi').orThrow()
  await expect.poll(async () => (await made[0]!.listMessages()).data.length).toBe(2)
  const names = async () => {
    const found: (string | undefined)[] = []
    let nextToken: string | null | undefined
    for (let page = 0; page < 5; page++) {
      const answer = await chat.list({ limit: 2, ...(nextToken ? { nextToken } : {}) }).orThrow()
      found.push(...answer.data.map(({ name }) => name))
      nextToken = answer.nextToken
      if (!nextToken) break
    }
    return found
  }
  expect(await names()).toEqual(['one', 'three', 'two'])
  sandbox.clock.advance(1000)
  expect(
    (await chat.update({ id: made[1]!.id, name: 'second', metadata: { kept: true } }).orThrow()).data,
  ).toMatchObject({
    name: 'second',
    metadata: { kept: true },
  })
  expect(await names()).toEqual(['second', 'one', 'three'])
  expect((await chat.get({ id: made[1]!.id }).orThrow()).data).toMatchObject({
    id: made[1]!.id,
    name: 'second',
  })

  const stranger = people.ada!.conversations.chat
  const refused = { data: null, errors: [{ errorType: expect.any(String) }] }
  expect((await stranger.list()).data.map(({ name }) => name)).not.toContain('second')
  expect(await stranger.get({ id: made[1]!.id })).toMatchObject(refused)
  expect(await stranger.update({ id: made[1]!.id, name: 'stolen' })).toMatchObject(refused)
  expect(await stranger.delete({ id: made[1]!.id })).toMatchObject(refused)

  expect((await chat.delete({ id: made[2]!.id }).orThrow()).data).toMatchObject({ id: made[2]!.id })
  expect((await chat.get({ id: made[2]!.id })).data).toBeNull()
  expect(await names()).toEqual(['second', 'one'])
})

test('a generation has the shape of its return type', async () => {
  const { data } = await people.ada!.generations.describe({ sku: 'x1' }).orThrow()
  expect(data).toEqual({ title: 'title: {"sku":"x1"}', bullets: ['bullets: {"sku":"x1"}'], count: 12 })
})

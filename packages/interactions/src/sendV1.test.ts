import { Amplify } from '@backline/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBot } from './bot.fixture.js'
import { Interactions as V2 } from './index.js'
import { Interactions, onComplete, send } from './lex-v1.js'

let bot: Awaited<ReturnType<typeof startBot>>
const botName = 'Florist'

beforeAll(async () => {
  bot = await startBot()
})
beforeEach(() => bot.sandbox.reset())
afterAll(() => bot.sandbox.stop())

test('a conversation of the first generation, by text, stream and voice', async () => {
  const { ctx, sent } = bot.open()
  const completed: unknown[] = []
  onComplete({ botName, callback: (...said) => completed.push(said) }, ctx)
  const first = await send(
    { botName, message: 'order flowers', options: { sessionAttributes: { name: 'Zoë' } } },
    ctx,
  )
  expect(first).toMatchObject({
    intentName: 'Order',
    dialogState: 'ElicitSlot',
    slotToElicit: 'Count',
    slots: { Count: null },
    message: 'How many, Zoë?',
    sessionAttributes: { name: 'Zoë' },
  })
  const second = await send(
    {
      botName,
      message: { content: 'seven', options: { messageType: 'text' } },
      options: { responseContentType: 'text/plain; charset=utf-8' },
    },
    ctx,
  )
  expect(second).toMatchObject({
    slots: { Count: '7' },
    slotToElicit: 'Day',
    message: 'For when – größer geht’s nicht?',
    inputTranscript: 'seven',
    sessionAttributes: { name: 'Zoë' },
    audioStream: undefined,
  })
  const last = await send(
    { botName, message: { content: new Blob(['text:today']), options: { messageType: 'voice' } } },
    ctx,
  )
  expect(last).toMatchObject({
    dialogState: 'Fulfilled',
    message: '7 flowers are on their way.',
    contentType: 'audio/mpeg',
  })
  expect(new TextDecoder().decode(last.audioStream)).toBe('text:7 flowers are on their way.')
  expect(completed).toEqual([[undefined, last]])
  expect(sent.map(({ path }) => path.replace(/.*\//, ''))).toEqual(['text', 'content', 'content'])
})

test('malformed headers and unknown bots have names', async () => {
  const { ctx } = bot.open(async (response) => {
    const headers = new Headers(response.headers)
    headers.set('x-amz-lex-slots', 'e30') // "{}", and then
    headers.set('x-amz-lex-session-attributes', btoa('{"open": '))
    return new Response(await response.arrayBuffer(), { headers })
  })
  const message = { content: 'order flowers', options: { messageType: 'text' as const } }
  await expect(send({ botName, message }, ctx)).rejects.toMatchObject({
    name: 'InvalidBotResponse',
    message: expect.stringContaining('x-amz-lex-session-attributes'),
  })
  await expect(send({ botName: 'Baker', message: 'x' }, ctx)).rejects.toMatchObject({
    name: 'NoBotConfig',
    message: expect.stringContaining('Interactions.LexV1 has Florist'),
  })
})

test('both generations are objects too, for the app that Amplify.configure knows', async () => {
  Amplify.configure(bot.sandbox.outputs as never)
  expect((await Interactions.send({ botName, message: 'when are you open' })).message).toBe('Always.')
  expect((await V2.send({ botName, message: 'when are you open' })).message).toBe('Always.')
  const done = await new Promise((resolve) => {
    V2.onComplete({ botName, callback: (_, completion) => resolve(completion?.message) })
    void V2.send({ botName, message: 'when are you open' })
  })
  expect(done).toBe('Always.')
})

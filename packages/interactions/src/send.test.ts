import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startBot } from './bot.fixture.js'
import { onComplete, type SendOutput, send } from './send.js'
import { send as sendV1 } from './sendV1.js'

let bot: Awaited<ReturnType<typeof startBot>>
const botName = 'Florist'

beforeAll(async () => {
  bot = await startBot()
})
beforeEach(async () => {
  await bot.sandbox.reset()
  bot.state.fulfil = () => ({})
})
afterAll(() => bot.sandbox.stop())

/** Everything that `onComplete` was called with. */
function completions(ctx: ReturnType<typeof bot.open>['ctx']) {
  const calls: [Error | undefined, SendOutput | undefined][] = []
  onComplete({ botName, callback: (error, completion) => calls.push([error, completion]) }, ctx)
  return calls
}

test('a conversation asks for slots, is fulfilled, and says so', async () => {
  const { ctx, sent } = bot.open()
  const completed = completions(ctx)
  const first = await send(
    { botName, message: 'order flowers', options: { sessionAttributes: { name: 'Ada' } } },
    ctx,
  )
  expect(first).toMatchObject({
    message: 'How many, Ada?',
    messages: [{ content: 'How many, Ada?', contentType: 'PlainText' }],
    sessionState: {
      dialogAction: { type: 'ElicitSlot', slotToElicit: 'Count' },
      intent: { name: 'Order', state: 'InProgress', slots: { Count: null, Day: null } },
      sessionAttributes: { name: 'Ada' },
    },
  })
  const second = await send({ botName, message: 'a dozen, I mean twelve' }, ctx)
  expect(second.sessionState!.intent!.slots!.Count!.value!.interpretedValue).toBe('12')
  expect(second.message).toBe('For when – größer geht’s nicht?')
  expect(completed).toEqual([])
  const last = await send({ botName, message: 'tomorrow' }, ctx)
  expect(last.message).toBe('12 flowers are on their way.')
  expect(last.sessionState!.intent!.state).toBe('Fulfilled')
  expect(completed).toEqual([[undefined, last]])
  // The identity's conversation, whatever the reload.
  expect(new Set(sent.map(({ path }) => path)).size).toBe(1)
  expect(decodeURIComponent(sent[0]!.path)).toMatch(/\/sessions\/us-east-1:[0-9a-f-]{36}\/text$/)
})

test('an intent that the client is to fulfil, and one that fails, end the conversation as well', async () => {
  const { ctx } = bot.open()
  const completed = completions(ctx)
  await send({ botName, message: 'when are you open' }, ctx)
  expect(completed[0]![1]!.sessionState!.intent).toMatchObject({
    name: 'Hours',
    state: 'ReadyForFulfillment',
  })
  bot.state.fulfil = () => ({
    sessionState: { intent: { state: 'Failed' } },
    messages: [{ contentType: 'PlainText', content: 'Sold out.' }],
  })
  await send({ botName, message: 'send 3 flowers' }, ctx)
  const { message } = await send({ botName, message: 'today' }, ctx)
  expect(message).toBe('Sold out.')
  expect(completed[1]).toEqual([
    expect.objectContaining({ name: 'BotConversationFailed', message: 'Bot conversation failed' }),
    undefined,
  ])
})

test('a text as a stream and speech come back with the same shape, unpacked', async () => {
  const { ctx, sent } = bot.open()
  const typed = await send(
    {
      botName,
      message: { content: 'send 5 flowers', options: { messageType: 'text' } },
      options: { sessionAttributes: { name: 'Zoë' }, requestAttributes: { shop: 'Köln' } },
    },
    ctx,
  )
  expect(typed).toMatchObject({
    inputMode: 'Text',
    inputTranscript: 'send 5 flowers',
    message: 'For when – größer geht’s nicht?',
    sessionState: {
      sessionAttributes: { name: 'Zoë' },
      intent: { slots: { Count: { value: { interpretedValue: '5' } } } },
    },
    requestAttributes: { shop: 'Köln' },
    audioStream: undefined,
  })
  const voices: object[] = [
    new Blob(['text:next monday']),
    new TextEncoder().encode('text:next monday'),
    new TextEncoder().encode('text:next monday').buffer,
    new Blob(['text:next monday']).stream(),
  ]
  for (const content of voices) {
    await send({ botName, message: 'send 5 flowers' }, ctx)
    const spoken = await send({ botName, message: { content, options: { messageType: 'voice' } } }, ctx)
    expect(spoken).toMatchObject({
      inputMode: 'Speech',
      inputTranscript: 'next monday',
      contentType: 'audio/mpeg',
    })
    expect(spoken.audioStream).toBeInstanceOf(Uint8Array)
    expect(new TextDecoder().decode(spoken.audioStream)).toBe('text:5 flowers are on their way.')
  }
  expect(sent.at(-1)!.headers['content-type']).toBe('audio/x-l16; sample-rate=16000; channel-count=1')
})

test('what is said in one context is not heard in another', async () => {
  const [ada, bob] = [bot.open(), bot.open()]
  await send({ botName, message: 'order flowers' }, ada.ctx)
  const { sessionState } = await send({ botName, message: 'seven' }, bob.ctx)
  expect(sessionState!.intent!.name).toBe('FallbackIntent')
  const forced = await send(
    {
      botName,
      message: 'seven',
      options: {
        sessionState: {
          intent: { name: 'Order' },
          dialogAction: { type: 'ElicitSlot', slotToElicit: 'Count' },
        },
      },
    },
    bob.ctx,
  )
  expect(forced.sessionState!.dialogAction!.slotToElicit).toBe('Day')
  const apart = await send({ botName, message: 'seven', options: { sessionId: 'another' } }, ada.ctx)
  expect(apart).toMatchObject({ sessionId: 'another', sessionState: { intent: { name: 'FallbackIntent' } } })
  const heard: unknown[] = []
  onComplete({ botName, callback: (...said) => heard.push(said) }, bob.ctx)
  await send({ botName, message: 'when are you open' }, ada.ctx)
  expect(heard).toEqual([])
})

/** An answer with one header of another value. */
const withHeader = (name: string, value: string) => async (response: Response) => {
  const headers = new Headers(response.headers)
  headers.set(name, value)
  return new Response(await response.arrayBuffer(), { status: response.status, headers })
}

test.each([
  ['no Base64', 'x-amz-lex-messages', '§§§'],
  ['not compressed', 'x-amz-lex-session-state', btoa('{}')],
  ['cut off', 'x-amz-lex-interpretations', gzipSync('[1, 2, 3, 4]').subarray(0, 20).toString('base64')],
  ['no JSON', 'x-amz-lex-messages', gzipSync('<html>').toString('base64')],
  ['no UTF-8', 'x-amz-lex-input-transcript', gzipSync(Buffer.from([34, 255, 34])).toString('base64')],
])('a header that is %s is an error that names it', async (_, name, value) => {
  const { ctx } = bot.open(withHeader(name, value))
  const message = { content: 'order flowers', options: { messageType: 'text' as const } }
  await expect(send({ botName, message }, ctx)).rejects.toMatchObject({
    name: 'InvalidBotResponse',
    message: `The bot's answer cannot be read: its header ${name} is malformed.`,
  })
})

test('each bot is where its own configuration says, on AWS in its region', async () => {
  const { ctx, asked } = bot.onAws({
    LexV2: {
      Near: { botId: 'ID1', aliasId: 'ALIAS1', localeId: 'de_DE', region: 'eu-central-1' },
      Far: { botId: 'ID2', aliasId: 'ALIAS2', localeId: 'en_US', region: 'cn-north-1' },
    },
    LexV1: { Old: { alias: '$LATEST', region: 'us-west-2' } },
  })
  const options = { sessionId: 'me' }
  await send({ botName: 'Near', message: 'hi', options }, ctx)
  await send({ botName: 'Far', message: 'hi', options }, ctx)
  await sendV1({ botName: 'Old', message: 'hi', options }, ctx)
  expect(asked.map(({ url }) => url)).toEqual([
    'https://runtime-v2-lex.eu-central-1.amazonaws.com/bots/ID1/botAliases/ALIAS1/botLocales/de_DE/sessions/me/text',
    'https://runtime-v2-lex.cn-north-1.amazonaws.com.cn/bots/ID2/botAliases/ALIAS2/botLocales/en_US/sessions/me/text',
    'https://runtime.lex.us-west-2.amazonaws.com/bot/Old/alias/%24LATEST/user/me/text',
  ])
  expect(asked.map(({ scope }) => scope)).toEqual(['eu-central-1/lex', 'cn-north-1/lex', 'us-west-2/lex'])
})

test('bad input is refused before anything is sent', async () => {
  const { ctx, sent } = bot.open()
  await expect(send({ botName: 'Baker', message: 'x' }, ctx)).rejects.toMatchObject({
    name: 'NoBotConfig',
    message: 'Bot Baker does not exist: Interactions.LexV2 has Florist.',
  })
  expect(() => onComplete({ botName: 'toString', callback: () => {} }, ctx)).toThrow(
    'Bot toString does not exist',
  )
  for (const message of [
    undefined,
    { content: 'x', options: { messageType: 'voice' } },
    { content: new Blob(), options: { messageType: 'text' } },
    { content: {}, options: { messageType: 'voice' } },
    { content: 'x' },
  ]) {
    await expect(send({ botName, message: message as never }, ctx)).rejects.toMatchObject({
      name: 'InvalidMessage',
    })
  }
  expect(sent).toEqual([])
})

test('a bot that fails, is busy, or is not there, is told by the names of Lex', async () => {
  const { ctx } = bot.open()
  bot.state.fulfil = () => {
    throw new Error('no vase')
  }
  await send({ botName, message: 'send 3 flowers' }, ctx)
  await expect(send({ botName, message: 'today' }, ctx)).rejects.toMatchObject({
    name: 'DependencyFailedException',
    message: expect.stringContaining('no vase'),
    status: 424,
  })
  bot.sandbox.failNext({ service: 'lex', status: 429 })
  expect((await send({ botName, message: 'when are you open' }, ctx)).message).toBe('Always.')
  // Nobody knows whether the bot has heard it: it is not said twice.
  bot.sandbox.failNext({ service: 'lex', status: 503 })
  await expect(send({ botName, message: 'x' }, ctx)).rejects.toMatchObject({
    name: 'ServiceUnavailableException',
  })
  bot.sandbox.failNext({ service: 'lex', status: 502 })
  const voice = { content: new Uint8Array(2), options: { messageType: 'voice' as const } }
  await expect(send({ botName, message: voice }, ctx)).rejects.toMatchObject({
    name: 'BadGatewayException',
    status: 502,
  })
  const stop = new AbortController()
  stop.abort()
  await expect(send({ botName, message: 'x', options: { signal: stop.signal } }, ctx)).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test('a phone brings its own compression, and without any the error says what to bring', async () => {
  const message = { content: 'order flowers', options: { messageType: 'text' as const } }
  const used: string[] = []
  const { gunzipSync } = await import('node:zlib')
  const { ctx } = bot.open(undefined, {
    gzip: async (data: Uint8Array) => {
      used.push('gzip')
      return new Uint8Array(gzipSync(data))
    },
    gunzip: async (data: Uint8Array) => {
      used.push('gunzip')
      return new Uint8Array(gunzipSync(data))
    },
  })
  const { message: said } = await send(
    { botName, message, options: { sessionAttributes: { name: 'Ada' } } },
    ctx,
  )
  expect(said).toBe('How many, Ada?')
  expect(new Set(used)).toEqual(new Set(['gzip', 'gunzip']))

  const bare = bot.open()
  const { DecompressionStream } = globalThis
  try {
    globalThis.DecompressionStream = undefined as never
    await expect(send({ botName, message }, bare.ctx)).rejects.toMatchObject({
      name: 'PlatformNotSupported',
      recoverySuggestion: expect.stringContaining('gunzip'),
    })
    // Mere texts need none.
    expect((await send({ botName, message: 'five' }, bare.ctx)).message).toContain('For when')
  } finally {
    globalThis.DecompressionStream = DecompressionStream
  }
})

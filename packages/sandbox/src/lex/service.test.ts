import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  DeleteSessionCommand as DeleteV1,
  GetSessionCommand as GetV1,
  LexRuntimeServiceClient,
  PostContentCommand,
  PostTextCommand,
  PutSessionCommand as PutV1,
} from '@aws-sdk/client-lex-runtime-service'
import {
  DeleteSessionCommand,
  GetSessionCommand,
  LexRuntimeV2Client,
  PutSessionCommand,
  RecognizeTextCommand,
  RecognizeUtteranceCommand,
} from '@aws-sdk/client-lex-runtime-v2'
import type { BotEvent, BotResult } from '@backline/schema/backend'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { AUTH_ONLY, appWith } from '../amplify.fixture.js'
import { startSandbox } from '../sandbox.js'
import { startLex } from './lex.fixture.js'

let lex: Awaited<ReturnType<typeof startLex>>
let v2: LexRuntimeV2Client
let v1: LexRuntimeServiceClient
/** What the function of the intent is to do, and what it was given. */
let fulfil: (event: BotEvent) => unknown
let events: BotEvent[]

beforeAll(async () => {
  lex = await startLex((event) => {
    events.push(event)
    return fulfil(event) as BotResult
  })
  v2 = new LexRuntimeV2Client(lex.options)
  v1 = new LexRuntimeServiceClient(lex.options)
})
beforeEach(async () => {
  await lex.sandbox.reset()
  v2.config.systemClockOffset = 0
  events = []
  fulfil = () => ({ sessionState: { dialogAction: { type: 'Close' }, intent: { state: 'Fulfilled' } } })
})
afterAll(async () => {
  v2.destroy()
  v1.destroy()
  await lex.sandbox.stop()
})

const say = (text: string, more: object = {}) =>
  v2.send(new RecognizeTextCommand({ ...lex.bot, sessionId: 'ada', text, ...more }))
const post = (inputText: string, more: object = {}) =>
  v1.send(new PostTextCommand({ botName: 'TripBot', botAlias: 'sandbox', userId: 'ada', inputText, ...more }))
const unpack = (text?: string) => text && JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString())
const pack = (value: unknown) => gzipSync(JSON.stringify(value)).toString('base64')
const tomorrow = () => new Date(lex.sandbox.clock.now() + 86_400_000).toISOString().slice(0, 10)

test('a hotel is booked slot by slot, over HTTP/2, as the SDK does it', async () => {
  const first = await say('I would like to book a hotel in oslo', {
    sessionState: { sessionAttributes: { name: 'Ada' } },
  })
  expect(first).toMatchObject({
    messages: [{ content: 'From which day on, in Oslo?', contentType: 'PlainText' }],
    sessionState: {
      dialogAction: { type: 'ElicitSlot', slotToElicit: 'CheckIn' },
      intent: {
        name: 'BookHotel',
        state: 'InProgress',
        slots: {
          City: { shape: 'Scalar', value: { originalValue: 'oslo', interpretedValue: 'Oslo' } },
          Nights: null,
        },
      },
      sessionAttributes: { name: 'Ada' },
    },
    sessionId: 'ada',
  })
  expect((await say('tomorrow')).sessionState!.dialogAction).toEqual({
    type: 'ElicitSlot',
    slotToElicit: 'Nights',
  })
  expect((await say('three nights')).messages![0]!.content).toBe('Which kind of room: single or double?')
  const confirm = await say('a room for two')
  expect(confirm.sessionState!.dialogAction!.type).toBe('ConfirmIntent')
  expect(confirm.messages![0]!.content).toBe(
    `A double room in Oslo from ${tomorrow()} on for 3 nights. Shall I book it?`,
  )

  const done = await say('yes, please', { requestAttributes: { channel: 'web' } })
  expect(done).toMatchObject({
    messages: [{ content: 'Booked. See you in Oslo, Ada!' }],
    sessionState: {
      dialogAction: { type: 'Close' },
      intent: { state: 'Fulfilled', confirmationState: 'Confirmed' },
    },
    requestAttributes: { channel: 'web' },
  })
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({
    messageVersion: '1.0',
    invocationSource: 'FulfillmentCodeHook',
    inputTranscript: 'yes, please',
    bot: { name: 'TripBot', localeId: 'en_US' },
    requestAttributes: { channel: 'web' },
    sessionState: {
      intent: {
        state: 'ReadyForFulfillment',
        slots: { Nights: { value: { interpretedValue: '3' } }, Note: null },
      },
    },
  })
})

test('an utterance may bring all slots at once', async () => {
  const { sessionState } = await say('I need a twin room in San Francisco for 4 nights')
  expect(sessionState!.dialogAction!.slotToElicit).toBe('CheckIn')
  expect(sessionState!.intent!.slots).toMatchObject({
    City: { value: { interpretedValue: 'San Francisco' } },
    Room: { value: { interpretedValue: 'double' } },
    Nights: { value: { interpretedValue: '4' } },
  })
})

test('declining, not being understood, and changing the mind', async () => {
  for (const text of ['book a hotel in oslo', 'tomorrow', '2', 'single']) await say(text)
  expect(await say('no, rather not')).toMatchObject({
    messages: [{ content: 'Then I have booked nothing.' }],
    sessionState: {
      dialogAction: { type: 'Close' },
      intent: { state: 'Failed', confirmationState: 'Denied' },
    },
  })
  await say('book a hotel in oslo')
  for (let again = 0; again < 2; again++) {
    expect((await say('blue')).sessionState!.dialogAction).toEqual({
      type: 'ElicitSlot',
      slotToElicit: 'CheckIn',
    })
  }
  expect((await say('blue')).sessionState).toMatchObject({
    dialogAction: { type: 'Close' },
    intent: { state: 'Failed' },
  })
  await say('book a hotel')
  expect(await say('will it rain')).toMatchObject({
    messages: [{ content: 'Sunny, as always.' }],
    // Without a function it is the client that fulfils.
    sessionState: { intent: { name: 'Weather', state: 'ReadyForFulfillment' } },
  })
  expect(await say('colourless green ideas')).toMatchObject({
    messages: [{ content: 'Sorry, I can only book hotels and tell the weather.' }],
    sessionState: { intent: { name: 'FallbackIntent' } },
    interpretations: [{ intent: { name: 'FallbackIntent' } }],
  })
  expect(events).toEqual([])
})

test('a function may fail, ask again, change attributes, and go wrong', async () => {
  const upToTheEnd = async () => {
    for (const text of ['book a hotel in oslo', 'tomorrow', '2', 'single']) await say(text)
    return say('yes')
  }
  fulfil = () => ({
    sessionState: {
      dialogAction: { type: 'Close' },
      intent: { state: 'Failed' },
      sessionAttributes: { reason: 'full' },
    },
    messages: [{ contentType: 'PlainText', content: 'The hotel is full.' }],
  })
  expect(await upToTheEnd()).toMatchObject({
    messages: [{ content: 'The hotel is full.' }],
    sessionState: { intent: { state: 'Failed' }, sessionAttributes: { reason: 'full' } },
  })
  fulfil = () => ({ sessionState: { dialogAction: { type: 'ElicitSlot', slotToElicit: 'Nights' } } })
  expect((await upToTheEnd()).sessionState).toMatchObject({
    dialogAction: { type: 'ElicitSlot', slotToElicit: 'Nights' },
    intent: { state: 'InProgress', slots: { Nights: null } },
  })
  await lex.sandbox.reset()
  fulfil = () => {
    throw new TypeError('no such hotel')
  }
  await expect(upToTheEnd()).rejects.toMatchObject({
    name: 'DependencyFailedException',
    message: 'The function of the intent BookHotel failed: no such hotel',
    $metadata: { httpStatusCode: 424 },
  })
  // The turn has not happened.
  fulfil = () => ({})
  expect((await say('yes')).sessionState!.intent!.state).toBe('Fulfilled')
})

test('text and audio as a stream, with answers in compressed headers', async () => {
  const utter = (requestContentType: string, inputStream: string | Uint8Array, more: object = {}) =>
    v2.send(
      new RecognizeUtteranceCommand({
        ...lex.bot,
        sessionId: 'bob',
        requestContentType,
        inputStream: Buffer.from(inputStream as string),
        ...more,
      }),
    )
  const typed = await utter('text/plain; charset=utf-8', 'book a hotel', {
    sessionState: pack({ sessionAttributes: { name: 'Bob' } }),
  })
  expect(typed.inputMode).toBe('Text')
  expect(unpack(typed.messages)).toEqual([{ content: 'In which city?', contentType: 'PlainText' }])
  expect(unpack(typed.sessionState)).toMatchObject({ sessionAttributes: { name: 'Bob' } })

  const spoken = await utter('audio/l16; rate=16000; channels=1', 'text:Bergen')
  expect(spoken).toMatchObject({ inputMode: 'Speech', contentType: 'audio/mpeg', sessionId: 'bob' })
  expect(unpack(spoken.inputTranscript)).toBe('Bergen')
  expect(await spoken.audioStream!.transformToString()).toBe('text:From which day on, in Bergen?')

  const noise = await utter('audio/x-l16; sample-rate=16000; channel-count=1', new Uint8Array(320))
  expect(unpack(noise.inputTranscript)).toBe('')
  expect(unpack(noise.messages)[0].content).toBe('From which day on, in Bergen?')
  await expect(utter('image/png', 'x')).rejects.toMatchObject({ name: 'ValidationException' })
  await expect(utter('text/plain', 'x', { sessionState: 'not packed' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('x-amz-lex-session-state'),
  })
})

test('sessions are put, read, forgotten in time, and deleted', async () => {
  const session = { ...lex.bot, sessionId: 'eve' }
  await expect(v2.send(new GetSessionCommand(session))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await v2.send(
    new PutSessionCommand({
      ...session,
      sessionState: {
        intent: { name: 'BookHotel', slots: { City: { value: { interpretedValue: 'Rome' } } } },
        dialogAction: { type: 'ElicitSlot', slotToElicit: 'Nights' },
        sessionAttributes: { name: 'Eve' },
      },
    }),
  )
  expect(await v2.send(new GetSessionCommand(session))).toMatchObject({
    sessionState: { dialogAction: { slotToElicit: 'Nights' }, sessionAttributes: { name: 'Eve' } },
  })
  const { sessionState } = await say('five', { sessionId: 'eve' })
  expect(sessionState!.intent!.slots).toMatchObject({
    City: { value: { interpretedValue: 'Rome' } },
    Nights: { value: { interpretedValue: '5' } },
  })
  lex.sandbox.clock.advance(300_000)
  v2.config.systemClockOffset = 300_000
  await expect(v2.send(new GetSessionCommand(session))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await say('book a hotel', { sessionId: 'eve' })
  expect(await v2.send(new DeleteSessionCommand(session))).toMatchObject({ sessionId: 'eve' })
  await expect(v2.send(new DeleteSessionCommand(session))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('a function of the folder fulfils the intent of a bot in local.ts', async () => {
  const app = appWith({
    'amplify/backend.ts': AUTH_ONLY,
    'amplify/flowers/resource.ts':
      "import { defineFunction } from '@aws-amplify/backend'\nexport const flowers = defineFunction({ environment: { COLOUR: 'red' } })",
    'amplify/flowers/handler.ts': `export const handler = async (event: { sessionState: { intent: { name: string } } }) => ({
  messages: [{ contentType: 'PlainText', content: \`\${event.sessionState.intent.name}: \${process.env.COLOUR} ones.\` }],
})`,
    'amplify/local.ts': `import { defineLocal } from 'backline/backend'
import { flowers } from './flowers/resource'
defineLocal({
  lex: { bots: [{ name: 'Florist', intents: [{ name: 'Order', sampleUtterances: ['order flowers'], fulfillment: flowers }] }] },
})`,
  })
  const sandbox = await startSandbox({ backend: join(app, 'amplify') })
  onTestFinished(() => sandbox.stop())
  const sdk = new LexRuntimeV2Client({
    ...{ region: 'us-east-1', endpoint: sandbox.url },
    credentials: { ...sandbox.credentials },
  })
  onTestFinished(() => sdk.destroy())
  const { custom } = sandbox.outputs as {
    custom: { interactions: { LexV2: Record<string, { botId: string; aliasId: string; localeId: string }> } }
  }
  const { botId, aliasId: botAliasId, localeId } = custom.interactions.LexV2.Florist!
  const { messages, sessionState } = await sdk.send(
    new RecognizeTextCommand({ botId, botAliasId, localeId, sessionId: 'ada', text: 'order flowers' }),
  )
  expect(messages).toMatchObject([{ content: 'Order: red ones.' }])
  expect(sessionState!.intent!.state).toBe('Fulfilled')
})

test('a session has one turn at a time', async () => {
  for (const text of ['book a hotel in oslo', 'tomorrow', '2', 'single']) await say(text)
  let release: (answer: object) => void = () => {}
  let slow: ReturnType<typeof say> | undefined
  await new Promise<void>((called) => {
    fulfil = () => {
      called()
      return new Promise((resolve) => {
        release = resolve
      })
    }
    slow = say('yes')
  })
  await expect(say('yes')).rejects.toMatchObject({ name: 'ConflictException' })
  release({})
  expect((await slow)!.sessionState!.intent!.state).toBe('Fulfilled')
})

test('what there is not, and what is too long, is refused by name', async () => {
  await expect(say('x'.repeat(1025))).rejects.toMatchObject({ name: 'ValidationException' })
  await expect(say('hi', { botId: 'ABCDEFGHIJ' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await expect(say('hi', { localeId: 'de_DE' })).rejects.toMatchObject({
    message: 'The bot TripBot does not speak de_DE.',
  })
  await expect(post('hi', { botAlias: 'other' })).rejects.toMatchObject({ name: 'NotFoundException' })
  await expect(post('x'.repeat(1025))).rejects.toMatchObject({ name: 'BadRequestException' })
  lex.sandbox.failNext({ service: 'lex', status: 429 })
  await expect(say('hi')).rejects.toMatchObject({ name: 'ThrottlingException' })
  lex.sandbox.failNext({ service: 'lex', status: 429 })
  await expect(post('hi')).rejects.toMatchObject({ name: 'LimitExceededException' })
})

test('the first generation tells the same conversation in its words', async () => {
  expect(await post('book a hotel in oslo', { sessionAttributes: { name: 'Ada' } })).toMatchObject({
    intentName: 'BookHotel',
    dialogState: 'ElicitSlot',
    slotToElicit: 'CheckIn',
    slots: { City: 'Oslo', Nights: null },
    message: 'From which day on, in Oslo?',
    sessionAttributes: { name: 'Ada' },
  })
  await post('tomorrow')
  const content = (contentType: string, inputStream: string, accept = 'text/plain; charset=utf-8') =>
    v1.send(
      new PostContentCommand({
        ...{ botName: 'TripBot', botAlias: 'sandbox', userId: 'ada', contentType, accept },
        inputStream: Buffer.from(inputStream),
      }),
    )
  const typed = await content('text/plain; charset=utf-8', '2')
  expect(typed).toMatchObject({ dialogState: 'ElicitSlot', slotToElicit: 'Room', intentName: 'BookHotel' })
  expect(Buffer.from(typed.encodedMessage!, 'base64').toString()).toBe(
    'Which kind of room: single or double?',
  )
  expect(JSON.parse(typed.slots as string)).toMatchObject({ Nights: '2' })
  const spoken = await content('audio/l16; rate=16000; channels=1', 'text:single', 'audio/mpeg')
  expect(spoken.dialogState).toBe('ConfirmIntent')
  expect(await spoken.audioStream!.transformToString()).toMatch(/^text:A single room in Oslo/)

  fulfil = () => ({
    sessionAttributes: { booking: '1' },
    dialogAction: {
      type: 'Close',
      fulfillmentState: 'Fulfilled',
      message: { contentType: 'PlainText', content: 'Done.' },
    },
  })
  expect(await post('yes')).toMatchObject({
    dialogState: 'Fulfilled',
    message: 'Done.',
    sessionAttributes: { booking: '1' },
  })
  expect(events[0]).toMatchObject({
    currentIntent: {
      name: 'BookHotel',
      slots: { City: 'Oslo', Nights: '2' },
      confirmationStatus: 'Confirmed',
    },
    userId: 'ada',
  })
  expect(await post('colourless green ideas')).toMatchObject({ dialogState: 'ElicitIntent' })

  const user = { botName: 'TripBot', botAlias: '$LATEST', userId: 'eve' }
  await v1.send(
    new PutV1({
      ...user,
      dialogAction: { type: 'ElicitSlot', intentName: 'BookHotel', slotToElicit: 'City' },
    }),
  )
  expect(await v1.send(new GetV1(user))).toMatchObject({
    dialogAction: { slotToElicit: 'City', intentName: 'BookHotel' },
  })
  expect(await v1.send(new DeleteV1(user))).toMatchObject({ userId: 'eve' })
  await expect(v1.send(new GetV1(user))).rejects.toMatchObject({ name: 'NotFoundException' })
  await expect(content('image/png', 'x')).rejects.toMatchObject({ name: 'UnsupportedMediaTypeException' })
})

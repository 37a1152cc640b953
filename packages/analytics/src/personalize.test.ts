import { createMemoryStore } from '@backline/core/internal'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { flushEvents, record } from './personalize.js'
import { type Stage, startStage } from './stage.fixture.js'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
beforeEach(() => stage.sandbox.reset())
afterAll(() => stage.stop())

const received = () => stage.sandbox.received('personalize').map(({ event }) => event)

test('events belong to a session, and after Identify to its user', async () => {
  const { ctx } = stage.device()
  record({ eventType: 'view', properties: { itemId: 'a' } }, ctx)
  record({ eventType: 'Identify', properties: { userId: 'ada' } }, ctx)
  record({ eventType: 'buy', properties: { itemId: 'a', eventValue: 1 } }, ctx)
  record({ eventType: 'gift', properties: {}, userId: 'grace', eventId: 'own' }, ctx)
  await flushEvents(ctx)
  const events = received()
  expect(events.map(({ eventType, userId, properties }) => [eventType, userId, properties])).toEqual(
    expect.arrayContaining([
      ['view', undefined, { itemId: 'a' }],
      ['buy', 'ada', { itemId: 'a', eventValue: 1 }],
      ['gift', 'grace', {}],
    ]),
  )
  expect(new Set(events.map(({ sessionId }) => sessionId)).size).toBe(1)
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4)
  expect(events.find(({ eventType }) => eventType === 'gift')!.eventId).toBe('own')
})

test('a session and its user go on after a reload, and end when the user goes or is another one', async () => {
  const store = createMemoryStore()
  const first = stage.device({ store })
  record({ eventType: 'Identify', properties: { userId: 'ada' } }, first.ctx)
  record({ eventType: 'one', properties: {} }, first.ctx)
  await flushEvents(first.ctx)
  const { ctx } = stage.device({ store })
  record({ eventType: 'two', properties: {} }, ctx)
  await flushEvents(ctx)
  ctx.events.emit('auth', 'signedOut')
  record({ eventType: 'three', properties: {} }, ctx)
  await flushEvents(ctx)
  record({ eventType: 'Identify', properties: { userId: 'grace' } }, ctx)
  record({ eventType: 'four', properties: {} }, ctx)
  record({ eventType: 'Identify', properties: { userId: 'linus' } }, ctx)
  record({ eventType: 'five', properties: {} }, ctx)
  await flushEvents(ctx)
  const by = Object.fromEntries(received().map((event) => [event.eventType, event]))
  expect(by.two).toMatchObject({ sessionId: by.one!.sessionId, userId: 'ada' })
  expect(by.three!.sessionId).not.toBe(by.one!.sessionId)
  expect(by.three!.userId).toBeUndefined()
  expect(by.four).toMatchObject({ sessionId: by.three!.sessionId, userId: 'grace' })
  expect(by.five!.userId).toBe('linus')
  expect(by.five!.sessionId).not.toBe(by.four!.sessionId)
})

test('a call carries ten events at most', async () => {
  const { ctx, sent } = stage.device()
  for (let n = 0; n < 23; n++) record({ eventType: 'view', properties: { n } }, ctx)
  await flushEvents(ctx)
  expect(sent.map(({ body }) => JSON.parse(body).eventList.length)).toEqual([10, 10, 3])
  expect(received().map(({ properties }) => (properties as { n: number }).n)).toEqual(
    Array.from({ length: 23 }, (_, n) => n),
  )
})

test.for<[string, object]>([
  ['NoEventName', { eventType: '' }],
  ['InvalidEvent', { properties: undefined }],
  ['InvalidEvent', { eventType: 'Identify', properties: {} }],
  ['InvalidEvent', { eventType: 'MediaAutoTrack', properties: { itemId: 'a' } }],
  ['InvalidEvent', { userId: 7 }],
  ['InvalidEvent', { eventId: 'x'.repeat(257) }],
  ['EventTooLarge', { properties: { text: 'x'.repeat(1024) } }],
])('%s is thrown where it is recorded', ([name, more]) => {
  const { ctx } = stage.device()
  expect(() => record({ eventType: 'view', properties: {}, ...more }, ctx)).toThrow(
    expect.objectContaining({ name }),
  )
})

test('without a tracker a call says what is missing', () => {
  const { ctx } = stage.device()
  ctx.config = { Analytics: { Personalize: { region: 'us-east-1' } as never } }
  expect(() => record({ eventType: 'view', properties: {} }, ctx)).toThrow(
    expect.objectContaining({ name: 'NoTrackingId' }),
  )
})

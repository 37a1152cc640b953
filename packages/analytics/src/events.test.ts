import { GetEndpointCommand, PinpointClient } from '@aws-sdk/client-pinpoint'
import type { AnalyticsBatch } from '@backline/core/internal'
import { createMemoryStore } from '@backline/core/internal'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { eventCounts } from './eventCounts.js'
import { configureAutoTrack, flushEvents, identifyUser, record } from './events.js'
import { type Stage, startStage, until } from './stage.fixture.js'

let stage: Stage
let sdk: PinpointClient

beforeAll(async () => {
  stage = await startStage()
  sdk = new PinpointClient({
    ...{ region: 'us-east-1', endpoint: stage.sandbox.url },
    credentials: { ...stage.sandbox.credentials },
  })
})
beforeEach(() => stage.sandbox.reset())
afterAll(async () => {
  sdk.destroy()
  await stage.stop()
})

const received = () => stage.sandbox.received('mobiletargeting').map(({ event }) => event)
const endpointOf = async (EndpointId: unknown) =>
  (await sdk.send(new GetEndpointCommand({ ApplicationId: 'app', EndpointId: String(EndpointId) })))
    .EndpointResponse

test('events go out with one endpoint id, made once however many ask at once, and kept', async () => {
  const store = createMemoryStore()
  const { ctx, sent, heard } = stage.device({ store })
  record({ name: 'bought', attributes: { item: 'book' }, metrics: { price: 12 } }, ctx)
  await Promise.all([
    flushEvents(ctx),
    identifyUser({ userId: 'ada', userProfile: { email: 'ada@example.com' } }, ctx),
    identifyUser({ userId: 'ada', userProfile: { location: { postalCode: '04109' } } }, ctx),
  ])
  const again = stage.device({ store })
  record({ name: 'back' }, again.ctx)
  await flushEvents(again.ctx)
  const [first, second] = received()
  expect(first).toMatchObject({ EventType: 'bought', Attributes: { item: 'book' }, Metrics: { price: 12 } })
  expect(second!.endpoint).toBe(first!.endpoint)
  expect(
    new Set(sent.filter(({ target }) => target.startsWith('PUT')).map(({ target }) => target)).size,
  ).toBe(1)
  expect(await endpointOf(first!.endpoint)).toMatchObject({
    ...{
      User: { UserId: 'ada' },
      Attributes: { email: ['ada@example.com'] },
      Location: { PostalCode: '04109' },
    },
  })
  expect(heard).toEqual([
    {
      ...{ event: 'record', message: 'Recording Analytics event' },
      data: { name: 'bought', attributes: { item: 'book' }, metrics: { price: 12 } },
    },
  ])
})

test('the endpoint id of an app that moves here from v6 stays', async () => {
  const store = createMemoryStore()
  await store.setItem('aws-amplify-cacheAnalytics:pinpoint:app', JSON.stringify({ data: 'from-v6' }))
  const { ctx } = stage.device({ store })
  record({ name: 'moved' }, ctx)
  await flushEvents(ctx)
  expect(received()[0]!.endpoint).toBe('from-v6')
})

test('events that were throttled are sent again, one that is refused is told, the others go through', async () => {
  const { ctx, heard } = stage.device()
  stage.sandbox.failNext({ service: 'mobiletargeting', status: 503 })
  record({ name: 'long', attributes: { text: 'x'.repeat(201) } }, ctx)
  record({ name: 'short' }, ctx)
  await flushEvents(ctx)
  stage.sandbox.failNext({ service: 'mobiletargeting', records: 1 })
  await until(() => eventCounts(ctx).Pinpoint!.waiting === 0)
  expect(received().map(({ EventType }) => EventType)).toEqual(['short'])
  expect(heard.find(({ event }) => event === 'dropped')!.data.error).toMatchObject({
    ...{ name: 'EventRefused', message: "Pinpoint refused 'long': An attribute is too long." },
  })
})

test('a sixteenth device of a user is told', async () => {
  for (let n = 0; n < 15; n++) await identifyUser({ userId: 'ada', userProfile: {} }, stage.device().ctx)
  await expect(identifyUser({ userId: 'ada', userProfile: {} }, stage.device().ctx)).rejects.toMatchObject({
    name: 'BadRequestException',
  })
})

test('without an endpoint of its own the end of Pinpoint is said once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const { credentials } = stage.sandbox
  const { ctx } = stage.device({
    options: {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({ credentials }),
          clearCredentialsAndIdentityId() {},
        },
      },
      platform: { fetch: async () => new Response('{}') },
    },
  })
  ctx.config = { ...ctx.config, Analytics: { Pinpoint: { appId: 'app', region: 'us-east-1' } } }
  await identifyUser({ userId: 'ada', userProfile: {} }, ctx)
  await identifyUser({ userId: 'ada', userProfile: {} }, ctx)
  expect(warn.mock.calls).toEqual([[expect.stringContaining('Pinpoint ended')]])
  warn.mockRestore()
})

test('sessions begin and end with the page in front', async () => {
  const device = stage.device()
  const { ctx } = device
  configureAutoTrack({ enable: true, type: 'session', options: { attributes: { app: 'shop' } } }, ctx)
  device.setVisible(false)
  device.setVisible(true)
  configureAutoTrack({ enable: false, type: 'session' }, ctx)
  device.setVisible(false)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Pinpoint!.waiting === 0)
  const events = received() as { EventType: string; Session: { Id: string; StopTimestamp?: string } }[]
  expect(events.map(({ EventType }) => EventType)).toEqual([
    '_session.start',
    '_session.stop',
    '_session.start',
  ])
  expect(events[0]!.Session.Id).toBe(events[1]!.Session.Id)
  expect(events[2]!.Session.Id).not.toBe(events[1]!.Session.Id)
  expect(events[1]!.Session.StopTimestamp).toBeDefined()
})

test('trackers that need a page, or do not exist, are refused', () => {
  const { ctx } = stage.device()
  const track = (type: string) => () => configureAutoTrack({ enable: true, type } as never, ctx)
  expect(track('pageView')).toThrow(expect.objectContaining({ name: 'UnsupportedPlatform' }))
  expect(track('scroll')).toThrow(expect.objectContaining({ name: 'InvalidTracker' }))
})

test.for<[string, object]>([
  ['NoEventName', { name: '' }],
  ['NoEventName', { name: 5 }],
  ['InvalidEvent', { attributes: { n: 5 } }],
  ['InvalidEvent', { attributes: 'x' }],
  ['InvalidEvent', { metrics: { n: '5' } }],
  ['InvalidEvent', { metrics: { n: Number.NaN } }],
  ['EventTooLarge', { attributes: { text: 'x'.repeat(1_000_000) } }],
])('%s is thrown where it is recorded: %o', ([name, more]) => {
  const { ctx } = stage.device()
  expect(() => record({ name: 'x', ...more } as never, ctx)).toThrow(expect.objectContaining({ name }))
})

function withProvider(send: (batch: AnalyticsBatch) => Promise<any>) {
  return stage.device({ options: { Analytics: { provider: { send }, flushInterval: 60_000 } } })
}

test('a call that outlives the page fits into what browsers let outlive it, whatever script people write in', async () => {
  const device = stage.device()
  const { ctx, sent } = device
  record({ name: 'first' }, ctx)
  await flushEvents(ctx)
  const before = sent.length
  for (let n = 0; n < 100; n++) record({ name: 'wrote', attributes: { text: '語'.repeat(200) } }, ctx)
  device.setVisible(false)
  await until(() => sent.length > before)
  expect(sent[before]!.keepalive).toBe(true)
  // https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
  expect(Buffer.byteLength(sent[before]!.body)).toBeLessThan(64 * 1024)
  await until(() => eventCounts(ctx).Pinpoint!.waiting === 0)
  expect(received()).toHaveLength(101)
})

test("a provider of the app's own takes the events, and names those that it wants again", async () => {
  const batches: AnalyticsBatch[] = []
  const { ctx, sent } = withProvider(async (batch) => {
    batches.push(batch)
    return batches.length === 1 ? { failed: [batch.events[1]!.id] } : undefined
  })
  record({ name: 'a', attributes: { x: '1' } }, ctx)
  record({ name: 'b', metrics: { y: 2 } }, ctx)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Provider!.waiting === 0)
  expect(batches.map(({ events }) => events.map(({ name }) => name))).toEqual([['a', 'b'], ['b']])
  expect(batches[1]!.events[0]).toEqual(batches[0]!.events[1])
  expect(batches[0]!.events[0]).toMatchObject({
    name: 'a',
    attributes: { x: '1' },
    timestamp: expect.any(String),
  })
  expect(sent).toEqual([])
})

test('an event too large for any call, that an earlier version left behind, holds up nobody', async () => {
  const store = createMemoryStore()
  const event = { name: 'large', attributes: { text: 'x'.repeat(2_000_000) } }
  const row = ['', 'owner', 'before-1', '', JSON.stringify(event)]
  await store.setItem('backline Provider ', JSON.stringify([[row]]))
  const seen: string[] = []
  const provider = {
    send: async ({ events }: AnalyticsBatch) => void seen.push(...events.map(({ name }) => name)),
  }
  const { ctx } = stage.device({ store, options: { Analytics: { provider } } })
  record({ name: 'small' }, ctx)
  await flushEvents(ctx)
  expect(seen.toSorted()).toEqual(['large', 'small'])
  expect(eventCounts(ctx).Provider!.waiting).toBe(0)
})

test('a provider that fails is asked again; one that refuses is believed', async () => {
  const errors = [new TypeError('network'), Object.assign(new Error('no such door'), { status: 404 })]
  const { ctx, heard } = stage.device({
    options: {
      Analytics: {
        resendLimit: 0,
        provider: {
          async send() {
            const error = errors.shift()
            if (error) throw error
          },
        },
      },
    },
  })
  record({ name: 'a' }, ctx)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Provider!.waiting === 0)
  expect(heard.map(({ event }) => event)).toEqual(['record', 'dropped'])
  record({ name: 'b' }, ctx)
  await flushEvents(ctx)
  expect(eventCounts(ctx).Provider).toMatchObject({ delivered: 1, dropped: 1 })
})

test('a provider is told who the user is, after what was recorded before', async () => {
  const calls: string[] = []
  const { ctx } = stage.device({
    options: {
      Analytics: {
        provider: {
          send: async ({ events }) => void calls.push(...events.map(({ name }) => name)),
          identify: async (input) => void calls.push(JSON.stringify(input)),
        },
      },
    },
  })
  record({ name: 'before' }, ctx)
  await identifyUser({ userId: 'ada', userProfile: {} }, ctx)
  expect(calls).toEqual(['before', '{"userId":"ada","userProfile":{}}'])
})

import { createMemoryStore } from '@backline/core/internal'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { configureAutoTrack as trackForPinpoint } from './events.js'
import { configureAutoTrack as trackForFirehose } from './firehose.js'
import { type AnalyticsEvent, disable, enable, eventCounts } from './index.js'
import { configureAutoTrack as trackForKinesis } from './kinesis.js'
import { inOrder, providers, upTo } from './providers.fixture.js'
import { type Stage, startStage, until } from './stage.fixture.js'

// What holds for every provider, since one buffer stands behind them all.

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
beforeEach(() => stage.sandbox.reset())
afterAll(() => stage.stop())

/** Time passes for timers alone, and only as far as it is told to. */
function stopTheClock() {
  const soon = globalThis.setTimeout
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    // What is on its way to the sandbox and back takes its own time.
    await new Promise((resolve) => soon(resolve, 10))
  }
}

test.each(providers)(
  '$name: where nothing is configured, $flushSize go at once and fewer after five seconds',
  async ({ name, put, flush, flushSize }) => {
    const { ctx, sent } = stage.device({ analytics: { [name]: { flushInterval: undefined } } })
    put(0, ctx)
    await flush(ctx)
    const before = sent.length
    const pass = stopTheClock()
    const delivered = async (count: number) => {
      for (let tries = 0; tries < 1000 && eventCounts(ctx)[name]!.delivered < count; tries++) await pass(0)
      expect(eventCounts(ctx)[name]!.delivered).toBe(count)
    }
    put(1, ctx)
    await pass(4999)
    expect(sent.length).toBe(before)
    await pass(1)
    await delivered(2)
    for (let n = 1; n < flushSize; n++) put(n, ctx)
    await pass(100)
    expect(sent.length).toBe(before + 1)
    put(flushSize, ctx)
    await pass(1)
    await delivered(2 + flushSize)
  },
)

test.each(providers)(
  '$name: without a network a thousand wait, and more are told',
  async ({ name, put, flush, arrived }) => {
    const device = stage.device()
    const { ctx, heard } = device
    put(0, ctx)
    await flush(ctx)
    device.setOnline(false)
    for (const n of upTo(1004).slice(1)) put(n, ctx)
    await until(() => eventCounts(ctx)[name]!.recorded === 1004)
    expect(eventCounts(ctx)[name]).toMatchObject({ waiting: 1000, overflowed: 3, dropped: 0 })
    expect(heard.filter(({ event }) => event === 'overflow').map(({ data }) => data)).toEqual(
      [1, 2, 3].map((overflowed) => ({ provider: name, overflowed })),
    )
    device.setOnline(true)
    await until(() => eventCounts(ctx)[name]!.waiting === 0)
    expect(inOrder(await arrived(stage))).toEqual(upTo(1001))
  },
)

test.each(providers)(
  '$name: what a service refuses is asked five times more, and then dropped aloud',
  async ({ name, service, put, flush }) => {
    const { ctx, sent, heard } = stage.device()
    put(0, ctx)
    await flush(ctx)
    const before = sent.length
    const pass = stopTheClock()
    stage.sandbox.failNext({ service, status: 403, times: 10 })
    put(1, ctx)
    void flush(ctx)
    for (let passed = 0; passed < 300 && eventCounts(ctx)[name]!.dropped === 0; passed++) await pass(1000)
    expect(sent.length - before).toBe(6)
    expect(heard.filter(({ event }) => event === 'dropped')).toMatchObject([
      { data: { provider: name, events: 1, error: { status: 403 } } },
    ])
  },
)

test.each(providers)(
  '$name: what one life of the app could not send, the next one does',
  async ({ name, put, flush, arrived }) => {
    const store = createMemoryStore()
    const first = stage.device({ store })
    first.setOnline(false)
    for (const n of upTo(5)) put(n, first.ctx)
    await until(() => eventCounts(first.ctx)[name]?.kept === 5)
    const second = stage.device({ store })
    put(5, second.ctx)
    await flush(second.ctx)
    await until(async () => (await arrived(stage)).length >= 6)
    expect(inOrder(await arrived(stage))).toEqual(upTo(6))
  },
)

test.each(providers)(
  '$name: whoever leaves the page sends what waits in calls that outlive it',
  async ({ put, flush, arrived }) => {
    const device = stage.device()
    put(0, device.ctx)
    await flush(device.ctx)
    const before = device.sent.length
    for (const n of upTo(8).slice(1)) put(n, device.ctx)
    // Of Personalize, see above.
    await new Promise((resolve) => setTimeout(resolve))
    device.setVisible(false)
    await until(async () => (await arrived(stage)).length === 8)
    expect(device.sent.slice(before).map(({ keepalive }) => keepalive)).toEqual([true])
  },
)

test.each(providers)(
  '$name: two users at one device share no call, and lose nothing',
  async ({ name, put, flush, arrived }) => {
    const device = stage.device()
    const { ctx, sent } = device
    put(0, ctx)
    await flush(ctx)
    device.setOnline(false)
    const before = sent.length
    for (const n of [1, 2]) put(n, ctx)
    await new Promise((resolve) => setTimeout(resolve))
    ctx.events.emit('auth', 'signedOut')
    ctx.events.emit('auth', 'signedIn', { username: 'grace', userId: 'g' })
    for (const n of [3, 4]) put(n, ctx)
    await new Promise((resolve) => setTimeout(resolve))
    device.setOnline(true)
    await until(() => eventCounts(ctx)[name]!.waiting === 0)
    expect(inOrder(await arrived(stage))).toEqual(upTo(5))
    expect(sent.length - before).toBe(2)
  },
)

/** An app of that region on AWS, and what it sends: to where, and signed for what. */
function onAws(region: string) {
  const sent: string[] = []
  const { ctx } = stage.device({
    options: {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({
            credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
          }),
          clearCredentialsAndIdentityId() {},
        },
      },
      platform: {
        async fetch(input, init) {
          const { authorization = '' } = init!.headers as Record<string, string>
          const [, scope] = /Credential=AKIAEXAMPLE\/\d{8}\/([\w/-]+)/.exec(authorization)!
          sent.push(`${new URL(String(input)).host} ${scope}`)
          return new Response('{}')
        },
      },
    },
  })
  const Analytics = Object.fromEntries(
    providers.map(({ name }) => [
      name,
      { region, flushInterval: 60_000, appId: 'app', trackingId: 'tracker' },
    ]),
  )
  ctx.config = { ...ctx.config, Analytics }
  return { ctx, sent }
}

test.each([
  ['eu-west-1', 'amazonaws.com'],
  ['cn-north-1', 'amazonaws.com.cn'],
])('without an endpoint events go to the services of %s', async (region, suffix) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  onTestFinished(() => warn.mockRestore())
  const { ctx, sent } = onAws(region)
  for (const { put, flush } of providers) {
    put(0, ctx)
    await flush(ctx)
  }
  expect([...new Set(sent)]).toEqual([
    `kinesis.${region}.${suffix} ${region}/kinesis/aws4_request`,
    `firehose.${region}.${suffix} ${region}/firehose/aws4_request`,
    `personalize-events.${region}.${suffix} ${region}/personalize/aws4_request`,
    `pinpoint.${region}.${suffix} ${region}/mobiletargeting/aws4_request`,
  ])
})

const events: AnalyticsEvent[] = []
const trackers = [
  {
    name: 'Kinesis',
    track: (enable: boolean, ctx: Parameters<typeof trackForKinesis>[1]) =>
      trackForKinesis({ enable, type: 'session', options: { streamName: 'clicks', partitionKey: 'p' } }, ctx),
    names: async () => (await stage.read()).map(({ data }) => data.name as string),
  },
  {
    name: 'KinesisFirehose',
    track: (enable: boolean, ctx: Parameters<typeof trackForFirehose>[1]) =>
      trackForFirehose({ enable, type: 'session', options: { streamName: 'archive' } }, ctx),
    names: async () =>
      [...(await stage.delivered()).join('').matchAll(/"name":"(.*?)"/g)].map(([, name]) => name!),
  },
  {
    name: 'Pinpoint',
    track: (enable: boolean, ctx: Parameters<typeof trackForPinpoint>[1]) =>
      trackForPinpoint({ enable, type: 'session' }, ctx),
    names: async () =>
      stage.sandbox.received('mobiletargeting').map(({ event }) => event.EventType as string),
  },
  {
    name: 'Provider',
    track: (enable: boolean, ctx: Parameters<typeof trackForPinpoint>[1]) =>
      trackForPinpoint({ enable, type: 'session' }, ctx),
    names: async () => events.map(({ name }) => name),
  },
]

test.each(trackers)(
  '$name: sessions are recorded while the app is in front, unless events are disabled, until told otherwise',
  async ({ name, track, names }) => {
    const provider = {
      async send(batch: { events: AnalyticsEvent[] }) {
        events.push(...batch.events)
      },
    }
    const device = stage.device({ options: name === 'Provider' ? { Analytics: { provider } } : {} })
    const { ctx } = device
    track(true, ctx)
    device.setVisible(false)
    disable(ctx)
    device.setVisible(true)
    device.setVisible(false)
    enable(ctx)
    device.setVisible(true)
    track(false, ctx)
    device.setVisible(false)
    await until(() => eventCounts(ctx)[name]!.waiting === 0)
    expect(eventCounts(ctx)[name]).toMatchObject({ recorded: 3, delivered: 3 })
    expect((await names()).toSorted()).toEqual(['_session.start', '_session.start', '_session.stop'])
  },
)

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { disable, enable } from './enable.js'
import { eventCounts } from './eventCounts.js'
import { flushEvents, record } from './kinesis.js'
import { type Stage, startStage, until } from './stage.fixture.js'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
beforeEach(() => stage.sandbox.reset())
afterAll(() => stage.stop())

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)
const put = (n: number, ctx: Parameters<typeof record>[1], more: object = {}) =>
  record({ streamName: 'clicks', partitionKey: 'p', data: { n }, ...more }, ctx)
const inStream = async (name?: string) => (await stage.read(name)).map(({ data }) => data.n as number)

test('what is recorded arrives as it was at that moment, in order, with its key', async () => {
  const { ctx } = stage.device()
  const data = { n: 0, place: 'Žilina' }
  for (const n of numbers(5)) {
    data.n = n
    record({ streamName: 'clicks', partitionKey: `p${n % 2}`, data }, ctx)
  }
  data.n = 99
  await flushEvents(ctx)
  expect(await stage.read()).toEqual(
    numbers(5).map((n) => ({ key: `p${n % 2}`, data: { n, place: 'Žilina' } })),
  )
})

test('bytes go as they are, also where the app uses them again', async () => {
  const { ctx } = stage.device()
  const bytes = new Uint8Array([104, 105])
  record({ streamName: 'clicks', partitionKey: 'p', data: bytes }, ctx)
  bytes.fill(0)
  await flushEvents(ctx)
  expect((await stage.read())[0]!.data).toBe('hi')
})

test('a full batch goes at once, the rest after the interval', async () => {
  const { ctx, sent } = stage.device({ analytics: { Kinesis: { flushSize: 3, flushInterval: 50 } } })
  for (const n of numbers(3)) put(n, ctx)
  await until(() => eventCounts(ctx).Kinesis!.delivered === 3)
  put(3, ctx)
  await until(() => eventCounts(ctx).Kinesis!.delivered === 4)
  expect(sent).toHaveLength(2)
})

test('calls keep to what the service takes: 500 records, 5 MB', async () => {
  const { ctx, sent } = stage.device()
  for (const n of numbers(1200)) put(n, ctx)
  await flushEvents(ctx)
  const records = () => sent.map(({ body }) => JSON.parse(body).Records.length)
  expect(records()).toEqual([500, 500, 200])
  expect(await inStream()).toEqual(numbers(1200))
  const large = { text: 'x'.repeat(900_000) }
  for (const n of numbers(8)) put(n, ctx, { data: large })
  await flushEvents(ctx)
  expect(records().slice(3)).toEqual([5, 3])
})

test('what a call did not take is sent again, in order by key, and nothing is lost', async () => {
  const { ctx, sent } = stage.device()
  stage.sandbox.failNext({ service: 'kinesis', records: 2, times: 3 })
  for (const n of numbers(60)) put(n, ctx, { partitionKey: `p${n % 5}` })
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  const stored = await stage.read()
  for (const key of numbers(5).map((n) => `p${n}`)) {
    const own = stored.filter((each) => each.key === key).map(({ data }) => data.n)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
  expect(stored.map(({ data }) => data.n).toSorted((a, b) => a - b)).toEqual(numbers(60))
  expect(sent.length).toBe(4)
})

test('a shard that takes no more for a while gets everything in the end, in order', async () => {
  const { ctx } = stage.device()
  for (const n of numbers(2500)) put(n, ctx, { streamName: 'slow' })
  void flushEvents(ctx)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(eventCounts(ctx).Kinesis).toMatchObject({ delivered: 2500, dropped: 0, overflowed: 0 })
  expect(await inStream('slow')).toEqual(numbers(2500))
})

test.for<object>([{ status: 503 }, { status: 429 }, { drop: true }])('%o is waited out', async (fault) => {
  const { ctx } = stage.device()
  stage.sandbox.failNext({ service: 'kinesis', times: 2, ...fault })
  for (const n of numbers(3)) put(n, ctx)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(await inStream()).toEqual(numbers(3))
})

test('offline, events wait; online, they go by themselves', async () => {
  const device = stage.device({ analytics: { Kinesis: { flushSize: 2 } } })
  const { ctx, sent } = device
  device.setOnline(false)
  for (const n of numbers(6)) put(n, ctx)
  await flushEvents(ctx)
  expect(sent).toEqual([])
  device.setOnline(true)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(await inStream()).toEqual(numbers(6))
})

test('what does not fit while nothing can be sent is refused, heard on the Hub and counted', async () => {
  const device = stage.device({ analytics: { Kinesis: { bufferSize: 10 } } })
  const { ctx, heard } = device
  put(0, ctx)
  device.setOnline(false)
  for (const n of numbers(14, 1)) put(n, ctx)
  expect(heard.map(({ event, data }) => [event, data.overflowed])).toEqual(
    numbers(5, 1).map((n) => ['overflow', n]),
  )
  expect(eventCounts(ctx).Kinesis).toMatchObject({
    ...{ recorded: 15, waiting: 10, overflowed: 5, delivered: 0, dropped: 0 },
  })
  device.setOnline(true)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(await inStream()).toEqual(numbers(10))
})

test('a burst on a working network is no overflow, however small the buffer', async () => {
  const { ctx } = stage.device({ analytics: { Kinesis: { bufferSize: 10 } } })
  for (const n of numbers(3000)) put(n, ctx)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(await inStream()).toEqual(numbers(3000))
})

test('a stream that is not there is told with what to do, and holds up no other', async () => {
  const { ctx, heard } = stage.device({ analytics: { Kinesis: { resendLimit: 1 } } })
  put(1, ctx, { streamName: 'gone' })
  put(2, ctx)
  await flushEvents(ctx)
  expect(await inStream()).toEqual([2])
  await until(() => heard.length > 0)
  expect(heard).toMatchObject([
    {
      event: 'dropped',
      data: {
        ...{ provider: 'Kinesis', events: 1 },
        error: {
          name: 'ResourceNotFoundException',
          message: expect.stringContaining("Kinesis stream 'gone'"),
          recoverySuggestion: expect.stringContaining('Check the name and the region'),
        },
      },
    },
  ])
})

test('one record that the service does not take spoils no batch', async () => {
  const { ctx, heard } = stage.device({ analytics: { Kinesis: { eventIdField: 'x'.repeat(900) } } })
  for (const n of numbers(20))
    put(n, ctx, n === 7 ? { data: { n, text: 'x'.repeat(1024 * 1024 - 300) } } : {})
  await flushEvents(ctx)
  expect(await inStream()).toEqual(numbers(20).filter((n) => n !== 7))
  expect(heard.map(({ event, data }) => [event, data.events])).toEqual([['dropped', 1]])
})

test.for<[string, object, string]>([
  ['InvalidEvent', { data: cyclic() }, 'circular'],
  ['InvalidEvent', { data: { big: 1n } }, 'BigInt'],
  ['InvalidEvent', { data: undefined }, 'it is missing'],
  ['InvalidEvent', { data: () => 1 }, 'it is a function'],
  ['EventTooLarge', { data: { text: 'x'.repeat(1_100_000) } }, 'at most'],
  ['EventTooLarge', { data: new Uint8Array(1_048_577) }, '1048577 bytes'],
  ['NoStreamName', { streamName: '' }, 'streamName'],
  ['NoStreamName', { streamName: 7 }, 'not 7'],
  ['NoPartitionKey', { partitionKey: undefined }, 'partitionKey'],
  ['NoPartitionKey', { partitionKey: 'k'.repeat(257) }, '1 to 256'],
])('%s is thrown where it is recorded: %o', async ([name, more, message]) => {
  const { ctx } = stage.device()
  put(1, ctx)
  expect(() => put(2, ctx, more)).toThrow(
    expect.objectContaining({ name, message: expect.stringContaining(message) }),
  )
  await flushEvents(ctx)
  expect(await inStream()).toEqual([1])
})

function cyclic() {
  const data: { self?: object } = {}
  data.self = data
  return data
}

test('without configuration a call says what is missing', () => {
  const { ctx } = stage.device()
  ctx.config = {}
  expect(() => put(1, ctx)).toThrow(expect.objectContaining({ name: 'NoRegion' }))
  ctx.config = { Analytics: { Kinesis: { region: 'us-east-1', bufferSize: 5, flushSize: 9 } } }
  expect(() => put(1, ctx)).toThrow(expect.objectContaining({ name: 'InvalidFlushSize' }))
})

test('an id marks an event that arrives twice', async () => {
  const device = stage.device({ analytics: { Kinesis: { eventIdField: 'id' } } })
  const { ctx } = device
  const { fetch } = ctx.platform
  ctx.platform.fetch = async (input, init) => {
    const answer = await fetch(input, init)
    ctx.platform.fetch = fetch
    await answer.text()
    throw new TypeError('The answer was lost.')
  }
  // Credentials first: it is the answer to the records that gets lost.
  device.cutNext(0)
  for (const n of numbers(3)) put(n, ctx)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  const stored = (await stage.read()).map(({ data }) => data)
  expect(new Set(stored.map(({ id }) => id)).size).toBe(3)
  for (const { n, id } of stored)
    expect(stored.filter((each) => each.n === n).every((each) => each.id === id)).toBe(true)
})

test('disabled, nothing is recorded; what was is still sent', async () => {
  const { ctx } = stage.device()
  put(1, ctx)
  disable(ctx)
  put(2, ctx)
  await flushEvents(ctx)
  enable(ctx)
  put(3, ctx)
  await flushEvents(ctx)
  expect(await inStream()).toEqual([1, 3])
})

test('leaving the page sends what waits in a call that outlives it, and what is too much stays', async () => {
  const device = stage.device()
  const { ctx, sent } = device
  put(0, ctx)
  await flushEvents(ctx)
  for (const n of numbers(300, 1)) put(n, ctx, { data: { n, text: 'x'.repeat(300) } })
  device.setVisible(false)
  await until(() => sent.length > 1)
  expect(sent[1]!.keepalive).toBe(true)
  expect(sent[1]!.body.length).toBeLessThan(64 * 1024)
  await until(() => eventCounts(ctx).Kinesis!.waiting === 0)
  expect(await inStream()).toEqual(numbers(301))
})

test('a store that outlives the app keeps what was not sent, and an empty one is left clean', async () => {
  const items = new Map<string, string>()
  const store = {
    getItem: async (key: string) => items.get(key) ?? null,
    setItem: async (key: string, value: string) => void items.set(key, value),
    removeItem: async (key: string) => void items.delete(key),
    clear: async () => items.clear(),
  }
  const first = stage.device({ store })
  first.setOnline(false)
  for (const n of numbers(5)) put(n, first.ctx)
  await until(() => [...items.values()].some((each) => each.includes('\\"n\\":4')))
  // The app is gone without a word; another life of it starts on the same device.
  const second = stage.device({ store })
  put(5, second.ctx)
  await flushEvents(second.ctx)
  expect((await inStream()).toSorted((a, b) => a - b)).toEqual(numbers(6))
  await until(() => [...items].every(([key, value]) => !key.startsWith('backline') || value === '[]'))
})

test('a device without room says so, and events are sent all the same', async () => {
  const store = {
    getItem: async () => null,
    async setItem(key: string) {
      if (key.startsWith('backline')) throw new Error('quota')
    },
    removeItem: async () => undefined,
    clear: async () => undefined,
  }
  const { ctx, heard } = stage.device({ store })
  put(1, ctx)
  await until(() => heard.length > 0)
  expect(heard[0]).toMatchObject({ event: 'notPersisted', data: { provider: 'Kinesis' } })
  await flushEvents(ctx)
  expect(await inStream()).toEqual([1])
})

import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { eventCounts } from './index.js'
import { record } from './kinesis.js'
import { type Stage, startStage } from './stage.fixture.js'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

test('a minute of throttles, failures, cut connections and batches taken in part loses nothing', async () => {
  const { ctx, sent } = stage.device({ analytics: { Kinesis: { flushInterval: 1000 } } })
  const soon = globalThis.setTimeout
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  let n = 0
  const second = async () => {
    await vi.advanceTimersByTimeAsync(1000)
    // What is on its way to the sandbox and back takes its own time.
    await new Promise((resolve) => soon(resolve, 10))
  }
  const put = () => record({ streamName: 'clicks', partitionKey: `p${n % 3}`, data: { n: n++ } }, ctx)
  const weather = [{ status: 429 }, { records: 3 }, { status: 503 }, { drop: true }, { records: 500 }]
  let met = -1
  for (let passed = 0; passed < 60; passed++) {
    for (let each = 0; each < 10; each++) put()
    // No call of this minute goes well.
    for (; met < sent.length; met++)
      stage.sandbox.failNext({ service: 'kinesis', ...weather[(met + 1) % weather.length] })
    await second()
  }
  // Every kind of it has been, and nobody has been asked more often than a service in trouble can bear.
  expect(sent.length).toBeGreaterThan(weather.length)
  expect(sent.length).toBeLessThan(120)
  for (let passed = 0; passed < 300 && eventCounts(ctx).Kinesis!.waiting; passed++) await second()
  vi.useRealTimers()

  expect(eventCounts(ctx).Kinesis).toMatchObject({ recorded: 600, delivered: 600, dropped: 0, overflowed: 0 })
  const numbers = (await stage.read()).map(({ data }) => data.n as number)
  expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 600 }, (_, each) => each),
  )
})

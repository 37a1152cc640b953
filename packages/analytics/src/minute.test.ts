import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { eventCounts } from './index.js'
import { record } from './kinesis.js'
import { type Stage, startStage } from './stage.fixture.js'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.stop())

const partly = { records: 3 }
const full = { records: 500 }

test.each([
  [
    'throttles, failures, cut connections and batches taken in part',
    120,
    [{ status: 429 }, partly, { status: 503 }, { drop: true }, full],
  ],
  ['a shard that takes no record of any batch', 20, [full]],
])(
  'a minute of %s loses nothing, and asks no more than a service in trouble can bear',
  async (minute, most, weather) => {
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
    const put = () =>
      record({ streamName: 'clicks', partitionKey: `p${n % 3}`, data: { minute, n: n++ } }, ctx)
    let met = -1
    for (let passed = 0; passed < 60; passed++) {
      for (let each = 0; each < 10; each++) put()
      // No call of this minute goes well.
      for (; met < sent.length; met++)
        stage.sandbox.failNext({ service: 'kinesis', ...weather[(met + 1) % weather.length] })
      await second()
    }
    expect(sent.length).toBeGreaterThan(weather.length)
    expect(sent.length).toBeLessThan(most)
    for (let passed = 0; passed < 300 && eventCounts(ctx).Kinesis!.waiting; passed++) await second()
    vi.useRealTimers()

    expect(eventCounts(ctx).Kinesis).toMatchObject({
      recorded: 600,
      delivered: 600,
      dropped: 0,
      overflowed: 0,
    })
    const numbers = (await stage.read())
      .filter(({ data }) => data.minute === minute)
      .map(({ data }) => data.n as number)
    expect([...new Set(numbers)].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 600 }, (_, each) => each),
    )
  },
)

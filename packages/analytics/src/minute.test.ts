import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { eventCounts } from './index.js'
import { inOrder, providers, upTo } from './providers.fixture.js'
import { type Stage, startStage } from './stage.fixture.js'

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
beforeEach(() => stage.sandbox.reset())
afterAll(() => stage.stop())

const partly = { records: 3 }
const full = { records: 500 }
const bad = [{ status: 429 }, { status: 503 }, { drop: true }]

const minutes = [
  ...providers.map((provider) => ({
    provider,
    weather: provider.isPartial ? [...bad, partly, full] : bad,
    // Those that are taken in part go on at once.
    most: 120,
  })),
  { provider: providers[0]!, weather: [full], most: 20 },
].map((each) => ({
  ...each,
  name: each.provider.name,
  what: each.weather.map((one) => Object.entries(one)).join(' '),
}))

test.each(minutes)(
  '$name: a minute of $what loses nothing, and asks no more than a service in trouble can bear',
  async ({ provider: { name, service, put, arrived }, weather, most }) => {
    const { ctx, sent } = stage.device({ analytics: { [name]: { flushInterval: 1000, flushSize: 100 } } })
    const soon = globalThis.setTimeout
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const second = async () => {
      await vi.advanceTimersByTimeAsync(1000)
      // What is on its way to the sandbox and back takes its own time.
      await new Promise((resolve) => soon(resolve, 10))
    }
    let n = 0
    let met = -1
    for (let passed = 0; passed < 60; passed++) {
      for (let each = 0; each < 10; each++) put(n++, ctx)
      // No call of this minute goes well.
      for (; met < sent.length; met++)
        stage.sandbox.failNext({ service, ...weather[(met + 1) % weather.length] })
      await second()
    }
    expect(sent.length).toBeGreaterThan(weather.length)
    expect(sent.length).toBeLessThan(most)
    for (let passed = 0; passed < 300 && eventCounts(ctx)[name]!.waiting; passed++) await second()
    vi.useRealTimers()

    expect(eventCounts(ctx)[name]).toMatchObject({ recorded: 600, delivered: 600, dropped: 0, overflowed: 0 })
    expect(inOrder([...new Set(await arrived(stage))])).toEqual(upTo(600))
  },
)

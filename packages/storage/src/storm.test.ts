import { createMemoryStore } from '@backline/core/internal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, megabytes, officialClient, refusal, startBucket } from './bucket.fixture.js'
import { uploadData } from './index.js'

// Uploads in bad weather. What happens is drawn from a seed, so that a failure can be met again: STORM_SEED=… in the environment.

const seed = Number(process.env.STORM_SEED ?? 20_261_121)
const count = 200

let bucket: Bucket
let official: ReturnType<typeof officialClient>
beforeAll(async () => {
  bucket = await startBucket()
  official = officialClient(bucket)
})
afterAll(async () => {
  official.s3.destroy()
  await bucket.sandbox.stop()
})

/** Mulberry32. */
function dice(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const base = megabytes(6)
const happened: Record<string, number> = {}

/** The same length now and then, and never the same bytes. */
function dataOf(index: number, roll: () => number): Uint8Array<ArrayBuffer> {
  const length = [5 * 1024 * 1024 + 1, 5 * 1024 * 1024 + Math.floor(roll() * 500_000)][index % 2]!
  const data = base.slice(0, length)
  new DataView(data.buffer).setUint32(Math.floor(roll() * (length - 4)), seed ^ index)
  new DataView(data.buffer).setUint32(0, index)
  return data
}

/** One upload, cut, refused, throttled, paused and begun again at random, until it is done. */
async function weather(index: number): Promise<void> {
  const roll = dice(seed + index * 7919)
  const data = dataOf(index, roll)
  const path = `storm/${index}.bin`
  const store = createMemoryStore()
  const count = (what: string) => {
    happened[what] = (happened[what] ?? 0) + 1
  }

  for (let attempt = 1; ; attempt++) {
    const watched = bucket.watch({ store })
    // No waiting between attempts: the jitter is drawn from these.
    watched.ctx.platform = { ...watched.ctx.platform, randomBytes: (length) => new Uint8Array(length) }
    // Each attempt is milder than the one before, so that it ends.
    const chance = 0.35 / attempt
    // Now and then the network goes for good, as when the page is reloaded: the next attempt goes on with what has arrived.
    let alive = roll() < chance ? 1 + Math.floor(roll() * 5) : Number.POSITIVE_INFINITY
    watched.intercept = ({ method, target }) => {
      if (--alive < 0) throw new TypeError('The network is gone.')
      const drawn = roll()
      if (drawn < chance * 0.25) {
        count('cut before')
        throw new TypeError('The socket was cut.')
      }
      if (drawn < chance * 0.5) {
        count('throttled')
        return refusal(503, 'SlowDown')
      }
      if (drawn < chance * 0.6) {
        count('failed')
        return refusal(500, 'InternalError')
      }
      if (drawn < chance * 0.75 && method === 'POST' && target.includes('uploadId')) {
        count('error in a 200')
        return refusal(200, 'InternalError')
      }
      if (drawn < chance * 0.9) {
        count('paused')
        task.pause()
        setTimeout(() => task.resume(), roll() * 4)
      }
      return undefined
    }
    watched.afterwards = () => {
      if (roll() > chance * 0.3) return
      count('answer lost')
      throw new TypeError('The socket was cut after the request.')
    }
    const seen: number[] = []
    const onProgress = ({ transferredBytes }: { transferredBytes: number }) => {
      seen.push(transferredBytes)
    }
    const task = uploadData({ path, data, options: { onProgress } }, watched.ctx)
    const outcome = await task.result.then(
      ({ size }) => size,
      (error: Error) => error.name,
    )
    expect(seen).toEqual([...seen].sort((one, other) => one - other))
    if (outcome === data.length) {
      expect(task.state).toBe('SUCCESS')
      expect(seen.at(-1)).toBe(data.length)
      break
    }
    count('begun again')
    expect(task.state).toBe('ERROR')
    expect(outcome).toMatch(/^(NetworkError|SlowDown|InternalError)$/)
  }
  expect((await official.bytesOf(path)).equals(data), path).toBe(true)
}

test(`${count} uploads in parts are whole, whatever cuts, throttles or pauses them (seed ${seed})`, {
  timeout: 300_000,
}, async () => {
  let next = 0
  const worker = async () => {
    while (next < count) await weather(next++)
  }
  await Promise.all([worker(), worker(), worker()])
  // Every kind of weather has been.
  for (const what of [
    'cut before',
    'throttled',
    'failed',
    'error in a 200',
    'paused',
    'answer lost',
    'begun again',
  ])
    expect(happened[what] ?? 0, what).toBeGreaterThan(3)
  // Nothing is left but uploads whose name was lost on the way to us, or that could not be aborted in such weather.
  const left = await official.unfinished()
  expect(left.length).toBeLessThan(happened['answer lost']! + happened['begun again']!)
})

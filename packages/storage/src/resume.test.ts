import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import { createMemoryStore } from '@backline/core/internal'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  type Bucket,
  failure,
  megabytes,
  officialClient,
  partNumbers,
  startBucket,
} from './bucket.fixture.js'
import { uploadData } from './index.js'

// Uploads that end with the page or the app, and what becomes of them afterwards.

let bucket: Bucket
let official: ReturnType<typeof officialClient>
const twelve = megabytes(12)

beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(async () => {
  await bucket.sandbox.reset()
  official = officialClient(bucket)
})
afterAll(() => bucket.sandbox.stop())

/** Sends at least one part of an upload, then loses the network. */
async function breakOff(
  store: ReturnType<typeof createMemoryStore>,
  data: Uint8Array | Blob,
  path = 'a',
  options: object = {},
) {
  const watched = bucket.watch({ store })
  let dead = false
  watched.intercept = () => {
    if (dead) throw new TypeError('The network is gone.')
    return undefined
  }
  const task = uploadData(
    { path, data: data as Blob, options: { ...options, onProgress: () => (dead = true) } },
    watched.ctx,
  )
  expect(await failure(task.result)).toMatchObject({ name: 'NetworkError' })
}

test('after a reload the same file goes on where it stopped', async () => {
  const store = createMemoryStore()
  const file = () => new File([megabytes(26)], 'film.mp4', { lastModified: 1_700_000_000_000 })
  await breakOff(store, file(), 'film.mp4')
  expect(await official.unfinished()).toHaveLength(1)

  const second = bucket.watch({ store })
  const seen: number[] = []
  const options = {
    onProgress: ({ transferredBytes }: { transferredBytes: number }) => seen.push(transferredBytes),
  }
  const { size } = await uploadData({ path: 'film.mp4', data: file(), options }, second.ctx).result
  expect(size).toBe(26 * 1024 * 1024)
  expect(second.sent.some(({ target }) => target.includes('uploads='))).toBe(false)
  expect(partNumbers(second.sent).length).toBeLessThan(6)
  expect(seen[0]).toBeGreaterThanOrEqual(5 * 1024 * 1024)
  expect(seen.at(-1)).toBe(size)
  expect((await official.bytesOf('film.mp4')).equals(megabytes(26))).toBe(true)
  expect(await store.getItem('__uploadInProgress')).toBe('{}')
}, 60_000)

test.each([
  ['the file has changed', { lastModified: 2 }, 0, 'b.bin', false],
  ['it goes elsewhere', {}, 0, 'c.bin', false],
  ['an hour has passed', {}, 61 * 60_000, 'b.bin', false],
  ['S3 has dropped it', {}, 0, 'b.bin', true],
])(
  'an upload begins anew where %s',
  async (_, change, later, path, dropped) => {
    const store = createMemoryStore()
    const file = (more = {}) => new File([twelve], 'b.bin', { lastModified: 1, ...more })
    await breakOff(store, file(), 'b.bin')
    if (dropped) await bucket.sandbox.reset()

    bucket.sandbox.clock.advance(later)
    const second = bucket.watch({ store, now: () => Date.now() + later })
    await uploadData({ path, data: file(change) }, second.ctx).result
    expect(second.sent.some(({ target }) => target.includes('uploads='))).toBe(true)
    expect((await official.bytesOf(path)).equals(twelve)).toBe(true)
  },
  60_000,
)

test('two uploads of the same file at once do not take each other for their past', async () => {
  const { ctx } = bucket.watch()
  const file = new File([twelve], 'twice.bin', { lastModified: 1 })
  const one = uploadData({ path: 'twice.bin', data: file }, ctx)
  await new Promise((resolve) => setTimeout(resolve, 30))
  const other = uploadData({ path: 'twice.bin', data: file }, ctx)
  await Promise.all([one.result, other.result])
  expect(await official.unfinished()).toEqual([])
})

test('bytes in memory go on too, recognised by what they are', async () => {
  const store = createMemoryStore()
  const data = megabytes(26)
  await breakOff(store, data)
  const { ctx, sent } = bucket.watch({ store })
  await uploadData({ path: 'a', data: new Blob([data]) }, ctx)
  expect(sent.some(({ target }) => target.includes('uploads='))).toBe(false)
  expect(partNumbers(sent).length).toBeLessThan(6)
  expect((await official.bytesOf('a')).equals(data)).toBe(true)
})

test('options that JSON cannot hold, or that do not change the object, leave an upload recognisable', async () => {
  const store = createMemoryStore()
  /** As apps pass what they have at hand: wrapped state, big numbers, nodes of a page. */
  const options = () => {
    const unknown: Record<string, unknown> = { drawn: Math.random(), count: 1n }
    unknown.self = unknown
    return { metadata: { author: 'ada' }, contentType: 'video/mp4', unknown }
  }
  await breakOff(store, twelve, 'a', options())
  const remembered = Object.keys(JSON.parse((await store.getItem('__uploadInProgress'))!))
  expect(remembered).toEqual([expect.stringMatching(/^[\w./-]+$/)])

  const { ctx, sent } = bucket.watch({ store })
  await uploadData(
    { path: 'a', data: twelve, options: { ...options(), signal: new AbortController().signal } },
    ctx,
  )
  expect(sent.some(({ target }) => target.includes('uploads='))).toBe(false)
  expect((await official.read('a')).Metadata).toEqual({ author: 'ada' })
  expect((await official.bytesOf('a')).equals(twelve)).toBe(true)

  // Other metadata make another object.
  await breakOff(store, twelve, 'b', options())
  const other = bucket.watch({ store })
  await uploadData(
    { path: 'b', data: twelve, options: { ...options(), metadata: { author: 'bob' } } },
    other.ctx,
  )
  expect(other.sent.some(({ target }) => target.includes('uploads='))).toBe(true)
  expect((await official.read('b')).Metadata).toEqual({ author: 'bob' })
})

test('no part of other data is taken over, however alike the two are', async () => {
  const store = createMemoryStore()
  const one = megabytes(26)
  await breakOff(store, one)
  const other = one.slice()
  // Where no sample looks.
  for (let at = 1_000_000; at < other.length; at += 5 * 1024 * 1024) other[at]!++
  const { ctx } = bucket.watch({ store })
  await uploadData({ path: 'a', data: other }, ctx)
  expect((await official.bytesOf('a')).equals(other)).toBe(true)
})

test('an upload that somebody else has aborted is begun again on the way', async () => {
  const watched = bucket.watch()
  let aborted = false
  watched.afterwards = ({ target }) => {
    if (aborted || !target.includes('partNumber')) return
    aborted = true
    const UploadId = /uploadId=([^&]*)/.exec(target)![1]!
    void official.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket.bucket, Key: 'a', UploadId }))
  }
  await uploadData({ path: 'a', data: megabytes(41) }, watched.ctx)
  expect(watched.sent.filter(({ target }) => target.includes('uploads='))).toHaveLength(2)
  expect((await official.bytesOf('a')).equals(megabytes(41))).toBe(true)
})

test('what was left unfinished for an hour is aborted by the next upload in parts', async () => {
  const store = createMemoryStore()
  await breakOff(store, megabytes(26), 'left.bin')
  expect(await official.unfinished()).toHaveLength(1)
  bucket.sandbox.clock.advance(61 * 60_000)
  const { ctx } = bucket.watch({ store, now: () => Date.now() + 61 * 60_000 })
  await uploadData({ path: 'other.bin', data: twelve }, ctx)
  await vi.waitFor(async () => {
    expect(await officialClient(bucket, 61 * 60_000).unfinished()).toEqual([])
  })
  bucket.sandbox.clock.reset()
})

test('an hour of uploading is not taken for an hour of being forgotten', async () => {
  const store = createMemoryStore()
  let now = Date.now()
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const first = bucket.watch({ store, now: () => now })
  // Answers for S3, whose clock stands still.
  first.intercept = async ({ method, target }) => {
    if (target.includes('partNumber=9')) await held
    if (target.includes('partNumber')) now += 10 * 60_000
    if (target.includes('partNumber')) return new Response(null, { headers: { etag: '"e"' } })
    return method === 'POST' && target.includes('uploadId')
      ? new Response('<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>')
      : undefined
  }
  const task = uploadData({ path: 'slow.bin', data: megabytes(41) }, first.ctx)
  await vi.waitFor(() => expect(now).toBeGreaterThan(Date.now() + 70 * 60_000), 30_000)
  await uploadData({ path: 'other.bin', data: twelve }, bucket.watch({ store, now: () => now }).ctx)
  expect(await official.unfinished()).toMatchObject([{ Key: 'slow.bin' }])
  release()
  await task
})

test('a store that is full costs the resuming, not the upload', async () => {
  const store = createMemoryStore()
  store.setItem = async () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  const { ctx, sent } = bucket.watch({ store })
  await uploadData({ path: 'full.bin', data: twelve }, ctx).result
  expect((await official.bytesOf('full.bin')).equals(twelve)).toBe(true)
  expect(sent).toHaveLength(5)
})

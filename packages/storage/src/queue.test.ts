import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Bucket, megabytes, refusal, startBucket } from './bucket.fixture.js'
import { list } from './index.js'
import { createUploadQueue, folderInputs } from './queue.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(() => bucket.sandbox.reset())
afterAll(() => bucket.sandbox.stop())

const inputs = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: `many/${index}.txt`, data: 'x'.repeat(index) }))

test('many files are uploaded a few at a time, with one progress for all that only grows', async () => {
  const watched = bucket.watch()
  let [running, most] = [0, 0]
  watched.intercept = () => {
    most = Math.max(most, ++running)
    return undefined
  }
  watched.afterwards = () => {
    running--
  }
  const queue = createUploadQueue({ concurrency: 2 }, watched.ctx)
  const seen: number[] = []
  const snapshots = new Set<object>()
  queue.watch(() => {
    seen.push(queue.snapshot.transferredBytes)
    snapshots.add(queue.snapshot)
    expect(queue.snapshot).toBe(queue.snapshot)
  })
  expect(queue.add(...inputs(20))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(queue.snapshot).toMatchObject({ isActive: true, totalBytes: 190, transferredBytes: 0 })
  const { uploads, transferredBytes, totalBytes, isActive } = await queue.settled()
  expect([transferredBytes, totalBytes, isActive]).toEqual([190, 190, false])
  expect(uploads.every(({ state, result }) => state === 'SUCCESS' && result?.eTag)).toBe(true)
  expect(most).toBe(2)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(snapshots.size).toBe(seen.length)
  expect((await list({ path: 'many/' }, watched.ctx)).items).toHaveLength(20)
})

test('one that fails holds up nobody, and can be tried again', async () => {
  const watched = bucket.watch()
  watched.intercept = ({ target }) => (target.endsWith('1.txt') ? refusal(403, 'AccessDenied') : undefined)
  const queue = createUploadQueue({}, watched.ctx)
  queue.add(...inputs(4), { path: 'bad', data: 5 as never })
  const { uploads } = await queue.settled()
  expect(uploads.map(({ state }) => state)).toEqual(['SUCCESS', 'ERROR', 'SUCCESS', 'SUCCESS', 'ERROR'])
  expect(uploads[1]!.error).toMatchObject({ name: 'AccessDenied' })
  expect(uploads[4]!.error).toMatchObject({ name: 'InvalidUploadSource' })
  watched.intercept = undefined
  queue.retry(2)
  expect((await queue.settled()).uploads[1]).toMatchObject({ state: 'SUCCESS', error: undefined })
  queue.clear()
  expect(queue.snapshot).toEqual({ uploads: [], transferredBytes: 0, totalBytes: 0, isActive: false })
})

test('a queue is held and goes on, as a whole and one by one, within its bound', async () => {
  const { ctx, sent } = bucket.watch()
  const queue = createUploadQueue({ concurrency: 1 }, ctx)
  const [large, small] = queue.add(
    { path: 'large.bin', data: megabytes(12) },
    { path: 'small.txt', data: 'x' },
  )
  queue.pause()
  expect(queue.snapshot.uploads.map(({ state }) => state)).toEqual(['PAUSED', 'PAUSED'])
  queue.resume(small!)
  expect(queue.snapshot.uploads.map(({ state }) => state)).toEqual(['PAUSED', 'QUEUED'])
  expect(sent).toEqual([])
  queue.resume(large!)
  expect((await queue.settled()).uploads.map(({ state }) => state)).toEqual(['SUCCESS', 'SUCCESS'])
})

test('what is canceled leaves nothing behind, and no longer counts', async () => {
  const { ctx } = bucket.watch()
  const queue = createUploadQueue({ concurrency: 1 }, ctx)
  const [large] = queue.add({ path: 'large.bin', data: megabytes(12) }, ...inputs(3))
  queue.cancel(large!)
  queue.cancel(4)
  const { uploads, totalBytes } = await queue.settled()
  expect(uploads.map(({ state }) => state)).toEqual(['CANCELED', 'SUCCESS', 'SUCCESS', 'CANCELED'])
  expect(totalBytes).toBe(1)
  expect((await list({ path: '' }, ctx)).items.map(({ path }) => path)).toEqual(['many/0.txt', 'many/1.txt'])
  expect(() => createUploadQueue({ concurrency: 0 })).toThrow('concurrency')
})

test('the files of a folder keep their folders', () => {
  const picked = Object.assign(new File(['x'], 'cat.jpg'), { webkitRelativePath: 'album/pets/cat.jpg' })
  const paths = folderInputs('photos/', [picked, new File(['y'], 'dog.jpg')]).map(({ path }) => path)
  expect(paths).toEqual(['photos/album/pets/cat.jpg', 'photos/dog.jpg'])
})

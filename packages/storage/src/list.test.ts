import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, startBucket } from './bucket.fixture.js'
import { list, remove, uploadData } from './index.js'

let bucket: Bucket
const paths = ['photos/1.jpg', 'photos/2.jpg', 'photos/old/3.jpg', 'photos/older-4.jpg', 'texts/5.txt']
beforeAll(async () => {
  bucket = await startBucket()
  const { ctx } = bucket.watch()
  for (const path of paths) await uploadData({ path, data: path }, ctx).result
})
afterAll(() => bucket.sandbox.stop())

test('what begins with a path is listed with its size, time and ETag', async () => {
  const { items, nextToken, excludedSubpaths } = await list({ path: 'photos/' }, bucket.watch().ctx)
  expect(items.map(({ path }) => path)).toEqual(paths.slice(0, 4))
  expect(items[0]).toEqual({
    path: 'photos/1.jpg',
    size: 12,
    eTag: expect.stringMatching(/^"\w{32}"$/),
    lastModified: expect.any(Date),
  })
  expect(nextToken).toBeUndefined()
  expect(excludedSubpaths).toBeUndefined()
})

test('pages follow each other until there is no token', async () => {
  const { ctx } = bucket.watch()
  const seen: string[][] = []
  let nextToken: string | undefined
  do {
    const page = await list({ path: '', options: { pageSize: 2, nextToken } }, ctx)
    seen.push(page.items.map(({ path }) => path))
    nextToken = page.nextToken
  } while (nextToken)
  expect(seen).toEqual([paths.slice(0, 2), paths.slice(2, 4), paths.slice(4)])
})

test('all are listed, and removed, over as many pages as S3 makes of them', async () => {
  const { ctx, sent } = bucket.watch()
  await Promise.all(
    Array.from({ length: 1003 }, (_, index) => uploadData({ path: `many/${index}`, data: '' }, ctx).result),
  )
  sent.length = 0
  const { items } = await list({ path: 'many/', options: { listAll: true } }, ctx)
  expect(new Set(items.map(({ path }) => path)).size).toBe(1003)
  expect(sent).toHaveLength(2)
  await remove({ path: 'many/' }, ctx)
  expect((await list({ path: 'many/' }, ctx)).items).toEqual([])
}, 60_000)

test('subpaths are left out and named where that is asked for, by any delimiter', async () => {
  const { ctx } = bucket.watch()
  const exclude = (path: string, delimiter?: string) =>
    list({ path, options: { subpathStrategy: { strategy: 'exclude', delimiter } } }, ctx)
  const { items, excludedSubpaths } = await exclude('photos/')
  expect(items.map(({ path }) => path)).toEqual(['photos/1.jpg', 'photos/2.jpg', 'photos/older-4.jpg'])
  expect(excludedSubpaths).toEqual(['photos/old/'])
  expect((await exclude('photos/', '-')).excludedSubpaths).toEqual(['photos/older-'])
  const options = { listAll: true, subpathStrategy: { strategy: 'exclude' } } as const
  expect((await list({ path: '', options }, ctx)).excludedSubpaths).toEqual(['photos/', 'texts/'])
  expect((await list({ path: 'texts/', options }, ctx)).excludedSubpaths).toEqual([])
})

test('where nothing is, nothing is listed', async () => {
  expect((await list({ path: 'nowhere/' }, bucket.watch().ctx)).items).toEqual([])
})

test('`path` and `prefix` at once are refused', async () => {
  const error = await list({ path: 'a', prefix: 'b' } as never, bucket.watch().ctx).catch((reason) => reason)
  expect(error).toMatchObject({ name: 'InvalidStorageOperationPrefixInput' })
})

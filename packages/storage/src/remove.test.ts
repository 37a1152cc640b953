import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Bucket, startBucket } from './bucket.fixture.js'
import { isCancelError, list, remove, uploadData } from './index.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(() => bucket.sandbox.reset())
afterAll(() => bucket.sandbox.stop())

async function filled(...paths: string[]) {
  const watched = bucket.watch()
  for (const path of paths) await uploadData({ path, data: '' }, watched.ctx).result
  const left = async () =>
    (await list({ path: '', options: { listAll: true } }, watched.ctx)).items.map(({ path }) => path)
  return { ...watched, left }
}

test('an object is removed, and what is not there is as good as removed', async () => {
  const { ctx, left } = await filled('a', 'ab')
  expect(await remove({ path: 'a' }, ctx)).toEqual({ path: 'a' })
  expect(await remove({ path: 'a' }, ctx)).toEqual({ path: 'a' })
  expect(await left()).toEqual(['ab'])
})

test('a folder is removed with all that lies below, and reported', async () => {
  const { ctx, left } = await filled('f/', 'f/1', 'f/2/3 & <4>', 'f.txt')
  const seen: unknown[] = []
  await remove({ path: 'f/', options: { onProgress: (progress) => seen.push(progress) } }, ctx)
  expect(await left()).toEqual(['f.txt'])
  expect(seen).toEqual([{ deleted: [{ path: 'f/' }, { path: 'f/1' }, { path: 'f/2/3 & <4>' }], failed: [] }])
})

test('a name without a slash is a folder only where there is no object of that name', async () => {
  const { ctx, left } = await filled('f/1', 'g', 'g/1')
  await remove({ path: 'f' }, ctx)
  await remove({ path: 'g' }, ctx)
  expect(await left()).toEqual(['g/1'])
})

test('whoever may not list can remove an object', async () => {
  const { left } = await filled('guests/1', 'secret')
  const watched = bucket.watch({ guest: true })
  watched.intercept = ({ target }) =>
    target.includes('list-type')
      ? new Response('<Error><Code>AccessDenied</Code></Error>', { status: 403 })
      : undefined
  await remove({ path: 'guests/1' }, watched.ctx)
  expect(await left()).toEqual(['secret'])
  expect(await remove({ path: 'secret' }, watched.ctx).catch((error) => error.name)).toBe('AccessDenied')
})

test('the older `key` is removed below its prefix', async () => {
  const { ctx, left } = await filled('public/a', 'a')
  expect(await remove({ key: 'a' }, ctx)).toEqual({ key: 'a' })
  expect(await left()).toEqual(['a'])
})

test.each(['/', '*', ' '])('the path %j, which might mean everything, is refused', async (path) => {
  const { ctx, left } = await filled('a')
  const error = await remove({ path }, ctx).catch((reason) => reason)
  expect(error).toMatchObject({ name: 'InvalidStoragePathInput' })
  expect(await left()).toEqual(['a'])
})

test('a removal is a task too: it has a state and a result and can be canceled', async () => {
  const { ctx, left } = await filled('f/1')
  const canceled = remove({ path: 'f/' }, ctx)
  expect(canceled.state).toBe('IN_PROGRESS')
  canceled.cancel()
  expect(isCancelError(await canceled.result.catch((error) => error))).toBe(true)
  expect(canceled.state).toBe('CANCELED')
  expect(await left()).toEqual(['f/1'])

  const done = remove({ path: 'f/1' }, ctx)
  await done.result.finally(() => {})
  expect(done.state).toBe('SUCCESS')
})

test('a folder that cannot be removed is an error where nobody listens', async () => {
  const watched = await filled('f/1')
  const { ctx } = bucket.watch()
  const original = ctx.platform.fetch
  ctx.platform = {
    ...ctx.platform,
    fetch: async (input, init) => {
      if (init?.method !== 'POST') return original(input, init)
      return new Response(
        '<DeleteResult><Error><Key>f/1</Key><Code>AccessDenied</Code><Message>No.</Message></Error></DeleteResult>',
      )
    },
  }
  expect(await remove({ path: 'f/' }, ctx).catch((error) => error.name)).toBe('AccessDenied')
  const seen: unknown[] = []
  await remove({ path: 'f/', options: { onProgress: (progress) => seen.push(progress) } }, ctx)
  expect(seen).toEqual([{ deleted: [], failed: [{ path: 'f/1', code: 'AccessDenied', message: 'No.' }] }])
  expect(await watched.left()).toEqual(['f/1'])
})

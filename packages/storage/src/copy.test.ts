import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Bucket, megabytes, refusal, startBucket } from './bucket.fixture.js'
import { copyInParts } from './copyParts.js'
import { copy, downloadData, getProperties, isCancelError, list, uploadData } from './index.js'
import { locate } from './location.js'
import * as server from './server.js'

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(() => bucket.sandbox.reset())
afterAll(() => bucket.sandbox.stop())

const nameOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (error: Error) => error.name,
  )
const options = { contentType: 'text/x-note', metadata: { author: 'ada' }, cacheControl: 'max-age=60' }

test('a copy has the bytes, the type and the metadata of its source, in one request', async () => {
  const { ctx, sent } = bucket.watch()
  const path = 'a b/ü+&%?#.txt'
  await uploadData({ path, data: 'hello', options }, ctx)
  sent.length = 0
  expect(await copy({ source: { path }, destination: { path: 'copies/one.txt' } }, ctx)).toEqual({
    path: 'copies/one.txt',
  })
  expect(sent).toHaveLength(1)
  const { body, contentType, metadata } = await downloadData({ path: 'copies/one.txt' }, ctx)
  expect([await body.text(), contentType, metadata]).toEqual(['hello', 'text/x-note', { author: 'ada' }])
})

test('a copy goes from bucket to bucket, named both by the configuration and by their own names', async () => {
  const { ctx } = bucket.watch()
  await uploadData({ path: 'a.txt', data: 'hello' }, ctx)
  await copy(
    { source: { path: 'a.txt', bucket: 'drive' }, destination: { path: 'b.txt', bucket: 'archive' } },
    ctx,
  )
  const archive = { bucketName: bucket.archive, region: 'us-east-1' }
  expect(await (await downloadData({ path: 'b.txt', options: { bucket: archive } }, ctx)).body.text()).toBe(
    'hello',
  )
  expect((await list({ path: '' }, ctx)).items).toHaveLength(1)
  expect(
    await nameOf(copy({ source: { path: 'a.txt', bucket: 'drive' }, destination: { path: 'b.txt' } }, ctx)),
  ).toBe('InvalidCopyOperationStorageBucket')
})

test('the older keys are copied between the prefixes of access levels', async () => {
  const { ctx } = bucket.watch()
  await uploadData({ key: 'a.txt', data: 'hello' }, ctx)
  const copied = await copy(
    { source: { key: 'a.txt' }, destination: { key: 'b.txt', accessLevel: 'private' } },
    ctx,
  )
  expect(copied).toEqual({ key: 'b.txt' })
  expect((await list({ path: '' }, ctx)).items.map(({ path }) => path)).toEqual([
    'private/us-east-1:me/b.txt',
    'public/a.txt',
  ])
})

test('a copy is held to the source that was meant', async () => {
  const { ctx } = bucket.watch()
  const { eTag } = await uploadData({ path: 'a.txt', data: 'hello' }, ctx)
  const to = { path: 'b.txt' }
  const from = (conditions: object) =>
    nameOf(copy({ source: { path: 'a.txt', ...conditions }, destination: to }, ctx))
  expect(await from({ eTag: '"0123456789abcdef0123456789abcdef"' })).toBe('PreconditionFailed')
  expect(await from({ notModifiedSince: new Date(Date.now() - 3_600_000) })).toBe('PreconditionFailed')
  expect(await from({ eTag, notModifiedSince: new Date(Date.now() + 3_600_000) })).toBeUndefined()
  expect(await from({ expectedBucketOwner: '1' })).toBe('InvalidAWSAccountID')
})

test('a copy that names a place badly, or a source that is not there, says so', async () => {
  const { ctx, sent } = bucket.watch()
  const tried = (input: object) => nameOf(copy(input as never, ctx))
  expect(await tried({})).toBe('NoSourceKey')
  expect(await tried({ source: { path: '' }, destination: { path: 'b' } })).toBe('NoSourcePath')
  expect(await tried({ source: { path: 'a' }, destination: { key: 'b' } })).toBe('NoDestinationPath')
  expect(await tried({ source: { key: 'a' }, destination: {} })).toBe('NoDestinationKey')
  expect(await tried({ source: { path: '/a' }, destination: { path: 'b' } })).toBe('InvalidStoragePathInput')
  expect(sent).toEqual([])
  expect(await tried({ source: { path: 'missing' }, destination: { path: 'b' } })).toBe('NoSuchKey')
})

test('what is too large to be copied in one go is copied in parts, with its type and metadata', async () => {
  const watched = bucket.watch()
  const data = megabytes(12)
  await uploadData({ path: 'large.bin', data, options }, watched.ctx)
  watched.sent.length = 0
  watched.intercept = ({ method, target }) =>
    method === 'PUT' && target === 'copy.bin'
      ? new Response(
          '<Error><Code>InvalidRequest</Code><Message>The specified copy source is larger than the maximum allowable size for a copy source: 5368709120</Message></Error>',
          { status: 400 },
        )
      : undefined
  await copy({ source: { path: 'large.bin' }, destination: { path: 'copy.bin' } }, watched.ctx)
  expect(watched.sent.map(({ method }) => method)).toEqual(['PUT', 'HEAD', 'POST', 'PUT', 'POST'])
  const { body, contentType, metadata } = await downloadData({ path: 'copy.bin' }, watched.ctx)
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
  expect([contentType, metadata]).toEqual(['text/x-note', { author: 'ada' }])
})

test('parts of a copy are put together in order, sent again where S3 fails late, and dropped where it refuses', async () => {
  const watched = bucket.watch()
  const data = megabytes(17)
  await uploadData({ path: 'large.bin', data }, watched.ctx)
  const plan = {
    source: await locate(watched.ctx, { path: 'large.bin' }),
    destination: await locate(watched.ctx, { path: 'copy.bin' }),
    conditions: {},
    partSize: 5 * 1024 * 1024,
  }
  let failed = false
  watched.intercept = ({ target }) => {
    if (failed || !target.includes('partNumber=2')) return undefined
    failed = true
    return refusal(200, 'InternalError')
  }
  await copyInParts(watched.ctx, plan)
  expect(failed).toBe(true)
  const { body, eTag } = await downloadData({ path: 'copy.bin' }, watched.ctx)
  expect(eTag).toMatch(/-4"$/)
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)

  watched.intercept = ({ target }) =>
    target.includes('partNumber=2') ? refusal(412, 'PreconditionFailed') : undefined
  expect(await nameOf(copyInParts(watched.ctx, plan))).toBe('PreconditionFailed')
  expect(watched.sent.at(-1)).toMatchObject({ method: 'DELETE', status: 204 })
})

test('properties are what S3 keeps about an object, without its content', async () => {
  const { ctx, sent } = bucket.watch()
  const { eTag } = await uploadData({ path: 'a.txt', data: 'hello', options }, ctx)
  expect(await getProperties({ path: 'a.txt' }, ctx)).toEqual({
    path: 'a.txt',
    size: 5,
    eTag,
    contentType: 'text/x-note',
    lastModified: expect.any(Date),
    metadata: { author: 'ada' },
    versionId: undefined,
  })
  expect(sent.at(-1)!.method).toBe('HEAD')
  expect(await nameOf(getProperties({ path: 'missing' }, ctx))).toBe('NotFound')
  await uploadData({ key: 'b.txt', data: '' }, ctx)
  expect(await getProperties({ key: 'b.txt' }, ctx)).toMatchObject({ key: 'b.txt', size: 0 })
})

test('a signal ends any call, and a task that it ends is canceled', async () => {
  const watched = bucket.watch()
  const { ctx } = watched
  const signal = AbortSignal.abort()
  const gone = { signal }
  const calls = [
    getProperties({ path: 'a', options: gone }, ctx),
    list({ path: '', options: gone }, ctx),
    copy({ source: { path: 'a' }, destination: { path: 'b' }, options: gone }, ctx),
    uploadData({ path: 'a', data: 'x', options: gone }, ctx),
    downloadData({ path: 'a', options: gone }, ctx),
  ]
  for (const told of await Promise.allSettled(calls))
    expect(told.status === 'rejected' && isCancelError(told.reason)).toBe(true)
  expect(watched.sent).toEqual([])
  const controller = new AbortController()
  watched.intercept = () => {
    controller.abort()
    return new Promise(() => {})
  }
  const task = uploadData({ path: 'a', data: 'x', options: { signal: controller.signal } }, ctx)
  expect(await nameOf(task)).toBe('CanceledError')
  expect(task.state).toBe('CANCELED')
})

test('on a server the context comes first, and each has its own caller', async () => {
  const { ctx } = bucket.watch()
  const guest = bucket.watch({ guest: true }).ctx
  await server.uploadData(ctx, { path: 'a.txt', data: 'hello' }).result
  await server.copy(ctx, { source: { path: 'a.txt' }, destination: { path: 'b.txt' } })
  expect(await server.getProperties(ctx, { path: 'b.txt' })).toMatchObject({ size: 5 })
  expect((await server.list(ctx, { path: '' })).items).toHaveLength(2)
  const { url } = await server.getUrl(ctx, { path: 'b.txt' })
  expect(await (await fetch(url)).text()).toBe('hello')
  expect(await nameOf(server.getProperties(guest, { path: 'a.txt' }))).toBe('Forbidden')
  await server.remove(ctx, { path: 'a.txt' })
  expect((await server.list(ctx, { path: '' })).items.map(({ path }) => path)).toEqual(['b.txt'])
})

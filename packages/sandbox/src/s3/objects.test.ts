import { createHash, randomBytes } from 'node:crypto'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, serve } from '../sandbox.js'

const Bucket = 'drive-bucket'
let sandbox: Sandbox
let s3: S3Client

beforeAll(async () => {
  sandbox = await serve({
    extraOutputs: {},
    storages: [
      { name: 'drive', isDefault: true, bucketName: Bucket, rules: [] },
      { name: 'attic', isDefault: false, bucketName: 'attic-bucket', rules: [] },
    ],
  })
  const { url: endpoint, credentials } = sandbox
  s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 })
})
afterAll(async () => {
  s3.destroy()
  await sandbox.stop()
})

const put = (Key: string, Body: string | Buffer = 'x') => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const text = async (Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body!.transformToString()

test.each([
  ['a+b %2F&=?#.txt'],
  ['//twice//'],
  ['../../etc/passwd'],
  ['.'],
  ['folder/'],
  ['ünï/日本/🎉'],
  ['(star)*!\'"<>&;:@,$'],
  ['line\nbreak\ttab'],
  ['k'.repeat(1024)],
])('the key %j is kept to the letter', async (Key) => {
  await put(Key, `at ${Key}`)
  expect(await text(Key)).toBe(`at ${Key}`)
  for (const EncodingType of [undefined, 'url'] as const) {
    const list = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key, EncodingType }))
    const decode = (key: string) => (EncodingType ? decodeURIComponent(key.replaceAll('+', ' ')) : key)
    expect(list.Contents?.map((each) => decode(each.Key!))).toEqual([Key])
  }
  const copied = encodeURIComponent(`${Bucket}/${Key}`)
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource: copied }))
  expect(await text('copied')).toBe(`at ${Key}`)
  await s3.send(new DeleteObjectCommand({ Bucket, Key }))
  await expect(text(Key)).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a key of more than 1,024 bytes is refused', async () => {
  await expect(put('é'.repeat(513))).rejects.toMatchObject({ name: 'KeyTooLongError' })
})

test('ranges give the bytes they name, from either end', async () => {
  await put('range', '0123456789')
  expect(await text('range', { Range: 'bytes=2-4' })).toBe('234')
  expect(await text('range', { Range: 'bytes=7-' })).toBe('789')
  expect(await text('range', { Range: 'bytes=-3' })).toBe('789')
  expect(await text('range', { Range: 'bytes=-30' })).toBe('0123456789')
  expect(await text('range', { Range: 'bytes=8-99' })).toBe('89')
  for (const Range of ['bytes=0-1,4-5', 'bytes=5-2', 'lines=1-2', 'bytes=-']) {
    expect(await text('range', { Range })).toBe('0123456789')
  }
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=2-4' }))
  expect(part).toMatchObject({
    ContentRange: 'bytes 2-4/10',
    ContentLength: 3,
    $metadata: { httpStatusCode: 206 },
  })
  for (const Range of ['bytes=10-', 'bytes=-0', 'bytes=99-100']) {
    await expect(text('range', { Range })).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    })
  }
})

test('an empty object is an object', async () => {
  await put('empty', '')
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'empty' }))
  expect(got.ContentLength).toBe(0)
  expect(await got.Body!.transformToString()).toBe('')
  await expect(text('empty', { Range: 'bytes=0-0' })).rejects.toMatchObject({ name: 'InvalidRange' })
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'empty2', CopySource: `${Bucket}/empty` }))
  expect(await text('empty2')).toBe('')
})

test('a reader’s conditions decide between the object, 304 and 412', async () => {
  const { ETag } = await put('conditions', 'abc')
  const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'conditions' }))
  const status = (conditions: object) =>
    s3.send(new HeadObjectCommand({ Bucket, Key: 'conditions', ...conditions })).then(
      (output: HeadObjectCommandOutput) => output.$metadata.httpStatusCode,
      (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode,
    )
  const [before, after] = [-60_000, 60_000].map((shift) => new Date(LastModified!.getTime() + shift))
  expect(await status({ IfMatch: ETag })).toBe(200)
  expect(await status({ IfMatch: '"other"' })).toBe(412)
  expect(await status({ IfNoneMatch: ETag })).toBe(304)
  expect(await status({ IfNoneMatch: '"other"' })).toBe(200)
  expect(await status({ IfModifiedSince: LastModified })).toBe(304)
  expect(await status({ IfModifiedSince: before })).toBe(200)
  expect(await status({ IfUnmodifiedSince: before })).toBe(412)
  expect(await status({ IfUnmodifiedSince: after })).toBe(200)
  expect(await status({ IfMatch: ETag, IfUnmodifiedSince: before })).toBe(200)
  expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: after })).toBe(200)
})

test('a writer’s conditions protect what is there', async () => {
  const once = { Bucket, Key: 'once', IfNoneMatch: '*' }
  const { ETag } = await s3.send(new PutObjectCommand({ ...once, Body: 'first' }))
  await expect(s3.send(new PutObjectCommand({ ...once, Body: 'second' }))).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  })
  const race = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((Body) =>
      s3.send(new PutObjectCommand({ ...once, Key: 'raced', Body: Body.repeat(500_000) })),
    ),
  )
  expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await text('once')).toBe('first')
  const swap = (IfMatch: string, Key = 'once') =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'third', IfMatch }))
  await expect(swap('"other"')).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await expect(swap('"other"', 'absent')).rejects.toMatchObject({ name: 'NoSuchKey' })
  await swap(ETag!)
  expect(await text('once')).toBe('third')
})

test('a reader may ask for other headers than were written', async () => {
  await s3.send(
    new PutObjectCommand({
      ...{ Bucket, Key: 'headers', Body: 'x', ContentType: 'text/html', ContentLanguage: 'de' },
      ...{ ContentEncoding: 'gzip', ContentDisposition: 'inline', Expires: new Date('2030-01-01') },
    }),
  )
  const kept = await s3.send(new HeadObjectCommand({ Bucket, Key: 'headers' }))
  expect(kept).toMatchObject({ ContentType: 'text/html', ContentLanguage: 'de', ContentEncoding: 'gzip' })
  expect(kept.ExpiresString).toBe('Tue, 01 Jan 2030 00:00:00 GMT')
  const asked = await s3.send(
    new GetObjectCommand({
      ...{ Bucket, Key: 'headers', ResponseContentType: 'text/plain', ResponseCacheControl: 'no-cache' },
      ...{ ResponseContentDisposition: 'attachment; filename="a b.txt"' },
    }),
  )
  expect(asked).toMatchObject({
    ...{ ContentType: 'text/plain', CacheControl: 'no-cache' },
    ...{ ContentDisposition: 'attachment; filename="a b.txt"', ContentLanguage: 'de' },
  })
  await put('plain')
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'plain' }))).ContentType).toBe(
    'application/octet-stream',
  )
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key: 'm', Body: '', Metadata: { a: 'b'.repeat(2100) } })),
  ).rejects.toMatchObject({ name: 'MetadataTooLarge' })
})

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME'] as const)(
  'a %s checksum is verified, kept and given back',
  async (ChecksumAlgorithm) => {
    const Key = `sum/${ChecksumAlgorithm}`
    const stored = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'data', ChecksumAlgorithm }))
    const member = `Checksum${ChecksumAlgorithm}` as const
    expect(stored[member]).toBeTruthy()
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(got).toMatchObject({ [member]: stored[member], ChecksumType: 'FULL_OBJECT' })
    expect(await got.Body!.transformToString()).toBe('data')
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'sum/copy', CopySource: `${Bucket}/${Key}` }))
    const copy = await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum/copy', ChecksumMode: 'ENABLED' }))
    expect(copy[member]).toBe(stored[member])
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key, Body: 'other', [member]: stored[member] })),
    ).rejects.toMatchObject({ name: 'BadDigest', $metadata: { httpStatusCode: 400 } })
    expect(await text(Key)).toBe('data')
  },
)

test('a copy takes its metadata along or brings its own, and honours conditions on its source', async () => {
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'src', Body: 'x', Metadata: { a: '1' }, ContentType: 'text/css' }),
  )
  const CopySource = `${Bucket}/src`
  await s3.send(
    new CopyObjectCommand({
      ...{
        Bucket: 'attic-bucket',
        Key: 'dst',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      },
    }),
  )
  const copy = await s3.send(new HeadObjectCommand({ Bucket: 'attic-bucket', Key: 'dst' }))
  expect(copy.Metadata).toEqual({ b: '2' })
  const copying = (more: object) =>
    s3.send(new CopyObjectCommand({ Bucket, Key: 'dst', CopySource, ...more }))
  await expect(copying({ CopySourceIfMatch: '"no"' })).rejects.toMatchObject({ name: 'PreconditionFailed' })
  await expect(copying({ Key: 'src' })).rejects.toMatchObject({ name: 'InvalidRequest' })
  await expect(copying({ CopySource: `${Bucket}/absent` })).rejects.toMatchObject({ name: 'NoSuchKey' })
  await expect(copying({ CopySource: 'no-bucket/x' })).rejects.toMatchObject({ name: 'NoSuchBucket' })
  await expect(copying({ CopySource: 'nothing' })).rejects.toMatchObject({ name: 'InvalidArgument' })
  await copying({ Key: 'src', MetadataDirective: 'REPLACE', Metadata: { c: '3' } })
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'src' }))).Metadata).toEqual({ c: '3' })
})

test('both versions of the list page through everything exactly once', async () => {
  const keys = Array.from({ length: 25 }, (_, index) => `page/${index % 5}/${index}`).toSorted()
  for (const key of keys) await put(key)
  const seen: string[] = []
  let Marker: string | undefined
  for (;;) {
    const page = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'page/', MaxKeys: 4, Marker }))
    seen.push(...page.Contents!.map(({ Key }) => Key!))
    if (!page.IsTruncated) break
    Marker = page.Contents!.at(-1)!.Key
  }
  expect(seen).toEqual(keys)
  const folders = await s3.send(
    new ListObjectsCommand({ Bucket, Prefix: 'page/', Delimiter: '/', MaxKeys: 2, Marker: 'page/1/' }),
  )
  expect(folders.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['page/2/', 'page/3/'])
  expect(folders).toMatchObject({ IsTruncated: true, NextMarker: 'page/3/' })
  const rest = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'page/', StartAfter: 'page/4/19', FetchOwner: true }),
  )
  expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['page/4/24', 'page/4/4', 'page/4/9'])
  expect(rest.Contents![0]!.Owner?.ID).toBeTruthy()
  // Clients compare what comes back with what they asked for.
  expect([rest.Prefix, rest.StartAfter, rest.Delimiter, rest.ContinuationToken]).toEqual([
    ...['page/', 'page/4/19', undefined, undefined],
  ])
  const none = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'page/', MaxKeys: 0 }))
  expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false })
  for (const wrong of [{ MaxKeys: -1 }, { ContinuationToken: '***' }, { EncodingType: 'hex' as 'url' }]) {
    await expect(s3.send(new ListObjectsV2Command({ Bucket, ...wrong }))).rejects.toMatchObject({
      name: 'InvalidArgument',
    })
  }
})

test('an object can be read to its end while it is replaced and deleted', async () => {
  const body = randomBytes(8 * 1024 * 1024)
  await put('slow', body)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'slow' }))
  await put('slow', 'short')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'slow' }))
  const read = createHash('md5')
    .update(await Body!.transformToByteArray())
    .digest('hex')
  expect(read).toBe(createHash('md5').update(body).digest('hex'))
})

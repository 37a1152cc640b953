import { createHash, randomBytes } from 'node:crypto'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Sandbox } from '@backline/sandbox'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { peopleOf } from './people.fixture.js'
import { outputsOf, startShop } from './shop.fixture.js'

// The AWS SDK's client of S3. Every header, condition and way to sign wrongly is tried, with the same client, in
// packages/sandbox/src/s3 (wire, objects, multipart, roles); here is what an app's scripts do, and what each refusal is called.

let sandbox: Sandbox
let Bucket: string
let s3: S3Client
const clients: S3Client[] = []

beforeAll(async () => {
  sandbox = await startShop()
  Bucket = outputsOf(sandbox).storage.bucket_name
  s3 = client()
})
afterEach(() => sandbox.clock.reset())
afterAll(async () => {
  for (const each of clients) each.destroy()
  await sandbox.stop()
})

function client(options: S3ClientConfig = {}): S3Client {
  const made = new S3Client({
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: { ...sandbox.credentials },
    forcePathStyle: true,
    maxAttempts: 1,
    ...options,
  })
  clients.push(made)
  return made
}

test('what was put comes back, with its headers, metadata and checksum', async () => {
  const put = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'notes/one.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { author: 'ada' },
    }),
  )
  expect(put.ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`)
  expect(put.ChecksumCRC32).toBeDefined()
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'notes/one.txt' }))
  expect(await got.Body!.transformToString()).toBe('hello')
  expect(got).toMatchObject({
    ContentType: 'text/plain',
    CacheControl: 'no-store',
    Metadata: { author: 'ada' },
    ContentLength: 5,
    ETag: put.ETag,
    ChecksumCRC32: put.ChecksumCRC32,
  })
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'notes/one.txt' }))
  expect(head).toMatchObject({ ContentLength: 5, ETag: put.ETag })
})

test('twelve megabytes go up in parts and come down whole', async () => {
  const body = randomBytes(12 * 1024 * 1024)
  const done = await new Upload({ client: s3, params: { Bucket, Key: 'big.bin', Body: body } }).done()
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/)
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'big.bin' }))
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true)
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'big.bin', Range: 'bytes=5242870-5242890' }))
  expect(part.ContentRange).toBe(`bytes 5242870-5242890/${body.length}`)
  expect(Buffer.from(await part.Body!.transformToByteArray()).equals(body.subarray(5242870, 5242891))).toBe(
    true,
  )
})

test('a list is paged, grouped and in the order of bytes', async () => {
  const keys = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/é', 'l/ z+%', 'l//x', 'l/../y']
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: '-' }))
  const all = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/' }))
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(
    keys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))),
  )
  const grouped: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'l/', Delimiter: '/', MaxKeys: 2, ContinuationToken }),
    )
    grouped.push(...(page.Contents ?? []).map(({ Key }) => Key!))
    grouped.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
  expect(grouped.toSorted()).toEqual(['l/ z+%', 'l/../', 'l//', 'l/a', 'l/b/', 'l/c', 'l/é'].toSorted())
})

test('objects are copied and deleted, one by one and together', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'from', Body: 'x', Metadata: { a: 'b' } }))
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }))
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))
  expect(head.Metadata).toEqual({ a: 'b' })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'from' }))
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'from' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  })
  const gone = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'to' }, { Key: 'never <&> was' }] } }),
  )
  expect(gone.Deleted?.map(({ Key }) => Key)).toEqual(['to', 'never <&> was'])
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
})

test('links signed ahead read and write until they expire', async () => {
  const Key = 'linked/päth +1.txt'
  const up = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 })
  const put = await fetch(up, { method: 'PUT', body: 'by link' })
  expect(`${put.status} ${await put.text()}`).toBe('200 ')
  const down = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: 60 })
  expect(await (await fetch(down)).text()).toBe('by link')
  sandbox.clock.advance(61_000)
  const late = await fetch(down)
  expect(late.status).toBe(403)
  expect(await late.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>')
})

test('what is signed wrongly is refused, each by its name, and nothing of it is kept', async () => {
  const put = (by: S3Client) => by.send(new PutObjectCommand({ Bucket, Key: 'refused', Body: 'body' }))
  const named = (name: string) => ({
    name,
    $metadata: { httpStatusCode: name.startsWith('XAmz') ? 400 : 403 },
  })
  const { accessKeyId } = sandbox.credentials
  await expect(put(client({ credentials: { accessKeyId, secretAccessKey: 'wrong' } }))).rejects.toMatchObject(
    named('SignatureDoesNotMatch'),
  )

  const lying = client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
  const hashOfOther = createHash('sha256').update('other').digest('hex')
  lying.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, { 'x-amz-content-sha256': hashOfOther })
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  await expect(put(lying)).rejects.toMatchObject(named('XAmzContentSHA256Mismatch'))

  // Before the clock moves: the SDK learns how far off it is from the first answer.
  const people = peopleOf(sandbox)
  await people.register('ada@example.com')
  const { keys } = await people.credentials((await people.signIn('ada@example.com')).IdToken)
  people.close()
  const user = client({ credentials: keys })
  const forged = client({ credentials: { ...keys, sessionToken: `${keys.sessionToken}x` } })
  await expect(put(forged)).rejects.toMatchObject({ name: 'InvalidToken' })
  await expect(put(user)).rejects.toMatchObject(named('AccessDenied'))

  sandbox.clock.advance(6 * 60_000)
  await expect(put(client())).rejects.toMatchObject(named('RequestTimeTooSkewed'))
  sandbox.clock.advance(3_600_000)
  const late = client({ credentials: keys, systemClockOffset: 66 * 60_000 })
  await expect(put(late)).rejects.toMatchObject({ name: 'ExpiredToken' })

  sandbox.clock.reset()
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'refused' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
})

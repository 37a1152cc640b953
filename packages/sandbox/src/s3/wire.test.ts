import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import {
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Sandbox, serve } from '../sandbox.js'
import { createChunkSigner } from './chunked.js'

const Bucket = 'drive-bucket'
const dataDir = mkdtempSync(join(tmpdir(), 'backline-test-'))
const clients: S3Client[] = []
let sandbox: Sandbox
let s3: S3Client

beforeAll(async () => {
  const storages = [{ name: 'drive', isDefault: true, bucketName: Bucket, rules: [] }]
  sandbox = await serve({ extraOutputs: {}, storages }, { dataDir })
  s3 = client()
})
afterEach(() => sandbox.clock.reset())
afterAll(async () => {
  for (const each of clients) each.destroy()
  await sandbox.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

function client(options: S3ClientConfig = {}): S3Client {
  const { url: endpoint, credentials } = sandbox
  const made = new S3Client({
    ...{ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 },
    ...options,
  })
  clients.push(made)
  return made
}

/** A client whose requests get these headers at `step`: `build` is before they are signed, `finalizeRequest` after. */
function meddling(
  step: 'build' | 'finalizeRequest',
  headers: Record<string, string>,
  options?: S3ClientConfig,
) {
  const made = client(options)
  made.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, headers)
      return next(args)
    },
    // The overloads of `add` want one literal step each.
    { step: step as 'build', priority: 'low', name: 'meddle' },
  )
  return made
}

const put = (by: S3Client, more: Partial<PutObjectCommandInput> = {}) =>
  by.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'body', ...more }))
const nothingStored = async () => {
  expect(readdirSync(join(dataDir, 'files', 's3'))).toEqual([])
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  })
}
const code = async (response: Response) => /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1]
const plainly = { requestChecksumCalculation: 'WHEN_REQUIRED' } as const

test('a wrong secret, an unknown key and a wrong clock are told apart', async () => {
  const { accessKeyId } = sandbox.credentials
  await expect(put(client({ credentials: { accessKeyId, secretAccessKey: 'wrong' } }))).rejects.toMatchObject(
    {
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403, requestId: expect.stringMatching(/^[0-9A-F]{16}$/) },
    },
  )
  await expect(
    put(client({ credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } })),
  ).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
  sandbox.clock.advance(5 * 60_000 + 5000)
  await expect(put(client())).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' })
  sandbox.clock.reset()
  await nothingStored()
})

test('what has no signature, or half of one, is refused in S3’s words', async () => {
  const anonymous = await fetch(`${sandbox.url}/${Bucket}/k`)
  expect([anonymous.status, await code(anonymous)]).toEqual([403, 'AccessDenied'])
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request'
  const half = await fetch(`${sandbox.url}/${Bucket}/k`, { headers: { authorization } })
  expect([half.status, await code(half)]).toEqual([400, 'AuthorizationHeaderMalformed'])
  const link = await fetch(`${sandbox.url}/${Bucket}/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0`)
  expect([link.status, await code(link)]).toEqual([400, 'AuthorizationQueryParametersError'])
})

test('a header changed or added after signing is refused', async () => {
  await expect(put(meddling('finalizeRequest', { 'x-amz-meta-a': 'evil' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  })
  const changed = meddling('finalizeRequest', { 'x-amz-meta-a': 'evil' })
  await expect(put(changed, { Metadata: { a: 'good' } })).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  })
  const link = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'k' }))
  const headers = { 'x-amz-copy-source': `${Bucket}/other` }
  expect(await code(await fetch(link, { method: 'PUT', headers }))).toBe('AccessDenied')
  const other = link.replace('/k?', '/k2?')
  expect(await code(await fetch(other, { method: 'PUT', body: 'x' }))).toBe('SignatureDoesNotMatch')
  expect(await code(await fetch(link, { method: 'GET' }))).toBe('SignatureDoesNotMatch')
  await nothingStored()
})

test('a body that is not what its headers say is refused and not kept', async () => {
  const md5 = createHash('md5').update('other').digest('base64')
  const sha256 = createHash('sha256').update('other').digest('hex')
  const cases: [Record<string, string>, string][] = [
    [{ 'x-amz-content-sha256': sha256 }, 'XAmzContentSHA256Mismatch'],
    [{ 'content-md5': md5 }, 'BadDigest'],
    [{ 'content-md5': 'nonsense' }, 'InvalidDigest'],
    [{ 'x-amz-content-sha256': 'nonsense' }, 'InvalidArgument'],
    [{ 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    [{ 'x-amz-checksum-crc32': 'AAAA' }, 'InvalidRequest'],
    [{ 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }, 'InvalidRequest'],
    [{ 'x-amz-sdk-checksum-algorithm': 'CRC32' }, 'InvalidRequest'],
    [{ 'x-amz-trailer': 'x-amz-checksum-md5' }, 'InvalidRequest'],
    [{ 'x-amz-tagging': 'a=b' }, 'NotImplemented'],
    [{ 'x-amz-expected-bucket-owner': '111111111111' }, 'AccessDenied'],
  ]
  for (const [headers, name] of cases) {
    await expect(put(meddling('build', headers, plainly)), JSON.stringify(headers)).rejects.toMatchObject({
      name,
    })
  }
  await nothingStored()
})

test('a stream with its checksum behind it is verified', async () => {
  const stream = (text: string) => Readable.from([Buffer.from(text.slice(0, 3)), Buffer.from(text.slice(3))])
  const options = { ContentLength: 7, ChecksumAlgorithm: 'CRC32C' } as const
  const stored = await put(s3, { ...options, Key: 'streamed', Body: stream('a story') })
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }))
  expect(got.ChecksumCRC32C).toBe(stored.ChecksumCRC32C)
  expect(got.ContentEncoding).toBeUndefined()
  expect(await got.Body!.transformToString()).toBe('a story')
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'streamed' }] } }))
  const longer = meddling('build', { 'x-amz-decoded-content-length': '8' })
  await expect(put(longer, { ...options, Body: stream('a story') })).rejects.toMatchObject({
    name: 'IncompleteBody',
  })
  await nothingStored()
})

test('a body of signed chunks is verified chunk by chunk', async () => {
  const chunks = ['a'.repeat(8192), 'the rest', '']
  const heads = chunks.map((chunk) => `${chunk.length.toString(16)};chunk-signature=`)
  const length = chunks.reduce(
    (sum, chunk, index) => sum + heads[index]!.length + 64 + 2 + chunk.length + 2,
    0,
  )
  const sending = (spoil: (body: string) => string) => {
    const by = meddling(
      'build',
      {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': String(8192 + 8),
        'content-encoding': 'aws-chunked',
      },
      plainly,
    )
    by.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string>; body: unknown }
        const { credentials } = sandbox
        const signer = createChunkSigner(request as never, {
          find: () => ({ ...credentials, principal: { role: 'root' } }),
        })
        const hash = (chunk: string) => createHash('sha256').update(chunk).digest('hex')
        const body = chunks.map(
          (chunk, index) => `${heads[index]}${signer.chunk(hash(chunk))}\r\n${chunk}\r\n`,
        )
        request.body = spoil(body.join(''))
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low', name: 'chunks' },
    )
    return put(by, { Body: '.'.repeat(length) })
  }
  await expect(sending((body) => body.replace('the rest', 'the best'))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  })
  await nothingStored()
  await sending((body) => body)
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'k' }))
  expect(await got.Body!.transformToString()).toBe(chunks.join(''))
  expect(got.ContentEncoding).toBeUndefined()
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'k' }] } }))
})

test('buckets answer to their names in the path, before localhost and before amazonaws.com', async () => {
  const httpAgent = new Agent({
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  const port = new URL(sandbox.url).port
  for (const host of ['localhost', 's3.us-east-1.amazonaws.com', 's3.dualstack.us-east-1.amazonaws.com']) {
    for (const forcePathStyle of [true, false]) {
      const at = client({ endpoint: `http://${host}:${port}`, forcePathStyle, requestHandler: { httpAgent } })
      const Key = `/${host}/${forcePathStyle}`
      await put(at, { Key })
      const got = await s3.send(new GetObjectCommand({ Bucket, Key }))
      expect(await got.Body!.transformToString()).toBe('body')
      await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))
    }
  }
})

test('buckets are listed and found', async () => {
  const { Buckets } = await s3.send(new ListBucketsCommand({}))
  expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket])
  expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('us-east-1')
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeFalsy()
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
  await expect(put(s3, { Bucket: 'nowhere' })).rejects.toMatchObject({ name: 'NoSuchBucket' })
})

test('what S3 can and the sandbox cannot is named', async () => {
  await expect(s3.send(new GetBucketAclCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('GetBucketAcl'),
  })
})

test('documents that are not what they should be are refused', async () => {
  const remove = (Objects: { Key: string }[]) =>
    s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))
  await expect(remove([])).rejects.toMatchObject({ name: 'MalformedXML' })
  await expect(
    remove(Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}` }))),
  ).rejects.toMatchObject({
    name: 'MalformedXML',
  })
  const link = `${sandbox.url}/${Bucket}?delete`
  const unsigned = await fetch(link, { method: 'POST', body: '<Delete/>' })
  expect(await code(unsigned)).toBe('AccessDenied')
  await expect(remove([{ Key: 'x'.repeat(9 * 1024 * 1024) }])).rejects.toMatchObject({
    name: 'EntityTooLarge',
  })
})

/** Sends lines as they are and returns everything that comes back. */
function raw(line: string, ...headers: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write([line, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', ''].join('\r\n'))
  })
}

test('bytes that make no sense get an error and leave the sandbox standing', async () => {
  const scope = 'Credential=a/20260101/us-east-1/s3/aws4_request'
  const wrong = [
    await raw(`GET /${Bucket}/%zz HTTP/1.1`),
    await raw(`GET /${Bucket}/%ff HTTP/1.1`, `Authorization: AWS4-HMAC-SHA256 ${scope}`),
    await raw(`BREW /${Bucket}/k HTTP/1.1`),
    await raw(`PUT /${Bucket}/k HTTP/1.1`, 'Content-Length: -5'),
    await raw(`GET /${Bucket}/${'k'.repeat(100_000)} HTTP/1.1`),
    await raw(`GET /${Bucket}?X-Amz-Credential=${encodeURIComponent(scope)}&X-Amz-Date=%00 HTTP/1.1`),
  ]
  for (const answer of wrong) expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  await nothingStored()
})

/** Sends by a signed link with plain node:http, so that headers can be anything. */
function byLink(link: string, headers: Record<string, string>, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(link, { method: 'PUT', headers }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(`${response.statusCode} ${/<Code>(\w+)/.exec(text)?.[1] ?? ''}`))
    })
    sent.on('error', reject)
    if (body === undefined) sent.flushHeaders()
    else sent.end(body)
  })
}

test('a body too large is refused before it is sent, one of unknown length altogether', async () => {
  const link = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'k' }))
  expect(await byLink(link, { 'content-length': String(6 * 1024 ** 3) })).toBe('400 EntityTooLarge')
  expect(await byLink(link, { 'transfer-encoding': 'chunked' }, 'x')).toBe('411 MissingContentLength')
  await nothingStored()
})

test('an upload that breaks off leaves nothing', async () => {
  const link = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'k' }))
  const sent = httpRequest(link, { method: 'PUT', headers: { 'content-length': '1000000' } })
  sent.on('error', () => undefined)
  sent.write('x'.repeat(500_000))
  await expect.poll(() => readdirSync(join(dataDir, 'files', 's3')).length).toBe(1)
  sent.destroy()
  await expect.poll(() => readdirSync(join(dataDir, 'files', 's3')).length).toBe(0)
  await nothingStored()
})

test('browsers may ask, read and see what they need from any origin', async () => {
  const preflight = await fetch(`${sandbox.url}/${Bucket}/k`, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:5173',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,x-amz-date,x-amz-meta-a',
    },
  })
  expect(preflight.ok).toBe(true)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-amz-date,x-amz-meta-a')
  const refused = await fetch(`${sandbox.url}/${Bucket}/k`, { headers: { origin: 'http://localhost:5173' } })
  expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  expect(refused.headers.get('access-control-expose-headers')).toMatch(/\*.*ETag.*x-amz-request-id/)
})

test('an ordered fault is S3’s own, and the official client tries again', async () => {
  sandbox.failNext({ service: 's3', status: 503, times: 1 })
  await expect(put(client())).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } })
  sandbox.failNext({ service: 's3', status: 500, times: 2 })
  await put(client({ maxAttempts: 3 }))
  await sandbox.reset()
  await nothingStored()
})

import { request } from 'node:http'
import { createAmplifyContext } from '@backline/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Bucket, failure, megabytes, refusal, startBucket } from './bucket.fixture.js'
import { downloadData, getUrl, list, uploadData } from './index.js'
import { urlOf } from './s3.js'

const place = { bucket: 'photos', region: 'eu-west-1', prefix: '', named: { path: '' } }

test.each([
  [{}, 'https://photos.s3.eu-west-1.amazonaws.com/cat.jpg'],
  [{ bucket: 'my.photos' }, 'https://s3.eu-west-1.amazonaws.com/my.photos/cat.jpg'],
  [{ region: 'cn-north-1' }, 'https://photos.s3.cn-north-1.amazonaws.com.cn/cat.jpg'],
  [{ accelerate: true }, 'https://photos.s3-accelerate.amazonaws.com/cat.jpg'],
  [{ endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/photos/cat.jpg'],
  [{ endpoint: 'http://127.0.0.1:9000/s3/' }, 'http://127.0.0.1:9000/s3/photos/cat.jpg'],
])('an object is addressed by bucket, region and endpoint: %j', (more, url) => {
  expect(urlOf({ ...place, key: 'cat.jpg', ...more }).href).toBe(url)
})

test.each([
  ['a b+c%d', 'a%20b%2Bc%25d'],
  ["!*'()~-_.", '%21%2A%27%28%29~-_.'],
  ['?#&=:@;,$[]"<>\\^`{|}', '%3F%23%26%3D%3A%40%3B%2C%24%5B%5D%22%3C%3E%5C%5E%60%7B%7C%7D'],
  ['Grüße/日本/😀', 'Gr%C3%BC%C3%9Fe/%E6%97%A5%E6%9C%AC/%F0%9F%98%80'],
  ['/leading//double/', '/leading//double/'],
  ['a..b/...', 'a..b/...'],
  ['\n\u007f', '%0A%7F'],
])('the key %j is escaped as RFC 3986 says', (key, path) => {
  expect(urlOf({ ...place, key }).href).toBe(`https://photos.s3.eu-west-1.amazonaws.com/${path}`)
})

test.each(['..', 'a/../b', './a', 'a/.'])('the key %j, which a URL cannot carry, is refused', (key) => {
  expect(() => urlOf({ ...place, key })).toThrow(expect.objectContaining({ name: 'InvalidStoragePathInput' }))
})

test('acceleration is refused for buckets and endpoints that cannot have it', () => {
  const named = (name: string) => expect.objectContaining({ name })
  expect(() => urlOf({ ...place, key: 'a', accelerate: true, bucket: 'a.b' })).toThrow(
    named('DnsIncompatibleBucketName'),
  )
  expect(() => urlOf({ ...place, key: 'a', accelerate: true, endpoint: 'http://a' })).toThrow(
    named('ForcePathStyleEndpointNotSupported'),
  )
})

let bucket: Bucket
beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(() => bucket.sandbox.reset())
afterAll(() => bucket.sandbox.stop())

test.each(['a b+c%25d&e=f?g#h', "it's (1)*!.txt", 'Grüße/日本/😀', 'a..b/...', 'x//y/', '\u0001<&>\'"\r\n'])(
  'an object named %j is stored, found, listed and linked under that name',
  async (path) => {
    const { ctx } = bucket.watch()
    await uploadData({ path, data: 'here' }, ctx).result
    expect(await (await downloadData({ path }, ctx).result).body.text()).toBe('here')
    expect((await list({ path }, ctx)).items.map((item) => item.path)).toEqual([path])
    const { url } = await getUrl({ path }, ctx)
    expect(await (await fetch(url)).text()).toBe('here')
  },
)

test('an error has the name that S3 gives it, its message, status and request id', async () => {
  const { ctx } = bucket.watch()
  expect(await failure(downloadData({ path: 'missing' }, ctx).result)).toMatchObject({
    name: 'NoSuchKey',
    message: expect.stringContaining('does not exist'),
    status: 404,
    requestId: expect.any(String),
  })
  const guest = bucket.watch({ guest: true })
  expect(await failure(uploadData({ path: 'secret/a', data: '' }, guest.ctx).result)).toMatchObject({
    name: 'AccessDenied',
    status: 403,
  })
})

test('an answer that no S3 gave is an error with its status', async () => {
  const watched = bucket.watch()
  watched.intercept = () => new Response('<html>Please log in</body>', { status: 407 })
  expect(await failure(list({ path: '' }, watched.ctx))).toMatchObject({ name: '407', status: 407 })
  watched.intercept = () => new Response('<html>Please log in</body>')
  expect(await failure(list({ path: '' }, watched.ctx))).toMatchObject({ name: 'IntegrityError' })
})

test('a network that is gone is a NetworkError of storage', async () => {
  const watched = bucket.watch()
  watched.intercept = () => {
    throw new TypeError('fetch failed')
  }
  expect(await failure(list({ path: '' }, watched.ctx))).toMatchObject({
    name: 'NetworkError',
    cause: expect.anything(),
  })
})

test('credentials that S3 no longer takes are fetched anew, once', async () => {
  const watched = bucket.watch()
  let refused = 0
  watched.intercept = () => (refused++ < 1 ? refusal(400, 'ExpiredToken') : undefined)
  expect((await list({ path: '' }, watched.ctx)).items).toEqual([])
  refused = -5
  expect(await failure(list({ path: '' }, watched.ctx))).toMatchObject({ name: 'ExpiredToken' })
})

test('a guest is told apart from nobody', async () => {
  const { ctx } = bucket.watch({ guest: true })
  await uploadData({ path: ({ identityId }) => `guests/${identityId}`, data: '' }, ctx).result
  const { items } = await list({ path: 'guests/' }, ctx)
  expect(items.map(({ path }) => path)).toEqual([expect.stringMatching(/^guests\/us-east-1:[\da-f-]{36}$/)])

  const nobody = createAmplifyContext({ Storage: { S3: { bucket: 'b', region: 'us-east-1' } } })
  expect(await failure(list({ path: '' }, nobody))).toMatchObject({ name: 'NoCredentials' })
  const wanting = list({ path: ({ identityId }) => `${identityId}/` }, nobody)
  expect(await failure(wanting)).toMatchObject({ name: 'NoIdentityId' })
})

test.each([
  [{}, {}, 'NoBucket'],
  [{ Storage: { S3: { bucket: 'b' } } }, {}, 'NoRegion'],
  [{ Storage: { S3: { bucket: 'b', region: 'r' } } }, { bucket: 'other' }, 'InvalidStorageBucket'],
])('the configuration %j with %j is not enough: %s', async (config, options, name) => {
  const error = await failure(list({ path: '', options }, createAmplifyContext(config)))
  expect(error).toMatchObject({ name, recoverySuggestion: expect.any(String) })
})

test('a bucket is chosen by its name in the configuration, or by its own name and region', async () => {
  const { ctx, sent } = bucket.watch()
  await uploadData({ path: 'a', data: '', options: { bucket: 'drive' } }, ctx).result
  const own = { bucketName: bucket.bucket, region: 'us-east-1' }
  expect((await list({ path: '', options: { bucket: own } }, ctx)).items).toHaveLength(1)
  expect(sent).toHaveLength(2)
  const elsewhere = list({ path: '', options: { bucket: { bucketName: 'else', region: 'us-east-1' } } }, ctx)
  expect((await failure(elsewhere))?.name).toBe('NoSuchBucket')
})

test('an endpoint of one’s own is configured for all buckets, or for one', async () => {
  const { sandbox, bucket: bucketName } = bucket
  const asked: string[] = []
  const Auth = {
    credentialsProvider: {
      getCredentialsAndIdentityId: async () => ({ credentials: sandbox.credentials }),
      async clearCredentialsAndIdentityId() {},
    },
  }
  const platform = {
    fetch(input: string | URL | Request, init?: RequestInit) {
      asked.push(String(input))
      return fetch(input, init)
    },
  }
  const region = 'us-east-1'
  const here = { bucketName, region, endpoint: sandbox.url }
  const config = { bucket: bucketName, region, endpoint: 'https://storage.example.com', buckets: { here } }
  const ctx = createAmplifyContext({ Storage: { S3: config } }, { Auth, platform })
  await uploadData({ path: 'public/own', data: '', options: { bucket: 'here' } }, ctx).result
  await list({ path: '', options: { bucket: here } }, ctx)
  expect(asked.every((url) => url.startsWith(`${sandbox.url}/${bucketName}`))).toBe(true)
  const { url } = await getUrl({ path: 'a' }, ctx)
  expect(url.href).toMatch(new RegExp(`^https://storage\\.example\\.com/${bucketName}/a\\?`))
})

test('objects go up and come down by the accelerated host where that is wanted, and by their own where not', async () => {
  const asked: string[] = []
  const { Auth } = bucket.watch().ctx.options
  const platform = {
    async fetch(input: string | URL | Request) {
      asked.push(new URL(String(input)).host)
      return new Response('', { headers: { etag: '"e"' } })
    },
  }
  const region = 'us-east-1'
  const ctx = createAmplifyContext({ Storage: { S3: { bucket: 'photos', region } } }, { Auth, platform })
  const options = { useAccelerateEndpoint: true }
  await uploadData({ path: 'a', data: 'x', options }, ctx)
  await downloadData({ path: 'a', options }, ctx)
  await uploadData({ path: 'a', data: 'x' }, ctx)
  expect(asked).toEqual([
    ...['photos.s3-accelerate.amazonaws.com', 'photos.s3-accelerate.amazonaws.com'],
    'photos.s3.us-east-1.amazonaws.com',
  ])
})

/** AWS's own hosts by TLS, led to the sandbox. `fetch` cannot send a Host of our choice, which the signature covers. */
function byTls(seen: Record<string, string>[], damage?: (body: Buffer) => void) {
  return (input: string | URL | Request, { method = 'GET', headers = {}, body = null }: RequestInit = {}) =>
    new Promise<Response>((resolve, reject) => {
      const { protocol, host, pathname, search } = new URL(String(input))
      expect(protocol).toBe('https:')
      seen.push(headers as Record<string, string>)
      const sent = request(
        `${bucket.sandbox.url}${pathname}${search}`,
        { method, headers: { ...(headers as object), host } },
        async (answer) => {
          const content = Buffer.concat(await answer.toArray())
          const { statusCode: status } = answer
          resolve(new Response(content, { status, headers: answer.headers as Record<string, string> }))
        },
      )
      const bytes = Buffer.from((body as Uint8Array | null) ?? [])
      damage?.(bytes)
      sent.on('error', reject).end(bytes)
    })
}

test('by TLS the bytes are read once, for their CRC-32, which is signed and finds what is damaged', async () => {
  const { Auth } = bucket.watch().ctx.options
  const config = { Storage: { S3: { bucket: bucket.bucket, region: 'us-east-1' } } }
  const seen: Record<string, string>[] = []
  const hashed: number[] = []
  const sha256 = async (data: Uint8Array) => {
    hashed.push(data.length)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>))
  }
  const ctx = createAmplifyContext(config, { Auth, platform: { fetch: byTls(seen), sha256 } })
  const data = megabytes(6)
  for (const [path, part] of [
    ['small.bin', data.subarray(0, 10_000)],
    ['large.bin', data],
  ] as const) {
    await uploadData({ path, data: part }, ctx)
    const { body } = await downloadData({ path }, ctx)
    expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(part)).toBe(true)
  }
  const summed = seen.filter((headers) => headers['x-amz-checksum-crc32'] && !headers['x-amz-checksum-type'])
  expect(summed).toHaveLength(3)
  for (const headers of summed) {
    expect(headers['x-amz-content-sha256']).toBe('UNSIGNED-PAYLOAD')
    expect(headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-checksum-crc32/)
  }
  // Three samples, by which the upload is recognised.
  expect(hashed).toEqual([3 * 64 * 1024])

  const damaging = byTls(seen, (body) => body.length && body[0]!++)
  const damaged = createAmplifyContext(config, { Auth, platform: { fetch: damaging } })
  expect(await failure(uploadData({ path: 'damaged.bin', data: 'abc' }, damaged))).toMatchObject({
    name: 'IntegrityError',
  })
  expect(await failure(downloadData({ path: 'damaged.bin' }, ctx))).toMatchObject({ name: 'NoSuchKey' })
})

test('the owner that is expected is told to S3', async () => {
  const { ctx } = bucket.watch()
  const options = { expectedBucketOwner: '123456789012' }
  expect(await failure(list({ path: '', options }, ctx))).toMatchObject({ name: 'AccessDenied' })
})

test('the older `key` stands below the prefix of its access level', async () => {
  const { ctx } = bucket.watch()
  await uploadData({ key: 'a', data: 'guest' }, ctx).result
  await uploadData({ key: 'a', data: 'mine', options: { accessLevel: 'private' } }, ctx).result
  const output = await uploadData({ key: 'a', data: 'shown', options: { accessLevel: 'protected' } }, ctx)
    .result
  expect(output.key).toBe('a')
  expect((await list({ path: '', options: { listAll: true } }, ctx)).items.map(({ path }) => path)).toEqual([
    'private/us-east-1:me/a',
    'protected/us-east-1:me/a',
    'public/a',
  ])
  const read = async (options: object) => (await downloadData({ key: 'a', options }, ctx).result).body.text()
  expect(await read({})).toBe('guest')
  expect(await read({ accessLevel: 'private' })).toBe('mine')
  expect(await read({ accessLevel: 'protected', targetIdentityId: 'us-east-1:me' })).toBe('shown')
  expect((await list({ prefix: '', options: { accessLevel: 'private' } }, ctx)).items).toMatchObject([
    { key: 'a' },
  ])
  expect((await list(undefined, ctx)).items).toMatchObject([{ key: 'a', size: 5 }])
})

test('the app may say which access level is usual, and what its prefix is', async () => {
  const { ctx } = bucket.watch()
  const { Auth } = ctx.options
  const prefixResolver = async (about: object) => `own/${Object.values(about).join('/')}/`
  const own = createAmplifyContext(bucket.sandbox.outputs, {
    Auth,
    Storage: { S3: { defaultAccessLevel: 'private', prefixResolver } },
  })
  await uploadData({ key: 'a', data: '' }, own).result
  expect((await list({ path: '' }, ctx)).items).toMatchObject([{ path: 'own/private/us-east-1:me/a' }])
})

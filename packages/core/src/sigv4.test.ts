import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { expect, test } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { presign, sigv4 } from './sigv4.js'

/** SHA-256 by Node, in the shape that the official signer takes. */
class Reference {
  private readonly hash: Hash | Hmac
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret ? createHmac('sha256', secret as Uint8Array) : createHash('sha256')
  }
  update(data: Uint8Array): void {
    this.hash.update(data)
  }
  digest = async () => new Uint8Array(this.hash.digest())
  reset(): void {}
}

const at = (iso: string) => createAmplifyContext({}, { platform: { now: () => Date.parse(iso) } })

// AWS's own suite, aws-sig-v4-test-suite: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4
const suite = {
  service: 'service',
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
}

test.each([
  [
    'get-vanilla',
    'GET',
    '/',
    {},
    undefined,
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    {},
    undefined,
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-utf8-query',
    'GET',
    '/?ሴ=bar',
    {},
    undefined,
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  [
    'get-unreserved',
    'GET',
    '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    {},
    undefined,
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  [
    'post-vanilla',
    'POST',
    '/',
    {},
    undefined,
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'Param1=value1',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
])('the suite of AWS: %s', async (_, method, path, headers, body, signature) => {
  const request = { method, url: new URL(path, 'https://example.amazonaws.com'), headers, body }
  const signed = await sigv4(suite)(at('2015-08-30T12:36:00Z'), request)
  expect(signed.headers.authorization).toMatch(new RegExp(`Signature=${signature}$`))
  expect(signed.headers).not.toHaveProperty('host')
})

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const s3 = {
  service: 's3',
  region: 'us-east-1',
  credentials: {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
}

test.each([
  [
    'a range',
    'GET',
    '/test.txt',
    { range: 'bytes=0-9' },
    undefined,
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'a bare query',
    'GET',
    '/?lifecycle',
    {},
    undefined,
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'a list',
    'GET',
    '/?max-keys=2&prefix=J',
    {},
    undefined,
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('the examples of S3: %s', async (_, method, path, headers, body, signature) => {
  const url = new URL(path.replace('$', '%24'), 'https://examplebucket.s3.amazonaws.com')
  const signed = await sigv4(s3)(at('2013-05-24T00:00:00Z'), { method, url, headers, body })
  expect(signed.headers.authorization).toMatch(new RegExp(`Signature=${signature}$`))
})

test('the examples of S3: a link', async () => {
  const url = new URL('https://examplebucket.s3.amazonaws.com/test.txt')
  const link = await presign(
    at('2013-05-24T00:00:00Z'),
    { method: 'GET', url, headers: {} },
    { ...s3, expiresIn: 86_400 },
  )
  expect(Object.fromEntries(link.searchParams)).toEqual({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
    'X-Amz-Date': '20130524T000000Z',
    'X-Amz-Expires': '86400',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  })
})

test('names with signs that URLs leave alone are sent the way they are signed', async () => {
  const request = { method: 'GET', url: new URL("https://b.s3.amazonaws.com/it's (1)!*.txt"), headers: {} }
  const signed = await sigv4(s3)(at('2013-05-24T00:00:00Z'), request)
  expect(signed.url.pathname).toBe('/it%27s%20%281%29%21%2A.txt')
})

test('bytes, texts and undeclared bodies are hashed, or declared as not hashed', async () => {
  const hash = async (body: BodyInit | Uint8Array | undefined, unsignedPayload?: boolean) => {
    const request = { method: 'PUT', url: new URL('https://b.s3.amazonaws.com/k'), headers: {}, body }
    return (await sigv4({ ...s3, unsignedPayload })(at('2013-05-24T00:00:00Z'), request)).headers[
      'x-amz-content-sha256'
    ]
  }
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(await hash('abc')).toBe(abc)
  expect(await hash(new TextEncoder().encode('abc'))).toBe(abc)
  expect(await hash('abc', true)).toBe('UNSIGNED-PAYLOAD')
  expect(await hash(new Blob(['abc']))).toBe('UNSIGNED-PAYLOAD')
})

test('a session token is part of the request and of a link', async () => {
  const scope = { ...s3, credentials: { ...s3.credentials, sessionToken: 'to/ken=' } }
  const request = { method: 'GET', url: new URL('https://b.s3.amazonaws.com/k'), headers: {} }
  const ctx = at('2013-05-24T00:00:00Z')
  expect((await sigv4(scope)(ctx, request)).headers['x-amz-security-token']).toBe('to/ken=')
  expect(
    (await presign(ctx, request, { ...scope, expiresIn: 60 })).searchParams.get('X-Amz-Security-Token'),
  ).toBe('to/ken=')
})

test('without credentials the call says what to do', async () => {
  const request = { method: 'GET', url: new URL('https://b.s3.amazonaws.com/k'), headers: {} }
  await expect(
    sigv4({ service: 's3', region: 'r' })(createAmplifyContext({}), request),
  ).rejects.toMatchObject({
    name: 'NoCredentials',
    recoverySuggestion: /allowGuestAccess/,
  })
})

test('secrets beyond a block of the hash sign as SignatureV4 signs', async () => {
  // A secret beyond 60 characters makes the first HMAC key longer than a block.
  const credentials = { accessKeyId: 'A', secretAccessKey: 'k'.repeat(100) }
  const date = '2020-01-01T00:00:00Z'
  const request = { method: 'GET', url: new URL('https://example.com/'), headers: {} }
  const ours = await sigv4({ ...suite, credentials })(at(date), request)

  const theirs = await new SignatureV4({
    ...suite,
    credentials,
    sha256: Reference,
    applyChecksum: false,
  }).sign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: 'example.com',
      path: '/',
      query: {},
      headers: { host: 'example.com' },
    },
    { signingDate: new Date(date) },
  )
  expect(ours.headers.authorization).toBe(theirs.headers.authorization)
})

/** Whatever a request may be made of, the same each time. */
function weather(seed: number) {
  let state = seed
  const below = (most: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
  const pick = <T>(of: readonly T[]): T => of[below(of.length)]!
  const text = (signs: readonly string[], most: number) =>
    Array.from({ length: below(most + 1) }, () => pick(signs)).join('')
  return { below, pick, text }
}

const SIGNS = [
  'a',
  'B',
  '7',
  ' ',
  '  ',
  '+',
  '%',
  '&',
  '=',
  '/',
  '//',
  '?',
  '#',
  "'",
  '(',
  '*',
  '!',
  '~',
  '.',
  '..',
  'é',
  '日',
  '😀',
  ';',
  ':',
]
const NAMES = [
  'content-type',
  'Content-MD5',
  'x-amz-meta-a',
  'X-Amz-Acl',
  'range',
  'cache-control',
  'user-agent',
  'accept',
  'sec-fetch',
  'te',
]
const VALUES = ['a', 'b', ' ', '   ', '\t', ',', '"', '=', '1']

test('whatever the request, its headers and its link are those of SignatureV4', async () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { below, pick, text } = weather(seed)
    const url = new URL('https://b.s3.amazonaws.com')
    url.pathname = `/${text(SIGNS, 12)}`
    for (let count = below(5); count > 0; count--) url.searchParams.append(text(SIGNS, 4), text(SIGNS, 6))
    const headers: Record<string, string> = {}
    for (let count = below(5); count > 0; count--) headers[pick(NAMES)] = `v${text(VALUES, 6)}`
    const body = pick([undefined, '', text(SIGNS, 40), new Uint8Array(below(10_000)).fill(seed)])
    const service = pick(['s3', 's3', 'appsync', 'execute-api'])
    const sessionToken = pick([undefined, `to/ken${text(VALUES, 5).trim()}=`])
    const scope = {
      service,
      region: pick(['eu-west-1', 'us-east-1']),
      credentials: { ...suite.credentials, sessionToken },
    }
    const ctx = at('2020-01-01T00:00:00Z')
    const now = { signingDate: new Date('2020-01-01T00:00:00Z') }

    const signed = await sigv4(scope)(ctx, { method: 'PUT', url, headers, body })
    const query: Record<string, string[]> = {}
    for (const [name, value] of url.searchParams) (query[name] ??= []).push(value)
    const wire = {
      method: 'PUT',
      protocol: 'https:',
      hostname: url.hostname,
      path: signed.url.pathname,
      query,
      headers: { host: url.host, ...headers },
    }
    const official = new SignatureV4({
      ...scope,
      sha256: Reference,
      uriEscapePath: service !== 's3',
      applyChecksum: service === 's3',
    })
    const theirs = await official.sign({ ...wire, body }, now)
    expect({ host: url.host, ...signed.headers }, `seed ${seed}`).toEqual(theirs.headers)

    const link = await presign(ctx, { method: 'PUT', url, headers }, { ...scope, expiresIn: 60 })
    // Only S3 takes a link to a body that nobody has hashed.
    const notHashed: Record<string, string> =
      service === 's3' ? { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } : {}
    const names = new Set(Object.keys(notHashed))
    const linked = await official.presign(
      { ...wire, headers: { ...wire.headers, ...notHashed } },
      { ...now, expiresIn: 60, unhoistableHeaders: names, unsignableHeaders: names },
    )
    const expected = Object.entries(linked.query ?? {}).flatMap(([name, value]) =>
      [value ?? ''].flat().map((each) => [name, each]),
    )
    expect([...link.searchParams].sort(), `seed ${seed}`).toEqual(expected.sort())
  }
})

test('a page that is not safe signs too, and what is long is hashed by the platform where it can', async () => {
  const asked: number[] = []
  const ctx = (sha256: (data: Uint8Array) => Promise<Uint8Array>) =>
    createAmplifyContext({}, { platform: { now: () => 0, sha256 } })
  const request = (length: number) => ({
    method: 'PUT',
    url: new URL('https://b.s3.amazonaws.com/k'),
    headers: {},
    body: new Uint8Array(length),
  })
  const unsafe = ctx(() => Promise.reject(new TypeError('crypto.subtle is undefined')))
  const safe = ctx(async (data) => {
    asked.push(data.length)
    return new Uint8Array(createHash('sha256').update(data).digest())
  })
  for (const length of [0, 100, 100_000])
    expect((await sigv4(s3)(unsafe, request(length))).headers).toEqual(
      (await sigv4(s3)(safe, request(length))).headers,
    )
  expect(asked).toEqual([100_000])
})

import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { IssuedCredentials, WireRequest } from './service.js'
import { type VerifyOptions, verifySignature } from './sigv4.js'
import vectors from './sigv4.vectors.json' with { type: 'json' }

interface Case {
  name: string
  method: string
  target: string
  headers?: Record<string, string>
  body?: string
  signature: string
}

interface Group {
  secret: string
  credential: string
  time: string
  host: string
}

function received(method: string, target: string, headers: Record<string, string>, body = ''): WireRequest {
  const bytes = Buffer.from(body)
  return {
    method,
    target,
    url: new URL(target, `http://${headers.host}`),
    headers,
    body: Readable.from([bytes]),
    bytes: async () => bytes,
  }
}

function signed({ credential, time, host }: Group, each: Case, body = each.body): WireRequest {
  const headers: Record<string, string> = { host, 'x-amz-date': time, ...each.headers }
  const names = Object.keys(headers).sort().join(';')
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${each.signature}`
  return received(each.method, each.target, { ...headers, authorization }, body)
}

const at = (time: string) => Date.parse(time.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'))

function options(group: Group, more: Partial<IssuedCredentials> = {}, late = 0): VerifyOptions {
  const [accessKeyId, , , service] = group.credential.split('/') as [string, string, string, string]
  const known: IssuedCredentials = {
    accessKeyId,
    secretAccessKey: group.secret,
    principal: { role: 'root' },
    ...more,
  }
  return {
    service,
    authority: { find: (id) => (id === known.accessKeyId ? known : undefined) },
    clock: { now: () => at(group.time) + late, advance: () => {}, reset: () => {} },
    pathEncoding: service === 's3' ? 'once' : 'twice',
  }
}

const casesOf = ({ cases }: { cases: unknown }) => cases as Case[]
const plain = casesOf(vectors.suite)[0]!
const post = casesOf(vectors.suite).at(-1)!

for (const group of [vectors.suite, vectors.s3]) {
  for (const each of casesOf(group)) {
    test(`${each.name}, as AWS publishes it, is accepted; anything else is not`, async () => {
      const { principal, presigned } = await verifySignature(signed(group, each), options(group))
      expect([principal, presigned]).toEqual([{ role: 'root' }, false])
      const changed: WireRequest[] = [
        signed(group, { ...each, method: 'DELETE' }),
        signed(group, { ...each, target: `${each.target}x` }),
        signed(group, {
          ...each,
          signature: each.signature.replace(/^./, (first) => (first === '0' ? '1' : '0')),
        }),
        signed({ ...group, host: 'elsewhere.example' }, each),
      ]
      for (const request of changed) {
        await expect(verifySignature(request, options(group))).rejects.toMatchObject({
          fault: 'SignatureDoesNotMatch',
        })
      }
      await expect(
        verifySignature(signed(group, each), options(group, { secretAccessKey: 'guessed' })),
      ).rejects.toMatchObject({ fault: 'SignatureDoesNotMatch' })
    })
  }
}

test('a body that is not the signed one is refused, declared or not', async () => {
  const changed = signed(vectors.suite, post, 'Param1=value2')
  await expect(verifySignature(changed, options(vectors.suite))).rejects.toMatchObject({
    fault: 'SignatureDoesNotMatch',
  })
  const put = casesOf(vectors.s3).find(({ name }) => name === 'put object')!
  await expect(
    verifySignature(signed(vectors.s3, put, 'Welcome to nowhere.'), options(vectors.s3)),
  ).rejects.toMatchObject({ fault: 'XAmzContentSHA256Mismatch' })
})

test('the clocks may differ by five minutes', async () => {
  const attempt = (late: number) =>
    verifySignature(signed(vectors.suite, plain), options(vectors.suite, {}, late))
  await attempt(300_000)
  await attempt(-300_000)
  for (const late of [300_001, -300_001])
    await expect(attempt(late)).rejects.toMatchObject({ fault: 'RequestTimeTooSkewed' })
})

test('a link works until it expires, and as signed only', async () => {
  const { s3 } = vectors
  const link = (target = s3.presigned, late = 0) =>
    verifySignature(received('GET', target, { host: s3.host }), {
      ...options(s3, {}, late),
      checkBody: false,
    })
  expect(await link()).toEqual({ principal: { role: 'root' }, payload: 'UNSIGNED-PAYLOAD', presigned: true })
  await link(s3.presigned, 86_400_000)
  await expect(link(s3.presigned, 86_400_001)).rejects.toMatchObject({ fault: 'RequestExpired' })
  await expect(link(s3.presigned.replace('test', 'best'))).rejects.toMatchObject({
    fault: 'SignatureDoesNotMatch',
  })
  await expect(link(s3.presigned.replace('=86400', '=86401'))).rejects.toMatchObject({
    fault: 'SignatureDoesNotMatch',
  })
  for (const bad of ['0', '604801', 'soon'])
    await expect(link(s3.presigned.replace('=86400', `=${bad}`))).rejects.toMatchObject({
      fault: 'IncompleteSignature',
    })
})

test('temporary keys need their token, and end', async () => {
  const attempt = (more: Partial<IssuedCredentials>) =>
    verifySignature(signed(vectors.suite, plain), options(vectors.suite, more))
  await expect(attempt({ sessionToken: 'token' })).rejects.toMatchObject({ fault: 'InvalidToken' })
  await expect(attempt({ expiresAt: at(vectors.suite.time) })).rejects.toMatchObject({
    fault: 'ExpiredToken',
  })
  await expect(attempt({ accessKeyId: 'AKIDOTHER' })).rejects.toMatchObject({ fault: 'InvalidAccessKeyId' })
})

test('what is no signature, or one for another service, is told apart', async () => {
  const verify = (authorization: string) =>
    verifySignature(
      received('GET', '/', {
        host: vectors.suite.host,
        'x-amz-date': vectors.suite.time,
        ...(authorization ? { authorization } : {}),
      }),
      options(vectors.suite),
    )
  for (const none of ['', 'Bearer x', 'AWS AKID:sig'])
    await expect(verify(none)).rejects.toMatchObject({ fault: 'MissingAuthenticationToken' })
  const { credential } = vectors.suite
  for (const partial of [
    'AWS4-HMAC-SHA256',
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date`,
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=x-amz-date, Signature=00`,
    'AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1, SignedHeaders=host, Signature=00',
  ])
    await expect(verify(partial)).rejects.toMatchObject({ fault: 'IncompleteSignature' })
  await expect(
    verifySignature(signed(vectors.suite, plain), { ...options(vectors.suite), service: 's3' }),
  ).rejects.toMatchObject({ fault: 'SignatureDoesNotMatch' })
})

test('query parameters are ordered by name, whatever a longer name goes on with', async () => {
  // As text `key1=` comes before `key=`. The signature is that of AWS's own signer (@smithy/signature-v4 5.7.5).
  const signedByAws: Case = {
    name: 'get-query-names-that-begin-alike',
    method: 'GET',
    target: '/?key1=1&key=2&key-a=3',
    headers: { 'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    signature: '6026eb979c82872882ddf86af6516ab8a231f43712a73ca4468d32ce7ce68817',
  }
  await verifySignature(signed(vectors.suite, signedByAws), options(vectors.suite))
})

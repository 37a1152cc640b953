import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { S3Client } from '@aws-sdk/client-s3'
import type { Sandbox } from '@backline/sandbox'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Answer, type Dice, dice, send } from './chaos.fixture.js'
import { peopleOf } from './people.fixture.js'
import { type Outputs, outputsOf, startShop } from './shop.fixture.js'

// Requests as nobody should send them. Each is answered, in the service's own shape, with a fault of the sender's: never a crash,
// a hang, or a fault inside. The dice are the same in every run; change the seed to look further.

const SEED = Number(process.env.BACKLINE_SEED ?? 20_261_121)

let sandbox: Sandbox
let outputs: Outputs
let token: string
let victim: string
const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})

beforeAll(async () => {
  sandbox = await startShop()
  outputs = outputsOf(sandbox)
  const people = peopleOf(sandbox)
  for (const name of ['ada@example.com', 'victim@example.com']) await people.register(name)
  token = (await people.signIn('ada@example.com')).AccessToken
  // Some of the calls below are in order after all, and end this one's session.
  victim = (await people.signIn('victim@example.com')).AccessToken
  people.close()
})
afterEach(async () => {
  // It still stands, and nothing went wrong inside.
  expect((await fetch(`${sandbox.url}/_backline/state`)).status).toBe(200)
  expect(complaints.mock.calls).toEqual([])
})
afterAll(() => sandbox.stop())

/** Throws the dice, sends what comes up and looks at each answer. */
async function hammer(
  times: number,
  salt: number,
  throwOne: (dice: Dice) => Promise<[string, Answer]>,
  shape: RegExp,
) {
  const roll = dice(SEED + salt)
  for (let index = 0; index < times; index++) {
    const [what, answer] = await throwOne(roll)
    const told = `${index}: ${what.slice(0, 2000)}\n→ ${answer.status} ${answer.body.slice(0, 500)}`
    expect(answer.status, told).toBeLessThan(500)
    if (answer.status >= 400 && answer.body) expect(answer.body, told).toMatch(shape)
  }
}

const COGNITO = 'AWSCognitoIdentityProviderService'
const OPERATIONS = [
  ...[
    'SignUp',
    'ConfirmSignUp',
    'ResendConfirmationCode',
    'InitiateAuth',
    'RespondToAuthChallenge',
    'GetUser',
  ],
  ...['GetTokensFromRefreshToken', 'GlobalSignOut', 'RevokeToken', 'ForgotPassword', 'ConfirmForgotPassword'],
  ...[
    'UpdateUserAttributes',
    'VerifyUserAttribute',
    'ChangePassword',
    'DeleteUser',
    'AdminGetUser',
    'ListUsers',
  ],
].map((name) => `${COGNITO}.${name}`)
const IDENTITY = ['GetId', 'GetCredentialsForIdentity'].map((name) => `AWSCognitoIdentityService.${name}`)

test('calls of Cognito', async () => {
  const {
    user_pool_client_id: ClientId,
    user_pool_id: UserPoolId,
    identity_pool_id: IdentityPoolId,
  } = outputs.auth
  const fields: Record<string, (roll: Dice) => unknown> = {
    ClientId: () => ClientId,
    UserPoolId: () => UserPoolId,
    IdentityPoolId: () => IdentityPoolId,
    IdentityId: (roll) => roll.one([`us-east-1:${'0'.repeat(36)}`, roll.text()]),
    Logins: (roll) => ({ [`cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`]: roll.spoil(victim) }),
    Username: (roll) => roll.one(['ada@example.com', roll.text()]),
    Password: (roll) => roll.text(),
    AuthFlow: (roll) =>
      roll.one(['USER_SRP_AUTH', 'USER_PASSWORD_AUTH', 'REFRESH_TOKEN_AUTH', 'CUSTOM_AUTH', 'USER_AUTH']),
    AuthParameters: (roll) => ({
      USERNAME: roll.one(['ada@example.com', roll.text()]),
      SRP_A: roll.one(['0', 'abc', 'f'.repeat(768), 'f'.repeat(100_000), roll.text()]),
      PASSWORD: roll.text(),
      REFRESH_TOKEN: roll.spoil(victim),
    }),
    ChallengeName: (roll) => roll.one(['PASSWORD_VERIFIER', 'SMS_MFA', roll.text()]),
    ChallengeResponses: (roll) => ({
      USERNAME: 'ada@example.com',
      PASSWORD_CLAIM_SECRET_BLOCK: roll.text(),
      PASSWORD_CLAIM_SIGNATURE: roll.text(),
      TIMESTAMP: roll.one(['Sat Nov 21 09:21:23 UTC 2026', roll.text()]),
    }),
    AccessToken: (roll) => roll.spoil(victim),
    Token: (roll) => roll.spoil(victim),
    RefreshToken: (roll) => roll.text(),
    ConfirmationCode: (roll) => roll.text(),
    UserAttributes: (roll) => [{ Name: roll.one(['email', roll.text()]), Value: roll.text() }],
    ClientMetadata: (roll) => ({ a: roll.text() }),
    Session: (roll) => roll.text(),
  }
  await hammer(
    500,
    1,
    async (roll) => {
      const target = roll.one([...OPERATIONS, ...IDENTITY, `${COGNITO}.${roll.text()}`])
      const input = Object.fromEntries(
        Object.entries(fields).flatMap(([name, make]) =>
          roll.chance(0.7) ? [[name, roll.chance(0.85) ? make(roll) : roll.value()]] : [],
        ),
      )
      const whole = JSON.stringify(roll.chance(0.9) ? input : roll.value())
      const body = roll.chance(0.85) ? whole : roll.spoil(whole)
      const headers = {
        'x-amz-target': target,
        'content-type': roll.chance(0.95) ? 'application/x-amz-json-1.1' : roll.text(),
      }
      return [`${target} ${body}`, await send(sandbox.url, { headers, body })]
    },
    /"__type":"\w+"|No service of the sandbox/,
  )
})

test('queries of AppSync', async () => {
  const queries = [
    'query { listPosts(filter: {title: {contains: "a"}}, limit: 3) { items { id title comments { items { text } } } nextToken } }',
    'mutation($input: CreatePostInput!) { createPost(input: $input) { id title owner } }',
    'mutation($input: UpdatePostInput!, $condition: ModelPostConditionInput) { updatePost(input: $input, condition: $condition) { id } }',
    'query($id: ID!) { getPost(id: $id) { id title createdAt } }',
    'query A { __schema { types { name fields { name type { name ofType { name } } } } } } query B { __typename }',
    'subscription { onCreatePost { id } }',
    `{ ${'listPosts { items { comments { items { post '.repeat(30)}${'} } } } '.repeat(30)} }`,
    `{ ${'['.repeat(3000)} }`,
    'query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
  ]
  await hammer(
    500,
    2,
    async (roll) => {
      const whole = roll.one(queries)
      const query = roll.chance(0.5) ? whole : roll.spoil(whole)
      const variables = roll.chance(0.8)
        ? {
            input: roll.chance(0.5)
              ? { id: roll.value(1), title: roll.value(), rating: roll.value(1) }
              : roll.value(),
            id: roll.value(1),
            condition: roll.value(),
          }
        : roll.value()
      const request = {
        query: roll.chance(0.95) ? query : roll.value(),
        variables,
        operationName: roll.chance(0.9) ? undefined : roll.value(),
      }
      const body = roll.chance(0.9) ? JSON.stringify(request) : roll.spoil(JSON.stringify(request))
      const headers: Record<string, string> = roll.one<Record<string, string>>([
        { 'x-api-key': outputs.data.api_key },
        { 'x-api-key': outputs.data.api_key },
        { authorization: token },
        { authorization: roll.spoil(token) },
        { 'x-api-key': roll.text() },
        {},
      ])
      const path = roll.chance(0.95) ? '/graphql' : '/graphql/realtime'
      return [`${path} ${JSON.stringify(headers)} ${body}`, await send(sandbox.url, { path, headers, body })]
    },
    /"errors":\[\{/,
  )
})

test('signed and unsigned requests of S3', async () => {
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: { ...sandbox.credentials },
  })
  const signer = await s3.config.signer({
    name: 'sigv4',
    signingName: 's3',
    signingRegion: 'us-east-1',
  } as never)
  const bucket = outputs.storage.bucket_name
  const { host, hostname, port } = new URL(sandbox.url)
  const parameters = [
    ...[
      'uploads',
      'uploadId',
      'partNumber',
      'list-type',
      'max-keys',
      'continuation-token',
      'start-after',
      'prefix',
    ],
    ...[
      'delimiter',
      'encoding-type',
      'delete',
      'acl',
      'location',
      'versionId',
      'marker',
      'max-parts',
      'fetch-owner',
    ],
    ...[
      'part-number-marker',
      'max-uploads',
      'key-marker',
      'response-content-type',
      'response-expires',
      'x-id',
    ],
  ]
  const headerNames = [
    ...[
      'range',
      'if-match',
      'if-none-match',
      'if-modified-since',
      'if-unmodified-since',
      'content-md5',
      'content-type',
    ],
    ...[
      'x-amz-copy-source',
      'x-amz-copy-source-range',
      'x-amz-copy-source-if-match',
      'x-amz-metadata-directive',
    ],
    ...[
      'x-amz-checksum-crc32',
      'x-amz-checksum-sha256',
      'x-amz-checksum-mode',
      'x-amz-checksum-type',
      'x-amz-meta-a',
    ],
    ...[
      'x-amz-sdk-checksum-algorithm',
      'x-amz-decoded-content-length',
      'x-amz-trailer',
      'content-encoding',
      'expires',
    ],
    ...['x-amz-acl', 'x-amz-tagging', 'x-amz-storage-class', 'x-amz-mp-object-size', 'content-disposition'],
  ]
  const values = (roll: Dice) =>
    roll.one([
      ...[
        'bytes=0-1',
        'bytes=5-2',
        'bytes=-0',
        'bytes=0-,5-',
        `${bucket}/a`,
        `/${bucket}/a?versionId=1`,
        'CRC32',
      ],
      ...[
        '1',
        '0',
        '-1',
        '10001',
        '2',
        '/',
        'url',
        'REPLACE',
        'COPY',
        'ENABLED',
        '*',
        '"etag"',
        'aws-chunked',
      ],
      ...['Sat, 21 Nov 2026 00:00:00 GMT', 'AAAAAA==', 'x-amz-checksum-crc32', roll.text()],
    ])
  const bodies = [
    '<Delete><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"a"</ETag></Part></CompleteMultipartUpload>',
    '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Delete><Object><Key>&b;</Key></Object></Delete>',
    `${'<a>'.repeat(5000)}`,
    '4;chunk-signature=00\r\nabcd\r\n0\r\n\r\n',
    'hello',
    '',
  ]
  await hammer(
    600,
    3,
    async (roll) => {
      const key = roll.one([
        '',
        '/',
        '/a',
        '/a',
        '/dir/',
        `/${encodeURIComponent(roll.text())}`,
        '/..%2f..%2fetc',
        '/%zz',
      ])
      const pathname = roll.chance(0.95)
        ? `/${bucket}${key}`
        : roll.one(['/', '/no-such-bucket/x', '//', `/${bucket}//`])
      const query = Object.fromEntries(
        roll
          .some(parameters)
          .slice(0, 3)
          .map((name) => [name, values(roll)]),
      )
      const whole = roll.one(bodies)
      const method = roll.one(['GET', 'HEAD', 'PUT', 'PUT', 'POST', 'DELETE', 'PATCH'])
      const body = method === 'GET' || method === 'HEAD' ? '' : roll.chance(0.7) ? whole : roll.spoil(whole)
      const headers: Record<string, string> = {
        host,
        'x-amz-content-sha256': roll.chance(0.8)
          ? createHash('sha256').update(body).digest('hex')
          : roll.one([
              'UNSIGNED-PAYLOAD',
              'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
              'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
              'none',
            ]),
        ...Object.fromEntries(
          roll
            .some(headerNames)
            .slice(0, roll.below(4))
            .map((name) => [
              name,
              values(roll)
                .replace(/[^\x20-\x7e]/g, '')
                .trim(),
            ]),
        ),
      }
      if (method !== 'GET' && method !== 'HEAD') headers['content-length'] = String(Buffer.byteLength(body))
      const plain = {
        method,
        protocol: 'http:',
        hostname,
        port: Number(port),
        path: pathname,
        query,
        headers,
        body,
      }
      const signed = roll.chance(0.9)
        ? await signer.sign(plain as never, { unsignableHeaders: new Set(['content-length']) })
        : plain
      if (roll.chance(0.05))
        signed.headers.authorization = roll.spoil(signed.headers.authorization ?? 'AWS4-HMAC-SHA256 x')
      const search = Object.entries(query)
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&')
      const path = search ? `${pathname}?${search}` : pathname
      const what = `${method} ${path} ${JSON.stringify(signed.headers)} ${body}`
      const answer = await send(sandbox.url, {
        method,
        path,
        headers: signed.headers as Record<string, string>,
        body,
      })
      return [what, answer.status === 501 ? { ...answer, status: 400 } : answer]
    },
    /<Error><Code>\w+<\/Code>|No service of the sandbox/,
  )
  s3.destroy()
})

test('bodies beyond every limit', async () => {
  const huge = 'x'.repeat(3 * 1024 * 1024)
  const cognito = { 'x-amz-target': `${COGNITO}.SignUp`, 'content-type': 'application/x-amz-json-1.1' }
  const answers = {
    cognito: await send(sandbox.url, { headers: cognito, body: JSON.stringify({ Username: huge }) }),
    appsync: await send(sandbox.url, {
      path: '/graphql',
      headers: { 'x-api-key': outputs.data.api_key },
      body: JSON.stringify({ query: huge }),
    }),
    console: await send(sandbox.url, { path: '/_backline/clock', body: huge }),
  }
  expect(answers.cognito).toMatchObject({ status: 413, body: expect.stringContaining('"__type"') })
  expect(answers.appsync).toMatchObject({ status: 413, body: expect.stringContaining('"errorType"') })
  expect(answers.console).toMatchObject({ status: 413, body: expect.stringContaining('"message"') })
})

test('nesting without an end', async () => {
  const nested = (open: string, close: string, times = 100_000) => open.repeat(times) + close.repeat(times)
  const ask = (body: string) =>
    send(sandbox.url, { path: '/graphql', headers: { 'x-api-key': outputs.data.api_key }, body })
  for (const query of [
    '{'.repeat(100_000),
    nested('{a', '}'),
    `{ listPosts { items { ${nested('comments { items { post { ', 'id } } }', 5000)} } } }`,
    `{ listPosts(limit: ${nested('[', ']')}) { nextToken } }`,
  ]) {
    const { status, body } = await ask(JSON.stringify({ query }))
    expect([status, body]).toEqual([400, expect.stringContaining('MalformedHttpRequestException')])
  }
  const arrays = nested('[', ']')
  expect((await ask(`{"query":"{ __typename }","variables":{"a":${arrays}}}`)).status).toBeLessThan(500)
  const headers = { 'x-amz-target': `${COGNITO}.SignUp`, 'content-type': 'application/x-amz-json-1.1' }
  const signUp = await send(sandbox.url, { headers, body: `{"Username":${arrays}}` })
  expect([signUp.status, signUp.body]).toEqual([400, expect.stringContaining('"__type"')])
})

test('names of other machines in Host, on every route', async () => {
  const routes = [
    '/',
    '/graphql',
    '/_backline/inbox',
    `/${outputs.storage.bucket_name}/a`,
    `/${outputs.auth.user_pool_id}/.well-known/jwks.json`,
  ]
  for (const host of [
    'evil.com',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    'evil.com:80',
    'amazonaws.com.evil.com',
    'evilamazonaws.com',
  ]) {
    for (const path of routes) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, headers } = await send(sandbox.url, { method, path, headers: { host } })
        expect(status, `${method} ${host}${path}`).toBe(403)
        expect(headers['access-control-allow-credentials']).toBeUndefined()
      }
    }
  }
  // AWS's own hosts lead to its services, for clients that have them wired in; the inbox is not one of those.
  const inbox = { path: '/_backline/inbox', method: 'GET' }
  const asAws = await send(sandbox.url, { ...inbox, headers: { host: 's3.us-east-1.amazonaws.com' } })
  expect(asAws.status).toBe(403)
  const foreign = await send(sandbox.url, { ...inbox, headers: { origin: 'https://evil.com' } })
  expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([403, undefined])
})

test('garbage on the socket, and connections that go away in the middle', async () => {
  const roll = dice(SEED + 5)
  const { port } = new URL(sandbox.url)
  const whole = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${outputs.data.api_key}\r\nContent-Length: 40\r\n\r\n{"query":"{ listPosts { items { id } } }"}`
  const upgrade =
    'GET /graphql/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-ws\r\n\r\n'
  const attempt = (bytes: Buffer) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(bytes)
        setTimeout(() => socket.destroy(), 5)
      })
      socket.on('error', () => resolve()).on('close', () => resolve())
      socket.resume()
    })
  for (let index = 0; index < 150; index++) {
    await attempt(Buffer.from(roll.spoil(roll.one([whole, upgrade, upgrade])), 'latin1'))
  }
})

test('messages of a subscriber that make no sense', async () => {
  const roll = dice(SEED + 6)
  const address = `${sandbox.url.replace('http', 'ws')}/graphql/realtime`
  const authorization = { host: new URL(sandbox.url).host, 'x-api-key': outputs.data.api_key }
  const header = `header-${Buffer.from(JSON.stringify(authorization)).toString('base64url')}`
  const start = (id: unknown, query: string) => ({
    id,
    type: 'start',
    payload: { data: JSON.stringify({ query, variables: {} }), extensions: { authorization } },
  })
  for (let round = 0; round < 20; round++) {
    const socket = new WebSocket(address, [
      'graphql-ws',
      roll.chance(0.8) ? header : `header-${Buffer.from(JSON.stringify(roll.value())).toString('base64url')}`,
    ])
    await new Promise((resolve) => {
      socket.onopen = socket.onerror = resolve
    })
    if (socket.readyState !== socket.OPEN) continue
    if (roll.chance(0.9)) socket.send('{"type":"connection_init"}')
    for (let index = 0; index < 15; index++) {
      const whole = JSON.stringify(
        roll.one([
          start(roll.value(0), 'subscription { onCreatePost { id title } }'),
          start('1', roll.text()),
          { type: 'stop', id: '1' },
          roll.value(),
          { type: roll.value(), id: roll.value() },
          { ...start('2', ''), payload: roll.value() },
        ]),
      )
      socket.send(roll.chance(0.7) ? whole : roll.chance(0.5) ? roll.spoil(whole) : Buffer.from(whole))
    }
    if (roll.chance(0.1)) socket.send('x'.repeat(300 * 1024))
    await new Promise((resolve) => setTimeout(resolve, 10))
    socket.close()
  }
})

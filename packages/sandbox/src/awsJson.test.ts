import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from './pool.fixture.js'

let pool: TestPool

afterEach(() => pool.stop())

const TARGET = 'AWSCognitoIdentityProviderService'

async function send(operation: string, body: string, headers: Record<string, string> = {}) {
  const answer = await fetch(pool.sandbox.url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation, ...headers },
    body,
  })
  const { __type, message } = (await answer.json()) as { __type: string; message: string }
  expect(answer.headers.get('x-amzn-errortype')).toContain(__type)
  return { status: answer.status, type: __type, message }
}

test('an operation that is not there is named in the answer', async () => {
  pool = await startPool()
  for (const target of [
    `${TARGET}.StartUserImportJob`,
    'AWSCognitoIdentityService.GetOpenIdToken',
    `${TARGET}.toString`,
    'DynamoDB_20120810.PutItem',
  ]) {
    const { status, type, message } = await send(target, '{}')
    expect([status, type]).toEqual([400, 'UnknownOperationException'])
    expect(message).toContain(target.split('.').at(-1))
  }
})

test('what is not JSON, or not called so, is a SerializationException', async () => {
  pool = await startPool()
  for (const body of ['{', '[]', '"SignUp"', 'null', '\u0000'])
    expect((await send(`${TARGET}.SignUp`, body)).type).toBe('SerializationException')
  expect((await send(`${TARGET}.SignUp`, '{}', { 'content-type': 'text/plain' })).type).toBe(
    'SerializationException',
  )
  for (const body of [
    { ClientId: 1 },
    { ClientId: pool.ClientId, Username: {}, Password: PASSWORD },
    { ClientId: pool.ClientId, Username: 'ada@example.com', Password: PASSWORD, UserAttributes: 'none' },
  ])
    expect((await send(`${TARGET}.SignUp`, JSON.stringify(body))).type).toBe('SerializationException')
})

test('what is missing or wrong is named in Cognito’s words', async () => {
  pool = await startPool()
  const { ClientId } = pool
  for (const [operation, body, type, message] of [
    ['SignUp', { ClientId }, 'InvalidParameterException', "Value at 'password'"],
    ['SignUp', { ClientId: 'other' }, 'ResourceNotFoundException', 'User pool client other does not exist.'],
    ['InitiateAuth', { ClientId }, 'InvalidParameterException', "Value at 'authFlow'"],
    [
      'InitiateAuth',
      { ClientId, AuthFlow: 'USER_SRP_AUTH' },
      'InvalidParameterException',
      'Missing required parameter USERNAME',
    ],
    [
      'InitiateAuth',
      { ClientId, AuthFlow: 'CUSTOM_AUTH' },
      'InvalidParameterException',
      'Custom auth lambda trigger is not configured for the user pool.',
    ],
    [
      'InitiateAuth',
      { ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME: 'a@b.c', SRP_A: '0' } },
      'InvalidParameterException',
      'SRP_A',
    ],
    [
      'RespondToAuthChallenge',
      { ClientId, ChallengeName: 'SMS_MFA' },
      'InvalidParameterException',
      'Missing required parameter Session',
    ],
    ['RespondToAuthChallenge', { ClientId, ChallengeName: 'RIDDLE' }, 'InvalidParameterException', 'RIDDLE'],
    ['GetUser', { AccessToken: 'x' }, 'NotAuthorizedException', 'Invalid Access Token'],
    [
      'GetTokensFromRefreshToken',
      { ClientId, RefreshToken: 'x' },
      'NotAuthorizedException',
      'Invalid Refresh Token',
    ],
  ] as const) {
    const answer = await send(`${TARGET}.${operation}`, JSON.stringify(body))
    expect([operation, answer.status, answer.type]).toEqual([operation, 400, type])
    expect(answer.message).toContain(message)
  }
})

test('a body that is too large is refused, and the next request is served', async () => {
  pool = await startPool()
  const { status, type } = await send(`${TARGET}.SignUp`, JSON.stringify({ ClientId: 'x'.repeat(2_000_000) }))
  expect([status, type]).toEqual([413, 'RequestEntityTooLargeException'])
  await pool.register('ada@example.com')
})

test('browsers may call from anywhere, as they may at AWS', async () => {
  pool = await startPool()
  const answer = await fetch(pool.sandbox.url, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-amz-target,authorization',
    },
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('access-control-allow-headers')).toBe('content-type,x-amz-target,authorization')
  const called = await fetch(pool.sandbox.url, {
    method: 'POST',
    headers: { 'x-amz-target': `${TARGET}.SignUp` },
  })
  expect(called.headers.get('access-control-allow-origin')).toBe('*')
})

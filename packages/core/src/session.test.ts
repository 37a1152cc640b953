import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { toBase64Url, utf8 } from './bytes.js'
import { decodeJWT } from './jwt.js'
import type { KeyValueStorageInterface } from './platform.js'
import type { LibraryOptions } from './resourcesConfig.js'
import { clearSession, session, storeSession } from './session.js'
import { createMemoryStore } from './stores.js'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const client = 'CognitoIdentityServiceProvider.client1'

let serial = 0
function token(expiresIn: number, claims: object = {}): string {
  const iat = Math.floor(Date.now() / 1000) + Math.min(0, expiresIn - 3600)
  const part = (value: object) => toBase64Url(utf8(JSON.stringify(value)))
  const payload = {
    sub: 'u-1',
    iat,
    exp: iat + Math.max(3600, 0) + (expiresIn > 3600 ? expiresIn - 3600 : 0),
    jti: `${serial++}`,
    ...claims,
  }
  return `${part({ alg: 'none' })}.${part(payload)}.x`
}

interface Asked {
  operation: string
  input: any
}

/** A user pool that answers refreshes as `answer` says; counts what it was asked. */
async function pool(
  answer: (asked: Asked, index: number) => Promise<[number, object, object?]> | [number, object, object?],
) {
  const asked: Asked[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk)
    const operation = `${request.headers['x-amz-target']}`.split('.')[1]!
    const one = { operation, input: JSON.parse(Buffer.concat(chunks).toString()) }
    asked.push(one)
    const [status, body, headers] = await answer(one, asked.length)
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers })
      .end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const context = (options: LibraryOptions = {}) =>
    createAmplifyContext(
      {
        Auth: {
          Cognito: { userPoolId: 'us-east-1_abc', userPoolClientId: 'client1', userPoolEndpoint: url },
        },
      },
      options,
    )
  return { asked, context, url }
}

const refreshed = (more: object = {}) => ({
  AuthenticationResult: { AccessToken: token(3600), IdToken: token(3600), ...more },
})

async function signedIn(store: KeyValueStorageInterface, { username = 'ada', expiresIn = -10 } = {}) {
  await store.setItem(`${client}.LastAuthUser`, username)
  await store.setItem(`${client}.${username}.accessToken`, token(expiresIn))
  await store.setItem(`${client}.${username}.idToken`, token(expiresIn))
  await store.setItem(`${client}.${username}.refreshToken`, 'r-1')
  await store.setItem(`${client}.${username}.clockDrift`, '0')
}

test('ten readers of an expired session share one refresh, one event', async () => {
  const { asked, context } = await pool(() => [200, refreshed()])
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store })
  const events: string[] = []
  ctx.events.listen('auth', ({ payload }) => events.push(payload.event))

  const sessions = await Promise.all(Array.from({ length: 10 }, () => session(ctx)))

  expect(asked.map((one) => one.operation)).toEqual(['GetTokensFromRefreshToken'])
  expect(asked[0]!.input).toMatchObject({ ClientId: 'client1', RefreshToken: 'r-1' })
  expect(events).toEqual(['tokenRefresh'])
  expect(new Set(sessions.map((one) => `${one!.accessToken}`)).size).toBe(1)
  expect(await store.getItem(`${client}.ada.accessToken`)).toBe(`${sessions[0]!.accessToken}`)
})

test('signing out while a refresh is under way stays signed out', async () => {
  let answer = () => {}
  const { context, asked } = await pool(async () => {
    await new Promise<void>((resolve) => (answer = resolve))
    return [200, refreshed({ RefreshToken: 'r-2' })]
  })
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store })

  const reading = session(ctx)
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await clearSession(ctx)
  answer()

  expect(await reading).toBeUndefined()
  expect(await session(ctx)).toBeUndefined()
  for (const key of ['accessToken', 'idToken', 'refreshToken']) {
    expect(await store.getItem(`${client}.ada.${key}`)).toBeNull()
  }
})

test.each(['ada@example.com', 'a b', '50%', 'Ünï', 'a.b.c'])(
  'the name %s survives storing and reading',
  async (username) => {
    const { context } = await pool(() => [500, {}])
    const ctx = context()
    await storeSession(ctx, { username, accessToken: decodeJWT(token(3600)), refreshToken: 'r' })
    expect((await session(ctx))?.username).toBe(username)
  },
)

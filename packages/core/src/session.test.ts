import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { toBase64Url, utf8 } from './bytes.js'
import { fetchAuthSession } from './index.js'
import { decodeJWT } from './jwt.js'
import type { KeyValueStorageInterface } from './platform.js'
import type { LibraryOptions } from './resourcesConfig.js'
import { session, storedSession } from './session.js'
import { clearSession, clearStoredDevice, storedDevice, storeSession } from './sessionStore.js'
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

test('what rotates is stored', async () => {
  const { asked, context } = await pool((_, index) => [200, refreshed({ RefreshToken: `r-${index + 1}` })])
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store })
  await session(ctx, { forceRefresh: true, clientMetadata: { from: 'test' } })
  await session(ctx, { forceRefresh: true })
  expect(asked.map(({ input }) => input.RefreshToken)).toEqual(['r-1', 'r-2'])
  expect(asked[0]!.input.ClientMetadata).toEqual({ from: 'test' })
  expect(await store.getItem(`${client}.ada.refreshToken`)).toBe('r-3')
})

test.each<[string, number, object]>([
  ['a broken service', 500, { __type: 'InternalErrorException', message: 'x' }],
  ['too many requests', 429, { __type: 'TooManyRequestsException', message: 'x' }],
  ['a proxy', 502, {}],
])('%s signs nobody out: it throws, tells, and the next call may work', async (_, status, body) => {
  let broken = true
  const { context } = await pool(() => (broken ? [status, body, { 'retry-after': '0' }] : [200, refreshed()]))
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store })
  const events: any[] = []
  ctx.events.listen('auth', ({ payload }) => events.push(payload))

  const error: any = await session(ctx).catch((error) => error)
  expect(error.status).toBe(status)
  expect(events).toEqual([{ event: 'tokenRefresh_failure', data: { error } }])
  expect(await store.getItem(`${client}.ada.refreshToken`)).toBe('r-1')

  broken = false
  expect(await session(ctx)).toMatchObject({ username: 'ada' })
})

test('offline keeps the session', async () => {
  const { context } = await pool(() => [200, {}])
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store, platform: { fetch: () => Promise.reject(new TypeError('offline')) } })
  await expect(session(ctx)).rejects.toMatchObject({ name: 'NetworkError' })
  expect(await storedSession(ctx)).toMatchObject({ username: 'ada', refreshToken: 'r-1' })
})

test('a refresh ahead of expiry that fails leaves the tokens that are still good', async () => {
  const { asked, context } = await pool(() => [500, {}, { 'retry-after': '0' }])
  const store = createMemoryStore()
  await signedIn(store, { expiresIn: 30 })
  const ctx = context({ store })
  expect(await session(ctx)).toMatchObject({ username: 'ada' })
  expect(asked.length).toBeGreaterThan(0)
  await expect(session(ctx, { forceRefresh: true })).rejects.toMatchObject({ status: 500 })
})

test.each([
  ['NotAuthorizedException', false],
  ['RefreshTokenReuseException', true],
  ['UserNotFoundException', true],
])('%s is definite: the session goes, listeners hear of it', async (name, throws) => {
  const { context } = await pool(() => [400, { __type: name, message: 'no more' }])
  const store = createMemoryStore()
  await signedIn(store)
  const ctx = context({ store })
  const events: any[] = []
  ctx.events.listen('auth', ({ payload }) => events.push(payload))

  const reading = session(ctx)
  if (throws) await expect(reading).rejects.toMatchObject({ name })
  else expect(await reading).toBeUndefined()
  expect(events).toMatchObject([{ event: 'tokenRefresh_failure', data: { error: { name } } }])
  expect(await storedSession(ctx)).toBeUndefined()
  expect(await store.getItem(`${client}.ada.refreshToken`)).toBeNull()
})

test('two tabs whose tokens rotate and expire together refresh once, and both go on', async () => {
  const { asked, context } = await pool(async ({ input }) => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    if (input.RefreshToken !== 'r-1') return [400, { __type: 'RefreshTokenReuseException' }]
    return [200, refreshed({ RefreshToken: 'r-2' })]
  })
  const store = createMemoryStore()
  await signedIn(store)
  const [one, two] = await Promise.all([session(context({ store })), session(context({ store }))])
  expect(asked).toHaveLength(1)
  expect(`${two!.accessToken}`).toBe(`${one!.accessToken}`)
})

test('a tab that waited for another one waits for its tokens as well, which a store may show late', async () => {
  const { asked, context } = await pool(async () => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    return [200, refreshed({ RefreshToken: 'r-2' })]
  })
  const shared = createMemoryStore()
  await signedIn(shared)
  // As in browsers with a process per tab: what one writes, another reads a moment later.
  const tab = () => {
    const own = new Map<string, string>()
    const setItem = async (key: string, value: string) => {
      own.set(key, value)
      setTimeout(() => shared.setItem(key, value), 30)
    }
    const getItem = async (key: string) => own.get(key) ?? shared.getItem(key)
    return context({ store: { ...shared, setItem, getItem } })
  }
  const [one, two] = await Promise.all([session(tab()), session(tab())])
  expect(asked).toHaveLength(1)
  expect(`${two!.accessToken}`).toBe(`${one!.accessToken}`)
})

test('where tabs have no lock, the one that comes second adopts what the first one got', async () => {
  let used = false
  const { context } = await pool(async () => {
    if (used) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      return [400, { __type: 'RefreshTokenReuseException' }]
    }
    used = true
    return [200, refreshed({ RefreshToken: 'r-2' })]
  })
  const store = createMemoryStore()
  await signedIn(store)
  const platform = { withLock: <T>(_: string, __: number, work: () => Promise<T>) => work() }
  const [one, two] = await Promise.all([
    session(context({ store, platform })),
    session(context({ store, platform })),
  ])
  expect(`${two!.accessToken}`).toBe(`${one!.accessToken}`)
  expect(await store.getItem(`${client}.ada.refreshToken`)).toBe('r-2')
})

test('a sign-out in another tab during a refresh stands', async () => {
  const store = createMemoryStore()
  const { context } = await pool(async () => {
    await store.removeItem(`${client}.ada.accessToken`)
    await store.removeItem(`${client}.LastAuthUser`)
    return [200, refreshed()]
  })
  await signedIn(store)
  expect(await session(context({ store }))).toBeUndefined()
  expect(await store.getItem(`${client}.ada.accessToken`)).toBeNull()
})

test('a store that fails halfway leaves the session before usable', async () => {
  const { context } = await pool(() => [200, refreshed()])
  const inner = createMemoryStore()
  await signedIn(inner, { expiresIn: 3600 })
  for (let allowed = 0; allowed < 6; allowed++) {
    let left = allowed
    const store = {
      ...inner,
      setItem: async (key: string, value: string) => {
        if (left-- <= 0) throw new Error('disk full')
        await inner.setItem(key, value)
      },
    }
    const ctx = context({ store })
    const grace = {
      username: 'grace',
      accessToken: decodeJWT(token(3600)),
      idToken: decodeJWT(token(3600)),
      refreshToken: 'g',
    }
    await storeSession(ctx, grace).catch((error) => expect(error.message).toBe('disk full'))
    expect((await session(context({ store: inner })))?.username).toBe(allowed < 5 ? 'ada' : 'grace')
  }
})

test('signing in as another leaves nothing of the one before', async () => {
  const { context } = await pool(() => [500, {}])
  const store = createMemoryStore()
  await signedIn(store, { expiresIn: 3600 })
  await storeSession(context({ store }), {
    username: 'grace',
    accessToken: decodeJWT(token(3600)),
    refreshToken: 'g',
  })
  expect(await store.getItem(`${client}.ada.refreshToken`)).toBeNull()
  expect(await store.getItem(`${client}.LastAuthUser`)).toBe('grace')
})

test('a remembered device outlives the session', async () => {
  const { context } = await pool(() => [500, {}])
  const ctx = context()
  const deviceMetadata = { deviceKey: 'k', deviceGroupKey: 'g', randomPassword: 'p' }
  await storeSession(ctx, { username: 'ada', accessToken: decodeJWT(token(3600)), deviceMetadata })
  await clearSession(ctx)
  expect(await storedDevice(ctx, 'ada')).toEqual(deviceMetadata)
  await clearStoredDevice(ctx, 'ada')
  expect(await storedDevice(ctx, 'ada')).toBeUndefined()
})

test('a device two hours behind does not take expired tokens for good ones', async () => {
  const { asked, context } = await pool(() => [200, refreshed()])
  const store = createMemoryStore()
  await signedIn(store)
  await store.setItem(`${client}.ada.clockDrift`, '7200000')
  const ctx = context({ store, platform: { now: () => Date.now() - 7_200_000 } })
  await session(ctx)
  expect(asked).toHaveLength(1)
  await session(ctx)
  expect(asked).toHaveLength(1)
})

test('an expired session without a refresh token says what to do', async () => {
  const { context, asked } = await pool(() => [200, {}])
  const store = createMemoryStore()
  await signedIn(store)
  await store.removeItem(`${client}.ada.refreshToken`)
  await expect(session(context({ store }))).rejects.toMatchObject({ name: 'TokenRefreshException' })
  expect(asked).toEqual([])
})

test('garbage in the store is nobody signed in', async () => {
  const { context } = await pool(() => [200, {}])
  const store = createMemoryStore()
  await store.setItem(`${client}.LastAuthUser`, 'ada')
  await store.setItem(`${client}.ada.accessToken`, 'not a token')
  expect(await session(context({ store }))).toBeUndefined()
})

test('without a user pool everybody is a guest', async () => {
  const ctx = createAmplifyContext({})
  expect(await session(ctx)).toBeUndefined()
  expect(await storedSession(ctx)).toBeUndefined()
  await clearSession(ctx)
})

test('tokens may come from a provider of the app', async () => {
  const asked: unknown[] = []
  const accessToken = decodeJWT(token(3600, { username: 'ada' }))
  const getTokens = async (options: unknown) => {
    asked.push(options)
    return { accessToken }
  }
  const ctx = createAmplifyContext({}, { Auth: { tokenProvider: { getTokens } } })
  expect(await session(ctx, { forceRefresh: true })).toEqual({ username: 'ada', accessToken })
  expect(asked).toEqual([{ forceRefresh: true }])
  const guest = createAmplifyContext({}, { Auth: { tokenProvider: { getTokens: async () => null } } })
  expect(await session(guest)).toBeUndefined()
})

test('two contexts with two users never share tokens', async () => {
  const { context } = await pool(async ({ input }) => [
    200,
    refreshed({ RefreshToken: `${input.RefreshToken}+` }),
  ])
  const users = ['ada', 'grace', 'joan']
  const contexts = await Promise.all(
    users.map(async (username) => {
      const store = createMemoryStore()
      await signedIn(store, { username })
      return context({ store })
    }),
  )
  const sessions = await Promise.all([...contexts, ...contexts].map((ctx) => session(ctx)))
  expect(sessions.map((one) => one!.username)).toEqual([...users, ...users])
})

test('what another tab does is heard by those who asked for it', async () => {
  const { context } = await pool(() => [500, {}])
  let change!: (event: { key: string; oldValue: string | null; newValue: string | null }) => Promise<void>
  const inner = createMemoryStore()
  const addListener = (listener: typeof change) => {
    change = listener
    return () => {}
  }
  const store = { ...inner, addListener }
  const ctx = context({ store })
  const all: unknown[] = []
  const own: unknown[] = []
  ctx.events.listen('auth', ({ payload, crossTab }) => all.push([payload.event, crossTab]), {
    enableCrossTabEvents: true,
  })
  ctx.events.listen('auth', ({ payload }) => own.push(payload.event))
  await session(ctx)

  await signedIn(inner, { expiresIn: 3600 })
  await change({ key: `${client}.LastAuthUser`, oldValue: null, newValue: 'ada' })
  await change({ key: `${client}.ada.accessToken`, oldValue: 'a', newValue: 'b' })
  await change({ key: `${client}.LastAuthUser`, oldValue: 'ada', newValue: null })
  await change({ key: 'of.the.app', oldValue: 'a', newValue: 'b' })
  expect(all).toEqual([
    ['signedIn', true],
    ['tokenRefresh', true],
    ['signedOut', true],
  ])
  expect(own).toEqual([])
})

test('each read sees what is stored now, whoever wrote it, and nothing that an app did to the claims of the last', async () => {
  const { context } = await pool(() => [200, refreshed()])
  const store = createMemoryStore()
  await signedIn(store, { expiresIn: 3600 })
  const ctx = context({ store })
  const first = (await session(ctx))!
  const { jti } = first.accessToken.payload
  first.accessToken.payload.jti = 'changed'
  delete first.accessToken.payload.exp
  const second = (await session(ctx))!
  expect(second.accessToken.payload.jti).toBe(jti)
  expect(`${second.accessToken}`).toBe(`${first.accessToken}`)

  await store.setItem(`${client}.ada.idToken`, token(3600, { email: 'new@example.com' }))
  expect((await session(ctx))!.idToken!.payload.email).toBe('new@example.com')
  await store.setItem(`${client}.ada.accessToken`, token(3600, { jti: 'of another tab' }))
  expect((await session(ctx))!.accessToken.payload.jti).toBe('of another tab')
  await store.removeItem(`${client}.ada.idToken`)
  expect((await session(ctx))!.idToken).toBeUndefined()
  await store.setItem(`${client}.ada.idToken`, 'no token')
  expect(await session(ctx)).toBeUndefined()
  await store.removeItem(`${client}.ada.idToken`)
  for (const broken of ['no token', 'constructor']) {
    await store.setItem(`${client}.ada.accessToken`, broken)
    expect(await session(ctx)).toBeUndefined()
  }
  await store.removeItem(`${client}.ada.accessToken`)
  expect(await session(ctx)).toBeUndefined()
})

test('the session is told alike by the function and by its context, of whoever is there and of nobody', async () => {
  const { context } = await pool(() => [200, refreshed()])
  const store = createMemoryStore()
  const ctx = context({ store })
  expect(await fetchAuthSession({}, ctx)).toEqual({})
  await signedIn(store, { expiresIn: 3600 })
  const { tokens, userSub } = await fetchAuthSession({}, ctx)
  expect([userSub, tokens!.accessToken.payload.sub]).toEqual(['u-1', 'u-1'])
  const told = await ctx.fetchAuthSession()
  expect(`${told.tokens!.accessToken} ${told.userSub}`).toBe(`${tokens!.accessToken} ${userSub}`)
})

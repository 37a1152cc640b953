import { signIn } from '@backline/auth'
import { fetchAuthSession, getCurrentUser } from '@backline/auth/server'
import { createAmplifyContext, parseAmplifyConfig } from '@backline/core'
import { expect, test } from 'vitest'
import * as core from './adapterCore.js'
import * as internals from './adapterCoreInternals.js'
import { password, register, useSandbox } from './browser.fixture.js'
import { type Cookie, parseCookies, serializeCookie } from './cookieHeader.js'

// What adapters of others build on.

const state = useSandbox()

/** An adapter as somebody wrote it for v6: it knows names and values, and writes down what it is told. */
function adapterOf(cookies: Map<string, string>) {
  const told: [string, ...unknown[]][] = []
  const adapter: core.CookieStorage.Adapter = {
    getAll: () => [...cookies].map(([name, value]) => ({ name, value }) satisfies Cookie),
    get: (name) => (cookies.has(name) ? { name, value: cookies.get(name)! } : undefined),
    set(name, value, options) {
      told.push(['set', name, value, options])
    },
    delete: (name) => void told.push(['delete', name]),
  }
  return { adapter, told }
}

test('a store over cookies: v6 attributes, each set once, and what was set is read', async () => {
  const { adapter, told } = adapterOf(new Map([['kept', 'yes']]))
  const storage = core.createKeyValueStorageFromCookieStorageAdapter(adapter)
  await storage.setItem('a', '1')
  expect(told).toEqual([['set', 'a', '1', { path: '/', secure: true, sameSite: 'lax', maxAge: 31_536_000 }]])
  expect([await storage.getItem('a'), await storage.getItem('kept'), await storage.getItem('none')]).toEqual([
    '1',
    'yes',
    null,
  ])
  await storage.removeItem('kept')
  expect([told.at(-1), await storage.getItem('kept')]).toEqual([['delete', 'kept'], null])

  const expires = new Date(0)
  const own = core.createKeyValueStorageFromCookieStorageAdapter(adapter, undefined, {
    expires,
    domain: 'x.org',
  })
  await own.setItem('b', '2')
  expect(told.at(-1)).toEqual([
    'set',
    'b',
    '2',
    { path: '/', secure: true, sameSite: 'lax', expires, domain: 'x.org' },
  ])

  const picky = core.createKeyValueStorageFromCookieStorageAdapter(adapter, { getItem: async () => false })
  expect(await picky.getItem('kept')).toBeNull()
})

test('providers over a store run a server context: the user, refreshed tokens, AWS credentials', async () => {
  await register(state, 'ada@example.com')
  const cookies = new Map<string, string>()
  const { adapter, told } = adapterOf(cookies)
  const storage = core.createKeyValueStorageFromCookieStorageAdapter(adapter)
  const config = parseAmplifyConfig(state.sandbox.outputs)
  await signIn({ username: 'ada@example.com', password }, createAmplifyContext(config, { store: storage }))
  const libraryOptions = {
    Auth: {
      tokenProvider: core.createUserPoolsTokenProvider(config.Auth!, storage),
      credentialsProvider: core.createAWSCredentialsAndIdentityIdProvider(config.Auth!, storage),
    },
  }
  const seen = await core.runWithAmplifyServerContext(config, libraryOptions, async (contextSpec) => {
    expect(internals.isAmplifyContext(contextSpec)).toBe(true)
    const { amplify } = internals.getAmplifyServerContext(contextSpec)
    expect(amplify.getConfig()).toEqual(config)
    expect(internals.isAmplifyContext(amplify)).toBe(true)
    expect(() => amplify.configure()).toThrow(/cannot be configured/)
    const { tokens } = await amplify.Auth.fetchAuthSession()
    const before = told.length
    const { tokens: fresh, credentials } = await fetchAuthSession(contextSpec, { forceRefresh: true })
    expect(`${fresh?.accessToken}`).not.toBe(`${tokens?.accessToken}`)
    expect(told.length).toBeGreaterThan(before)
    return { user: await getCurrentUser(contextSpec), credentials }
  })
  expect(seen.user.userId).toMatch(/^[\w-]{36}$/)
  expect(seen.credentials?.accessKeyId).toEqual(expect.any(String))

  const nobody = core.createUserPoolsTokenProvider(
    config.Auth!,
    core.createKeyValueStorageFromCookieStorageAdapter(adapterOf(new Map()).adapter),
  )
  expect(await nobody.getTokens()).toBeNull()
})

test('two contexts share nothing, and what is none is refused', async () => {
  const config = parseAmplifyConfig(state.sandbox.outputs)
  const tokens = await Promise.all(
    [1, 2].map(() => core.runWithAmplifyServerContext(config, {}, ({ token }) => token.value)),
  )
  expect(tokens[0]).not.toBe(tokens[1])
  expect(internals.createAmplifyContextToken().value).not.toBe(internals.createAmplifyContextToken().value)
  await expect(
    core.runWithAmplifyServerContext(
      { nextServerContext: null } as never,
      undefined as never,
      undefined as never,
    ),
  ).rejects.toMatchObject({ name: 'InvalidServerContextError' })
  for (const none of [undefined, null, {}, 'context']) {
    expect(internals.isAmplifyContext(none)).toBe(false)
    expect(() => internals.getAmplifyServerContext(none as never)).toThrow(core.AmplifyServerContextError)
  }
})

test('what adapters assert of a configuration names the key that is missing', () => {
  const { Cognito } = parseAmplifyConfig(state.sandbox.outputs).Auth!
  internals.assertTokenProviderConfig(Cognito)
  expect(() => internals.assertTokenProviderConfig({ ...Cognito, userPoolClientId: '' } as never)).toThrow(
    expect.objectContaining({
      name: 'AuthUserPoolException',
      message: expect.stringContaining('userPoolClientId'),
    }),
  )
  expect(() => internals.assertOAuthConfig(Cognito)).toThrow(
    expect.objectContaining({
      name: 'OAuthNotConfigureException',
      message: expect.stringContaining('domain'),
    }),
  )
})

test('cookies are read as browsers send them and written as browsers take them', () => {
  expect(parseCookies(undefined)).toEqual([])
  expect(parseCookies('a=1; b="two";c=%C3%A9; d=%E0%A4%A; a=2; =x; e; f=1=2; g%40h=i')).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: 'two' },
    { name: 'c', value: 'é' },
    { name: 'd', value: '%E0%A4%A' },
    { name: 'a', value: '2' },
    { name: 'f', value: '1=2' },
    { name: 'g@h', value: 'i' },
  ])
  expect(
    serializeCookie('g@h;', 'x; Domain=evil\r\nSet-Cookie: y', { sameSite: true, maxAge: 1.5, path: '/' }),
  ).toBe('g%40h%3B=x%3B%20Domain=evil%0D%0ASet-Cookie:%20y; Path=/; Max-Age=1; SameSite=Strict')
})

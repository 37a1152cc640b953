import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAmplifyContext } from './amplifyContext.js'
import { CookieStorage } from './cookieStorage.js'
import { decodeJWT } from './jwt.js'
import { storeSession } from './sessionStore.js'
import { createMemoryStorage, defaultStorage, sessionStorage, sharedInMemoryStorage } from './stores.js'

afterEach(() => vi.unstubAllGlobals())

/** A browser's cookies, as a page sees and sets them. */
function cookieJar() {
  const jar = new Map<string, string>()
  const written: string[] = []
  vi.stubGlobal('document', {
    get cookie() {
      return [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    set cookie(text: string) {
      written.push(text)
      const [pair, ...attributes] = text.split('; ') as [string, ...string[]]
      const at = pair.indexOf('=')
      const expires = attributes.find((one) => one.toLowerCase().startsWith('expires='))?.slice(8)
      if (expires && Date.parse(expires) < Date.now()) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), pair.slice(at + 1))
    },
  })
  return { jar, written }
}

test.each([
  ['defaultStorage', defaultStorage],
  ['sessionStorage', sessionStorage],
  ['sharedInMemoryStorage', sharedInMemoryStorage],
])('%s keeps items where there is no page', async (_, store) => {
  await store.setItem('key', 'value')
  expect(await store.getItem('key')).toBe('value')
  await store.removeItem('key')
  expect(await store.getItem('key')).toBeNull()
  await store.setItem('key', 'value')
  await store.clear()
  expect(await store.getItem('key')).toBeNull()
})

test('localStorage is used where a page has it', async () => {
  const local = createMemoryStorage()
  vi.stubGlobal('document', {})
  vi.stubGlobal('localStorage', local)
  await defaultStorage.setItem('key', 'value')
  expect(local.getItem('key')).toBe('value')
})

test('a localStorage that is forbidden does not kill the app', async () => {
  vi.stubGlobal('document', {})
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    },
  })
  await defaultStorage.setItem('key', 'value')
  expect(await defaultStorage.getItem('key')).toBe('value')
  await defaultStorage.clear()
  delete (globalThis as any).localStorage
})

test('a localStorage that is full keeps the item in memory, and never an older one', async () => {
  const local = createMemoryStorage()
  vi.stubGlobal('document', {})
  vi.stubGlobal('localStorage', local)
  await defaultStorage.setItem('key', 'old')
  local.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  await defaultStorage.setItem('key', 'new')
  expect(await defaultStorage.getItem('key')).toBe('new')
  expect(local.getItem('key')).toBeNull()
  await defaultStorage.clear()
})

test('cookies have the attributes they were given', async () => {
  const { written } = cookieJar()
  await new CookieStorage().setItem('a', '1')
  await new CookieStorage({
    path: '/app',
    domain: '.example.com',
    expires: 7,
    sameSite: 'none',
    secure: true,
  }).setItem('b', '2')
  await new CookieStorage({ secure: false, expires: undefined }).setItem('c', '3')
  expect(written[0]).toMatch(/^a=1; path=\/; expires=.*; secure$/)
  expect(written[1]).toMatch(/^b=2; path=\/app; expires=.*; domain=\.example\.com; secure; sameSite=none$/i)
  expect(written[2]).toBe('c=3; path=/')
})

test('a sameSite that no browser takes is refused', () => {
  expect(() => new CookieStorage({ sameSite: 'loose' as any })).toThrow(/lax.*strict.*none/)
  expect(() => new CookieStorage({ sameSite: 'none', secure: false })).toThrow(/secure/)
})

test.each(['ada@example.com', 'a b', '50%', 'Ünï;=', 'a.b.c'])(
  'the cookies of %s come back, one set only',
  async (username) => {
    const { jar } = cookieJar()
    const ctx = createAmplifyContext(
      { Auth: { Cognito: { userPoolId: 'us-east-1_a', userPoolClientId: 'c' } } },
      { store: new CookieStorage({ sameSite: 'lax' }) },
    )
    const part = btoa(JSON.stringify({ sub: 's', iat: 1, exp: 9_999_999_999 }))
    const accessToken = decodeJWT(`e30.${part}.x`)
    await storeSession(ctx, { username, accessToken, refreshToken: 'r' })
    const once = jar.size
    await storeSession(ctx, { username, accessToken, refreshToken: 'r2' })
    expect(jar.size).toBe(once)
    expect(await ctx.getTokens()).toMatchObject({ accessToken: { payload: { sub: 's' } } })
  },
)

test('with `ssr` the session lives in cookies', async () => {
  const { jar } = cookieJar()
  vi.resetModules()
  const { Amplify } = await import('./amplify.js')
  const { currentContext } = await import('./context.js')
  const { storeSession } = await import('./sessionStore.js')
  Amplify.configure(
    { Auth: { Cognito: { userPoolId: 'us-east-1_a', userPoolClientId: 'c' } } },
    { ssr: true },
  )
  await storeSession(currentContext(), {
    username: 'ada',
    accessToken: decodeJWT(`e30.${btoa('{"exp":9999999999}')}.x`),
  })
  expect([...jar.keys()].map(decodeURIComponent)).toContain(
    'CognitoIdentityServiceProvider.c.ada.accessToken',
  )
})

beforeEach(() => {
  delete (globalThis as any)[Symbol.for('backline.context')]
})

import { fetchAuthSession, getCurrentUser } from '@backline/auth/server'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { beforeAll, expect, test } from 'vitest'
import { type Browser, cookieNamed, createBrowser, signedIn, useSandbox } from './browser.fixture.js'

// What strangers put into cookies.

const state = useSandbox()
const HOUR = 3_600_000
let runner: ReturnType<typeof state.runner>
let ada: Browser
let eve: Browser

beforeAll(async () => {
  runner = state.runner()
  ada = await signedIn(state, runner, 'ada@example.com')
  eve = await signedIn(state, runner, 'eve@example.com')
})

/** Ada's browser, after somebody was at her cookies. */
function tampered(change: (cookies: Map<string, string>) => void): Browser {
  const browser = createBrowser()
  for (const [name, value] of ada.cookies) browser.cookies.set(name, value)
  change(browser.cookies)
  return browser
}

/** Who the server takes this browser's user for, and what it would let them do. */
async function seen(browser: Browser, cookie?: string, on = runner) {
  const request = browser.request('/', cookie === undefined ? {} : { headers: { cookie } })
  let answer: { user?: string; error?: string; id?: string } = {}
  browser.take(
    await on.respond(request, async (ctx) => {
      const user = await getCurrentUser(ctx).catch((error: Error) => error)
      const { tokens } = await fetchAuthSession(ctx).catch(() => ({ tokens: undefined }))
      answer =
        user instanceof Error
          ? { error: user.name }
          : { user: user.signInDetails?.loginId, id: tokens?.idToken?.payload.email as string }
      return new Response()
    }),
  )
  return answer
}

const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url')
const accessToken = () => ada.cookies.get(cookieNamed(ada, 'accessToken'))!

test('untouched, they are Ada', async () => {
  expect(await seen(ada)).toEqual({ user: 'ada@example.com', id: 'ada@example.com' })
})

test('a token that the user pool has not signed is nobody', async () => {
  const [header, payload, signature] = accessToken().split('.') as [string, string, string]
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const name = cookieNamed(ada, 'accessToken')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  )
  const own = `${header}.${payload}`
  const sealed = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(own))
  const forged: Record<string, string> = {
    'other claims': `${header}.${base64url(JSON.stringify({ ...claims, sub: 'eve', exp: claims.exp + 9e9 }))}.${signature}`,
    'a key of its own': `${own}.${base64url(new Uint8Array(sealed))}`,
    'no signature': `${base64url(JSON.stringify({ alg: 'none', kid }))}.${payload}.`,
    'another algorithm': `${base64url(JSON.stringify({ alg: 'HS256', kid }))}.${payload}.${signature}`,
    'a key that nobody has': `${base64url(JSON.stringify({ alg: 'RS256', kid: 'x' }))}.${payload}.${signature}`,
    'a prototype for a key': `${base64url(JSON.stringify({ alg: 'RS256', kid: '__proto__' }))}.${payload}.${signature}`,
    'cut at the end': accessToken().slice(0, -20),
    'cut in the middle': accessToken().slice(0, 200),
    'far too long': `${own}.${'A'.repeat(100_000)}`,
    'no token': 'true',
    'bad percent signs': `${accessToken()}%E0%A4%A`,
    empty: '',
  }
  for (const [how, value] of Object.entries(forged)) {
    expect([how, await seen(tampered((cookies) => cookies.set(name, value)))]).toEqual([
      how,
      { error: 'UserUnAuthenticatedException' },
    ])
  }
})

test('an id token in the place of the access token is nobody', async () => {
  const stranger = tampered((cookies) =>
    cookies.set(cookieNamed(ada, 'accessToken'), cookies.get(cookieNamed(ada, 'idToken'))!),
  )
  expect(await seen(stranger)).toEqual({ error: 'UserUnAuthenticatedException' })
})

test("another user's id token beside one's own access token does not count", async () => {
  const mixed = tampered((cookies) =>
    cookies.set(cookieNamed(ada, 'idToken'), eve.cookies.get(cookieNamed(eve, 'idToken'))!),
  )
  expect(await seen(mixed)).toEqual({ user: 'ada@example.com', id: undefined })
})

test('tokens of another user pool are nobody', async () => {
  const other = await startSandbox({
    backend: defineBackend({ auth: defineAuth({ loginWith: { email: true } }) }),
  })
  const elsewhere = await signedIn(
    { sandbox: other },
    (await import('./index.js')).createRequestRunner({ config: other.outputs }),
    'ada@example.com',
  )
  const stranger = tampered((cookies) => {
    for (const end of ['accessToken', 'idToken', 'refreshToken']) {
      cookies.set(cookieNamed(ada, end), elsewhere.cookies.get(cookieNamed(elsewhere, end))!)
    }
  })
  expect(await seen(stranger)).toEqual({ error: 'UserUnAuthenticatedException' })
  // Whole, they are under names that nobody looks at here.
  expect(await seen(elsewhere)).toEqual({ error: 'UserUnAuthenticatedException' })
  await other.stop()
})

test('a cookie that comes twice counts as the one that is good', async () => {
  const name = cookieNamed(ada, 'accessToken')
  const all = [...ada.cookies].map(([key, value]) => `${key}=${value}`)
  for (const cookie of [
    [`${name}=forged.by.eve`, ...all],
    [...all, `${name}=forged.by.eve`],
  ]) {
    expect(await seen(createBrowser(), cookie.join('; '))).toMatchObject({ user: 'ada@example.com' })
  }
})

test('names spelled another way, quotes and blanks are understood', async () => {
  const cookie = [...ada.cookies]
    .map(([name, value]) => ` ${name.replaceAll('.', '%2E')} = "${value}" `)
    .join(';')
  expect(await seen(createBrowser(), cookie)).toMatchObject({ user: 'ada@example.com' })
})

test('where the keys cannot be had, nobody is believed and nobody is signed out', async () => {
  const cold = state.runner({ platform: { fetch: async () => new Response('{}', { status: 503 }) } })
  const before = new Map(ada.cookies)
  expect(await seen(ada, undefined, cold)).toEqual({ error: 'KeysNotAvailable' })
  expect(ada.cookies).toEqual(before)
})

test('keys that nobody has are asked for no more often than every ten seconds', async () => {
  const cold = state.runner()
  state.asked.length = 0
  const name = cookieNamed(ada, 'accessToken')
  for (let visit = 0; visit < 5; visit++) {
    const header = base64url(JSON.stringify({ alg: 'RS256', kid: `invented-${visit}` }))
    const [, payload, signature] = accessToken().split('.')
    await seen(
      tampered((cookies) => cookies.set(name, `${header}.${payload}.${signature}`)),
      undefined,
      cold,
    )
  }
  expect(state.asked.filter((each) => each.endsWith('jwks.json'))).toHaveLength(1)
})

test('an expired access token is nobody without a refresh token, whatever the clock of the browser is said to be', async () => {
  state.sandbox.clock.advance(24 * HOUR)
  const name = cookieNamed(ada, 'accessToken')
  for (const drift of [undefined, `${-96 * HOUR}`, '1e99', 'NaN']) {
    const stranger = tampered((cookies) => {
      cookies.delete(cookieNamed(ada, 'refreshToken'))
      if (drift) cookies.set(name.replace('accessToken', 'clockDrift'), drift)
    })
    expect(await seen(stranger)).toEqual({ error: 'UserUnAuthenticatedException' })
  }
  const invented = tampered((cookies) => cookies.set(cookieNamed(ada, 'refreshToken'), 'invented'))
  expect(await seen(invented)).toEqual({ error: 'UserUnAuthenticatedException' })
})

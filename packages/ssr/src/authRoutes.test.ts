import { getCurrentUser } from '@backline/auth/server'
import { expect, test } from 'vitest'
import { type Browser, createBrowser, password, register, useSandbox } from './browser.fixture.js'

// Sign-in and sign-out by the hosted pages, with a browser that has no scripts.

const ORIGIN = 'https://app.example.com'
const state = useSandbox({
  loginWith: {
    email: true,
    externalProviders: {
      callbackUrls: [`${ORIGIN}/`, `${ORIGIN}/auth/sign-in-callback`],
      logoutUrls: [`${ORIGIN}/`, `${ORIGIN}/auth/sign-out-callback`],
    },
  },
})

function app(options: Parameters<typeof state.runner>[0] = {}) {
  const runner = state.runner({ origin: ORIGIN, ...options })
  const routes = runner.authRoutes({
    customState: 'from the shop & back',
    redirectOnSignInComplete: '/home?a=1&b=2',
    redirectOnSignOutComplete: '/bye',
  })
  const visit = async (browser: Browser, path: string, init?: RequestInit) =>
    browser.take(await routes(browser.request(path, init)))
  const whoami = async (browser: Browser) =>
    (
      await runner.respond(browser.request(), async (ctx) =>
        getCurrentUser(ctx).then(
          () => new Response('somebody'),
          () => new Response('nobody'),
        ),
      )
    ).text()
  return { runner, visit, whoami }
}

/** What the user does on the pool's pages: the address that they lead back to. */
async function enter(address: string, email: string): Promise<string> {
  const jar = createBrowser()
  const plain = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
  let at = address
  let body: URLSearchParams | undefined
  for (let step = 0; step < 10; step++) {
    const cookie = [...jar.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const init: RequestInit = {
      redirect: 'manual',
      headers: { cookie },
      ...(body && { method: 'POST', body }),
    }
    const response = jar.take(await fetch(at, init))
    const next = response.headers.get('location')
    if (next?.startsWith(ORIGIN)) return next.slice(ORIGIN.length)
    body = undefined
    if (next) at = new URL(next, at).href
    else {
      const page = await response.text()
      const [, action, inside] = /<form method="post" action="([^"]+)">(.*?)<\/form>/s.exec(page) ?? []
      if (!action) throw new Error(`No form at ${at}:\n${page}`)
      const hidden = [...inside!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
      body = new URLSearchParams(hidden.map(([, name, value]) => [plain(name!), plain(value!)]))
      body.set('username', email)
      body.set('password', password)
      at = new URL(plain(action), at).href
    }
  }
  throw new Error('The hosted pages led nowhere.')
}

const location = (response: Response) => response.headers.get('location')

test('sign-in: there, back with a code, and in; sign-out the same way', async () => {
  await register(state, 'ada@example.com')
  const { visit, whoami } = app()
  const browser = createBrowser(ORIGIN)
  const left = await visit(browser, '/auth/sign-in?provider=google&lang=de')
  const asked = new URL(location(left)!)
  expect(left.status).toBe(302)
  expect(asked.pathname).toBe('/oauth2/authorize')
  expect(Object.fromEntries(asked.searchParams)).toMatchObject({
    identity_provider: 'Google',
    lang: 'de',
    redirect_uri: `${ORIGIN}/auth/sign-in-callback`,
    response_type: 'code',
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[0-9a-f]{32}-[0-9a-f]+$/),
  })
  expect(browser.lines.map((line) => line.replace(/=[^;]*/, '='))).toEqual([
    'com.amplify.server_auth.pkce=; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=Lax',
    'com.amplify.server_auth.state=; Path=/; Max-Age=300; HttpOnly; Secure; SameSite=Lax',
  ])

  const back = await enter(location(await visit(browser, '/auth/sign-in'))!, 'ada@example.com')
  const arrived = await visit(browser, back)
  expect([arrived.status, location(arrived), arrived.headers.get('cache-control')]).toEqual([
    302,
    '/home?a=1&b=2',
    'no-store',
  ])
  expect([...browser.cookies.keys()].map((name) => name.split('.').at(-1)).toSorted()).toEqual([
    'LastAuthUser',
    'accessToken',
    'idToken',
    'refreshToken',
  ])
  expect(await whoami(browser)).toBe('somebody')
  expect(location(await visit(browser, '/auth/sign-up'))).toBe('/home?a=1&b=2')

  const replayed = await visit(browser, back)
  expect(location(replayed)).toMatch(/^\/bye\?error=timeout&error_description=/)
  expect(await whoami(browser)).toBe('somebody')

  const leaving = await visit(browser, '/auth/sign-out')
  expect(location(leaving)).toContain('/logout?client_id=')
  const left2 = await fetch(location(leaving)!, { redirect: 'manual' })
  expect(location(left2)).toBe(`${ORIGIN}/auth/sign-out-callback`)
  const once = await visit(browser, '/auth/sign-out-callback')
  expect([once.status, await once.text()]).toEqual([
    200,
    expect.stringContaining(`url=${ORIGIN}/auth/sign-out-callback`),
  ])
  expect(location(await visit(browser, '/auth/sign-out-callback'))).toBe('/bye')
  expect([...browser.cookies]).toEqual([])
  expect(state.asked).toContain('/oauth2/revoke')
  expect((await visit(browser, '/auth/sign-out-callback')).status).toBe(400)
})

test('with SameSite=Strict the way back goes over a page of this site, written so that nothing breaks out of it', async () => {
  const { visit, whoami } = app({ cookies: { sameSite: 'strict' } })
  const browser = createBrowser(ORIGIN)
  const back = await enter(location(await visit(browser, '/auth/sign-in'))!, 'ada@example.com')
  const arrived = await visit(browser, back)
  expect(arrived.status).toBe(200)
  expect(await arrived.text()).toContain('content="0; url=/home?a=1&#38;b=2"')
  expect(await whoami(browser)).toBe('somebody')
})

test('sign-up leads to the page for it', async () => {
  const left = await app().visit(createBrowser(ORIGIN), '/auth/sign-up')
  expect(new URL(location(left)!).pathname).toBe('/signup')
})

test('a way back that this browser did not begin, or that failed, signs nobody in', async () => {
  const { visit, whoami } = app()
  const browser = createBrowser(ORIGIN)
  const address = location(await visit(browser, '/auth/sign-in'))!
  const back = await enter(address, 'ada@example.com')

  expect((await visit(browser, back.replace(/state=\w/, 'state=f0'))).status).toBe(400)
  expect((await visit(browser, '/auth/sign-in-callback')).status).toBe(400)
  expect((await visit(browser, '/auth/sign-in-callback?code=x')).status).toBe(400)
  expect(location(await visit(createBrowser(ORIGIN), back))).toMatch(/^\/bye\?error=timeout/)
  const refused = await visit(browser, back.replace(/code=[^&]*/, 'code=invented'))
  expect(refused.status).toBe(500)
  expect(await whoami(browser)).toBe('nobody')

  await visit(browser, '/auth/sign-in')
  const cancelled = await visit(
    browser,
    '/auth/sign-in-callback?error=access_denied&error_description=No%26thanks',
  )
  expect(location(cancelled)).toBe('/bye?error=access_denied&error_description=No%26thanks')
  expect([...browser.cookies]).toEqual([])
})

test('what is none of the five routes, or no GET, is refused', async () => {
  const { visit } = app()
  for (const path of ['/auth/other', '/auth/', '/auth/constructor', '/auth/__proto__']) {
    expect((await visit(createBrowser(ORIGIN), path)).status).toBe(404)
  }
  expect((await visit(createBrowser(ORIGIN), '/auth/sign-out', { method: 'POST' })).status).toBe(405)
})

test('what is missing is said when the routes are made', () => {
  expect(() => state.runner().authRoutes()).toThrow(/AMPLIFY_APP_ORIGIN environment variable/)
  for (const origin of [
    'app.example.com',
    'https://app.example.com/path',
    'ftp://app.example.com',
    'https://',
  ]) {
    expect(() => state.runner({ origin }).authRoutes()).toThrow(/which is none/)
  }
  const { auth, ...rest } = state.sandbox.outputs as { auth: object }
  const config = { ...rest, auth: { ...auth, oauth: undefined } }
  expect(() => state.runner({ origin: ORIGIN, config }).authRoutes()).toThrow(/oauth is not configured/)
})

import { signOut } from '@backline/auth'
import { fetchAuthSession, fetchUserAttributes, getCurrentUser } from '@backline/auth/server'
import type { AmplifyContext } from '@backline/core'
import { expect, test } from 'vitest'
import {
  type Browser,
  cookieNamed,
  createBrowser,
  register,
  signedIn,
  useSandbox,
} from './browser.fixture.js'

const state = useSandbox()
const HOUR = 3_600_000

/** Who the server takes this browser's user for. */
const whoami = async (runner: ReturnType<typeof state.runner>, browser: Browser) =>
  browser.take(await runner.respond(browser.request(), greet)).text()
const greet = async (ctx: AmplifyContext) =>
  new Response(
    await getCurrentUser(ctx).then(
      ({ signInDetails, userId }) => `${signInDetails?.loginId} ${userId}`,
      (error: Error) => error.name,
    ),
  )

const refreshes = () => state.asked.filter((each) => each === 'GetTokensFromRefreshToken').length

test('a form signs in on the server, and the browser gets cookies that scripts cannot read, each set once', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'ada@example.com')
  const names = browser.lines.map((line) => line.split('=')[0]!.replace(/^.*\.(?=\w+$)/, ''))
  expect(names.toSorted()).toEqual([
    'LastAuthUser',
    'accessToken',
    'idToken',
    'refreshToken',
    'signInDetails',
  ])
  for (const line of browser.lines) {
    expect(line).toMatch(/; Path=\/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax$/)
  }
  expect(await whoami(runner, browser)).toMatch(/^ada@example.com [\w-]{36}$/)
  expect(browser.lines).toEqual([])
})

test('an expired session is refreshed once for all requests that come with it, and the cookies are set as the first time', async () => {
  const runner = state.runner({ cookies: { domain: 'example.com', maxAge: 600, sameSite: 'strict' } })
  const browser = await signedIn(state, runner, 'edith@example.com')
  const before = browser.lines
  state.sandbox.clock.advance(2 * HOUR)
  state.asked.length = 0
  const answers = await Promise.all(Array.from({ length: 8 }, () => runner.respond(browser.request(), greet)))
  expect(new Set(await Promise.all(answers.map((each) => each.clone().text()))).size).toBe(1)
  expect(refreshes()).toBe(1)

  const shape = (lines: string[]) => lines.map((line) => line.replace(/=[^;]*/, '')).toSorted()
  for (const answer of answers) {
    const lines = answer.headers.getSetCookie()
    expect(new Set(shape(lines)).size).toBe(lines.length)
    expect(shape(before)).toEqual(expect.arrayContaining(shape(lines)))
  }
  browser.take(answers[0]!)
  expect(await whoami(runner, browser)).toMatch(/^edith@example.com /)
  expect(browser.lines).toEqual([])
})

test('a browser that never got the answer is given the same tokens by the next, without another refresh', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'joan@example.com')
  state.sandbox.clock.advance(2 * HOUR)
  state.asked.length = 0
  await runner.respond(browser.request(), greet)
  await whoami(runner, browser)
  expect(browser.lines).not.toEqual([])
  expect(refreshes()).toBe(1)
})

test('redirects, and answers whose headers cannot be changed, carry the refreshed cookies too; caches keep out', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'mary@example.com')
  state.sandbox.clock.advance(2 * HOUR)
  const answer = await runner.respond(browser.request(), async (ctx) => {
    await getCurrentUser(ctx)
    return Response.redirect('https://app.example.com/elsewhere', 307)
  })
  expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://app.example.com/elsewhere'])
  expect(answer.headers.getSetCookie().length).toBeGreaterThan(2)
  expect(answer.headers.get('cache-control')).toBe('private, no-store')
})

test('requests of different users never meet', async () => {
  const runner = state.runner()
  const emails = ['a', 'b', 'c', 'd'].map((name) => `${name}.user@example.com`)
  const browsers = await Promise.all(emails.map((email) => signedIn(state, runner, email)))
  state.sandbox.clock.advance(2 * HOUR)
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const at = index % browsers.length
      expect(await whoami(runner, browsers[at]!)).toMatch(new RegExp(`^${emails[at]} `))
    }),
  )
})

test('signing out on the server takes every cookie of the session away, with the attributes it was set with', async () => {
  const runner = state.runner({ cookies: { domain: 'example.com' } })
  const browser = await signedIn(state, runner, 'rosa@example.com')
  browser.take(
    await runner.respond(browser.request(), async (ctx) => {
      await signOut({}, ctx)
      return new Response()
    }),
  )
  expect([...browser.cookies]).toEqual([])
  for (const line of browser.lines) {
    expect(line).toMatch(/=; Domain=example.com; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; /)
  }
  expect(await whoami(runner, browser)).toBe('UserUnAuthenticatedException')
})

test('a name with every awkward character has one set of cookies, spelled as js-cookie spells it', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'o+dd%20name@example.com')
  const details = cookieNamed(browser, 'signInDetails')
  expect(JSON.parse(decodeURIComponent(browser.cookies.get(details)!)).loginId).toBe(
    'o+dd%20name@example.com',
  )
  state.sandbox.clock.advance(2 * HOUR)
  const count = browser.cookies.size
  expect(await whoami(runner, browser)).toMatch(/^o\+dd%20name@example.com /)
  expect(browser.cookies.size).toBe(count)
})

test('a context used after its request says so', async () => {
  const runner = state.runner()
  let kept: AmplifyContext | undefined
  await runner.run({ getAll: () => [], get: () => undefined, set() {}, delete() {} }, (ctx) => {
    kept = ctx
  })
  await expect(getCurrentUser(kept!)).rejects.toMatchObject({ name: 'ContextClosed' })
})

test('whoever keeps a context past its request keeps nothing of the user with it', async () => {
  const runner = state.runner()
  const { cookies } = await signedIn(state, runner, 'wanda@example.com')
  const items = [...cookies].map(([name, value]) => ({ name, value: decodeURIComponent(value) }))
  const get = (wanted: string) => items.find(({ name }) => decodeURIComponent(name) === wanted)
  let kept: AmplifyContext | undefined
  const { tokens } = await runner.run({ getAll: () => items, get, set() {}, delete() {} }, (ctx) => {
    kept = ctx
    return fetchAuthSession(ctx)
  })
  expect(tokens?.idToken?.payload.email).toBe('wanda@example.com')
  expect([...kept!.state.keys()]).toEqual(['clock'])
  for (const ask of [getCurrentUser, fetchUserAttributes, (ctx: AmplifyContext) => fetchAuthSession(ctx)])
    await expect(ask(kept!)).rejects.toMatchObject({ name: 'ContextClosed' })
})

test('what a page that is built ahead asks for, it asks for as a guest', async () => {
  const runner = state.runner()
  expect(await runner.run(null, (ctx) => fetchAuthSession(ctx))).toMatchObject({ tokens: undefined })
})

test('while the user pool is down or throttles, an expired session is neither believed nor ended', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'lise@example.com')
  expect(await whoami(runner, browser)).toMatch(/^lise/)
  state.sandbox.clock.advance(2 * HOUR)
  const before = new Map(browser.cookies)
  for (const status of [503, 429]) {
    state.sandbox.failNext({ service: 'cognito-idp', status, times: 3 })
    expect(await whoami(runner, browser)).not.toMatch(/lise|UserUnAuthenticated/)
    expect(browser.cookies).toEqual(before)
  }
  expect(await whoami(runner, browser)).toMatch(/^lise@example.com /)
})

test('a session that the user pool has ended is taken away', async () => {
  const runner = state.runner()
  const browser = await signedIn(state, runner, 'olga@example.com')
  const stale = createBrowser()
  for (const [name, value] of browser.cookies) stale.cookies.set(name, value)
  await runner.respond(browser.request(), async (ctx) => {
    await signOut({ global: true }, ctx)
    return new Response()
  })
  state.sandbox.clock.advance(2 * HOUR)
  expect(await whoami(runner, stale)).toBe('UserUnAuthenticatedException')
  expect([...stale.cookies.keys()].filter((name) => /Token$|LastAuthUser$/.test(name))).toEqual([])
})

test('a server whose clock is hours off learns the time once, and refreshes no more often than others', async () => {
  const skewed = state.runner({ platform: { now: () => state.sandbox.clock.now() + 5 * HOUR } })
  const browser = await signedIn(state, state.runner(), 'kate@example.com')
  state.asked.length = 0
  for (let visit = 0; visit < 4; visit++) expect(await whoami(skewed, browser)).toMatch(/^kate@example.com /)
  expect(refreshes()).toBe(1)
})

test('a cookie that browsers would drop is an error that names it', async () => {
  const runner = state.runner()
  const answer = runner.respond(createBrowser().request(), async (ctx) => {
    await ctx.platform.store.setItem('CognitoIdentityServiceProvider.client.ada.idToken', 'x'.repeat(4_100))
    return new Response()
  })
  await expect(answer).rejects.toMatchObject({
    name: 'CookieTooLarge',
    message: expect.stringContaining('ada.idToken'),
  })
})

test('a sign-in after the answer has gone says that it cannot be kept', async () => {
  const runner = state.runner()
  await register(state, 'late@example.com')
  let kept: AmplifyContext | undefined
  await runner.respond(createBrowser().request(), (ctx) => {
    kept = ctx
    return new Response()
  })
  const write = kept!.platform.store.setItem('CognitoIdentityServiceProvider.client.LastAuthUser', 'ada')
  await expect(write).rejects.toMatchObject({ name: 'CookiesNotWritable' })
})

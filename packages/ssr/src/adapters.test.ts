import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getCurrentUser } from '@backline/auth/server'
import type { AmplifyContext } from '@backline/core'
import { createApp, defineEventHandler, getCookie, toNodeListener } from 'h3'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createAstroAdapter } from './astro.js'
import { type Browser, createBrowser, signedIn, useSandbox } from './browser.fixture.js'
import { createHonoAdapter } from './hono.js'
import { createNodeAdapter } from './node.js'
import { createNuxtAdapter } from './nuxt.js'
import { createSvelteKitAdapter } from './sveltekit.js'

// The same visits on every framework: a guest, a user, a session that has to be refreshed on a page and on a redirect, the five routes.

const origin = 'https://app.example.com'
const state = useSandbox({
  loginWith: {
    email: true,
    externalProviders: { callbackUrls: [`${origin}/auth/sign-in-callback`], logoutUrls: [`${origin}/`] },
  },
})
const options = () => ({
  config: state.sandbox.outputs,
  origin,
  platform: { now: () => state.sandbox.clock.now() },
})

const nameOf = (ctx: AmplifyContext) =>
  getCurrentUser(ctx).then(
    ({ signInDetails }) => `Hello ${signInDetails?.loginId}`,
    (error: Error) => error.name,
  )

type App = (request: Request) => Promise<Response>
const CONFIGURED = 'theme=dark; Path=/'

async function visits(app: App, email: string): Promise<void> {
  const visit = async (browser: Browser, path: string) => browser.take(await app(browser.request(path)))
  const guest = createBrowser()
  expect(await (await visit(guest, '/home')).text()).toBe('UserUnAuthenticatedException')
  const left = await visit(guest, '/auth/sign-in?provider=Apple')
  expect([left.status, left.headers.get('location')]).toEqual([
    302,
    expect.stringContaining('/oauth2/authorize?'),
  ])
  expect([...guest.cookies.keys()]).toEqual(['com.amplify.server_auth.pkce', 'com.amplify.server_auth.state'])

  const browser = await signedIn(state, state.runner(), email)
  expect(await (await visit(browser, '/home')).text()).toBe(`Hello ${email}`)
  expect(browser.lines).toEqual([])
  for (const path of ['/home', '/moved']) {
    state.sandbox.clock.advance(2 * 3_600_000)
    const answer = await visit(browser, path)
    expect([path, answer.status]).toEqual([path, path === '/home' ? 200 : 302])
    const names = browser.lines.map((line) => line.split('=')[0]!)
    expect(names).toHaveLength(new Set(names).size)
    expect(names.filter((name) => name.endsWith('.accessToken'))).toHaveLength(1)
    // What the app sets itself stays.
    expect(browser.lines.filter((line) => line.startsWith('theme'))).toEqual(
      path === '/moved' ? [CONFIGURED] : [],
    )
    for (const line of browser.lines) if (!line.startsWith('theme')) expect(line).toMatch(/HttpOnly; Secure/)
  }
}

/** As if it were a function of the web: an app of `node:http`, over a socket. */
async function overSocket(
  listener: Parameters<typeof createServer>[1],
  work: (app: App) => Promise<void>,
): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    await work(({ url, headers }) =>
      fetch(url.replace(origin, `http://127.0.0.1:${port}`), {
        headers: { cookie: headers.get('cookie') ?? '' },
        redirect: 'manual',
      }),
    )
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('Hono', async () => {
  const amplify = createHonoAdapter(options())
  const app = new Hono<{ Variables: { amplify: AmplifyContext } }>()
  app.use(amplify.middleware)
  app.get('/auth/:slug', amplify.authRoutes())
  app.get('/home', async (c) => c.text(await nameOf(c.get('amplify'))))
  app.get('/moved', async (c) => {
    c.header('set-cookie', CONFIGURED)
    await nameOf(c.get('amplify'))
    return c.redirect('/home')
  })
  await visits(async (request) => app.fetch(request), 'hono@example.com')
})

test('node:http', async () => {
  const amplify = createNodeAdapter(options())
  const routes = amplify.authRoutes()
  await overSocket(
    async (request, response) => {
      if (request.url!.startsWith('/auth/')) return routes(request, response)
      const isMoved = request.url === '/moved'
      if (isMoved) response.setHeader('set-cookie', CONFIGURED)
      const text = await amplify.run(request, response, nameOf)
      if (isMoved) response.writeHead(302, { location: '/home' })
      response.end(text)
    },
    (app) => visits(app, 'node@example.com'),
  )
})

test('node:http: a session that is refreshed after the answer has begun is good for this one, and the next one takes it along', async () => {
  const amplify = createNodeAdapter(options())
  const browser = await signedIn(state, state.runner(), 'slow@example.com')
  state.sandbox.clock.advance(2 * 3_600_000)
  let isLate = true
  await overSocket(
    async (request, response) => {
      if (isLate) response.write('Well, ')
      response.end(await amplify.run(request, response, nameOf))
    },
    async (app) => {
      expect(await (await app(browser.request())).text()).toBe('Well, Hello slow@example.com')
      isLate = false
      browser.take(await app(browser.request()))
      expect(browser.lines).not.toEqual([])
    },
  )
})

test('h3, which Nuxt stands on', async () => {
  const amplify = createNuxtAdapter(options())
  const app = createApp()
  app.use(defineEventHandler((event) => amplify.middleware(event)))
  app.use('/auth', defineEventHandler(amplify.authRoutes()))
  app.use(
    defineEventHandler(async (event) => {
      const { res } = event.node
      if (event.path === '/moved') {
        res.setHeader('set-cookie', CONFIGURED)
        res.statusCode = 302
        res.setHeader('location', '/home')
      }
      expect(getCookie(event, 'none')).toBeUndefined()
      return nameOf((event.context as unknown as { amplify: AmplifyContext }).amplify)
    }),
  )
  await overSocket(toNodeListener(app), (each) => visits(each, 'nuxt@example.com'))
})

/** What a framework does that calls a hook with the request and goes on to a page. */
const page =
  (locals: object) =>
  async ({ url }: Request): Promise<Response> => {
    const text = await nameOf((locals as { amplify: AmplifyContext }).amplify)
    return url.endsWith('/moved')
      ? new Response(null, { status: 302, headers: { location: '/home', 'set-cookie': CONFIGURED } })
      : new Response(text)
  }

test('the hook of SvelteKit', async () => {
  const amplify = createSvelteKitAdapter(options())
  const routes = amplify.authRoutes()
  await visits(async (request) => {
    const locals = {}
    const resolve = (event: { request: Request }) =>
      event.request.url.includes('/auth/') ? routes(event) : page(locals)(event.request)
    return amplify.handle({ event: { request, locals }, resolve })
  }, 'svelte@example.com')
})

test('the middleware of Astro', async () => {
  const amplify = createAstroAdapter(options())
  const routes = amplify.authRoutes()
  await visits(async (request) => {
    const locals = {}
    return amplify.onRequest({ request, locals }, () =>
      request.url.includes('/auth/') ? routes({ request }) : page(locals)(request),
    )
  }, 'astro@example.com')
  const locals = {}
  const ahead = await amplify.onRequest({ request: undefined as never, locals, isPrerendered: true }, () =>
    page(locals)(new Request(origin)),
  )
  expect(await ahead.text()).toBe('UserUnAuthenticatedException')
})

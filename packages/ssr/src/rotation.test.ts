import { fetchAuthSession } from '@backline/auth'
import { getCurrentUser } from '@backline/auth/server'
import { type AmplifyContext, createAmplifyContext } from '@backline/core'
import type { KeyValueStorageInterface } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, signedIn } from './browser.fixture.js'
import { encodeName, encodeValue } from './cookieHeader.js'
import { createRequestRunner } from './index.js'

// A pool that gives each refresh token once. The page's tabs and the server hold the same one, and may all be about to use it.

const HOUR = 3_600_000

let sandbox: Sandbox
beforeAll(async () => {
  const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }) })
  backend.auth.resources.cfnResources.cfnUserPoolClient.refreshTokenRotation = {
    feature: 'ENABLED',
    retryGracePeriodSeconds: 0,
  }
  sandbox = await startSandbox({ backend })
})
afterAll(() => sandbox.stop())

const isRefresh = (init?: RequestInit) =>
  new Headers(init?.headers).get('x-amz-target')?.endsWith('.GetTokensFromRefreshToken')

/** A platform that waits with a refresh for `before`, and says when it is answered. */
function watched(before: Promise<unknown> = Promise.resolve()) {
  let resolve!: (status: number) => void
  const answered = new Promise<number>((done) => {
    resolve = done
  })
  return {
    answered,
    platform: {
      now: () => sandbox.clock.now(),
      async fetch(input: RequestInfo | URL, init?: RequestInit) {
        if (!isRefresh(init)) return fetch(input, init)
        await before
        const response = await fetch(input, init)
        resolve(response.status)
        return response
      },
    },
  }
}

const serverOf = (platform: object) =>
  createRequestRunner({ config: sandbox.outputs, cookies: { httpOnly: false }, platform })

/** What a page has of the browser's cookies. All tabs share them, and one lock. */
function tabOf({ cookies }: Browser, platform: object): AmplifyContext {
  const store: KeyValueStorageInterface = {
    getItem: async (key) => {
      const value = cookies.get(encodeName(key))
      return value === undefined ? null : decodeURIComponent(value)
    },
    setItem: async (key, value) => void cookies.set(encodeName(key), encodeValue(value)),
    removeItem: async (key) => void cookies.delete(encodeName(key)),
    clear: async () => cookies.clear(),
  }
  return createAmplifyContext(sandbox.outputs, { store, platform })
}

const nameOf = (work: Promise<unknown>) =>
  work.then(
    (it) => (it ? 'signed in' : 'guest'),
    (error: Error) => error.name,
  )
const sessionOf = async (tab: AmplifyContext) => (await fetchAuthSession({}, tab)).tokens
const page = async (ctx: AmplifyContext) => new Response(await nameOf(getCurrentUser(ctx)))

/** A browser whose session has just run out. */
async function expired(email: string): Promise<Browser> {
  const browser = await signedIn({ sandbox }, serverOf(watched().platform), email)
  sandbox.clock.advance(2 * HOUR)
  return browser
}

test('where the server was first, a tab waits for the cookies that it sets, and nobody is signed out', async () => {
  const browser = await expired('first@example.com')
  const server = watched()
  const tab = watched(server.answered)
  const answering = serverOf(server.platform).respond(browser.request(), page)
  const asking = nameOf(sessionOf(tabOf(browser, tab.platform)))
  expect(await tab.answered).toBe(400)
  const answer = await answering
  // The answer is long on its way.
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await browser.take(answer).text()).toBe('signed in')
  expect(await asking).toBe('signed in')
  expect(await nameOf(sessionOf(tabOf(browser, watched().platform)))).toBe('signed in')
})

test('where a tab was first, the server takes nobody for the user and no cookie away, and knows the user of the next request', async () => {
  const browser = await expired('second@example.com')
  const tab = watched()
  const server = watched(tab.answered)
  const answering = serverOf(server.platform).respond(browser.request(), page)
  expect(await nameOf(sessionOf(tabOf(browser, tab.platform)))).toBe('signed in')
  const answer = browser.take(await answering)
  expect(await answer.text()).toBe('UserUnAuthenticatedException')
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(await browser.take(await serverOf(watched().platform).respond(browser.request(), page)).text()).toBe(
    'signed in',
  )
})

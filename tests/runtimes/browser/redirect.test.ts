import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from 'backline/backend'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium, screenshot } from './chromium.js'
import { openSite } from './site.js'

let sandbox: Sandbox
let site: Awaited<ReturnType<typeof openSite>>
let browser: Promise<Browser>
let profile: BrowserContext

const ADA = 'ada@example.com'
const PASSWORD = 'Analytical-1'
const NOBODY = 'UserUnAuthenticatedException'

beforeAll(async () => {
  browser = openChromium()
  // Awaited by each test, so that without a browser each of them fails, and none is skipped.
  browser.catch(() => {})
  site = await openSite('redirectPage.ts')
  const backend = defineBackend({
    auth: defineAuth({
      loginWith: {
        email: true,
        externalProviders: {
          google: {
            clientId: 'id',
            clientSecret: 'secret',
            attributeMapping: { email: 'email', fullname: 'name' },
          },
          callbackUrls: [site.url],
          logoutUrls: [site.url],
        },
      },
    }),
  })
  sandbox = await startSandbox({ backend })
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  await site?.close()
  await sandbox?.stop()
})
beforeEach(async () => {
  await sandbox.reset()
  profile = await (await browser).newContext()
  await profile.addInitScript((outputs) => Object.assign(globalThis, { outputs }), sandbox.outputs)
})
afterEach(() => profile?.close())

/** A tab of the app, and the addresses it has gone to since. */
async function openApp() {
  const page = await profile.newPage()
  const lines = consoleOf(page)
  const visited: URL[] = []
  page.on('request', (request) => {
    if (request.isNavigationRequest()) visited.push(new URL(request.url()))
  })
  onTestFailed(() => console.error([...visited.map((url) => url.href), ...lines].join('\n')))
  await page.goto(site.url)
  await expect.poll(() => page.textContent('#user')).toBe(NOBODY)
  return { page, visited }
}

/** Who the app says is signed in, once it is back. */
async function whoIsBack(page: Page): Promise<Record<string, string>> {
  await page.waitForURL(site.url)
  await expect.poll(() => page.textContent('#user')).toContain('{')
  return JSON.parse((await page.textContent('#user'))!)
}

const heard = async (page: Page) =>
  (await page.locator('#heard li').allTextContents()).map((line) => JSON.parse(line))

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function signUp(page: Page) {
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByLabel('Email').fill(ADA)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Sign up')
  const { code } = await sandbox.inbox.next({ to: ADA })
  await page.getByLabel('The code that was sent to you').fill(code!)
  await press(page, 'Confirm')
}

async function logIn(page: Page) {
  await page.getByLabel('Email').fill(ADA)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Sign in')
}

test('somebody signs up on the hosted pages, comes back signed in, and leaves by them', async () => {
  const { page, visited } = await openApp()
  await press(page, 'Sign in')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await screenshot(page, 'hosted-sign-in')
  await signUp(page)
  await screenshot(page, 'hosted-confirmed')
  await logIn(page)

  const { userId, email } = await whoIsBack(page)
  expect(email).toBe(ADA)
  await expect.poll(() => heard(page)).toHaveLength(3)
  expect(await heard(page)).toEqual([
    ['customOAuthState', 'to/the cart?ü'],
    ['signInWithRedirect', null],
    ['signedIn', { username: userId, userId }],
  ])

  // The spent code again: from the history, or a bookmark.
  const back = visited.find((url) => url.searchParams.has('code'))!
  expect(back.searchParams.get('state')).toBeTruthy()
  await page.goto(back.href)
  await expect.poll(() => page.textContent('#user')).toContain(userId)
  expect(await heard(page)).toEqual([])

  visited.length = 0
  await press(page, 'Sign out')
  await page.waitForURL(site.url)
  await expect.poll(() => page.textContent('#user')).toBe(NOBODY)
  expect(visited.map((url) => url.origin + url.pathname)).toEqual([`${sandbox.url}/logout`, site.url])

  // Signed out there too: the page asks again.
  await press(page, 'Sign in')
  await logIn(page)
  expect((await whoIsBack(page)).userId).toBe(userId)
})

test('a provider is gone to directly or by its button on the page, and knows its user again', async () => {
  const { page, visited } = await openApp()
  const enter = async () => {
    await page.getByRole('heading', { name: 'Google' }).waitFor()
    await page.getByLabel('email').fill('grace@example.com')
    await page.getByLabel('name').fill('Grace')
    await press(page, 'Continue')
    return whoIsBack(page)
  }
  await press(page, 'Sign in with Google')
  const first = await enter()
  expect(first).toMatchObject({
    username: expect.stringMatching(/^Google_/),
    email: 'grace@example.com',
    name: 'Grace',
  })
  expect(visited.map((url) => url.pathname)).not.toContain('/login')
  await press(page, 'Sign out')
  await expect.poll(() => page.textContent('#user')).toBe(NOBODY)

  await press(page, 'Sign in')
  await page.getByRole('link', { name: 'Continue with Google' }).click()
  expect((await enter()).userId).toBe(first.userId)
})

test('who turns back on the hosted page has canceled, and may begin again', async () => {
  const { page } = await openApp()
  await press(page, 'Sign in')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goBack()
  await expect.poll(() => heard(page)).toEqual([['signInWithRedirect_failure', 'User cancelled OAuth flow.']])
  await press(page, 'Sign in')
  await signUp(page)
  await logIn(page)
  expect((await whoIsBack(page)).email).toBe(ADA)
})

import { type Sandbox, startSandbox } from '@backline/sandbox'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { backend } from '../../journeys/backend.js'
import { journeys } from '../../journeys/index.js'
import { consoleOf, openChromium } from './chromium.js'
import type { Steps } from './page.js'
import { openSite } from './site.js'

let sandbox: Sandbox
let site: Awaited<ReturnType<typeof openSite>>
let browser: Promise<Browser>
let profile: BrowserContext

beforeAll(async () => {
  browser = openChromium()
  // Awaited by each test, so that without a browser each of them fails, and none is skipped.
  browser.catch(() => {})
  ;[sandbox, site] = await Promise.all([startSandbox({ backend }), openSite()])
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  await site?.close()
  await sandbox?.stop()
})
beforeEach(async () => {
  profile = await (await browser).newContext()
})
afterEach(() => profile?.close())

async function openTab(): Promise<Page> {
  const page = await profile.newPage()
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  await page.goto(site.url)
  return page
}

/** Takes one of the steps of page.ts in a tab. */
function step<Name extends keyof Steps>(tab: Page, name: Name, ...args: Parameters<Steps[Name]>) {
  return tab.evaluate(
    ([name, args]) =>
      (globalThis as unknown as { steps: Record<string, (...args: unknown[]) => unknown> }).steps[name]!(
        ...args,
      ),
    [name, args] as [string, unknown[]],
  ) as Promise<Awaited<ReturnType<Steps[Name]>>>
}

for (const { name } of journeys) {
  test(name, async () => {
    await step(await openTab(), 'play', sandbox.url, name)
  })
}

const HOUR = 3_600_000

/** Two tabs of one app, somebody signed in. */
async function openTwoTabs(): Promise<[Page, Page]> {
  const one = await openTab()
  await step(one, 'arrive', sandbox.url)
  const two = await openTab()
  for (const tab of [one, two]) await step(tab, 'open', sandbox.url)
  expect(await step(two, 'who')).toBe('ada@example.com')
  return [one, two]
}

test('a sign-out in one tab is one in the other, which hears of it', async () => {
  const [one, two] = await openTwoTabs()
  await step(one, 'signOut')
  // Chromium shows a tab what another one wrote a moment later.
  await expect.poll(() => step(two, 'who')).toBe('UserUnAuthenticatedException')
  await expect.poll(() => step(two, 'heard')).toEqual(['signedOut'])
})

test('a sign-in in one tab is one in the other, which hears of it', async () => {
  const [one, two] = await openTwoTabs()
  await step(one, 'signOut')
  await step(one, 'signIn')
  await expect.poll(() => step(two, 'who')).toBe('ada@example.com')
  await expect.poll(() => step(two, 'heard')).toEqual(['signedOut', 'signedIn'])
})

test('two tabs whose tokens have expired refresh once between them', async () => {
  const [one, two] = await openTwoTabs()
  sandbox.clock.advance(2 * HOUR)
  const refreshes: string[] = []
  for (const tab of [one, two]) {
    await step(tab, 'wait', 2 * HOUR)
    tab.on('request', (request) => {
      const target = request.headers()['x-amz-target']
      if (request.method() === 'POST' && target?.endsWith('GetTokensFromRefreshToken')) refreshes.push(target)
    })
  }
  const [first, second] = await Promise.all([step(one, 'token'), step(two, 'token')])
  expect(first).toBe(second)
  expect(refreshes).toHaveLength(1)
  await expect
    .poll(async () => [...(await step(one, 'heard')), ...(await step(two, 'heard'))])
    .toEqual(['tokenRefresh', 'tokenRefresh'])
})

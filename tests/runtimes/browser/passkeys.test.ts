import { type Sandbox, startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { confirmSignUp, signUp } from 'backline/auth'
import { defineAuth, defineBackend } from 'backline/backend'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium, screenshot } from './chromium.js'
import type { PasskeySteps } from './passkeysPage.js'
import { openSite } from './site.js'

let sandbox: Sandbox
let site: Awaited<ReturnType<typeof openSite>>
let browser: Promise<Browser>
let home: string

beforeAll(async () => {
  browser = openChromium()
  // Awaited by the test, so that without a browser it fails.
  browser.catch(() => {})
  site = await openSite('passkeysPage.ts')
  // An address in numbers cannot be a relying party.
  home = site.url.replace('127.0.0.1', 'localhost')
  const externalProviders = { callbackUrls: [home], logoutUrls: [home] }
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true, webAuthn: true, externalProviders } }),
    }),
  })
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  await site?.close()
  await sandbox?.stop()
})

test('a passkey is made, lets its user in, and is refused once it was deleted', async () => {
  const ctx = createAmplifyContext(sandbox.outputs)
  const username = 'ada@example.com'
  await signUp({ username, password: 'Analytical-1' }, ctx)
  const { code } = await sandbox.inbox.next({ to: username })
  await confirmSignUp({ username, confirmationCode: code! }, ctx)

  const page = await (await browser).newPage()
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  await page.goto(home)
  const step = <Name extends keyof PasskeySteps>(name: Name, ...args: Parameters<PasskeySteps[Name]>) =>
    page.evaluate(
      ([name, args]) =>
        (globalThis as unknown as { steps: Record<string, (...args: unknown[]) => unknown> }).steps[name]!(
          ...args,
        ),
      [name, args] as [string, unknown[]],
    ) as Promise<Awaited<ReturnType<PasskeySteps[Name]>>>

  await step('open', sandbox.url)
  expect(await step('withPassword')).toBe(true)
  expect(await step('list')).toBe(0)
  expect(await step('associate')).toBe('done')
  expect(await step('list')).toBe(1)
  // The browser sees that the device has one already.
  expect(await step('associate')).toBe('PasskeyAlreadyExists')

  await step('signOut')
  expect(await step('withPasskey')).toBe(true)
  expect(await step('who')).toBe(username)

  // The same on the hosted pages, which ask the browser by themselves.
  const { oauth, user_pool_client_id } = sandbox.outputs.auth as {
    oauth: { domain: string }
    user_pool_client_id: string
  }
  const query = { client_id: user_pool_client_id, response_type: 'code', redirect_uri: home, state: 's' }
  await page.goto(`http://${oauth.domain}/oauth2/authorize?${new URLSearchParams(query)}`)
  await screenshot(page, 'hosted-ways')
  await page.getByLabel('Email').fill(username)
  await page.getByRole('button', { name: 'Sign in without a password' }).click()
  await page.getByRole('heading', { name: 'How do you want to sign in?' }).waitFor()
  await screenshot(page, 'hosted-choose')
  await page.getByRole('button', { name: 'A passkey' }).click()
  await page.waitForURL((url) => url.searchParams.has('code'))
  await expect.poll(() => page.evaluate('typeof steps')).toBe('object')
  await step('open', sandbox.url)

  await step('forget')
  expect(await step('list')).toBe(0)
  await step('signOut')
  expect(await step('withPasskey')).not.toBe(true)
})

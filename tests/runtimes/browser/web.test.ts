import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium, screenshot } from './chromium.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
// A copy, within the project so that it finds its packages: a developer's own sandbox and outputs stay as they are.
const app = join(root, 'tests/.web')

const running: ChildProcess[] = []
let browser: Promise<Browser>
let sandboxUrl: string
let appUrl: string

beforeAll(async () => {
  rmSync(app, { recursive: true, force: true })
  mkdirSync(app, { recursive: true })
  cpSync(join(root, 'examples/web'), app, {
    recursive: true,
    filter: (path) => !/node_modules|\.backline|amplify_outputs\.json|\/dist$/.test(path.slice(root.length)),
  })
  browser = openChromium()
  // Awaited by the tests, so that without a browser they fail, and none is skipped.
  browser.catch(() => {})
  const bin = join(root, 'packages/backline/bin/backline.mjs')
  sandboxUrl = await start([bin, 'sandbox', '--port', '0'], /services\s+(http:\S+)/)
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  appUrl = await start([vite, '--port', '5199'], /Local:\s+(http:\S+)/)
})
afterAll(async () => {
  await browser.then((opened) => opened.close()).catch(() => {})
  for (const child of running) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  rmSync(app, { recursive: true, force: true })
})

/** Starts a program in the app's folder; resolves with what it says about where it is. */
function start(args: string[], where: RegExp): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: app, env: { ...process.env, NO_COLOR: '1' } })
  running.push(child)
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk
      const found = where.exec(output)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}.\n${output}`)))
  })
}

/** Runs a program of the project in the app's folder to its end. */
function run(program: string, ...args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin', program), args, { cwd: app }, (error, stdout, stderr) =>
      error ? reject(new Error(`${program} failed.\n${stdout}${stderr}`)) : resolve(),
    )
  })
}

async function openWindow(): Promise<Page> {
  const profile = await (await browser).newContext({ viewport: { width: 1100, height: 700 } })
  profile.setDefaultTimeout(20_000)
  const page = await profile.newPage()
  const lines = consoleOf(page)
  onTestFailed(() => console.error(lines.join('\n')))
  await page.goto(appUrl)
  return page
}

async function control<Answer>(path: string, body: object): Promise<Answer> {
  const answer = await fetch(`${sandboxUrl}/_backline/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  return answer.json() as Promise<Answer>
}

/** Every value that the page's progress bar shows from now on. */
async function watchProgress(page: Page): Promise<() => Promise<number[]>> {
  const seen = await page.evaluateHandle(() => {
    const values: number[] = []
    new MutationObserver(() => {
      const value = document.querySelector('progress')?.value
      if (value !== undefined && value !== values.at(-1)) values.push(value)
    }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['value'] })
    return values
  })
  return () => seen.jsonValue()
}

async function signUp(page: Page, email: string) {
  await page.getByRole('button', { name: 'Create one' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill('Analytical-1')
  await page.getByRole('button', { name: 'Create account' }).click()
  const { code } = await control<{ code: string }>('inbox/next', { to: email })
  await page.getByLabel('Code from the mail').fill(code)
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByTestId('who').filter({ hasText: email }).waitFor()
}

test('the web example works in two windows as its readme says', { timeout: 90_000 }, async () => {
  const [ada, grace] = [await openWindow(), await openWindow()]
  await ada.getByRole('heading', { name: 'Sign in' }).waitFor()
  await screenshot(ada, 'web-sign-in')
  await signUp(ada, 'ada@example.com')
  await signUp(grace, 'grace@example.com')

  for (const page of [ada, grace]) await page.getByText('in sync').waitFor()
  await grace.getByPlaceholder('What is to be done?').fill('Water the plants')
  await grace.getByRole('button', { name: 'Add' }).click()
  const todo = ada.getByRole('listitem').filter({ hasText: 'Water the plants' })
  await todo.waitFor()
  await todo.getByRole('checkbox').click()
  await expect.poll(() => grace.getByRole('checkbox').isChecked()).toBe(true)

  const progress = await watchProgress(ada)
  await control('fail', { service: 's3', delay: 300, times: 6 })
  const uploading = ada
    .getByRole('progressbar')
    .waitFor()
    .then(() => screenshot(ada, 'web-uploading'))
  await ada.getByLabel('Upload a file').setInputFiles({
    name: 'twelve megabytes.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(12 * 1024 * 1024, 'backline'),
  })
  await uploading
  const file = ada.getByRole('listitem').filter({ hasText: 'twelve megabytes.bin' })
  await file.waitFor()
  await ada.getByRole('progressbar').waitFor({ state: 'detached' })
  const shares = await progress()
  expect(shares).toEqual([...shares].sort((one, other) => one - other))
  expect(shares.at(-1)).toBe(1)
  const [link] = await Promise.all([
    ada.waitForEvent('popup'),
    file.getByRole('button', { name: 'twelve megabytes.bin' }).click(),
  ])
  await link.close()
  await screenshot(ada, 'web-signed-in')

  await ada.reload()
  await todo.waitFor()
  await todo.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => grace.getByText('Water the plants').count()).toBe(0)

  await ada.getByRole('button', { name: 'Sign out' }).click()
  await ada.getByRole('heading', { name: 'Sign in' }).waitFor()
  await ada.getByLabel('E-mail').fill('ada@example.com')
  await ada.getByLabel('Password').fill('Wrong-pass-1')
  await ada.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect.poll(() => ada.getByRole('alert').textContent()).toBe('Incorrect username or password.')
  await screenshot(ada, 'web-wrong-password')
})

test("the sandbox's own page shows the mail and the users", async () => {
  const page = await (await (await browser).newContext({ viewport: { width: 1100, height: 700 } })).newPage()
  await page.goto(`${sandboxUrl}/_backline/`)
  await page.getByRole('cell', { name: 'grace@example.com' }).first().waitFor()
  expect(await page.locator('.code').first().textContent()).toMatch(/^\d{6}$/)
  await screenshot(page, 'sandbox')
  await page.emulateMedia({ colorScheme: 'dark' })
  await screenshot(page, 'sandbox-dark')
})

test('the web example type-checks and builds', async () => {
  await run('tsc', '--noEmit')
  await run('vite', 'build')
})

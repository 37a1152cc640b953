import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import type { AmplifyContext } from 'backline'
import { createServerRunner } from 'backline/adapter-nextjs'
import { signIn } from 'backline/auth'
import { getCurrentUser } from 'backline/auth/server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium, screenshot } from '../runtimes/browser/chromium.js'
import { freePort } from '../runtimes/freePort.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// Two Next apps on the packed packages, installed by npm, built and served as in production: examples/next, whose server alone holds the session, and
// a stock Amplify app as its guides write it, not one import edited, whose pages and server share it.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-next-'))
const HOUR = 3_600_000
let browser: Browser

interface App {
  origin: string
  sandbox: Sandbox
  server: ChildProcess
  /** What the server has said. */
  log: string[]
}
let example: App
let stock: App

beforeAll(async () => {
  for (const [name, from] of [
    ['example', 'examples/next'],
    ['stock', 'tests/compat/apps/next'],
  ] as const) {
    cpSync(join(root, from), join(folder, name), { recursive: true })
  }
  for (const name of ['backline', 'core', 'adapter-nextjs']) {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, 'packages', name),
    })
    renameSync(
      join(folder, JSON.parse(stdout)[0].filename),
      join(folder, name === 'backline' ? 'backline.tgz' : `backline-${name}.tgz`),
    )
  }
  // One install for both: the stock app's, and ours under its own name.
  const manifest = JSON.parse(readFileSync(join(folder, 'stock/package.json'), 'utf8'))
  manifest.dependencies.backline = 'file:./backline.tgz'
  manifest.dependencies['official-adapter-nextjs'] = 'npm:@aws-amplify/adapter-nextjs@^1.8.0'
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })
  // One folder is read at a time.
  const exampleApp = await prepare('example', true)
  const stockApp = await prepare('stock', false)
  ;[example, stock, browser] = await Promise.all([serve(exampleApp), serve(stockApp), openChromium()])
}, 300_000)

afterAll(async () => {
  await browser?.close()
  for (const app of [example, stock]) {
    if (!app) continue
    const ended = new Promise((resolve) => app.server.once('exit', resolve))
    app.server.kill('SIGTERM')
    await ended
    await app.sandbox.stop()
  }
  rmSync(folder, { recursive: true, force: true })
})

/** The sandbox of an app's own `amplify/` folder, and where the app will be. */
async function prepare(name: string, isServerSide: boolean) {
  const cwd = join(folder, name)
  const port = await freePort()
  const origin = `http://localhost:${port}`
  rmSync(join(cwd, '.env'), { force: true })
  const { AMPLIFY_APP_ORIGIN: _, ...rest } = process.env
  // Set, the official name makes a server's session of all of it; the other one is the app's own.
  const more = { [isServerSide ? 'AMPLIFY_APP_ORIGIN' : 'APP_ORIGIN']: origin }
  // The definitions read it too.
  const before = { ...process.env }
  Object.assign(process.env, more)
  const sandbox = await startSandbox({ backend: join(cwd, 'amplify') })
  process.env = before
  writeFileSync(join(cwd, 'amplify_outputs.json'), JSON.stringify(sandbox.outputs))
  const env: NodeJS.ProcessEnv = { ...rest, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...more }
  return { name, cwd, port, origin, sandbox, env }
}

/** Builds an app for production, and starts it. */
async function serve({
  name,
  cwd,
  port,
  origin,
  sandbox,
  env,
}: Awaited<ReturnType<typeof prepare>>): Promise<App> {
  const next = join(folder, 'node_modules/next/dist/bin/next')
  await run(process.execPath, [next, 'build'], { cwd, env, maxBuffer: 1 << 24 }).catch((error) => {
    throw new Error(`${name} was not built:\n${error.stdout}\n${error.stderr}`)
  })
  const server = spawn(process.execPath, [next, 'start', '-p', `${port}`], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log.push(`${chunk}`)
      if (log.join('').includes('Ready in')) resolve()
    }
    server.stdout.on('data', hear)
    server.stderr.on('data', hear)
    server.once('exit', () => reject(new Error(`${name} ended before it was up:\n${log.join('')}`)))
  })
  return { origin, sandbox, server, log }
}

async function openPage({ log }: App, context?: BrowserContext, hasScripts = true) {
  const profile = context ?? (await browser.newContext({ javaScriptEnabled: hasScripts }))
  const page = await profile.newPage()
  page.setDefaultTimeout(15_000)
  const lines = consoleOf(page)
  onTestFailed(async () => console.error(page.url(), lines.join('\n'), log.join('')))
  return { page, profile, lines }
}

const items = (of: BrowserContext, ending: string) =>
  of.cookies().then((all) => all.filter(({ name }) => name.endsWith(`.${ending}`)))

async function signInByForm(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function signInOnHostedPages(page: Page, email: string): Promise<void> {
  await page.locator('input[name=username]').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page
    .getByRole('button', { name: /sign in/i })
    .first()
    .click()
}

async function add(page: Page, content: string): Promise<void> {
  await page.getByLabel('What is to be done').fill(content)
  await page.getByRole('button', { name: 'Add' }).click()
  await page.getByRole('listitem').filter({ hasText: content }).waitFor()
}

const todos = (page: Page) => page.getByRole('heading', { name: 'Your todos' }).waitFor()

test('without scripts: in by the form, a todo written by an action, out, and in by the hosted pages', async () => {
  await register(example.sandbox, 'ada@example.com')
  const { page, profile } = await openPage(example, undefined, false)
  await page.goto(`${example.origin}/todos`)
  expect(new URL(page.url()).pathname).toBe('/sign-in')
  await screenshot(page, 'next-sign-in')
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Password').fill('Wrong-horse-1')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Incorrect username or password.').waitFor()
  await signInByForm(page, 'ada@example.com')
  await todos(page)
  await add(page, 'Written without scripts')
  await page.getByText('As of when the page was made').waitFor()
  await screenshot(page, 'next-todos')

  const session = (await profile.cookies()).filter(({ name }) => name.startsWith('CognitoIdentity'))
  expect(session.length).toBeGreaterThan(3)
  expect(session.every((each) => each.httpOnly && each.sameSite === 'Strict')).toBe(true)

  await page.getByText('Sign out').click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await profile.cookies(example.origin)).toEqual([])

  await page.getByText('Sign in on the hosted pages').click()
  await signInOnHostedPages(page, 'ada@example.com')
  await todos(page)
  await page.getByText('Written without scripts').waitFor()
  await profile.close()
})

test('with scripts: what another window writes appears, and the page holds no token', async () => {
  await register(example.sandbox, 'grace@example.com')
  const { page, profile, lines } = await openPage(example)
  await page.goto(`${example.origin}/sign-in`)
  await signInByForm(page, 'grace@example.com')
  await todos(page)
  await page.getByText('Live', { exact: true }).waitFor()
  const other = await openPage(example, profile)
  await other.page.goto(`${example.origin}/todos`)
  await add(other.page, 'From the other window')
  await page.getByText('From the other window').waitFor()
  expect(await page.evaluate(() => [document.cookie, localStorage.length])).toEqual(['', 0])
  expect(await page.content()).not.toMatch(/eyJ[\w-]{20,}\./)
  expect(lines).toEqual([])
  await profile.close()
})

test('a session that runs out while a page is rendered is refreshed once, and the next answer that may set cookies takes it along', async () => {
  await register(example.sandbox, 'edith@example.com')
  const { page, profile } = await openPage(example, undefined, false)
  await page.goto(`${example.origin}/sign-in`)
  await signInByForm(page, 'edith@example.com')
  await todos(page)
  const [before] = await items(profile, 'accessToken')

  // The server's own clock stands: it hears that the token has run out when a component asks for data with it.
  example.sandbox.clock.advance(2 * HOUR)
  await page.goto(`${example.origin}/todos`)
  await todos(page)
  expect(await items(profile, 'accessToken')).toEqual([before])

  const answer = await page.goto(`${example.origin}/todos`)
  await todos(page)
  const lines = (await answer!.headersArray()).filter(({ name }) => name.toLowerCase() === 'set-cookie')
  const names = lines.map(({ value }) => value.split('=')[0]!)
  expect(names).toHaveLength(new Set(names).size)
  const [after] = await items(profile, 'accessToken')
  expect(after!.value).not.toBe(before!.value)
  const attributes = ({ value: _, expires: __, ...rest }: NonNullable<typeof before>) => rest
  expect(attributes(after!)).toEqual(attributes(before!))
  await profile.close()
})

test('the stock app: its Authenticator signs in, and server components, actions, handlers, the proxy and the Pages Router know the user', async () => {
  await register(stock.sandbox, 'joan@example.com')
  const { page, profile, lines } = await openPage(stock)
  await page.goto(stock.origin)
  expect(new URL(page.url()).pathname).toBe('/login')
  await page.getByLabel('Email', { exact: true }).fill('joan@example.com')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'joan@example.com' }).waitFor()
  await page.locator('input[name=title]').fill('Made by an action')
  await page.getByRole('button', { name: 'Add Todo' }).click()
  await page.getByText('Made by an action', { exact: true }).waitFor()
  await page.getByText('live: Made by an action').waitFor()
  await screenshot(page, 'next-stock')

  await page.goto(`${stock.origin}/profile`)
  await page.getByText('E-mail: joan@example.com').waitFor()
  await page.goto(`${stock.origin}/legacy`)
  await page.getByText('Pages Router: joan@example.com, Made by an action').waitFor()
  const { user } = await (await profile.request.get(`${stock.origin}/api/me`)).json()
  expect(user.signInDetails.loginId).toBe('joan@example.com')
  expect((await profile.request.post(`${stock.origin}/api/me`)).status()).toBe(201)
  expect(await (await profile.request.get(`${stock.origin}/api/todos`)).json()).toEqual({
    todos: ['Made by an action'],
  })

  // A browser's cookies, as scripts may read them: both sides write the same.
  const [token] = await items(profile, 'accessToken')
  expect([token!.httpOnly, token!.secure, token!.sameSite, token!.path]).toEqual([false, true, 'Lax', '/'])

  const session = async () =>
    (await profile.cookies()).filter(({ name }) => /Token$|LastAuthUser$/.test(name))
  await page.goto(stock.origin)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('tab', { name: 'Sign In' }).waitFor()
  expect(await session()).toEqual([])

  // The five routes, in the Pages Router.
  await page.goto(`${stock.origin}/api/auth/sign-in`)
  await signInOnHostedPages(page, 'joan@example.com')
  // Whom the hosted pages let in is not said to have typed anything here.
  await page.getByText('Pages Router: , Made by an action').waitFor()
  expect((await session()).map(({ httpOnly }) => httpOnly)).toEqual([true, true, true, true])
  await page.goto(`${stock.origin}/api/auth/sign-out`)
  await page.getByRole('tab', { name: 'Sign In' }).waitFor()
  expect(await session()).toEqual([])
  expect(lines.filter((line) => !line.includes('Failed to load resource'))).toEqual([])
  await profile.close()
})

/** What a browser brings in which this person has just signed in. */
async function cookiesOf(sandbox: Sandbox, email: string): Promise<Record<string, string>> {
  const device = await register(sandbox, email)
  await signIn({ username: email, password: PASSWORD }, device)
  const cookies: Record<string, string> = {}
  const take = async (key: string) => {
    const value = await device.platform.store.getItem(key)
    if (value) cookies[key] = value
    return value
  }
  const prefix = `CognitoIdentityServiceProvider.${device.config.Auth!.Cognito.userPoolClientId}`
  const user = await take(`${prefix}.LastAuthUser`)
  for (const item of ['accessToken', 'idToken', 'refreshToken', 'clockDrift', 'signInDetails'])
    await take(`${prefix}.${user}.${item}`)
  return cookies
}

test('the official adapter works on our umbrella: it knows the user, writes, reads, renews, and believes no forged token', async () => {
  const { sandbox } = stock
  const cookies = await cookiesOf(sandbox, 'hedy@example.com')
  cpSync(join(root, 'tests/compat/apps/officialNext'), folder, { recursive: true })
  const told = JSON.stringify({ outputs: sandbox.outputs, cookies, port: new URL(sandbox.url).port })
  const { stdout } = await run(process.execPath, ['program.mjs', told], { cwd: folder })
  const { set, ...answers } = JSON.parse(stdout)
  expect(answers).toEqual({
    loginId: 'hedy@example.com',
    email: 'hedy@example.com',
    written: 'Official',
    read: ['Official'],
    renewed: true,
    forged: 'UserUnAuthenticatedException',
    nobody: 'UserUnAuthenticatedException',
    isHandler: 'function',
  })
  // Each once, as the adapter sets them.
  expect(set.map((line: string) => line.split(';')[0])).toEqual([
    ...new Set(set.map((line: string) => line.split(';')[0])),
  ])
  expect(set.join()).toContain('accessToken')
})

test.each(['rewrite', 'redirect'] as const)('what a proxy has refreshed goes with its %s', async (kind) => {
  const { NextRequest, NextResponse } = createRequire(join(folder, 'package.json'))('next/server')
  const { sandbox } = stock
  const cookies = await cookiesOf(sandbox, `${kind}@example.com`)
  sandbox.clock.advance(2 * HOUR)
  const now = () => sandbox.clock.now()
  const { runWithAmplifyServerContext } = createServerRunner({ config: sandbox.outputs, platform: { now } })
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('; ')
  const request = new NextRequest(stock.origin, { headers: { cookie } })
  const elsewhere = () => NextResponse[kind](new URL('/elsewhere', stock.origin))
  const known = (ctx: AmplifyContext) => getCurrentUser(ctx)

  // As the answer that the context is given, and as one that is made within.
  const given = elsewhere()
  await runWithAmplifyServerContext({ nextServerContext: { request, response: given }, operation: known })
  const made: Response = await runWithAmplifyServerContext({
    nextServerContext: { request, response: NextResponse.next() },
    operation: async (ctx) => {
      await known(ctx)
      return elsewhere()
    },
  })
  for (const { headers } of [given, made]) {
    const lines: string[] = headers.getSetCookie()
    const names = lines.map((line) => line.split('=')[0]!.replace(/^.*\./, ''))
    expect(names).toEqual(expect.arrayContaining(['accessToken', 'idToken', 'refreshToken']))
    expect(names).toHaveLength(new Set(names).size)
    expect(lines.filter((line) => !line.includes('SameSite=lax') && !line.includes('SameSite=Lax'))).toEqual(
      [],
    )
    expect(headers.get(kind === 'rewrite' ? 'x-middleware-rewrite' : 'location')).toContain('/elsewhere')
  }
})

test('npm installs one runtime under the official names, and nothing of the official one', async () => {
  const names = ['aws-amplify', '@aws-amplify/core', '@aws-amplify/adapter-nextjs'].map(
    (name) => JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).name,
  )
  expect(names).toEqual(['backline', '@backline/core', '@backline/adapter-nextjs'])
  await run('npm', ['ls', ...['aws-amplify', '@aws-amplify/core']], { cwd: folder })
})

import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineLocal, defineStorage } from 'backline/backend'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { consoleOf, openChromium, screenshot } from '../runtimes/browser/chromium.js'
import { oneTimePassword } from './oneTimePassword.fixture.js'

// A stock <Authenticator> of @aws-amplify/ui-react and of ui-vue, and the components of its kin for storage, in-app messages and talks with a model, installed by npm beside
// our packed packages under the official names, as an app would have it: no `--force`, no alias in a bundler, not one import edited.

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-authenticator-'))
const PASSWORD = 'Correct-horse-1'
let site: Server
let browser: Browser

beforeAll(async () => {
  cpSync(join(root, 'tests/compat/apps/authenticator'), folder, { recursive: true })
  for (const name of ['backline', 'core', 'storage']) {
    const [{ filename }] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'packages', name)),
    )
    renameSync(
      join(folder, filename),
      join(folder, name === 'backline' ? 'backline.tgz' : `backline-${name}.tgz`),
    )
  }
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'])
  run(join(root, 'node_modules/.bin/esbuild'), [
    'src/main.tsx',
    'src/storage.tsx',
    'src/messages.tsx',
    'src/chat.tsx',
    'src/vue.ts',
    '--bundle',
    '--format=esm',
    '--target=es2022',
    '--jsx=automatic',
    '--define:process.env.NODE_ENV="production"',
    '--log-level=error',
    '--outdir=.',
  ])
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' }
  site = createServer(({ url = '/' }, answer) => {
    const name = url.split('?')[0]!.slice(1) || 'index.html'
    if (!existsSync(join(folder, name))) return answer.writeHead(404).end()
    const type = types[name.split('.').at(-1) as keyof typeof types]
    answer.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(readFileSync(join(folder, name)))
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  browser = await openChromium()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  site?.closeAllConnections()
  site?.close()
  rmSync(folder, { recursive: true, force: true })
})

function run(command: string, args: string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0)
  return stdout
}

/** The app in a fresh browser profile, on this sandbox; what it complains of must be nothing at the end. */
async function open(sandbox: Sandbox, address = '') {
  const page = await (await browser.newContext()).newPage()
  page.setDefaultTimeout(10_000)
  const lines = consoleOf(page)
  onTestFailed(async () => console.error(lines.join('\n'), await page.locator('body').textContent()))
  const { port } = site.address() as AddressInfo
  await page.goto(`http://127.0.0.1:${port}/${address}?outputs=${sandbox.url}/_backline/outputs`)
  return { page, lines, ...handsOn(page, sandbox) }
}

/** What a person does. */
function handsOn(page: Page, sandbox: Sandbox) {
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  return {
    fill,
    press,
    async signUp(email: string) {
      await page.getByRole('tab', { name: 'Create Account' }).click()
      await fill('Email', email)
      await fill('Password', PASSWORD)
      await fill('Confirm Password', PASSWORD)
      await press('Create Account')
      const { code } = await sandbox.inbox.next({ to: email })
      await fill('Confirmation Code', code!)
      await press('Confirm')
    },
    async signIn(email: string, password = PASSWORD) {
      await fill('Email', email)
      await fill('Password', password)
      await press('Sign in')
    },
    async enterCode(secret: string, button = 'Confirm') {
      await page.getByLabel(/^(Code|Code \*)$/).fill(oneTimePassword(secret, sandbox.clock.now()))
      await press(button)
    },
    arrived: (email: string) => page.getByRole('heading', { name: `Hello ${email}` }).waitFor(),
    async signOut() {
      await press('Sign out')
      await page.getByRole('tab', { name: 'Sign In' }).waitFor()
      await page.getByText('Header knows nobody').waitFor()
    },
  }
}

test('npm installs one runtime under the official names, and nothing of the official one', () => {
  const names = ['aws-amplify', '@aws-amplify/core', '@aws-amplify/storage'].map(
    (name) => JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).name,
  )
  expect(names).toEqual(['backline', '@backline/core', '@backline/storage'])
  // Exits with an error where a range that somebody asked for is not met.
  run('npm', ['ls', 'aws-amplify', '@aws-amplify/core', '@aws-amplify/storage'])
  const all = globSync('node_modules/{@*/,}*', { cwd: folder })
  expect(all.filter((path) => /@aws-(sdk|crypto)|@aws-amplify\/auth/.test(path))).toEqual([])
})

test('the app type-checks', () => {
  for (const name of ['react', 'react-dom']) {
    run('mkdir', ['-p', 'node_modules/@types'])
    symlinkSync(join(root, 'node_modules/@types', name), join(folder, 'node_modules/@types', name))
  }
  run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'])
})

test('sign-up, confirmation, sign-in, a forgotten password and sign-out', async () => {
  const sandbox = await startSandbox({
    backend: defineBackend({ auth: defineAuth({ loginWith: { email: true } }) }),
  })
  const email = 'ada@example.com'
  const { page, lines, fill, press, signUp, signIn, arrived, signOut } = await open(sandbox)
  await page.getByText('Header knows nobody').waitFor()
  await signUp(email)
  await arrived(email)
  await page.getByText(`Header knows ${email}`).waitFor()
  await page.reload()
  await arrived(email)
  await signOut()

  await signIn(email, 'Wrong-horse-1')
  await page.getByText('Incorrect username or password.').waitFor()
  await signIn(email)
  await arrived(email)
  await signOut()

  await press('Forgot your password?')
  await page.locator('input[name=username]').fill(email)
  await press('Send code')
  const { code } = await sandbox.inbox.next({ to: email })
  await fill('Code *', code!)
  await fill('New Password', 'Chosen-anew-2')
  await fill('Confirm Password', 'Chosen-anew-2')
  await press('Submit')
  await signIn(email, 'Chosen-anew-2')
  await arrived(email)
  await signOut()
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

test('the one of Vue: sign-up, confirmation, a reload, sign-out and sign-in', async () => {
  const sandbox = await startSandbox({
    backend: defineBackend({ auth: defineAuth({ loginWith: { email: true } }) }),
  })
  const email = 'ada@example.com'
  const { page, lines, signUp, signIn, arrived, signOut } = await open(sandbox, 'vue.html')
  await signUp(email)
  await arrived(email)
  await page.getByText(`Header knows ${email}`).waitFor()
  await page.reload()
  await arrived(email)
  await signOut()
  await signIn(email)
  await arrived(email)
  await screenshot(page, 'authenticator-vue')
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

test('where a second factor is required: set up at the first sign-in, asked for at the next', async () => {
  const auth = defineAuth({ loginWith: { email: true }, multifactor: { mode: 'REQUIRED', totp: true } })
  const sandbox = await startSandbox({ backend: defineBackend({ auth }) })
  const email = 'grace@example.com'
  const { page, lines, signUp, signIn, enterCode, arrived, signOut } = await open(sandbox)
  await signUp(email)
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  const secret = (await page.getByText(/^[A-Z2-7]{32,}$/).textContent())!
  await enterCode(secret)
  await arrived(email)
  await signOut()

  await signIn(email)
  await page.getByText('Confirm TOTP Code').waitFor()
  sandbox.clock.advance(60_000)
  await enterCode(secret)
  await arrived(email)
  await signOut()
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

test('where it is optional: asked for once the user has chosen it', async () => {
  const auth = defineAuth({ loginWith: { email: true }, multifactor: { mode: 'OPTIONAL', totp: true } })
  const sandbox = await startSandbox({ backend: defineBackend({ auth }) })
  const email = 'edith@example.com'
  const { page, lines, signUp, signIn, enterCode, arrived, signOut } = await open(sandbox)
  await signUp(email)
  await arrived(email)
  const secret = await page.evaluate(() =>
    globalThis.account.setUpTOTP().then(({ sharedSecret }) => sharedSecret),
  )
  await page.evaluate(
    async (code) => {
      await globalThis.account.verifyTOTPSetup({ code })
      await globalThis.account.updateMFAPreference({ totp: 'PREFERRED' })
    },
    oneTimePassword(secret, sandbox.clock.now()),
  )
  await signOut()
  await signIn(email)
  await page.getByText('Confirm TOTP Code').waitFor()
  sandbox.clock.advance(60_000)
  await enterCode(secret)
  await arrived(email)
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

test('FileUploader, StorageManager, StorageImage and StorageBrowser work on a bucket', async () => {
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({
        name: 'drive',
        access: (allow) => ({ 'public/*': [allow.guest.to(['read', 'write', 'delete'])] }),
      }),
    }),
  })
  const { page, lines } = await open(sandbox, 'files.html')
  page.setDefaultTimeout(30_000)
  const said = (line: string) => page.getByLabel('log').getByText(line, { exact: true }).waitFor()
  const choose = (section: string, ...files: [name: string, mimeType: string, buffer: Buffer][]) =>
    page
      .getByLabel(section)
      .locator('input[type=file]')
      .setInputFiles(files.map(([name, mimeType, buffer]) => ({ name, mimeType, buffer })))
  // Without the object the other picture is shown.
  await said('no image: NotFound')

  // The browser keeps nothing more: an upload must not depend on it.
  await page.evaluate(() => {
    for (let size = 1024 * 1024; size >= 1; size /= 2)
      try {
        for (let index = 0; ; index++) localStorage.setItem(`full-${size}-${index}`, 'x'.repeat(size))
      } catch {}
  })
  // The second part is held until the upload was paused and resumed.
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(/film\.bin\?partNumber=2/, async (route) => {
    await released
    await route.continue().catch(() => {})
  })
  const film = Buffer.alloc(6_000_000, 7)
  await choose('uploader', ['dot é.png', 'image/png', DOT], ['film.bin', 'application/x-film', film])
  await said('uploaded public/dot é.png')
  const shown = page.getByRole('img', { name: 'The uploaded image' })
  await expect
    .poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 })
    .toBe(1)
  const uploader = page.getByLabel('uploader')
  await uploader.getByRole('button', { name: /^Pause/ }).click()
  await uploader.getByText('Paused').waitFor()
  await uploader.getByRole('button', { name: /^Resume/ }).click()
  release()
  await said('uploaded public/film.bin')

  await choose('manager', ['old.txt', 'text/plain', Buffer.from('old')])
  await said('managed old.txt')
  await choose('refused', ['no.txt', 'text/plain', Buffer.from('no')])
  await said('refused closed/no.txt')

  const files = page.getByLabel('browser')
  await files.getByRole('button', { name: 'public/' }).click()
  for (const name of ['dot é.png', 'film.bin', 'old.txt'])
    await files.getByRole('button', { name: new RegExp(`^${name}`) }).waitFor()
  await screenshot(page, 'files')

  const { status, headers, size } = await page.evaluate(async () => {
    const { url } = await globalThis.files.getUrl({ path: 'public/film.bin' })
    const answer = await fetch(url)
    const { size } = await answer.blob()
    return { status: answer.status, headers: Object.fromEntries(answer.headers), size }
  })
  expect({ status, size }).toEqual({ status: 200, size: film.length })
  expect(headers).toMatchObject({ 'content-type': 'application/x-film', 'x-amz-meta-from': 'page' })
  // What is left is said by the components themselves: of their own past, of a worker that an app may serve, and of the refusal above,
  // whose task an async function hands on to nobody.
  const own = /accessLevel|service worker|fetching the script|^uncaught: AccessDenied/i
  expect(complaints(lines).filter((line) => !own.test(line))).toEqual([])
  await sandbox.stop()
}, 120_000)

test('withInAppMessaging shows a banner, a modal and a carousel, and tells what became of them', async () => {
  const text = (Header: string) => ({
    ...{ BackgroundColor: '#fff8e1', HeaderConfig: { Header } },
    BodyConfig: { Body: `${Header}, said at length.` },
  })
  const link = { ButtonAction: 'LINK', Text: 'Read on', Link: 'https://example.com/offer' }
  const buttons = {
    PrimaryBtn: { DefaultConfig: link },
    SecondaryBtn: { DefaultConfig: { ButtonAction: 'CLOSE', Text: 'Not now' } },
  }
  const message = (name: string, Layout: string, Content: object[]) => ({
    CampaignId: name,
    InAppMessage: { Layout, Content },
    Schedule: { EventFilter: { Dimensions: { EventType: { Values: [name] } } } },
    SessionCap: 1,
  })
  const messages = [
    message('banner', 'TOP_BANNER', [text('A banner')]),
    message('modal', 'MOBILE_FEED', [{ ...text('A modal'), ...buttons }]),
    message('carousel', 'CAROUSEL', [text('First page'), text('Second page')]),
  ]
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({ pinpoint: { appId: 'app', messages } }),
    }),
  })
  const { page, lines, press } = await open(sandbox, 'messages.html')
  const dialog = page.getByRole('dialog')
  const shows = (words: string) => dialog.getByText(words, { exact: true }).waitFor()

  await press('Record banner')
  await shows('A banner, said at length.')
  await screenshot(page, 'messages-banner')
  await press('Dismiss message')
  await dialog.waitFor({ state: 'detached' })
  await press('Dispatch modal')
  await shows('A modal')
  await screenshot(page, 'messages-modal')
  await press('Not now')
  await dialog.waitFor({ state: 'detached' })
  await press('Dispatch carousel')
  await shows('First page')
  await press('Next')
  await shows('Second page')
  await screenshot(page, 'messages-carousel')
  await press('Dismiss')
  await dialog.waitFor({ state: 'detached' })

  const told = () =>
    sandbox
      .received('mobiletargeting')
      .map(({ event }) => event as { EventType: string; Attributes?: { campaign_id?: string } })
      .filter(({ EventType }) => EventType.startsWith('_inapp'))
      .map(
        ({ EventType, Attributes }) =>
          `${Attributes?.campaign_id} ${EventType.replace('_inapp.message_', '')}`,
      )
  await expect.poll(() => told().length).toBe(6)
  expect(told()).toEqual([
    ...['banner displayed', 'banner dismissed'],
    ...['modal displayed', 'modal clicked'],
    ...['carousel displayed', 'carousel dismissed'],
  ])
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

test('AIConversation talks with a model by createAIHooks, and a generation fills its shape', async () => {
  const sandbox = await startSandbox({ backend: join(folder, 'amplify') })
  const { page, lines, press, signUp } = await open(sandbox, 'chat.html')
  // With any client, an answer that comes before the subscription is not heard, and the components lose a text whose turn ends before it
  // was painted.
  const painted = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
  const listening = new Promise<void>((resolve) =>
    page.routeWebSocket(/realtime/, (socket) => {
      socket.connectToServer().onMessage(async (message) => {
        if (message.includes('"stopReason":"')) await painted()
        socket.send(message)
        if (message.includes('"start_ack"')) resolve()
      })
    }),
  )
  await signUp('ada@example.com')
  const chat = page.getByLabel('chat')
  const say = async (text: string) => {
    await chat.getByLabel('input').fill(text)
    await chat.getByLabel('input').press('Enter')
  }
  await listening

  await say('Where to?')
  await chat.getByText(/^You said: Where to\?\s+Context: {"page":"chat"}$/).waitFor()
  await say('AMPLIFY_UI_Weather {"city":"Rome"}')
  await chat.getByText('Sun over Rome').waitFor()
  const picture = { name: 'dot.png', mimeType: 'image/png', buffer: DOT }
  await chat.getByTestId('hidden-file-input').setInputFiles(picture)
  await say('What is this?')
  await chat.getByText(/^You said: What is this\?/).waitFor()
  await press('Describe')
  await page.getByRole('heading', { name: 'title: {"sku":"x1"}' }).waitFor()
  await page.getByText('bullets: {"sku":"x1"}').waitFor()
  await screenshot(page, 'chat')

  // Another visit reads what was said.
  await page.goto(`${page.url()}&conversation=${await chat.getAttribute('id')}`)
  await chat.getByText('You said: Where to?').waitFor()
  await chat.getByText('Sun over Rome').waitFor()
  const image = chat.getByTestId('image-content')
  await expect.poll(() => image.evaluate((shown: HTMLImageElement) => shown.naturalWidth)).toBe(1)
  expect(complaints(lines)).toEqual([])
  await sandbox.stop()
})

const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

declare global {
  var files: Pick<typeof import('backline/storage'), 'getUrl'>
  var account: Pick<typeof import('backline/auth'), 'setUpTOTP' | 'verifyTOTPSetup' | 'updateMFAPreference'>
}

/** A refused request is logged by the browser itself, and is not one. */
const complaints = (lines: string[]) =>
  lines.filter((line) => /^(error|warning|uncaught)/.test(line) && !line.includes('Failed to load resource'))

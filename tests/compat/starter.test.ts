import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A stock Amplify Gen 2 React app, not one import edited, with `aws-amplify` pointing at the packed umbrella.

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-starter-'))
const running: ChildProcess[] = []
let browser: Browser | undefined
let address: string

function run(command: string, args: string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  expect(status, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0)
  return stdout
}

/** Starts a program of the app and waits for a line that says it is up. */
function start(file: string, args: string[], up: RegExp): Promise<RegExpExecArray> {
  const child = spawn(process.execPath, [file, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the dev server colours what it prints
      const match = up.exec(output.replace(/\u001b\[\d+m/g, ''))
      if (match) resolve(match)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', () => reject(new Error(`${file} ended before it was up:\n${output}`)))
  })
}

beforeAll(async () => {
  cpSync(join(root, 'tests/compat/apps/starter'), folder, { recursive: true })
  for (const name of ['backline', 'sandbox']) {
    const [packed] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'packages', name)),
    )
    cpSync(
      join(folder, packed.filename),
      join(folder, name === 'sandbox' ? 'backline-sandbox.tgz' : 'backline.tgz'),
    )
  }
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'])
  for (const name of ['react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype']) {
    if (name.startsWith('@types/')) run('mkdir', ['-p', join(folder, 'node_modules/@types')])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  await start('node_modules/aws-amplify/bin/backline.mjs', ['sandbox', '--port', '0'], /Stop it with/)
  const [, url] = await start(
    join(root, 'node_modules/vite/bin/vite.js'),
    ['--host', '127.0.0.1', '--port', '0'],
    /(http:\/\/127\.0\.0\.1:\d+)/,
  )
  address = url as string
  browser = await chromium.launch({
    executablePath: process.env.BACKLINE_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await Promise.all(
    running.map((child) => {
      child.kill('SIGTERM')
      return new Promise((resolve) =>
        child.exitCode === null ? child.on('exit', resolve) : resolve(undefined),
      )
    }),
  )
  rmSync(folder, { recursive: true, force: true })
})

test('its own type check passes, @aws-amplify/backend not installed', () => {
  run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'])
})

test('a todo made in one window appears in the other, and is still there after a reload', async () => {
  const windows = await Promise.all([1, 2].map(async () => (await browser!.newContext()).newPage()))
  const [one, other] = windows as [(typeof windows)[0], (typeof windows)[0]]
  const problems: string[] = []
  for (const page of windows) {
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(address)
  }
  one.on('dialog', (dialog) => dialog.accept('Buy milk'))
  await one.getByRole('button', { name: '+ new' }).click()
  await other.getByText('Buy milk').waitFor()
  await other.reload()
  await other.getByText('Buy milk').waitFor()
  expect(problems).toEqual([])
})

test('only one copy of the runtime answers, whichever way it is loaded', async () => {
  const entry = (path: string) => pathToFileURL(join(folder, 'node_modules/aws-amplify/dist', path)).href
  const { Amplify } = await import(entry('index.js'))
  const { Amplify: required } = await import(entry('index.cjs'))
  Amplify.configure({ Auth: { Cognito: { userPoolId: 'us-east-1_x', userPoolClientId: 'client' } } })
  expect(required.getConfig()).toEqual(Amplify.getConfig())
})

test('an app with groups, relations, several buckets and guests type-checks and runs in Node', async () => {
  const team = join(folder, 'team')
  cpSync(join(root, 'tests/compat/apps/team'), team, { recursive: true })
  run(join(root, 'node_modules/.bin/tsc'), ['-p', team])
  await start(
    'node_modules/aws-amplify/bin/backline.mjs',
    ['sandbox', '--port=0', '--memory', '--backend=team/amplify', '--outputs=team/amplify_outputs.json'],
    /Stop it with/,
  )
  const outputs = JSON.parse(readFileSync(join(team, 'amplify_outputs.json'), 'utf8'))
  const codeFor = async (to: string) => {
    const body = JSON.stringify({ to })
    const answer = await fetch(`${outputs.auth.user_pool_endpoint}/_backline/inbox/next`, {
      method: 'POST',
      body,
    })
    return ((await answer.json()) as { code: string }).code
  }
  run(join(root, 'node_modules/.bin/esbuild'), ['team/src/main.ts', '--outfile=team/main.mjs'])
  const { play } = await import(pathToFileURL(join(team, 'main.mjs')).href)
  expect(await play(outputs, codeFor)).toEqual({
    entered: true,
    owned: true,
    selected: {
      title: 'Hello',
      location: { lat: 1.5 },
      comments: ['first'],
      cover: { url: 'https://example.com/a.png' },
      where: { street: 'Main', number: 3 },
    },
    drafts: ['Hello'],
    back: 'Hello',
    fetched: 'it is me',
    refused: 'AccessDenied',
    guest: {
      tokens: undefined,
      heard: 'from a guest',
      guestReads: [{ title: 'Hello' }],
      guestWrites: 'Unauthorized',
      picture: 'it is me',
    },
    bobSees: [],
    privacies: ['PRIVATE', 'FRIENDS_ONLY', 'PUBLIC'],
  })
})

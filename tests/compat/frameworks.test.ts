import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from 'backline/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../runtimes/freePort.js'
import { register } from './register.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// SvelteKit, Astro and Nuxt on the packed umbrella, built and served as in production. Browsers without scripts would do what is done here.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-frameworks-'))

interface Framework {
  name: string
  /** Arguments of Node. */
  build: string[]
  server: string
}
const frameworks: Framework[] = [
  { name: 'sveltekit', build: ['vite/bin/vite.js', 'build'], server: 'build/index.js' },
  { name: 'astro', build: ['astro/bin/astro.mjs', 'build'], server: 'dist/server/entry.mjs' },
  { name: 'nuxt', build: ['nuxt/bin/nuxt.mjs', 'build'], server: '.output/server/index.mjs' },
]
const ports = new Map<string, number>()
const servers: ChildProcess[] = []
let sandbox: Sandbox

beforeAll(async () => {
  cpSync(join(root, 'tests/compat/apps/frameworks'), folder, { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(root, 'packages/backline'),
  })
  renameSync(join(folder, JSON.parse(stdout)[0].filename), join(folder, 'backline.tgz'))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })

  for (const { name } of frameworks) ports.set(name, await freePort())
  const origins = [...ports.values()].map((port) => `http://localhost:${port}`)
  const auth = defineAuth({
    loginWith: {
      email: true,
      externalProviders: {
        callbackUrls: origins.map((origin) => `${origin}/auth/sign-in-callback`),
        logoutUrls: origins.map((origin) => `${origin}/auth/sign-out-callback`),
      },
    },
  })
  sandbox = await startSandbox({ backend: defineBackend({ auth }) })
  await Promise.all(frameworks.map(serve))
}, 300_000)

afterAll(async () => {
  for (const server of servers) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    if (server.exitCode === null && server.kill()) await ended
  }
  await sandbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function serve({ name, build, server }: Framework): Promise<void> {
  const cwd = join(folder, name)
  const port = `${ports.get(name)}`
  writeFileSync(join(cwd, 'amplify_outputs.json'), JSON.stringify(sandbox.outputs))
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    PORT: port,
    HOST: 'localhost',
    ORIGIN: `http://localhost:${port}`,
    ASTRO_TELEMETRY_DISABLED: '1',
    NUXT_TELEMETRY_DISABLED: '1',
  }
  const [program, ...rest] = build
  await run(process.execPath, [join(folder, 'node_modules', program!), ...rest], {
    cwd,
    env,
    maxBuffer: 1 << 24,
  }).catch((error) => {
    throw new Error(`${name} was not built:\n${error.stdout}\n${error.stderr}`)
  })
  const child = spawn(process.execPath, [server], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  servers.push(child)
  let log = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log += chunk
      if (/listening on/i.test(log)) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => reject(new Error(`${name} ended before it was up:\n${log}`)))
  })
}

/** A browser without scripts: it keeps cookies, and follows nothing. */
function browserAt(origin: string) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async go(path: string, form?: Record<string, string>) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(new URL(path, origin), {
        method: form ? 'POST' : 'GET',
        redirect: 'manual',
        headers: {
          cookie,
          origin,
          accept: 'text/html',
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        body: form && new URLSearchParams(form).toString(),
      })
      const lines = response.headers.getSetCookie()
      for (const line of lines) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        if (/Max-Age=0(;|$)/i.test(line)) cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      return {
        status: response.status,
        to: response.headers.get('location'),
        lines,
        text: await response.text(),
      }
    },
  }
}

test.each(frameworks)('$name: in by a form, known to the page, out by the hosted pages', async ({ name }) => {
  const email = `ada@${name}.example.com`
  await register(sandbox, email)
  const origin = `http://localhost:${ports.get(name)}`
  const browser = browserAt(origin)
  const hello = async () => /Hello (?:<!--.*?-->)?([\w@.]+)/.exec((await browser.go('/')).text)?.[1]
  expect(await hello()).toBe('nobody')

  const entered = await browser.go('/sign-in', { username: email, password: PASSWORD })
  expect([entered.status, entered.to && new URL(entered.to, origin).pathname]).toEqual([303, '/'])
  expect(entered.lines.length).toBeGreaterThan(3)
  expect(entered.lines.filter((line) => !/; HttpOnly/i.test(line))).toEqual([])
  expect(await hello()).toBe(email)

  const leaving = await browser.go('/auth/sign-out')
  expect(leaving.to).toMatch(/\/logout\?/)
  // Once to get back on the site, once with the cookies that it has.
  await browser.go('/auth/sign-out-callback')
  await browser.go('/auth/sign-out-callback')
  expect(await hello()).toBe('nobody')
  expect((await browser.go('/auth/sign-in')).to).toMatch(/\/oauth2\/authorize\?/)
  expect((await browser.go('/auth/elsewhere')).status).toBe(404)
})

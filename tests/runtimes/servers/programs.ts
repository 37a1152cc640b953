import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { freePort } from '../freePort.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Each of them ships its program inside of an npm package. */
const home = join(root, 'node_modules/.cache/backline/runtimes')
const WANTED = {
  node20: 'npm:node@20',
  node22: 'npm:node@22',
  bun: '^1.4.5',
  deno: '^2.9.6',
  workerd: '^1.20261117.1',
}
/** Where our programs lie: inside of the repository, so that they find the packages as an app does. */
const work = join(root, 'tests/.runtimes')

export async function install(): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: WANTED }, null, 2)
  const file = join(home, 'package.json')
  if (!existsSync(file) || readFileSync(file, 'utf8') !== manifest) {
    rmSync(home, { recursive: true, force: true })
    mkdirSync(home, { recursive: true })
    writeFileSync(file, manifest)
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'], {
      cwd: home,
    }).catch((error) => {
      rmSync(file)
      throw error
    })
  }
  mkdirSync(work, { recursive: true })
  const own = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  const common = { bundle: true, format: 'esm', target: 'es2022', logLevel: 'error' } as const
  await Promise.all([
    build({
      ...common,
      entryPoints: [own('program.ts')],
      outfile: join(work, 'program.mjs'),
      // The runtime itself loads the built packages.
      external: ['backline', 'backline/*'],
      platform: 'neutral',
    }),
    build({
      ...common,
      entryPoints: [own('worker.ts')],
      outfile: join(work, 'worker.js'),
      platform: 'browser',
      conditions: ['workerd', 'worker'],
    }),
  ])
}

const program = (...path: string[]) => join(home, 'node_modules', ...path)

const node = (name: string, ...flags: string[]) => [
  program(name, 'bin/node'),
  ...flags,
  join(work, 'program.mjs'),
]

/** How each is started, the sandbox's address last. */
export const commands: Record<string, () => string[]> = {
  // It has no WebSocket unless told so.
  'Node 20': () => node('node20', '--experimental-websocket'),
  'Node 22': () => node('node22'),
  Bun: () => [program('.bin/bun'), join(work, 'program.mjs')],
  Deno: () => [
    program('.bin/deno'),
    'run',
    '--no-prompt',
    '--allow-net=127.0.0.1',
    '--allow-read',
    '--node-modules-dir=manual',
    join(work, 'program.mjs'),
  ],
}

export async function output([command, ...args]: string[]): Promise<string> {
  const { stdout } = await run(command!, args, { cwd: root, timeout: 120_000, maxBuffer: 1 << 24 })
  return stdout
}

/** workerd with our worker and nothing of Node in it. */
export async function startWorkerd(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort()
  const config = join(work, 'workerd.capnp')
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-11-01",
);
`,
  )
  const child = spawn(program('.bin/workerd'), ['serve', config], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}/`
  for (let attempt = 0; ; attempt++) {
    if (
      await fetch(url, { method: 'HEAD' }).then(
        () => true,
        () => false,
      )
    )
      break
    if (child.exitCode !== null || attempt > 200) throw new Error(`workerd does not answer:\n${said}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

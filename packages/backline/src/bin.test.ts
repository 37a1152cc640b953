import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The command as npm installs it into an app: a file under node_modules, run in the app's folder.

let app: string
let bin: string

beforeAll(() => {
  app = mkdtempSync(join(tmpdir(), 'backline-bin-'))
  const home = join(app, 'node_modules/backline')
  mkdirSync(home, { recursive: true })
  cpSync(fileURLToPath(new URL('../bin', import.meta.url)), join(home, 'bin'), { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "name": "backline", "type": "module" }')
  writeFileSync(join(app, 'package.json'), '{ "private": true }')
  bin = join(home, 'bin/backline.mjs')
})
afterAll(() => rmSync(app, { recursive: true, force: true }))

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { cwd: app }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

test('without the sandbox package, the command says the one that installs it', async () => {
  expect(await run('sandbox')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'The sandbox is not installed here. Install it with:\n\n  npm install --save-dev @backline/sandbox\n\n',
  })
})

test('it explains itself, and names what it does not know', async () => {
  for (const args of [[], ['help'], ['--help'], ['-h']]) {
    expect(await run(...args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('backline sandbox --help'),
    })
  }
  expect(await run('sandbx')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^backline has no command 'sandbx'\.\n\nbackline <command>/),
  })
})

test("the app's own sandbox gets the arguments, and its exit code is the command's", async () => {
  const home = join(app, 'node_modules/@backline/sandbox')
  mkdirSync(home, { recursive: true })
  writeFileSync(
    join(home, 'package.json'),
    '{ "name": "@backline/sandbox", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(
    join(home, 'index.js'),
    `export const runSandbox = async (args) => (console.log(JSON.stringify(args)), 7)
    export const runGenerate = async (args) => (console.log('generate ' + args), 0)`,
  )
  expect(await run('sandbox', '--port', '0')).toEqual({ code: 7, stdout: '["--port","0"]\n', stderr: '' })
  expect(await run('generate', 'types')).toEqual({ code: 0, stdout: 'generate types\n', stderr: '' })
  rmSync(home, { recursive: true })
})

test('an old Node hands over to the newer one of the app, which does not outlive it', async () => {
  const sandbox = join(app, 'node_modules/@backline/sandbox')
  mkdirSync(sandbox, { recursive: true })
  writeFileSync(
    join(sandbox, 'package.json'),
    '{ "name": "@backline/sandbox", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(
    join(sandbox, 'index.js'),
    `export const runSandbox = () => new Promise((resolve) => {
      setInterval(() => {}, 1000)
      process.on('SIGTERM', () => { console.log('ended'); resolve(0) })
      console.log('up on ' + process.versions.node)
    })`,
  )
  mkdirSync(join(app, 'node_modules/node/bin'), { recursive: true })
  writeFileSync(join(app, 'node_modules/node/package.json'), '{ "name": "node" }')
  symlinkSync(process.execPath, join(app, 'node_modules/node/bin/node'))
  const old = join(app, 'old.mjs')
  writeFileSync(
    old,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })",
  )
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const parent = spawn(process.execPath, ['--import', old, bin, 'sandbox'], { cwd: app })
    let text = ''
    // It closes when the last process that writes to it has ended.
    const closed = new Promise((resolve) => parent.stdout.once('close', resolve))
    const ended = new Promise((resolve) => parent.once('exit', resolve))
    await new Promise<void>((resolve) =>
      parent.stdout.on('data', (chunk) => {
        text += chunk
        if (text.includes('up on')) resolve()
      }),
    )
    parent.kill(signal)
    expect(await ended).toBe(signal === 'SIGTERM' ? 0 : null)
    await closed
    expect(text).toBe(`up on ${process.versions.node}\nended\n`)
  }
})

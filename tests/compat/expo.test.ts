import { execFile } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSandbox } from '@backline/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'

// examples/expo on the packed umbrella, installed by npm, as a stranger would have it: Expo's own TypeScript settings, Metro and Hermes compiler.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'backline-expo-'))

beforeAll(async () => {
  cpSync(join(root, 'examples/expo'), folder, { recursive: true })
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(root, 'packages/backline'),
  })
  renameSync(join(folder, JSON.parse(stdout)[0].filename), join(folder, 'backline.tgz'))
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  manifest.dependencies.backline = 'file:./backline.tgz'
  delete manifest.devDependencies['@backline/sandbox']
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'], {
    cwd: folder,
  })
  const sandbox = await startSandbox({ backend: join(root, 'examples/expo/amplify') })
  writeFileSync(join(folder, 'amplify_outputs.json'), JSON.stringify(sandbox.outputs))
  await sandbox.stop()
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the example is typed, and bundled by Metro to what Hermes runs', async () => {
  const env = { ...process.env, CI: '1', EXPO_NO_TELEMETRY: '1' }
  const bin = (name: string) => join(folder, 'node_modules/.bin', name)
  await run(bin('tsc'), ['--noEmit'], { cwd: folder })
  await run(bin('expo'), ['export', '--platform', 'android'], { cwd: folder, env, maxBuffer: 1 << 24 })
  const [bundle] = globSync('dist/_expo/static/js/android/*.hbc', { cwd: folder })
  const bytes = readFileSync(join(folder, bundle!))
  // The magic of its bytecode: https://github.com/facebook/hermes/blob/main/include/hermes/BCGen/HBC/BytecodeFileFormat.h
  expect(bytes.readBigUInt64LE(0)).toBe(0x1f1903c103bc1fc6n)
  // What only the entry for phones brings, and what the app uses.
  for (const text of ['PackageNotInstalled', 'USER_SRP_AUTH', 'uploadId'])
    expect(bytes.includes(text), text).toBe(true)
}, 300_000)

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

/** What we speak to where an app has it. */
const NATIVE = {
  '@aws-amplify/rtn-web-browser': '^1.4.0',
  '@dr.pogodin/react-native-fs': '^2.40.3',
  'expo-crypto': '^57.0.3',
  'expo-secure-store': '^57.0.4',
  'expo-web-browser': '^57.0.3',
  fflate: '^0.8.2',
  'react-native-blob-util': '^0.25.1',
  'react-native-fs': '^2.20.0',
  'react-native-inappbrowser-reborn': '^3.7.1',
}

beforeAll(async () => {
  cpSync(join(root, 'examples/expo'), folder, { recursive: true })
  cpSync(join(root, 'tests/compat/apps/expo'), folder, { recursive: true })
  cpSync(join(root, 'packages/react-native/src/installed.ts'), join(folder, 'installed.ts'))
  writeFileSync(join(folder, 'documented.ts'), documented())
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(root, 'packages/backline'),
  })
  renameSync(join(folder, JSON.parse(stdout)[0].filename), join(folder, 'backline.tgz'))
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  manifest.dependencies.backline = 'file:./backline.tgz'
  Object.assign(manifest.devDependencies, NATIVE)
  delete manifest.devDependencies['@backline/sandbox']
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'], {
    cwd: folder,
  })
  const sandbox = await startSandbox({ backend: join(root, 'examples/expo/amplify') })
  writeFileSync(join(folder, 'amplify_outputs.json'), JSON.stringify(sandbox.outputs))
  await sandbox.stop()
}, 300_000)

/** The set-ups that the README shows, each in a block of its own. */
function documented(): string {
  const page = readFileSync(join(root, 'packages/react-native/README.md'), 'utf8')
  const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
  const setUps = blocks.filter((code) => /^import \S.* from '(expo|react-native)-/m.test(code))
  expect(setUps).toHaveLength(2)
  const imports = new Set(setUps.flatMap((code) => code.match(/^import .*$/gm)!))
  imports.add("import { setUpReactNative } from 'backline/react-native'")
  const rest = setUps.map((code) => `{\n${code.replace(/^import .*$/gm, '')}}`)
  return [...imports, ...rest].join('\n')
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the example, what the README shows and each package that we look for are typed, and the example is bundled by Metro to what Hermes runs', async () => {
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

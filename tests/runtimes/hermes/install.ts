import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)
const own = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const root = own('../../..')
/** An app of React Native: what npm installs, and our built package beside it. */
export const app = join(root, 'node_modules/.cache/backline/phone')

const WANTED = {
  '@aws-amplify/rtn-web-browser': '^1.4.0',
  '@dr.pogodin/react-native-fs': '^2.40.3',
  '@react-native-async-storage/async-storage': '^3.1.1',
  '@react-native-community/netinfo': '^12.0.1',
  '@react-native/babel-preset': '^0.88.1',
  '@react-native/metro-config': '^0.88.1',
  'expo-file-system': '^58.0.14',
  'expo-modules-core': '^58.1.0',
  'expo-secure-store': '^57.0.4',
  'expo-web-browser': '^57.0.3',
  // The last one that npm has with a machine in it; React Native ships the compiler alone.
  'hermes-engine-cli': '0.12.0',
  'js-cookie': '^3.0.8',
  metro: '^0.87.1',
  react: '^19.2.0',
  'react-native': '^0.88.1',
  'react-native-get-random-values': '^2.0.0',
  'react-native-inappbrowser-reborn': '^3.7.1',
  'react-native-url-polyfill': '^4.0.0',
  rxjs: '^7.8.2',
}

// The preset leaves classes as they are for the Hermes of its own time, unless told so.
const BABEL = `module.exports = {
  presets: [['@react-native/babel-preset', { unstable_transformProfile: 'default', enableBabelRuntime: false }]],
}
`

/** Sets the app up, or another one in its own folder with more packages in it. */
export async function install(folder = app, more: Record<string, string> = {}): Promise<void> {
  const manifest = JSON.stringify({ private: true, dependencies: { ...WANTED, ...more } }, null, 2)
  const file = join(folder, 'package.json')
  if (!existsSync(file) || readFileSync(file, 'utf8') !== manifest) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, manifest)
    await run(
      'npm',
      // Of Expo only what runs on the phone: its modules name all of `expo` as a peer.
      [
        'install',
        '--legacy-peer-deps',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--no-package-lock',
        '--ignore-scripts',
      ],
      { cwd: folder },
    ).catch((error) => {
      rmSync(file)
      throw error
    })
  }
  writeFileSync(join(folder, 'babel.config.js'), BABEL)
  const backline = join(folder, 'node_modules/backline')
  rmSync(backline, { recursive: true, force: true })
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, 'packages/backline', name), join(backline, name), { recursive: true })
}

/** Bundles a program of ours by Metro. What it imports of `backline` is left to Metro to find. */
export async function bundle(program: string, options: BundleOptions = {}): Promise<string> {
  const entry = join(app, 'app', program.replace('.ts', '.js'))
  await build({
    entryPoints: [own(program)],
    outfile: entry,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    packages: 'external',
    logLevel: 'error',
  })
  const out = join(app, 'out', `${[program, ...(options.without ?? [])].join('-')}.js`)
  await metro(app, entry, out, options)
  return out
}

export interface BundleOptions {
  minify?: boolean
  /** The one package to bundle; what else is imported becomes empty. */
  only?: string
  /** Packages that are not there. */
  without?: string[]
}

export async function metro(folder: string, entry: string, out: string, options: BundleOptions = {}) {
  const args = [own('metro.cjs'), folder, entry, out, JSON.stringify(options)]
  await run(process.execPath, args, { maxBuffer: 1 << 24 })
}

export const hermes = join(app, 'node_modules/hermes-engine-cli/linux64-bin/hermes')

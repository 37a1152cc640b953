// The typical app on a phone, ours beside the official aws-amplify: bundled by Metro for React Native, minified, and compiled to Hermes's
// bytecode, in one run. What an app weighs without either is taken off. And what a sign-in by SRP takes of our script, where the engine has
// big numbers and where it has none.
//   node benchmarks/phones/bench-phones.mjs [--json]
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { root } from '../../scripts/packages.mjs'
import { startPhone } from '../../tests/runtimes/hermes/hermes.ts'
import { bundle, hermes, install, metro } from '../../tests/runtimes/hermes/install.ts'
import { PASSWORD, quantile, register, startCommand } from '../sandbox/command.mjs'

const folder = join(root, 'node_modules/.cache/backline/phoneBundles')
await install(folder, {
  // What the documents of v6 have one install: https://docs.amplify.aws/react-native/start/project-setup/create-application
  '@aws-amplify/react-native': '^1.3.3',
  'aws-amplify': '^6.22.1',
  'hermes-compiler': '^260318099.0.8',
})
// As React Native's template has it, for the Hermes of its own time.
writeFileSync(
  join(folder, 'babel.config.js'),
  "module.exports = { presets: ['module:@react-native/babel-preset'] }\n",
)

const EMPTY = `
import { createElement } from 'react'
import { AppRegistry, Text } from 'react-native'
AppRegistry.registerComponent('app', () => () => createElement(Text, null, 'Hello'))
`
// Both libraries want these, and an app may well have them for itself.
const SHARED = `
import AsyncStorage from '@react-native-async-storage/async-storage'
import NetInfo from '@react-native-community/netinfo'
import 'react-native-get-random-values'
import 'react-native-url-polyfill/auto'
console.log(AsyncStorage, NetInfo)
`
const typical = (library) => `
import { Amplify } from '${library}'
import { fetchAuthSession, getCurrentUser, signIn, signOut, signUp } from '${library}/auth'
import { generateClient } from '${library}/data'
import { getUrl, list, uploadData } from '${library}/storage'
Amplify.configure({})
console.log(fetchAuthSession, getCurrentUser, signIn, signOut, signUp, generateClient, getUrl, list, uploadData)
`
const apps = {
  empty: EMPTY,
  shared: EMPTY + SHARED,
  ours: EMPTY + typical('backline'),
  oursBesideShared: EMPTY + SHARED + typical('backline'),
  theirs: `import '@aws-amplify/react-native'${EMPTY}${typical('aws-amplify')}`,
  theirsBesideShared: `import '@aws-amplify/react-native'${EMPTY}${SHARED}${typical('aws-amplify')}`,
}

const weights = {}
for (const [name, code] of Object.entries(apps)) {
  const entry = join(folder, 'app', `${name}.js`)
  mkdirSync(join(folder, 'app'), { recursive: true })
  writeFileSync(entry, code)
  const out = join(folder, 'out', `${name}.js`)
  await metro(folder, entry, out, { minify: true })
  weights[name] = weigh(out)
}

const rows = ['minified', 'gzip', 'brotli', 'bytecode'].map((measure) => {
  const over = (name, base) => weights[name][measure] - weights[base][measure]
  const all = [over('ours', 'empty'), over('theirs', 'empty')]
  const beside = [over('oursBesideShared', 'shared'), over('theirsBesideShared', 'shared')]
  return { measure, empty: weights.empty[measure], all, beside }
})
const times = await signInTimes()
if (process.argv.includes('--json')) console.log(JSON.stringify({ weights, rows, times }, null, 2))
else {
  const line = (...cells) =>
    console.log(cells.map((each, at) => (at ? String(each).padStart(12) : each.padEnd(44))).join(''))
  const pair = ([ours, theirs]) => [ours, theirs, (ours / theirs).toFixed(2)]
  line('bytes on top of', 'ours', 'aws-amplify', 'ratio')
  for (const { measure, empty, all } of rows) line(`an empty app (${empty}), ${measure}`, ...pair(all))
  for (const { measure, beside } of rows) line(`one with the native packages, ${measure}`, ...pair(beside))
  console.log('')
  line('script time of a sign-in by SRP, ms', 'BigInt', 'without')
  for (const [engine, each] of Object.entries(times))
    line(engine, each.with.toFixed(0), each.without.toFixed(0))
}

/** Medians of five, on an interpreter and on an engine that compiles. */
async function signInTimes() {
  await install()
  const native = join(root, 'tests/runtimes/hermes/native.js')
  const scripts = [native, await bundle('program.ts')].map((file) => readFileSync(file, 'utf8'))
  const sandbox = await startCommand()
  try {
    const person = { username: (await register(sandbox)).username, password: PASSWORD }
    const onHermes = async (first) => {
      const phone = startPhone(hermes, [...first, ...scripts])
      const all = []
      for (let round = 0; round < 5; round++)
        all.push(await phone.call('signInTime', sandbox.outputs, person))
      await phone.stop()
      return quantile(all, 0.5)
    }
    const onNode = (first) =>
      JSON.parse(
        execFileSync(
          process.execPath,
          [
            '--input-type=module',
            '--eval',
            `
${first}
const { createNativePlatform } = await import('backline/react-native')
const { createAmplifyContext } = await import('backline')
const { signIn } = await import('backline/auth')
const { outputs, person } = JSON.parse(process.argv[1])
const all = []
for (let round = 0; round < 5; round++) {
  const kept = new Map()
  const store = { getItem: async (key) => kept.get(key) ?? null, setItem: async (key, value) => kept.set(key, value), removeItem: async (key) => kept.delete(key), clear: async () => kept.clear() }
  const ctx = createAmplifyContext(outputs, { platform: createNativePlatform({ store }) })
  const before = process.cpuUsage()
  await signIn(person, ctx)
  const { user, system } = process.cpuUsage(before)
  all.push((user + system) / 1000)
}
console.log(JSON.stringify(all))
process.exit(0)`,
            JSON.stringify({ outputs: sandbox.outputs, person }),
          ],
          { cwd: import.meta.dirname, encoding: 'utf8' },
        ),
      )
    const gone = 'delete globalThis.BigInt'
    return {
      'Hermes 0.12, an interpreter': { with: await onHermes([]), without: await onHermes([gone]) },
      'V8, processor time of all its threads': {
        with: quantile(onNode(''), 0.5),
        without: quantile(onNode(gone), 0.5),
      },
    }
  } finally {
    await sandbox.stop()
  }
}

function weigh(file) {
  const bytes = readFileSync(file)
  const bytecode = `${file}.hbc`
  execFileSync(join(folder, 'node_modules/hermes-compiler/hermesc/linux64-bin/hermesc'), [
    '-emit-binary',
    '-O',
    '-w',
    '-out',
    bytecode,
    file,
  ])
  return {
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
    bytecode: statSync(bytecode).size,
  }
}

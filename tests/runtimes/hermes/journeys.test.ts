import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { generateClient } from 'backline/data'
import { transform } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backend, type Schema } from '../../journeys/backend.js'
import { journeys } from '../../journeys/index.js'
import { newcomer } from '../../journeys/signUp.js'
import { createStage } from '../../journeys/stage.js'
import { type Phone, startPhone } from './hermes.js'
import { bundle, hermes, install } from './install.js'

// Every journey in Hermes: the built packages as Metro finds them in an app, on React Native's own fetch, XMLHttpRequest, WebSocket, Blob and
// AppState, and the real packages for storage, network and random numbers. Played is what the native side does: hermes.ts.

/** Bytes, minified. A bound that was reached; lower it when you beat it. */
const TYPICAL = 351_000

let sandbox: Sandbox
let phone: Phone
let scripts: string[]

beforeAll(async () => {
  ;[sandbox] = await Promise.all([startSandbox({ backend }), install()])
  const bundled = await bundle('program.ts')
  const native = fileURLToPath(new URL('native.js', import.meta.url))
  scripts = [native, bundled].map((file) => readFileSync(file, 'utf8'))
  phone = startPhone(hermes, scripts)
}, 240_000)
afterAll(async () => {
  await phone?.stop()
  await sandbox?.stop()
})

test.each(journeys.map(({ name }) => name))(
  '%s',
  async (name) => {
    phone.kept.clear()
    await phone.call('play', sandbox.url, name)
    expect(phone.said).toEqual([])
  },
  240_000,
)

test('an hour in the background: back in front the tokens are new, the sockets open and the list right', async () => {
  const hour = 3_600_000
  phone.kept.clear()
  await phone.call('openList', sandbox.url)

  phone.show('background')
  await phone.call('sleep', hour)
  sandbox.clock.advance(hour)
  const grace = createAmplifyContext(sandbox.outputs, { platform: { now: () => Date.now() + hour } })
  await (await createStage(sandbox.url, 'node', false)).arrive('grace', grace)
  const client = generateClient<Schema>({}, grace)
  await client.models.Todo.create({ content: 'written meanwhile' })
  const { data } = await client.models.Todo.list()
  await client.models.Todo.delete({ id: data.find(({ content }) => content === 'written before')!.id })
  sandbox.dropSockets()

  phone.show('active')
  expect(await phone.call('listShows', ['written meanwhile'])).toBe(1)
  expect(phone.said).toEqual([])
}, 60_000)

test('whoever is signed in still is when the app has been killed and started again', async () => {
  const again = startPhone(hermes, scripts, phone.kept)
  try {
    expect(await again.call('whoIsThere', sandbox.url)).toBe('ada@example.com')
    expect(again.said).toEqual([])
  } finally {
    await again.stop()
  }
}, 60_000)

test('an engine without big numbers signs in by SRP as well', async () => {
  const old = startPhone(hermes, ['delete globalThis.BigInt', ...scripts])
  try {
    await old.call('play', sandbox.url, newcomer.name)
    expect(old.said).toEqual([])
  } finally {
    await old.stop()
  }
}, 60_000)

test('what a phone loads of Backline for a typical app has a bound, and nothing that an engine without big numbers cannot read', async () => {
  const code = readFileSync(await bundle('typical.ts', { minify: true, only: 'backline' }), 'utf8')
  expect(code).toContain('USER_SRP_AUTH')
  expect((await transform(code, { supported: { bigint: false } })).warnings).toEqual([])
  // Metro takes modules as a whole. aws-amplify's app beside it: `npm run bench:phones`.
  expect(code.length).toBeLessThan(TYPICAL)
}, 120_000)

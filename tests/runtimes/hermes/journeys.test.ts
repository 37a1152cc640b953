import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { backend } from '../../journeys/backend.js'
import { journeys } from '../../journeys/index.js'
import { type Phone, startPhone } from './hermes.js'
import { bundle, hermes, install } from './install.js'

// Every journey in Hermes: the built packages as Metro finds them in an app, on React Native's own fetch, XMLHttpRequest, WebSocket, Blob and
// AppState, and the real packages for storage, network and random numbers. Played is what the native side does: hermes.ts.

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
  60_000,
)

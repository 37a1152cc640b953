import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { exports } = JSON.parse(readFileSync(`${root}packages/backline/package.json`, 'utf8'))
// The polyfill and the listener are imported for what they do, and signInWithRedirect brings the listener; definitions are for Node.
const NOT_MEANT = /^\.\/auth(\/cognito|\/enable-oauth-listener)?$|polyfill|backend|package\.json|schema/
const entries = Object.keys(exports)
  .filter((subpath) => !NOT_MEANT.test(subpath))
  .map((subpath) => `backline${subpath.slice(1)}`)

// Whoever looks at one of these on import, or leaves anything behind, is named with the entry that did it.
const PROGRAM = `
import 'react'
import '@tanstack/react-query'
// Node loads its own fetch when it is first asked for, and looks at its globals then.
await fetch('data:,')
const watched = ['window', 'document', 'navigator', 'location', 'localStorage', 'sessionStorage', 'indexedDB', 'XMLHttpRequest', 'process',
  'Buffer', 'fetch', 'WebSocket', 'setTimeout', 'setInterval', 'addEventListener', 'crypto']
const { exit } = process
const print = console.log
const touched = []
let entry = ''
for (const name of watched)
  Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(entry + ': ' + name) }, set() {} })
const before = Reflect.ownKeys(globalThis)
for (entry of JSON.parse(ENTRIES)) await import(entry)
const left = Reflect.ownKeys(globalThis).filter((key) => !before.includes(key)).map(String)
for (const name of watched) delete globalThis[name]
print(JSON.stringify({ touched, left }))
exit(0)
`

test('no entry does anything on import, or needs anything of a browser or of Node', async () => {
  expect(entries.length).toBeGreaterThan(25)
  const program = PROGRAM.replace('ENTRIES', JSON.stringify(JSON.stringify(entries)))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
  })
  expect(JSON.parse(stdout)).toEqual({ touched: [], left: [] })
})

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSandbox } from '@backline/sandbox'
import { createAmplifyContext } from 'backline'
import { expect, test } from 'vitest'
import { backend } from '../../journeys/backend.js'
import { createStage } from '../../journeys/stage.js'

// The built package as an app on a phone has it, in a process whose engine has no BigInt before anything of it is loaded.
const PROGRAM = `
delete globalThis.BigInt
const { createNativePlatform } = await import('backline/react-native')
const { createAmplifyContext } = await import('backline')
const { getCurrentUser, signIn } = await import('backline/auth')
const { outputs, username, password } = JSON.parse(process.argv[1])
const kept = new Map()
const store = {
  getItem: async (key) => kept.get(key) ?? null,
  setItem: async (key, value) => void kept.set(key, value),
  removeItem: async (key) => void kept.delete(key),
  clear: async () => kept.clear(),
}
const ctx = createAmplifyContext(outputs, { platform: createNativePlatform({ store }) })
const wrong = await signIn({ username, password: password + '!' }, ctx).catch(({ name }) => name)
await signIn({ username, password }, ctx)
console.log(JSON.stringify([typeof BigInt, wrong, (await getCurrentUser(ctx)).signInDetails]))
process.exit(0)
`

test('where the engine has no big numbers, a password is proved with plain ones', async () => {
  const sandbox = await startSandbox({ backend })
  try {
    const { outputs, arrive } = await createStage(sandbox.url, 'node')
    const person = await arrive('ada', createAmplifyContext(outputs))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', PROGRAM, JSON.stringify({ outputs, ...person })],
      { cwd: fileURLToPath(new URL('.', import.meta.url)) },
    )
    expect(JSON.parse(stdout)).toEqual([
      'undefined',
      'NotAuthorizedException',
      { loginId: person.username, authFlowType: 'USER_SRP_AUTH' },
    ])
  } finally {
    await sandbox.stop()
  }
})

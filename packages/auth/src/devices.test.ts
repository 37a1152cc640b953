import { createMemoryStore } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  confirmSignIn,
  fetchDevices,
  forgetDevice,
  rememberDevice,
  signIn,
  signOut,
  updateMFAPreference,
} from './index.js'
import { arrive, contextOn, password } from './sandbox.fixture.js'

// A pool that tracks every device, and asks for a mailed code on those it does not know.

let sandbox: Sandbox
beforeAll(async () => {
  const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true } }) })
  const { cfnUserPool } = backend.auth.resources.cfnResources
  cfnUserPool.deviceConfiguration = { deviceOnlyRememberedOnUserPrompt: false }
  cfnUserPool.enabledMfas = ['EMAIL_OTP']
  cfnUserPool.mfaConfiguration = 'OPTIONAL'
  sandbox = await startSandbox({ backend })
})
afterAll(() => sandbox.stop())

test('a device proves itself by SRP instead of a code; forgotten, or with its secret gone, it falls back to the code', async () => {
  const username = 'ada@example.com'
  const written = new Set<string>()
  const memory = createMemoryStore()
  const store = {
    ...memory,
    setItem: (key: string, value: string) => {
      written.add(key)
      return memory.setItem(key, value)
    },
  }
  const ctx = await arrive(sandbox, username, { store })
  await updateMFAPreference({ email: 'PREFERRED' }, ctx)
  await rememberDevice(ctx)
  const [device] = await fetchDevices(ctx)
  expect(device).toMatchObject({ id: expect.stringMatching(/^us-east-1_/), createDate: expect.any(Date) })
  await signOut({}, ctx)

  // Known: no code.
  expect((await signIn({ username, password }, ctx)).isSignedIn).toBe(true)

  // Forgotten by the pool while the device still believes it is known.
  const elsewhere = contextOn(sandbox)
  await signIn({ username, password }, elsewhere)
  const { code } = await sandbox.inbox.next({ to: username })
  await confirmSignIn({ challengeResponse: code! }, elsewhere)
  await forgetDevice({ device: device! }, elsewhere)
  await signOut({}, ctx)
  const again = await signIn({ username, password }, ctx)
  expect(again.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_EMAIL_CODE')
  const next = await sandbox.inbox.next({ to: username })
  expect((await confirmSignIn({ challengeResponse: next.code! }, ctx)).isSignedIn).toBe(true)
  await signOut({}, ctx)

  // Its secret is gone from the store: no lockout, it is a new device.
  for (const key of written) if (key.endsWith('.randomPasswordKey')) await store.removeItem(key)
  expect((await signIn({ username, password }, ctx)).nextStep.signInStep).toBe(
    'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
  )
})

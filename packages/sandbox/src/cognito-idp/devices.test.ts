import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider'
import {
  confirmSignIn,
  fetchAuthSession,
  fetchDevices,
  forgetDevice,
  rememberDevice,
  signIn,
  signOut,
  updateMFAPreference,
} from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { useOfficial } from './official.fixture.js'

const username = 'ada@example.com'
const password = PASSWORD
const mfa = { mode: 'OPTIONAL', totp: false, sms: false, email: true } as const

let pool: TestPool

afterEach(async () => {
  await forgetDevice().catch(() => {})
  await signOut().catch(() => {})
  await pool.stop()
})

async function signInWithCode() {
  const { nextStep } = await signIn({ username, password })
  expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_EMAIL_CODE')
  const { code } = await pool.sandbox.inbox.next({ to: username })
  await confirmSignIn({ challengeResponse: code! })
}

test('a remembered device stands for the second factor, until it is forgotten', async () => {
  pool = await startPool({ mfa, deviceTracking: 'always' })
  useOfficial(pool)
  await pool.register(username)
  expect((await signIn({ username, password })).isSignedIn).toBe(true)
  await updateMFAPreference({ email: 'PREFERRED' })
  const { tokens } = await fetchAuthSession()
  await signOut()

  expect((await signIn({ username, password })).isSignedIn).toBe(true)
  const [device] = await fetchDevices()
  expect(device).toMatchObject({ id: tokens?.accessToken.payload.device_key })
  await forgetDevice({ device: { id: device!.id } })
  expect(await fetchDevices()).toEqual([])
  await signOut()

  // The client still holds the key of a device that is no more: it starts over without one.
  await signInWithCode()
  expect(await fetchDevices()).toHaveLength(1)
})

test('where users opt in, a device counts once they have', async () => {
  pool = await startPool({ mfa, deviceTracking: 'userOptIn' })
  useOfficial(pool)
  await pool.register(username)
  await signIn({ username, password })
  await updateMFAPreference({ email: 'PREFERRED' })
  await signOut()
  await signInWithCode()
  await rememberDevice()
  await signOut()
  expect((await signIn({ username, password })).isSignedIn).toBe(true)
  expect(await fetchDevices()).toHaveLength(1)
})

test('somebody else’s device is no device', async () => {
  pool = await startPool({ deviceTracking: 'always' })
  useOfficial(pool)
  await pool.register(username)
  await pool.register('eve@example.com')
  await signIn({ username, password })
  const [device] = await fetchDevices()
  await expect(
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'eve@example.com', PASSWORD, DEVICE_KEY: device!.id },
      }),
    ),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Device does not exist.' })
})

import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  confirmSignIn,
  fetchMFAPreference,
  getCurrentUser,
  setUpTOTP,
  signIn,
  signOut,
  updateMFAPreference,
  verifyTOTPSetup,
} from './index.js'
import { arrive, password, useSandbox } from './sandbox.fixture.js'
import { scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const state = useSandbox({ multifactor: { mode: 'OPTIONAL', totp: true, sms: true } })
const named = (name: string) => expect.objectContaining({ name })

/** What an authenticator app shows: RFC 6238 with base32 of RFC 4648. */
function shown(secret: string, ahead = 0): string {
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = hash[19]! & 15
  return `${(hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, '0')
}

test('an authenticator app is set up, preferred, and asked for at the next sign-in', async () => {
  const username = 'ada@example.com'
  const ctx = await arrive(state.sandbox, username)
  const { sharedSecret, getSetupUri } = await setUpTOTP(ctx)
  const uri = getSetupUri('My App')
  expect(uri.protocol).toBe('otpauth:')
  expect(uri.searchParams.get('secret')).toBe(sharedSecret)
  expect(decodeURIComponent(uri.pathname)).toContain((await getCurrentUser(ctx)).username)

  await expect(verifyTOTPSetup({ code: '' }, ctx)).rejects.toEqual(named('EmptyVerifyTOTPSetupCode'))
  await expect(verifyTOTPSetup({ code: '000000' }, ctx)).rejects.toEqual(
    named('EnableSoftwareTokenMFAException'),
  )
  await verifyTOTPSetup({ code: shown(sharedSecret), options: { friendlyDeviceName: 'phone' } }, ctx)
  await updateMFAPreference({ totp: 'PREFERRED' }, ctx)
  expect(await fetchMFAPreference(ctx)).toEqual({ preferred: 'TOTP', enabled: ['TOTP'] })
  await signOut({}, ctx)

  expect(await signIn({ username, password }, ctx)).toEqual({
    isSignedIn: false,
    nextStep: { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' },
  })
  await expect(confirmSignIn({ challengeResponse: '000000' }, ctx)).rejects.toEqual(
    named('CodeMismatchException'),
  )
  const { isSignedIn } = await confirmSignIn({ challengeResponse: shown(sharedSecret, 1) }, ctx)
  expect(isSignedIn).toBe(true)

  await updateMFAPreference({ totp: 'DISABLED' }, ctx)
  expect((await fetchMFAPreference(ctx)).preferred).toBeUndefined()
})

test('preferences are sent as the service reads them; what is left out stays', async () => {
  const pool = await scriptedPool({
    InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-bob') }),
    SetUserMFAPreference: () => ({}),
  })
  const ctx = pool.context()
  await signIn({ username: 'bob', password: 'x', options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
  await updateMFAPreference({ sms: 'NOT_PREFERRED', email: 'ENABLED' }, ctx)
  await updateMFAPreference({ totp: 'DISABLED' }, ctx)
  expect(
    pool.heard.slice(-2).map(({ body }) => {
      const { AccessToken, ...settings } = JSON.parse(body)
      return settings
    }),
  ).toEqual([
    { SMSMfaSettings: { Enabled: true, PreferredMfa: false }, EmailMfaSettings: { Enabled: true } },
    { SoftwareTokenMfaSettings: { Enabled: false } },
  ])
  await pool.close()
})

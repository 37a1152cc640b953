import { expect, test } from 'vitest'
import { shown } from './authenticatorApp.fixture.js'
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

import {
  AssociateSoftwareTokenCommand,
  GetUserCommand,
  GetUserPoolMfaConfigCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  confirmSignIn,
  fetchMFAPreference,
  setUpTOTP,
  signIn,
  signOut,
  updateMFAPreference,
  verifyTOTPSetup,
} from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { useOfficial } from './official.fixture.js'
import { totpAt } from './totp.js'

const ADA = 'ada@example.com'
const username = ADA
const password = PASSWORD

let pool: TestPool

afterEach(async () => {
  await signOut().catch(() => {})
  await pool.stop()
})

const everything = { mode: 'OPTIONAL', totp: true, sms: true, email: true } as const

/** What the authenticator app shows, `ahead` steps from now. */
const shown = (secret: string, ahead = 0) =>
  totpAt(secret, Math.floor(pool.sandbox.clock.now() / 30_000) + ahead)

const start = (flow: 'USER_PASSWORD_AUTH' = 'USER_PASSWORD_AUTH') =>
  pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: flow,
      AuthParameters: { USERNAME: ADA, PASSWORD },
    }),
  )

const respond = (
  ChallengeName: NonNullable<ConstructorParameters<typeof RespondToAuthChallengeCommand>[0]>['ChallengeName'],
  Session: string | undefined,
  answers: Record<string, string>,
) =>
  pool.sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId: pool.ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME: ADA, ...answers },
    }),
  )

/** A user with an app that is their preferred second factor; gives its secret. */
async function withApp(): Promise<string> {
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const { SecretCode } = await pool.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }))
  await pool.sdk.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: shown(SecretCode!) }))
  await pool.sdk.send(
    new SetUserMFAPreferenceCommand({
      AccessToken,
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    }),
  )
  return SecretCode!
}

test('the official client sets an authenticator app up and signs in with it', async () => {
  pool = await startPool({ mfa: everything })
  useOfficial(pool)
  await pool.register(ADA)
  await signIn({ username, password })
  const { sharedSecret } = await setUpTOTP()
  await expect(verifyTOTPSetup({ code: '000000' })).rejects.toMatchObject({
    name: 'EnableSoftwareTokenMFAException',
  })
  await verifyTOTPSetup({ code: shown(sharedSecret) })
  await updateMFAPreference({ totp: 'PREFERRED', email: 'ENABLED' })
  expect(await fetchMFAPreference()).toEqual({ enabled: ['TOTP', 'EMAIL'], preferred: 'TOTP' })
  await signOut()

  const { nextStep } = await signIn({ username, password })
  expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_TOTP_CODE')
  await expect(confirmSignIn({ challengeResponse: '000000' })).rejects.toMatchObject({
    name: 'CodeMismatchException',
  })
  await expect(confirmSignIn({ challengeResponse: shown(sharedSecret) })).rejects.toMatchObject({
    name: 'ExpiredCodeException',
    message: 'Your software token has already been used once.',
  })
  pool.sandbox.clock.advance(30_000)
  expect((await confirmSignIn({ challengeResponse: shown(sharedSecret) })).isSignedIn).toBe(true)
})

test('a required factor is set up on the way in', async () => {
  pool = await startPool({ mfa: { mode: 'REQUIRED', totp: true, sms: false, email: false } })
  useOfficial(pool)
  await pool.register(ADA)
  const { nextStep } = await signIn({ username, password })
  if (nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') throw new Error(nextStep.signInStep)
  const { sharedSecret } = nextStep.totpSetupDetails
  expect((await confirmSignIn({ challengeResponse: shown(sharedSecret) })).isSignedIn).toBe(true)
  await signOut()
  expect((await signIn({ username, password })).nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_TOTP_CODE')
})

test('of several factors the user chooses; a mailed code is one of them', async () => {
  pool = await startPool({ mfa: everything })
  useOfficial(pool)
  await pool.register(ADA, { phone_number: '+15555550123' }).catch(() => {})
  await signIn({ username, password })
  const { sharedSecret } = await setUpTOTP()
  await verifyTOTPSetup({ code: shown(sharedSecret) })
  await updateMFAPreference({ totp: 'ENABLED', email: 'ENABLED', sms: 'ENABLED' })
  await signOut()

  const { nextStep } = await signIn({ username, password })
  expect(nextStep).toMatchObject({
    signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION',
    allowedMFATypes: ['SMS', 'TOTP', 'EMAIL'],
  })
  const { nextStep: mailed } = await confirmSignIn({ challengeResponse: 'EMAIL' })
  expect(mailed).toEqual({
    signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
    codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'a***@e***' },
  })
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  expect((await confirmSignIn({ challengeResponse: code! })).isSignedIn).toBe(true)
  await signOut()

  await signIn({ username, password })
  const { nextStep: texted } = await confirmSignIn({ challengeResponse: 'SMS' })
  expect(texted).toMatchObject({
    codeDeliveryDetails: { deliveryMedium: 'SMS', destination: '+*******0123' },
  })
  const sms = await pool.sandbox.inbox.next({ channel: 'sms' })
  expect((await confirmSignIn({ challengeResponse: sms.code! })).isSignedIn).toBe(true)
})

test('an address for codes can be given on the way in', async () => {
  pool = await startPool({
    mfa: { mode: 'REQUIRED', totp: true, sms: false, email: true },
    loginWith: { email: false, phone: false, username: true },
    requiredAttributes: [],
  })
  useOfficial(pool)
  await pool.addUser('grace')
  const { nextStep } = await signIn({ username: 'grace', password })
  expect(nextStep).toMatchObject({
    signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION',
    allowedMFATypes: ['TOTP', 'EMAIL'],
  })
  const { nextStep: which } = await confirmSignIn({ challengeResponse: 'EMAIL' })
  expect(which.signInStep).toBe('CONTINUE_SIGN_IN_WITH_EMAIL_SETUP')
  await confirmSignIn({ challengeResponse: 'grace@example.com' })
  const { code } = await pool.sandbox.inbox.next({ to: 'grace@example.com' })
  expect((await confirmSignIn({ challengeResponse: code! })).isSignedIn).toBe(true)
  expect(await fetchMFAPreference()).toMatchObject({ enabled: ['EMAIL'] })
})

test('a session answers for one user, once, for three minutes', async () => {
  pool = await startPool({ mfa: everything })
  const secret = await withApp()
  await pool.addUser('eve@example.com')
  const { Session, ChallengeName } = await start()
  expect(ChallengeName).toBe('SOFTWARE_TOKEN_MFA')
  const expired = {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session is expired.',
  }
  pool.sandbox.clock.advance(30_000)
  const SOFTWARE_TOKEN_MFA_CODE = shown(secret)
  await expect(
    respond('SOFTWARE_TOKEN_MFA', Session, { USERNAME: 'eve@example.com', SOFTWARE_TOKEN_MFA_CODE }),
  ).rejects.toMatchObject(expired)
  await expect(respond('SMS_MFA', Session, { SMS_MFA_CODE: '1' })).rejects.toMatchObject(expired)
  const { AuthenticationResult } = await respond('SOFTWARE_TOKEN_MFA', Session, { SOFTWARE_TOKEN_MFA_CODE })
  expect(AuthenticationResult?.AccessToken).toBeDefined()
  await expect(respond('SOFTWARE_TOKEN_MFA', Session, { SOFTWARE_TOKEN_MFA_CODE })).rejects.toMatchObject(
    expired,
  )

  const late = await start()
  pool.sandbox.clock.advance(180_000)
  await expect(
    respond('SOFTWARE_TOKEN_MFA', late.Session, { SOFTWARE_TOKEN_MFA_CODE: shown(secret) }),
  ).rejects.toMatchObject(expired)
})

test('five wrong codes end the session', async () => {
  pool = await startPool({ mfa: everything })
  const secret = await withApp()
  const { Session } = await start()
  for (let time = 0; time < 5; time++) {
    await expect(
      respond('SOFTWARE_TOKEN_MFA', Session, { SOFTWARE_TOKEN_MFA_CODE: '12345x' }),
    ).rejects.toMatchObject({ name: 'CodeMismatchException' })
  }
  pool.sandbox.clock.advance(30_000)
  await expect(
    respond('SOFTWARE_TOKEN_MFA', Session, { SOFTWARE_TOKEN_MFA_CODE: shown(secret) }),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('preferences name what the pool and the user have', async () => {
  pool = await startPool({ mfa: { ...everything, sms: false } })
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const prefer = (input: object) => pool.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, ...input }))
  await expect(prefer({ SMSMfaSettings: { Enabled: true } })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'SMS MFA is not enabled for this user pool.',
  })
  await expect(prefer({ SoftwareTokenMfaSettings: { Enabled: true } })).rejects.toMatchObject({
    message: 'User has not verified software token mfa',
  })
  await prefer({ EmailMfaSettings: { Enabled: true, PreferredMfa: true } })
  expect(await pool.sdk.send(new GetUserCommand({ AccessToken }))).toMatchObject({
    UserMFASettingList: ['EMAIL_OTP'],
    PreferredMfaSetting: 'EMAIL_OTP',
  })
  await prefer({ EmailMfaSettings: { Enabled: false } })
  const { UserMFASettingList, PreferredMfaSetting } = await pool.sdk.send(new GetUserCommand({ AccessToken }))
  expect([UserMFASettingList, PreferredMfaSetting]).toEqual([undefined, undefined])
})

test('a pool without authenticator apps says so', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { AccessToken } = await pool.signIn(ADA)
  await expect(pool.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }))).rejects.toMatchObject({
    name: 'SoftwareTokenMFANotFoundException',
  })
})

test('an administrator turns the second factor on and off; it survives until a reset', async () => {
  pool = await startPool()
  const { UserPoolId } = pool
  await pool.sdk.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  await withApp()
  expect((await start()).ChallengeName).toBe('SOFTWARE_TOKEN_MFA')
  expect(pool.sandbox.outputs.auth).toMatchObject({ mfa_configuration: 'OPTIONAL', mfa_methods: ['TOTP'] })
  await pool.sdk.send(new SetUserPoolMfaConfigCommand({ UserPoolId, MfaConfiguration: 'OFF' }))
  expect((await start()).AuthenticationResult).toBeDefined()
  await pool.sandbox.reset()
  expect(await pool.sdk.send(new GetUserPoolMfaConfigCommand({ UserPoolId }))).toMatchObject({
    MfaConfiguration: 'OFF',
  })
})

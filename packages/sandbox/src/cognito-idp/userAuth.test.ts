import { InitiateAuthCommand, RespondToAuthChallengeCommand } from '@aws-sdk/client-cognito-identity-provider'
import { autoSignIn, confirmSignIn, confirmSignUp, signIn, signOut, signUp } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { useOfficial } from './official.fixture.js'

const username = 'ada@example.com'
const password = PASSWORD

let pool: TestPool

afterEach(async () => {
  await signOut().catch(() => {})
  await pool.stop()
})

async function served() {
  pool = await startPool({ passwordless: ['EMAIL_OTP'] })
  useOfficial(pool)
  await pool.register(username)
}

test('the official client signs in by the factor it prefers', async () => {
  await served()
  for (const preferredChallenge of ['PASSWORD_SRP', 'PASSWORD'] as const) {
    const options = { authFlowType: 'USER_AUTH', preferredChallenge } as const
    expect((await signIn({ username, password, options })).isSignedIn).toBe(true)
    await signOut()
  }
  const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'EMAIL_OTP' } as const
  const { nextStep } = await signIn({ username, options })
  expect(nextStep).toMatchObject({
    signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
    codeDeliveryDetails: { destination: 'a***@e***' },
  })
  await expect(confirmSignIn({ challengeResponse: '00000000' })).rejects.toMatchObject({
    name: 'CodeMismatchException',
  })
  const { code } = await pool.sandbox.inbox.next({ to: username })
  expect(code).toMatch(/^\d{8}$/)
  expect((await confirmSignIn({ challengeResponse: code! })).isSignedIn).toBe(true)
})

test('without a preference the user chooses', async () => {
  await served()
  for (const [challengeResponse, step] of [
    ['EMAIL_OTP', 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE'],
    ['PASSWORD', 'CONFIRM_SIGN_IN_WITH_PASSWORD'],
    ['PASSWORD_SRP', 'CONFIRM_SIGN_IN_WITH_PASSWORD'],
  ] as const) {
    const { nextStep } = await signIn({ username, options: { authFlowType: 'USER_AUTH' } })
    expect(nextStep).toEqual({
      signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION',
      availableChallenges: ['PASSWORD', 'PASSWORD_SRP', 'EMAIL_OTP'],
    })
    expect((await confirmSignIn({ challengeResponse })).nextStep.signInStep).toBe(step)
    const answer =
      challengeResponse === 'EMAIL_OTP' ? (await pool.sandbox.inbox.next({ to: username })).code! : password
    expect((await confirmSignIn({ challengeResponse: answer })).isSignedIn).toBe(true)
    await signOut()
  }
})

test('who signs up without a password is signed in by the code that confirms it', async () => {
  pool = await startPool({ passwordless: ['EMAIL_OTP'] })
  useOfficial(pool)
  const options = { userAttributes: { email: username }, autoSignIn: { authFlowType: 'USER_AUTH' as const } }
  await signUp({ username, options })
  const { code } = await pool.sandbox.inbox.next({ to: username })
  const { nextStep } = await confirmSignUp({ username, confirmationCode: code! })
  expect(nextStep.signUpStep).toBe('COMPLETE_AUTO_SIGN_IN')
  expect((await autoSignIn()).isSignedIn).toBe(true)
  await signOut()
  const { nextStep: later } = await signIn({ username, options: { authFlowType: 'USER_AUTH' } })
  expect(later).toMatchObject({ availableChallenges: ['EMAIL_OTP'] })
})

test('a name that nobody has is asked like any other, and gets no mail', async () => {
  await served()
  const initiate = (AuthParameters: Record<string, string>) =>
    pool.sdk.send(new InitiateAuthCommand({ ClientId: pool.ClientId, AuthFlow: 'USER_AUTH', AuthParameters }))
  const { AvailableChallenges } = await initiate({ USERNAME: 'nobody@example.com' })
  expect(AvailableChallenges).toEqual(['PASSWORD', 'PASSWORD_SRP', 'EMAIL_OTP'])
  const { Session, ChallengeParameters } = await initiate({
    USERNAME: 'nobody@example.com',
    PREFERRED_CHALLENGE: 'EMAIL_OTP',
  })
  expect(ChallengeParameters).toMatchObject({ CODE_DELIVERY_DESTINATION: 'n***@e***' })
  expect(pool.sandbox.inbox.all().filter(({ to }) => to === 'nobody@example.com')).toEqual([])
  await expect(
    pool.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId: pool.ClientId,
        ChallengeName: 'EMAIL_OTP',
        Session,
        ChallengeResponses: { USERNAME: 'nobody@example.com', EMAIL_OTP_CODE: '12345678' },
      }),
    ),
  ).rejects.toMatchObject({ name: 'CodeMismatchException' })
})

test('a code cannot stand for the password where it is the second factor', async () => {
  pool = await startPool({
    passwordless: ['EMAIL_OTP'],
    mfa: { mode: 'REQUIRED', totp: true, sms: false, email: false },
  })
  await pool.addUser(username)
  const { AvailableChallenges } = await pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: 'USER_AUTH',
      AuthParameters: { USERNAME: username, PREFERRED_CHALLENGE: 'EMAIL_OTP' },
    }),
  )
  expect(AvailableChallenges).toEqual(['PASSWORD', 'PASSWORD_SRP'])
})

import { expect, test } from 'vitest'
import {
  autoSignIn,
  confirmSignIn,
  confirmSignUp,
  fetchUserAttributes,
  getCurrentUser,
  signIn,
  signUp,
} from './index.js'
import { contextOn, password, register, useSandbox } from './sandbox.fixture.js'

// The flows beyond a password, on the local backend.

const state = useSandbox({ loginWith: { email: { otpLogin: true } } })

test('a user without a password signs up and is in, with one code', async () => {
  const username = 'light@example.com'
  const ctx = contextOn(state.sandbox)
  await signUp({ username, options: { autoSignIn: { authFlowType: 'USER_AUTH' } } }, ctx)
  const { code } = await state.sandbox.inbox.next({ to: username })
  const { nextStep } = await confirmSignUp({ username, confirmationCode: code! }, ctx)
  expect(nextStep).toEqual({ signUpStep: 'COMPLETE_AUTO_SIGN_IN' })
  expect(await autoSignIn(ctx)).toEqual({ isSignedIn: true, nextStep: { signInStep: 'DONE' } })
  expect(await fetchUserAttributes(ctx)).toMatchObject({ email: username, email_verified: 'true' })
})

test.each(['EMAIL_OTP', 'PASSWORD', 'PASSWORD_SRP'])('%s is chosen, and lets the user in', async (factor) => {
  const username = `${factor.toLowerCase()}@example.com`
  await register(state.sandbox, username)
  const ctx = contextOn(state.sandbox)
  const { nextStep } = await signIn({ username, options: { authFlowType: 'USER_AUTH' } }, ctx)
  expect(nextStep).toMatchObject({
    signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION',
    availableChallenges: expect.arrayContaining([factor]),
  })
  await confirmSignIn({ challengeResponse: factor }, ctx)
  const challengeResponse =
    factor === 'EMAIL_OTP' ? (await state.sandbox.inbox.next({ to: username })).code! : password
  expect((await confirmSignIn({ challengeResponse }, ctx)).isSignedIn).toBe(true)
  expect(await getCurrentUser(ctx)).toMatchObject({
    signInDetails: { loginId: username, authFlowType: 'USER_AUTH' },
  })
})

test.each(['PASSWORD', 'PASSWORD_SRP'] as const)(
  'a preferred %s lets the user in at once',
  async (factor) => {
    const username = `preferred-${factor.toLowerCase()}@example.com`
    await register(state.sandbox, username)
    const options = { authFlowType: 'USER_AUTH', preferredChallenge: factor } as const
    const { isSignedIn } = await signIn({ username, password, options }, contextOn(state.sandbox))
    expect(isSignedIn).toBe(true)
  },
)

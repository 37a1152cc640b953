import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  autoSignIn,
  confirmSignUp,
  fetchUserAttributes,
  getCurrentUser,
  resendSignUpCode,
  signIn,
  signUp,
} from './index.js'
import { contextOn, password, useSandbox } from './sandbox.fixture.js'
import { Refusal, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const state = useSandbox()

test('a user signs up, confirms with the mailed code, and signs in', async () => {
  const { sandbox } = state
  const ctx = contextOn(sandbox)
  const username = 'ada@example.com'

  const signedUp = await signUp({ username, password, options: { userAttributes: { name: 'Ada' } } }, ctx)
  expect(signedUp).toMatchObject({
    isSignUpComplete: false,
    userId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    nextStep: {
      signUpStep: 'CONFIRM_SIGN_UP',
      codeDeliveryDetails: {
        deliveryMedium: 'EMAIL',
        attributeName: 'email',
        destination: expect.stringContaining('*'),
      },
    },
  })
  expect((await signIn({ username, password }, ctx)).nextStep).toEqual({ signInStep: 'CONFIRM_SIGN_UP' })

  const { code } = await sandbox.inbox.next({ to: username })
  const confirmed = await confirmSignUp({ username, confirmationCode: code! }, ctx)
  expect(confirmed).toEqual({ isSignUpComplete: true, nextStep: { signUpStep: 'DONE' } })

  expect((await signIn({ username, password }, ctx)).isSignedIn).toBe(true)
  expect((await getCurrentUser(ctx)).userId).toBe(signedUp.userId)
  expect(await fetchUserAttributes(ctx)).toMatchObject({ email: username, name: 'Ada', sub: signedUp.userId })
})

test('a new code can be sent, and says where it went', async () => {
  const { sandbox } = state
  const ctx = contextOn(sandbox)
  const username = 'bob@example.com'
  await signUp({ username, password }, ctx)
  await sandbox.inbox.next({ to: username })
  expect(await resendSignUpCode({ username }, ctx)).toMatchObject({
    deliveryMedium: 'EMAIL',
    attributeName: 'email',
  })
  const { code } = await sandbox.inbox.next({ to: username })
  await confirmSignUp({ username, confirmationCode: code! }, ctx)
})

test('a wrong code, a name that is taken and a poor password are refused under the names of the service', async () => {
  const ctx = contextOn(state.sandbox)
  const username = 'carol@example.com'
  await signUp({ username, password }, ctx)
  const { code } = await state.sandbox.inbox.next({ to: username })
  const confirmationCode = code === '000000' ? '111111' : '000000'
  await expect(confirmSignUp({ username, confirmationCode }, ctx)).rejects.toMatchObject({
    name: 'CodeMismatchException',
  })
  await confirmSignUp({ username, confirmationCode: code! }, ctx)
  await expect(signUp({ username, password }, ctx)).rejects.toMatchObject({ name: 'UsernameExistsException' })
  await expect(signUp({ username: 'd@example.com', password: 'poor' }, ctx)).rejects.toMatchObject({
    name: 'InvalidPasswordException',
  })
})

test('what is missing is named before anything is sent', async () => {
  const ctx = contextOn(state.sandbox, { platform: { fetch: () => Promise.reject(new Error('sent')) } })
  await expect(signUp({ username: '' }, ctx)).rejects.toMatchObject({ name: 'EmptySignUpUsername' })
  await expect(confirmSignUp({ username: '', confirmationCode: '1' }, ctx)).rejects.toMatchObject({
    name: 'EmptyConfirmSignUpUsername',
  })
  await expect(confirmSignUp({ username: 'x', confirmationCode: '' }, ctx)).rejects.toMatchObject({
    name: 'EmptyConfirmSignUpCode',
  })
  await expect(resendSignUpCode({ username: '' }, ctx)).rejects.toMatchObject({ name: 'EmptySignUpUsername' })
})

describe('autoSignIn', () => {
  test('signs in whom the code has confirmed, once, though it is called twice', async () => {
    const { sandbox } = state
    const ctx = contextOn(sandbox)
    const username = 'erin@example.com'
    const events: string[] = []
    ctx.events.listen('auth', ({ payload }) => void events.push(payload.event))
    await signUp({ username, password, options: { autoSignIn: true } }, ctx)
    const { code } = await sandbox.inbox.next({ to: username })
    expect((await confirmSignUp({ username, confirmationCode: code! }, ctx)).nextStep).toEqual({
      signUpStep: 'COMPLETE_AUTO_SIGN_IN',
    })
    const both = await Promise.all([autoSignIn(ctx), autoSignIn(ctx)])
    expect(both.map(({ isSignedIn }) => isSignedIn)).toEqual([true, true])
    expect(events).toEqual(['signedIn'])
    await expect(autoSignIn(ctx)).rejects.toMatchObject({ name: 'AutoSignInException' })
  })

  test('has nothing to do where no sign-up asked for it', async () => {
    await expect(autoSignIn(contextOn(state.sandbox))).rejects.toMatchObject({ name: 'AutoSignInException' })
  })

  test('has nothing to do once the user has signed in by hand', async () => {
    const { sandbox } = state
    const ctx = contextOn(sandbox)
    const username = 'frank@example.com'
    await signUp({ username, password, options: { autoSignIn: true } }, ctx)
    const { code } = await sandbox.inbox.next({ to: username })
    await confirmSignUp({ username, confirmationCode: code! }, ctx)
    await signIn({ username, password }, ctx)
    await expect(autoSignIn(ctx)).rejects.toMatchObject({ name: 'AutoSignInException' })
  })
})

describe('pools of another mind', () => {
  let pool: ScriptedPool
  beforeEach(async () => {
    pool = await scriptedPool({
      SignUp: () => ({ UserSub: 'sub-x', UserConfirmed: true }),
      InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-x') }),
    })
  })
  afterEach(() => pool.close())

  test('a user may be confirmed at once', async () => {
    expect(await signUp({ username: 'x', password }, pool.context())).toEqual({
      isSignUpComplete: true,
      userId: 'sub-x',
      nextStep: { signUpStep: 'DONE' },
    })
    const ctx = pool.context()
    const options = { autoSignIn: { authFlowType: 'USER_PASSWORD_AUTH' as const } }
    expect((await signUp({ username: 'x', password, options }, ctx)).nextStep).toEqual({
      signUpStep: 'COMPLETE_AUTO_SIGN_IN',
    })
    expect((await autoSignIn(ctx)).isSignedIn).toBe(true)
  })

  test('everything that was given is sent, and nothing that was not', async () => {
    const options = {
      userAttributes: { email: 'x@example.com', 'custom:team': 'blue' },
      validationData: { invitation: '42' },
      clientMetadata: { from: 'web' },
    }
    await signUp({ username: 'x', options }, pool.context())
    expect(pool.heard[0]!.input).toEqual({
      ClientId: 'client',
      Username: 'x',
      UserAttributes: [
        { Name: 'email', Value: 'x@example.com' },
        { Name: 'custom:team', Value: 'blue' },
      ],
      ValidationData: [{ Name: 'invitation', Value: '42' }],
      ClientMetadata: { from: 'web' },
    })
  })

  test('a link is waited for', async () => {
    let asked = 0
    pool.script.SignUp = () => ({ UserSub: 'sub-x', UserConfirmed: false })
    pool.script.InitiateAuth = () => {
      if (++asked === 1) throw new Refusal('UserNotConfirmedException')
      return { AuthenticationResult: tokensOf('sub-x') }
    }
    const ctx = pool.context()
    ctx.config = {
      Auth: { Cognito: { ...ctx.config.Auth!.Cognito, signUpVerificationMethod: 'link' } as never },
    }
    const options = { autoSignIn: { authFlowType: 'USER_PASSWORD_AUTH' as const } }
    expect((await signUp({ username: 'x', password, options }, ctx)).nextStep.signUpStep).toBe(
      'COMPLETE_AUTO_SIGN_IN',
    )
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const waiting = autoSignIn(ctx)
      // Each turn lets the pool answer, then five seconds pass.
      while (asked < 2) {
        await new Promise((resolve) => setImmediate(resolve))
        vi.advanceTimersByTime(5_000)
      }
      expect((await waiting).isSignedIn).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})

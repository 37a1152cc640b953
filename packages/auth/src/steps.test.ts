import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Context } from '@backline/core/internal'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { type AuthProps, defineAuth, defineBackend, defineFunction } from '@backline/schema/backend'
import { afterAll, afterEach, expect, test } from 'vitest'
import { shown } from './authenticatorApp.fixture.js'
import {
  confirmResetPassword,
  confirmSignIn,
  fetchUserAttributes,
  getCurrentUser,
  resetPassword,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  verifyTOTPSetup,
} from './index.js'
import { contextOn, password, register } from './sandbox.fixture.js'

// Every step that a pool may ask for, on the local backend.

const username = 'ada@example.com'
const PHONE = '+15550100'
const named = (name: string) => expect.objectContaining({ name })
const done = { isSignedIn: true, nextStep: { signInStep: 'DONE' } }

let sandbox: Sandbox
const folder = mkdtempSync(join(tmpdir(), 'backline-steps-'))
afterEach(() => sandbox.stop())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function served(auth: Partial<AuthProps>): Promise<Context> {
  const backend = defineBackend({ auth: defineAuth({ loginWith: { email: true }, ...auth }) })
  sandbox = await startSandbox({ backend })
  return contextOn(sandbox)
}

function handler(name: string, body: string) {
  const entry = join(folder, `${name}.ts`)
  writeFileSync(entry, `export const handler = async (event) => { ${body}; return event }`)
  return defineFunction({ name, entry })
}

const admin = () =>
  new CognitoIdentityProviderClient({
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: { ...sandbox.credentials },
  })
const pool = () => (sandbox.outputs.auth as { user_pool_id: string }).user_pool_id

async function givePhone() {
  const UserAttributes = [
    { Name: 'phone_number', Value: PHONE },
    { Name: 'phone_number_verified', Value: 'true' },
  ]
  await admin().send(
    new AdminUpdateUserAttributesCommand({ UserPoolId: pool(), Username: username, UserAttributes }),
  )
}

const inbox = async (to = username) => (await sandbox.inbox.next({ to })).code!

/** The app asks which fish, and once more which bird. */
const questions = () => ({
  defineAuthChallenge: handler(
    'define',
    `const { session } = event.request
     const own = session.filter(({ challengeName }) => challengeName === 'CUSTOM_CHALLENGE')
     const [last] = session.slice(-1)
     Object.assign(event.response, { issueTokens: false, failAuthentication: false })
     if (last?.challengeName === 'SRP_A') event.response.challengeName = 'PASSWORD_VERIFIER'
     else if (last && !last.challengeResult) event.response.failAuthentication = true
     else if (own.length === 2) event.response.issueTokens = true
     else event.response.challengeName = 'CUSTOM_CHALLENGE'`,
  ),
  createAuthChallenge: handler(
    'create',
    `const asked = event.request.session.filter(({ challengeName }) => challengeName === 'CUSTOM_CHALLENGE').length
     event.response.publicChallengeParameters = { question: ['fish', 'bird'][asked], from: event.request.clientMetadata?.from ?? '' }
     event.response.privateChallengeParameters = { answer: ['carp', 'crow'][asked] }`,
  ),
  verifyAuthChallengeResponse: handler(
    'verify',
    `event.response.answerCorrect = event.request.challengeAnswer === event.request.privateChallengeParameters.answer`,
  ),
})

test.each(['CUSTOM_WITHOUT_SRP', 'CUSTOM_WITH_SRP'] as const)(
  '%s: the app’s own questions, one after the other',
  async (authFlowType) => {
    const ctx = await served({ triggers: questions() })
    await register(sandbox, username)
    const begin = (more: object = {}) =>
      signIn(
        {
          username,
          ...(authFlowType === 'CUSTOM_WITH_SRP' ? { password } : {}),
          options: { authFlowType, clientMetadata: { from: 'web' } },
          ...more,
        },
        ctx,
      )
    expect((await begin()).nextStep).toEqual({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: expect.objectContaining({ question: 'fish' }),
    })
    const next = await confirmSignIn(
      { challengeResponse: 'carp', options: { clientMetadata: { from: 'phone' } } },
      ctx,
    )
    expect(next.nextStep).toMatchObject({ additionalInfo: { question: 'bird', from: 'phone' } })
    await expect(getCurrentUser(ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
    expect(await confirmSignIn({ challengeResponse: 'crow' }, ctx)).toEqual(done)
    expect((await getCurrentUser(ctx)).signInDetails).toEqual({ loginId: username, authFlowType })
    await signOut({}, ctx)

    await begin()
    await expect(confirmSignIn({ challengeResponse: 'cod' }, ctx)).rejects.toEqual(
      named('NotAuthorizedException'),
    )
    if (authFlowType === 'CUSTOM_WITH_SRP')
      await expect(begin({ password: 'Wrong-horse-1' })).rejects.toEqual(named('NotAuthorizedException'))
    await expect(getCurrentUser(ctx)).rejects.toEqual(named('UserUnAuthenticatedException'))
  },
)

test('a texted code as the second factor, and a choice among three', async () => {
  const ctx = await served({
    loginWith: { email: true },
    multifactor: { mode: 'OPTIONAL', sms: true, totp: true, email: true },
    senders: { email: { fromEmail: 'shop@example.com' } },
  })
  await register(sandbox, username)
  await givePhone()
  await signIn({ username, password }, ctx)
  await updateMFAPreference({ sms: 'ENABLED' }, ctx)
  await signOut({}, ctx)

  expect((await signIn({ username, password }, ctx)).nextStep).toEqual({
    signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE',
    codeDeliveryDetails: { deliveryMedium: 'SMS', destination: expect.stringMatching(/^\+\*+0100$/) },
  })
  await expect(confirmSignIn({ challengeResponse: '000000' }, ctx)).rejects.toEqual(
    named('CodeMismatchException'),
  )
  expect(await confirmSignIn({ challengeResponse: await inbox(PHONE) }, ctx)).toEqual(done)

  const { sharedSecret } = await setUpTOTP(ctx)
  await verifyTOTPSetup({ code: shown(sharedSecret) }, ctx)
  await updateMFAPreference({ totp: 'ENABLED', email: 'ENABLED' }, ctx)
  await signOut({}, ctx)
  const { nextStep } = await signIn({ username, password }, ctx)
  expect(nextStep).toMatchObject({ signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION' })
  expect('allowedMFATypes' in nextStep && nextStep.allowedMFATypes?.toSorted()).toEqual([
    'EMAIL',
    'SMS',
    'TOTP',
  ])
  expect((await confirmSignIn({ challengeResponse: 'EMAIL' }, ctx)).nextStep.signInStep).toBe(
    'CONFIRM_SIGN_IN_WITH_EMAIL_CODE',
  )
  expect(await confirmSignIn({ challengeResponse: await inbox() }, ctx)).toEqual(done)
  await signOut({}, ctx)
  await signIn({ username, password }, ctx)
  await confirmSignIn({ challengeResponse: 'TOTP' }, ctx)
  expect(await confirmSignIn({ challengeResponse: shown(sharedSecret, 1) }, ctx)).toEqual(done)
})

test('a texted code instead of a password', async () => {
  const ctx = await served({ loginWith: { email: true, phone: { otpLogin: true } } })
  await signUp(
    { username, password, options: { userAttributes: { email: username, phone_number: PHONE } } },
    ctx,
  )
  sandbox.inbox.clear()
  await admin().send(new AdminConfirmSignUpCommand({ UserPoolId: pool(), Username: username }))
  await givePhone()
  const options = { authFlowType: 'USER_AUTH', preferredChallenge: 'SMS_OTP' } as const
  const { nextStep } = await signIn({ username, options }, ctx)
  expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_SMS_CODE')
  expect(await confirmSignIn({ challengeResponse: await inbox(PHONE) }, ctx)).toEqual(done)
})

test('who was invited chooses a password and says what is missing; who must reset it does', async () => {
  const ctx = await served({ userAttributes: { nickname: { required: true } } })
  await admin().send(new AdminCreateUserCommand({ UserPoolId: pool(), Username: username }))
  const invited = await signIn({ username, password: await inbox() }, ctx)
  expect(invited.nextStep).toEqual({
    signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED',
    missingAttributes: ['nickname'],
  })
  await expect(confirmSignIn({ challengeResponse: 'short' }, ctx)).rejects.toEqual(
    named('InvalidPasswordException'),
  )
  const options = { userAttributes: { nickname: 'Countess' } }
  expect(await confirmSignIn({ challengeResponse: password, options }, ctx)).toEqual(done)
  expect((await fetchUserAttributes(ctx)).nickname).toBe('Countess')
  await signOut({}, ctx)

  await admin().send(
    new AdminUpdateUserAttributesCommand({
      UserPoolId: pool(),
      Username: username,
      UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
    }),
  )
  await admin().send(new AdminResetUserPasswordCommand({ UserPoolId: pool(), Username: username }))
  await inbox()
  expect((await signIn({ username, password }, ctx)).nextStep).toEqual({ signInStep: 'RESET_PASSWORD' })
  await resetPassword({ username }, ctx)
  await confirmResetPassword({ username, newPassword: 'Analytical-2', confirmationCode: await inbox() }, ctx)
  expect(await signIn({ username, password: 'Analytical-2' }, ctx)).toEqual(done)
})

test('who has not confirmed the address is told so', async () => {
  const ctx = await served({})
  await signUp({ username, password }, ctx)
  expect((await signIn({ username, password }, ctx)).nextStep).toEqual({ signInStep: 'CONFIRM_SIGN_UP' })
  await expect(signIn({ username, password: 'Wrong-horse-1' }, ctx)).rejects.toEqual(
    named('NotAuthorizedException'),
  )
})

/** Somebody with a name and a password, and nothing that a code could be sent to. */
async function addAda() {
  const user = { UserPoolId: pool(), Username: 'ada' }
  await admin().send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }))
  await admin().send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }))
}

test('where a second factor is required, it is chosen and set up on the way in', async () => {
  const ctx = await served({
    loginWith: { username: true, email: true },
    multifactor: { mode: 'REQUIRED', totp: true, email: true },
  })
  await addAda()
  expect((await signIn({ username: 'ada', password }, ctx)).nextStep).toEqual({
    signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION',
    allowedMFATypes: expect.arrayContaining(['TOTP', 'EMAIL']),
  })
  const { nextStep } = await confirmSignIn({ challengeResponse: 'TOTP' }, ctx)
  if (nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') throw new Error(nextStep.signInStep)
  const { sharedSecret } = nextStep.totpSetupDetails
  // A code that the app does not show changes nothing: the step can be answered again.
  await expect(confirmSignIn({ challengeResponse: '000000' }, ctx)).rejects.toEqual(
    named('EnableSoftwareTokenMFAException'),
  )
  expect(await confirmSignIn({ challengeResponse: shown(sharedSecret) }, ctx)).toEqual(done)
  await signOut({}, ctx)
  expect((await signIn({ username: 'ada', password }, ctx)).nextStep.signInStep).toBe(
    'CONFIRM_SIGN_IN_WITH_TOTP_CODE',
  )
  expect(await confirmSignIn({ challengeResponse: shown(sharedSecret, 1) }, ctx)).toEqual(done)
})

test('an address for codes is set up on the way in', async () => {
  const ctx = await served({
    loginWith: { username: true, email: true },
    multifactor: { mode: 'REQUIRED', email: true },
  })
  await addAda()
  expect((await signIn({ username: 'ada', password }, ctx)).nextStep).toEqual({
    signInStep: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP',
  })
  const asked = await confirmSignIn({ challengeResponse: username }, ctx)
  expect(asked.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_EMAIL_CODE')
  expect(await confirmSignIn({ challengeResponse: await inbox() }, ctx)).toEqual(done)
  expect(await fetchUserAttributes(ctx)).toMatchObject({ email: username, email_verified: 'true' })
})

test('a password after a choice, as a step of its own, in either way', async () => {
  const ctx = await served({ loginWith: { email: { otpLogin: true } } })
  await register(sandbox, username)
  for (const factor of ['PASSWORD', 'PASSWORD_SRP']) {
    await signIn({ username, options: { authFlowType: 'USER_AUTH' } }, ctx)
    const { nextStep } = await confirmSignIn({ challengeResponse: factor }, ctx)
    expect(nextStep).toEqual({ signInStep: 'CONFIRM_SIGN_IN_WITH_PASSWORD' })
    await expect(confirmSignIn({ challengeResponse: 'Wrong-horse-1' }, ctx)).rejects.toEqual(
      named('NotAuthorizedException'),
    )
    await signIn({ username, options: { authFlowType: 'USER_AUTH' } }, ctx)
    await confirmSignIn({ challengeResponse: factor }, ctx)
    expect(await confirmSignIn({ challengeResponse: password }, ctx)).toEqual(done)
    await signOut({}, ctx)
  }
})

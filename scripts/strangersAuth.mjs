// Our auth client on cognito-local. What that emulator lacks is tried all the same, and its answer printed.
import { createHmac } from 'node:crypto'
import {
  confirmResetPassword,
  confirmSignIn,
  confirmSignUp,
  confirmUserAttribute,
  deleteUser,
  deleteUserAttributes,
  fetchAuthSession,
  fetchDevices,
  fetchMFAPreference,
  fetchUserAttributes,
  getCurrentUser,
  resendSignUpCode,
  resetPassword,
  setUpTOTP,
  signIn,
  signOut,
  signUp,
  updateMFAPreference,
  updatePassword,
  updateUserAttributes,
  verifyTOTPSetup,
} from '@backline/auth'
import { createAmplifyContext } from '@backline/core'
import { CODE, startCognitoLocal } from './cognitoLocal.mjs'

const VERSION = '5'
const [username, password] = ['ada@example.com', 'Analytical-1']
const options = { authFlowType: 'USER_PASSWORD_AUTH' }

/** `check(what, fulfilled)` prints a line per check and counts it. */
export async function playAuth(check) {
  console.log('» Installing and starting cognito-local')
  const pool = await startCognitoLocal(VERSION)
  try {
    await journey(pool, check)
    await whatItLacks(pool)
  } finally {
    await pool.stop()
  }
}

const contextOn = ({ url, userPoolId, userPoolClientId }) =>
  createAmplifyContext({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: url } } })

async function journey(pool, check) {
  const ctx = contextOn(pool)
  let secret

  await check('signs up, and says where the code went', async () => {
    const userAttributes = { email: username, name: 'Ada' }
    const { nextStep, userId } = await signUp({ username, password, options: { userAttributes } }, ctx)
    return nextStep.signUpStep === 'CONFIRM_SIGN_UP' && !!userId
  })
  await check('refuses a wrong code and a name that is taken, in the service’s words', async () => {
    const wrong = await nameOf(confirmSignUp({ username, confirmationCode: '000000' }, ctx))
    const taken = await nameOf(signUp({ username, password }, ctx))
    return (wrong === 'CodeMismatchException' && taken === 'UsernameExistsException') || `${wrong}, ${taken}`
  })
  await check('confirms', async () => {
    const { isSignUpComplete } = await confirmSignUp({ username, confirmationCode: CODE }, ctx)
    return isSignUpComplete
  })
  await check('signs in by password, and not by a wrong one', async () => {
    const wrong = await nameOf(signIn({ username, password: 'Wrong-1', options }, ctx))
    const { isSignedIn } = await signIn({ username, password, options }, ctx)
    const { signInDetails } = await getCurrentUser(ctx)
    // cognito-local's own name; AWS says NotAuthorizedException.
    return (wrong === 'InvalidPasswordException' && isSignedIn && signInDetails.loginId === username) || wrong
  })
  await check('has a session', async () => {
    const { tokens, userSub } = await fetchAuthSession({}, ctx)
    return tokens.idToken.payload.email === username && tokens.accessToken.payload.sub === userSub
  })
  await check('reads, changes and removes attributes', async () => {
    const before = await fetchUserAttributes(ctx)
    await updateUserAttributes({ userAttributes: { name: 'Countess', nickname: 'Al' } }, ctx)
    const changed = await fetchUserAttributes(ctx)
    await deleteUserAttributes({ userAttributeKeys: ['nickname'] }, ctx)
    const after = await fetchUserAttributes(ctx)
    return (
      before.name === 'Ada' && changed.name === 'Countess' && changed.nickname === 'Al' && !after.nickname
    )
  })
  await check('proves a new address', async () => {
    await updateUserAttributes({ userAttributes: { email: username } }, ctx)
    await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: CODE }, ctx)
    return (await fetchUserAttributes(ctx)).email_verified === 'true'
  })
  await check('sets an authenticator app up', async () => {
    const { sharedSecret } = await setUpTOTP(ctx)
    secret = sharedSecret
    const wrong = await nameOf(verifyTOTPSetup({ code: '000000' }, ctx))
    await verifyTOTPSetup({ code: oneTimePassword(secret) }, ctx)
    await updateMFAPreference({ totp: 'PREFERRED' }, ctx)
    const { preferred } = await fetchMFAPreference(ctx)
    return (
      (/MismatchException|EnableSoftwareToken/.test(wrong) && preferred === 'TOTP') ||
      `${wrong}, ${preferred}`
    )
  })
  await check('signs out, and is a guest', async () => {
    await signOut({}, ctx)
    const name = await nameOf(getCurrentUser(ctx))
    return name === 'UserUnAuthenticatedException' && !(await fetchAuthSession({}, ctx)).tokens
  })
  await check('signs in with what the app shows', async () => {
    const { nextStep } = await signIn({ username, password, options }, ctx)
    if (nextStep.signInStep !== 'CONFIRM_SIGN_IN_WITH_TOTP_CODE') return nextStep.signInStep
    const wrong = await nameOf(confirmSignIn({ challengeResponse: '000000' }, ctx))
    const { isSignedIn } = await confirmSignIn({ challengeResponse: oneTimePassword(secret) }, ctx)
    return (wrong === 'CodeMismatchException' && isSignedIn) || wrong
  })
  await check('changes the password', async () => {
    await updateMFAPreference({ totp: 'DISABLED' }, ctx)
    await updatePassword({ oldPassword: password, newPassword: 'Second-2' }, ctx)
    await signOut({}, ctx)
    return (await signIn({ username, password: 'Second-2', options }, ctx)).isSignedIn
  })
  await check('resets a forgotten one', async () => {
    await signOut({}, ctx)
    const { nextStep } = await resetPassword({ username }, ctx)
    const confirmationCode = CODE
    await confirmResetPassword({ username, confirmationCode, newPassword: 'Third-3' }, ctx)
    const { isSignedIn } = await signIn({ username, password: 'Third-3', options }, ctx)
    return nextStep.resetPasswordStep === 'CONFIRM_RESET_PASSWORD_WITH_CODE' && isSignedIn
  })
  await check('deletes the account', async () => {
    await deleteUser(ctx)
    const name = await nameOf(signIn({ username, password: 'Third-3', options }, ctx))
    return /NotAuthorized|UserNotFound/.test(name) || name
  })
}

/** Told, not skipped: each is asked for, and counts neither as passed nor as failed. */
async function whatItLacks(pool) {
  const ctx = contextOn(pool)
  const somebody = { username: 'grace@example.com', password }
  await signUp(somebody, ctx)
  const resend = () => resendSignUpCode({ username: somebody.username }, ctx)
  const resent = await answerOf(resend())
  await confirmSignUp({ username: somebody.username, confirmationCode: CODE }, ctx)
  const flows = []
  for (const [authFlowType, input] of [
    ['USER_SRP_AUTH', somebody],
    ['USER_AUTH', { username: somebody.username }],
    ['CUSTOM_WITHOUT_SRP', { username: somebody.username }],
  ])
    flows.push([
      authFlowType,
      await answerOf(signIn({ ...input, options: { authFlowType } }, contextOn(pool))),
    ])
  await signIn({ ...somebody, options }, ctx)
  const rest = [
    ['another code for a sign-up', resent],
    ['devices', await answerOf(fetchDevices(ctx))],
    ['a refresh', await answerOf(fetchAuthSession({ forceRefresh: true }, ctx))],
    ['sign-out everywhere', await answerOf(signOut({ global: true }, ctx))],
  ]
  console.log(
    '  What cognito-local lacks, by its own answers; these are tried on the sandbox and with the official clients:',
  )
  for (const [what, answer] of [...flows, ...rest])
    console.log(answer ? `  – ${what}: ${answer}` : `  + ${what}: it has learnt that; make it a check`)
}

const answerOf = (promise) =>
  promise.then(
    () => undefined,
    ({ name, message }) => `${name}: ${message}`,
  )

function nameOf(promise) {
  return promise.then(
    () => undefined,
    (error) => error.name,
  )
}

/** RFC 6238, the secret in base32 of RFC 4648. */
function oneTimePassword(secret) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = hash[19] & 15
  return `${(hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, '0')
}

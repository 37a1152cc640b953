import {
  AdminCreateUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminUpdateUserAttributesCommand,
  GetTokensFromRefreshTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
  type CognitoUserSession,
} from 'amazon-cognito-identity-js'
import { afterEach, expect, test } from 'vitest'
import { type AuthPool, startAuthPool } from './authPool.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// amazon-cognito-identity-js, Amazon's client of before aws-amplify 6, through every flow it knows. It speaks in callbacks: each
// becomes one promise here, of what the sign-in came to or of what it asks for.

const ADA = 'ada@example.com'
let pool: AuthPool
afterEach(() => pool.stop())

/** A device of its own: what it stores is not another's. */
function device() {
  const items = new Map<string, string>()
  const Storage = {
    setItem: (key: string, value: string) => void items.set(key, value),
    getItem: (key: string) => items.get(key) ?? null,
    removeItem: (key: string) => void items.delete(key),
    clear: () => items.clear(),
  }
  const at = { UserPoolId: pool.UserPoolId, ClientId: pool.ClientId, endpoint: pool.sandbox.url, Storage }
  const users = new CognitoUserPool(at)
  const user = (Username: string) => new CognitoUser({ Username, Pool: users, Storage })
  return { users, user, items }
}

interface Outcome {
  session?: CognitoUserSession
  asked?: string
  // biome-ignore lint/suspicious/noExplicitAny: what is asked with differs per challenge, and the client does not say
  parameters?: any
}

/** All callbacks of the client, as one promise. */
function outcome(
  start: (callbacks: Parameters<CognitoUser['authenticateUser']>[1]) => void,
): Promise<Outcome> {
  return new Promise((resolve, onFailure) => {
    const asked = (name: string) => (_: unknown, parameters: unknown) => resolve({ asked: name, parameters })
    start({
      onSuccess: (session) => resolve({ session }),
      onFailure,
      newPasswordRequired: (attributes, required) =>
        resolve({ asked: 'newPassword', parameters: { attributes, required } }),
      mfaRequired: asked('mfa'),
      totpRequired: asked('totp'),
      customChallenge: (parameters) => resolve({ asked: 'custom', parameters }),
      mfaSetup: asked('mfaSetup'),
      selectMFAType: asked('selectMFAType'),
    })
  })
}

/** `callback(error, result)`, as a promise. */
const answer = <T>(start: (callback: (error?: Error | null, result?: T) => void) => void) =>
  new Promise<T>((resolve, reject) =>
    start((error, result) => (error ? reject(error) : resolve(result as T))),
  )

/** `{ onSuccess, onFailure }`, as a promise. */
const settled = <T>(
  start: (callbacks: { onSuccess(value: T): void; onFailure(error: Error): void }) => void,
) => new Promise<T>((onSuccess, onFailure) => start({ onSuccess, onFailure }))

/** Its SRP counts in JavaScript for a second; so only the tests about it do. */
const signIn = (user: CognitoUser, Password = PASSWORD, flow = 'USER_PASSWORD_AUTH') => {
  user.setAuthenticationFlowType(flow)
  return outcome((callbacks) =>
    user.authenticateUser(new AuthenticationDetails({ Username: user.getUsername(), Password }), callbacks),
  )
}
const SRP = 'USER_SRP_AUTH'

async function register(email = ADA, phone?: string) {
  const { users, user } = device()
  const attributes = [new CognitoUserAttribute({ Name: 'email', Value: email })]
  if (phone) attributes.push(new CognitoUserAttribute({ Name: 'phone_number', Value: phone }))
  await answer((callback) => users.signUp(email, PASSWORD, attributes, [], callback))
  const code = await pool.codeFor(email)
  await answer((callback) => user(email).confirmRegistration(code, false, callback))
}

async function arrive(on = device(), flow?: string) {
  const user = on.user(ADA)
  expect((await signIn(user, PASSWORD, flow)).session?.isValid()).toBe(true)
  return user
}

test('sign-up, another code, SRP, a session that is found again and refreshed', async () => {
  pool = await startAuthPool()
  const { users, user } = device()
  const { userConfirmed, codeDeliveryDetails } = (await answer((callback) =>
    users.signUp(ADA, PASSWORD, [new CognitoUserAttribute({ Name: 'email', Value: ADA })], [], callback),
  )) as { userConfirmed: boolean; codeDeliveryDetails: { Destination: string } }
  expect([userConfirmed, codeDeliveryDetails.Destination]).toEqual([false, 'a***@e***'])
  const first = await pool.codeFor(ADA)
  await answer((callback) => user(ADA).resendConfirmationCode(callback))
  const second = await pool.codeFor(ADA)
  await expect(
    answer((callback) => user(ADA).confirmRegistration(first, false, callback)),
  ).rejects.toMatchObject({ code: 'CodeMismatchException' })
  expect(await answer((callback) => user(ADA).confirmRegistration(second, false, callback))).toBe('SUCCESS')

  await expect(signIn(user(ADA), 'Wrong-horse-1', SRP)).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  })
  const { session } = await signIn(user(ADA), PASSWORD, SRP)
  expect(session!.getIdToken().payload.email).toBe(ADA)

  const found = users.getCurrentUser()!
  const current = await answer<CognitoUserSession>((callback) => found.getSession(callback as never))
  expect(current.getAccessToken().getJwtToken()).toBe(session!.getAccessToken().getJwtToken())
  const fresh = await answer<CognitoUserSession>((callback) =>
    found.refreshSession(session!.getRefreshToken(), callback),
  )
  expect(fresh.getAccessToken().payload.origin_jti).toBe(session!.getAccessToken().payload.origin_jti)
  expect(fresh.getAccessToken().getJwtToken()).not.toBe(session!.getAccessToken().getJwtToken())
})

test('an authenticator app: set up, preferred, asked for', async () => {
  pool = await startAuthPool({ multifactor: { mode: 'OPTIONAL', totp: true } })
  await register()
  const user = await arrive()
  const secret = await new Promise<string>((associateSecretCode, onFailure) =>
    user.associateSoftwareToken({ associateSecretCode, onFailure }),
  )
  await settled((callbacks) => user.verifySoftwareToken(pool.shown(secret), 'phone', callbacks))
  const preferred = { PreferredMfa: true, Enabled: true }
  expect(await answer((callback) => user.setUserMfaPreference(null, preferred, callback))).toBe('SUCCESS')
  const data = await answer<{ PreferredMfaSetting: string }>((callback) =>
    user.getUserData(callback as never, { bypassCache: true }),
  )
  expect(data.PreferredMfaSetting).toBe('SOFTWARE_TOKEN_MFA')

  const again = device().user(ADA)
  expect((await signIn(again)).asked).toBe('totp')
  const { session } = await outcome((callbacks) =>
    again.sendMFACode(pool.shown(secret), callbacks, 'SOFTWARE_TOKEN_MFA'),
  )
  expect(session?.isValid()).toBe(true)
})

test('an authenticator app that must be set up on the way in', async () => {
  pool = await startAuthPool({ multifactor: { mode: 'REQUIRED', totp: true } })
  await register()
  const user = device().user(ADA)
  expect((await signIn(user)).asked).toBe('mfaSetup')
  const secret = await new Promise<string>((associateSecretCode, onFailure) =>
    user.associateSoftwareToken({ associateSecretCode, onFailure }),
  )
  const session = await settled<CognitoUserSession>((callbacks) =>
    user.verifySoftwareToken(pool.shown(secret), 'phone', callbacks),
  )
  expect(session.isValid()).toBe(true)
  const again = device().user(ADA)
  expect((await signIn(again)).asked).toBe('totp')
})

test('a texted code, chosen among two second factors', async () => {
  pool = await startAuthPool({
    multifactor: { mode: 'OPTIONAL', totp: true, sms: true },
    userAttributes: { phoneNumber: { mutable: true } },
  })
  await register(ADA, '+15555550123')
  const user = await arrive()
  const secret = await new Promise<string>((associateSecretCode, onFailure) =>
    user.associateSoftwareToken({ associateSecretCode, onFailure }),
  )
  await settled((callbacks) => user.verifySoftwareToken(pool.shown(secret), 'phone', callbacks))
  const at = { UserPoolId: pool.UserPoolId, Username: ADA }
  await pool.sdk.send(
    new AdminUpdateUserAttributesCommand({
      ...at,
      UserAttributes: [{ Name: 'phone_number_verified', Value: 'true' }],
    }),
  )
  await pool.sdk.send(
    new AdminSetUserMFAPreferenceCommand({
      ...at,
      SMSMfaSettings: { Enabled: true },
      SoftwareTokenMfaSettings: { Enabled: true },
    }),
  )
  const again = device().user(ADA)
  expect((await signIn(again)).asked).toBe('selectMFAType')
  expect((await outcome((callbacks) => again.sendMFASelectionAnswer('SMS_MFA', callbacks))).asked).toBe('mfa')
  const code = await pool.codeFor('+15555550123', 'sms')
  const { session } = await outcome((callbacks) => again.sendMFACode(code, callbacks, 'SMS_MFA'))
  expect(session?.isValid()).toBe(true)
})

test('a challenge of the app’s own, after the password by SRP and without one', async () => {
  pool = await startAuthPool({ asksRiddles: true })
  await register()
  const details = new AuthenticationDetails({ Username: ADA, Password: PASSWORD })
  for (const start of ['initiateAuth', 'authenticateUser'] as const) {
    const user = device().user(ADA)
    user.setAuthenticationFlowType('CUSTOM_AUTH')
    const { asked, parameters } = await outcome((callbacks) => user[start](details, callbacks))
    expect([asked, parameters.riddle]).toEqual(['custom', 'What is 1 + 1?'])
    const { session } = await outcome((callbacks) => user.sendCustomChallengeAnswer('2', callbacks))
    expect(session?.isValid()).toBe(true)
  }
  const wrong = device().user(ADA)
  wrong.setAuthenticationFlowType('CUSTOM_AUTH')
  await outcome((callbacks) => wrong.initiateAuth(details, callbacks))
  await expect(outcome((callbacks) => wrong.sendCustomChallengeAnswer('3', callbacks))).rejects.toMatchObject(
    { code: 'NotAuthorizedException' },
  )
})

test('who was invited chooses a password, and fills in what the pool wants to know', async () => {
  pool = await startAuthPool({ userAttributes: { givenName: { required: true, mutable: true } } })
  await pool.sdk.send(
    new AdminCreateUserCommand({
      UserPoolId: pool.UserPoolId,
      Username: ADA,
      TemporaryPassword: 'Temporary-1',
      UserAttributes: [{ Name: 'email', Value: ADA }],
    }),
  )
  const user = device().user(ADA)
  const { asked, parameters } = await signIn(user, 'Temporary-1')
  expect(asked).toBe('newPassword')
  expect(parameters.required).toContain('given_name')
  const { session } = await outcome((callbacks) =>
    user.completeNewPasswordChallenge(PASSWORD, { given_name: 'Ada' }, callbacks),
  )
  expect(session!.getIdToken().payload.given_name).toBe('Ada')
})

test('a device: remembered, proves itself by SRP instead of the second factor, forgotten', async () => {
  pool = await startAuthPool({ devices: 'userOptIn', multifactor: { mode: 'OPTIONAL', totp: true } })
  await register()
  const here = device()
  const user = await arrive(here, SRP)
  const secret = await new Promise<string>((associateSecretCode, onFailure) =>
    user.associateSoftwareToken({ associateSecretCode, onFailure }),
  )
  await settled((callbacks) => user.verifySoftwareToken(pool.shown(secret), 'phone', callbacks))
  await answer((callback) => user.setUserMfaPreference(null, { PreferredMfa: true, Enabled: true }, callback))
  expect(await settled((callbacks) => user.setDeviceStatusRemembered(callbacks))).toBe('SUCCESS')
  const { Devices } = await settled<{ Devices: { DeviceKey: string }[] }>((callbacks) =>
    user.listDevices(10, null, callbacks),
  )
  expect(Devices).toHaveLength(1)

  const back = here.user(ADA)
  expect((await signIn(back, PASSWORD, SRP)).session?.isValid()).toBe(true)
  expect((await signIn(device().user(ADA))).asked).toBe('totp')

  expect(await settled((callbacks) => back.forgetDevice(callbacks))).toBe('SUCCESS')
  const stranger = here.user(ADA)
  expect((await signIn(stranger, PASSWORD, SRP)).asked).toBe('totp')
})

test('a forgotten password, a changed one', async () => {
  pool = await startAuthPool()
  await register()
  const user = device().user(ADA)
  const sent = await settled<{ CodeDeliveryDetails: { DeliveryMedium: string } }>((callbacks) =>
    user.forgotPassword(callbacks),
  )
  expect(sent.CodeDeliveryDetails.DeliveryMedium).toBe('EMAIL')
  const code = await pool.codeFor(ADA)
  await settled((callbacks) => user.confirmPassword(code, 'Chosen-anew-2', callbacks))
  await expect(signIn(user)).rejects.toMatchObject({ code: 'NotAuthorizedException' })
  expect((await signIn(user, 'Chosen-anew-2')).session?.isValid()).toBe(true)
  await answer((callback) => user.changePassword('Chosen-anew-2', PASSWORD, callback))
  await arrive()
})

test('attributes are read, changed, proven and removed; an account ends', async () => {
  pool = await startAuthPool({ userAttributes: { nickname: { mutable: true } } })
  await register()
  const user = await arrive()
  await answer((callback) => user.updateAttributes([{ Name: 'nickname', Value: 'Countess' }], callback))
  const read = async () =>
    Object.fromEntries(
      (await answer<CognitoUserAttribute[]>((callback) => user.getUserAttributes(callback as never))).map(
        (each) => [each.getName(), each.getValue()],
      ),
    )
  expect(await read()).toMatchObject({ email: ADA, email_verified: 'true', nickname: 'Countess' })
  await answer((callback) => user.deleteAttributes(['nickname'], callback))
  expect(await read()).not.toHaveProperty('nickname')

  await answer((callback) =>
    user.updateAttributes([{ Name: 'email', Value: 'lovelace@example.com' }], callback),
  )
  const code = await pool.codeFor('lovelace@example.com')
  expect((await read()).email).toBe(ADA)
  await settled((callbacks) => user.verifyAttribute('email', code, callbacks))
  expect((await read()).email).toBe('lovelace@example.com')
  await settled((callbacks) =>
    user.getAttributeVerificationCode('email', { ...callbacks, onSuccess: callbacks.onSuccess as never }),
  )
  expect(await pool.codeFor('lovelace@example.com')).toMatch(/^\d{6}$/)

  expect(await answer((callback) => user.deleteUser(callback))).toBe('SUCCESS')
  await expect(signIn(device().user('lovelace@example.com'))).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  })
})

test('signed out everywhere, both devices are', async () => {
  pool = await startAuthPool()
  await register()
  const [one, other] = [await arrive(), await arrive()]
  expect(await settled((callbacks) => one.globalSignOut(callbacks))).toBe('SUCCESS')
  await expect(answer((callback) => other.getUserAttributes(callback as never))).rejects.toMatchObject({
    code: 'NotAuthorizedException',
  })
  // Not through the client: it asks again for five seconds, whatever the answer is.
  const { ClientId, sdk } = pool
  const RefreshToken = other.getSignInUserSession()!.getRefreshToken().getToken()
  await expect(
    sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken })),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

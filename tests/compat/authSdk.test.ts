import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import {
  AdminCreateUserCommand,
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  ChangePasswordCommand,
  ConfirmDeviceCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandInput,
  ListDevicesCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  SignUpCommand,
  UpdateDeviceStatusCommand,
  UpdateUserAttributesCommand,
  VerifySoftwareTokenCommand,
  VerifyUserAttributeCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { afterEach, expect, test } from 'vitest'
import { type AuthPool, startAuthPool } from './authPool.fixture.js'
import { PASSWORD } from './shop.fixture.js'

// The AWS SDK's own client, which knows the wire and no flow: each flow of a user pool said request by request. What SRP needs is
// reckoned by amazon-cognito-identity-js.

const ADA = 'ada@example.com'
let pool: AuthPool
afterEach(() => pool.stop())

async function register(...UserAttributes: { Name: string; Value: string }[]) {
  const { ClientId, sdk } = pool
  await sdk.send(new SignUpCommand({ ClientId, Username: ADA, Password: PASSWORD, UserAttributes }))
  await sdk.send(
    new ConfirmSignUpCommand({ ClientId, Username: ADA, ConfirmationCode: await pool.codeFor(ADA) }),
  )
}

const begin = (AuthFlow: InitiateAuthCommandInput['AuthFlow'], AuthParameters: Record<string, string>) =>
  pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow,
      AuthParameters: { USERNAME: ADA, ...AuthParameters },
    }),
  )

type Asked = Pick<Awaited<ReturnType<typeof begin>>, 'ChallengeName' | 'Session'>

const respond = ({ ChallengeName, Session }: Asked, answers: Record<string, string>) =>
  pool.sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId: pool.ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME: ADA, ...answers },
    }),
  )

const byPassword = (more: Record<string, string> = {}) => begin('USER_PASSWORD_AUTH', { PASSWORD, ...more })

const isIn = ({ AuthenticationResult }: { AuthenticationResult?: AuthenticationResultType }) => {
  expect(AuthenticationResult).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 })
  return AuthenticationResult as Required<AuthenticationResultType>
}

test.each(['USER_SRP_AUTH', 'USER_AUTH'] as const)('SRP by %s', async (flow) => {
  pool = await startAuthPool()
  await register()
  const proof = await srpOf(pool.UserPoolId.split('_')[1]!)
  const asked = await begin(flow, {
    SRP_A: proof.A,
    ...(flow === 'USER_AUTH' && { PREFERRED_CHALLENGE: 'PASSWORD_SRP' }),
  })
  expect(asked.ChallengeName).toBe('PASSWORD_VERIFIER')
  const { USER_ID_FOR_SRP } = asked.ChallengeParameters!
  const wrong = await proof.answer(asked.ChallengeParameters!, USER_ID_FOR_SRP!, 'Wrong-horse-1')
  await expect(respond(asked, wrong)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  const again = await begin('USER_SRP_AUTH', { SRP_A: proof.A })
  isIn(await respond(again, await proof.answer(again.ChallengeParameters!, USER_ID_FOR_SRP!, PASSWORD)))
})

test('a mailed code as the second factor; a texted one instead, where the user says so', async () => {
  pool = await startAuthPool({ multifactor: { mode: 'OPTIONAL', sms: true, email: true } })
  await register({ Name: 'phone_number', Value: '+15555550123' })
  const { AccessToken } = isIn(await byPassword())
  await pool.sdk.send(
    new SetUserMFAPreferenceCommand({
      AccessToken,
      EmailMfaSettings: { Enabled: true, PreferredMfa: true },
    }),
  )
  const mailed = await byPassword()
  expect(mailed).toMatchObject({
    ChallengeName: 'EMAIL_OTP',
    ChallengeParameters: { CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL', CODE_DELIVERY_DESTINATION: 'a***@e***' },
  })
  await expect(respond(mailed, { EMAIL_OTP_CODE: '000000' })).rejects.toMatchObject({
    name: 'CodeMismatchException',
  })
  isIn(await respond(mailed, { EMAIL_OTP_CODE: await pool.codeFor(ADA) }))

  await pool.sdk.send(
    new SetUserMFAPreferenceCommand({
      AccessToken,
      EmailMfaSettings: { Enabled: false },
      SMSMfaSettings: { Enabled: true, PreferredMfa: true },
    }),
  )
  const texted = await byPassword()
  expect(texted.ChallengeName).toBe('SMS_MFA')
  isIn(await respond(texted, { SMS_MFA_CODE: await pool.codeFor('+15555550123', 'sms') }))
})

test('an authenticator app, set up with the token and asked for; set up on the way in where it must be', async () => {
  pool = await startAuthPool({ multifactor: { mode: 'OPTIONAL', totp: true } })
  await register()
  const { AccessToken } = isIn(await byPassword())
  const { SecretCode } = await pool.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }))
  const UserCode = pool.shown(SecretCode!)
  const { Status } = await pool.sdk.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }))
  expect(Status).toBe('SUCCESS')
  const SoftwareTokenMfaSettings = { Enabled: true, PreferredMfa: true }
  await pool.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings }))
  const asked = await byPassword()
  expect(asked.ChallengeName).toBe('SOFTWARE_TOKEN_MFA')
  isIn(await respond(asked, { SOFTWARE_TOKEN_MFA_CODE: pool.shown(SecretCode!) }))
  await pool.stop()

  pool = await startAuthPool({ multifactor: { mode: 'REQUIRED', totp: true } })
  await register()
  const setup = await byPassword()
  expect(setup.ChallengeName).toBe('MFA_SETUP')
  const given = await pool.sdk.send(new AssociateSoftwareTokenCommand({ Session: setup.Session }))
  const verified = await pool.sdk.send(
    new VerifySoftwareTokenCommand({ Session: given.Session, UserCode: pool.shown(given.SecretCode!) }),
  )
  isIn(await respond({ ChallengeName: 'MFA_SETUP', Session: verified.Session }, {}))
})

test('a challenge of the app’s own', async () => {
  pool = await startAuthPool({ asksRiddles: true })
  await register()
  const asked = await begin('CUSTOM_AUTH', {})
  expect(asked).toMatchObject({
    ChallengeName: 'CUSTOM_CHALLENGE',
    ChallengeParameters: { riddle: 'What is 1 + 1?' },
  })
  isIn(await respond(asked, { ANSWER: '2' }))
})

test('who was invited chooses a password', async () => {
  pool = await startAuthPool()
  const { UserPoolId } = pool
  await pool.sdk.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: ADA,
      UserAttributes: [
        { Name: 'email', Value: ADA },
        { Name: 'email_verified', Value: 'true' },
      ],
    }),
  )
  const { body } = await pool.sandbox.inbox.next({ to: ADA })
  const temporary = /temporary password is (\S+?)\.?$/m.exec(body)![1]!
  const asked = await byPassword({ PASSWORD: temporary })
  expect(asked.ChallengeName).toBe('NEW_PASSWORD_REQUIRED')
  isIn(await respond(asked, { NEW_PASSWORD: PASSWORD }))
  isIn(await byPassword())
})

test('a device is confirmed, remembered, and proves itself by SRP instead of the second factor', async () => {
  pool = await startAuthPool({
    devices: 'userOptIn',
    multifactor: { mode: 'OPTIONAL', totp: false, email: true },
  })
  await register()
  const { AccessToken, NewDeviceMetadata } = isIn(await byPassword())
  const { DeviceKey, DeviceGroupKey } = NewDeviceMetadata
  const proof = await srpOf(DeviceGroupKey!)
  const { secret, DeviceSecretVerifierConfig } = await proof.verifier(DeviceGroupKey!, DeviceKey!)
  const confirmed = await pool.sdk.send(
    new ConfirmDeviceCommand({ AccessToken, DeviceKey, DeviceSecretVerifierConfig, DeviceName: 'laptop' }),
  )
  expect(confirmed.UserConfirmationNecessary).toBe(true)
  await pool.sdk.send(
    new UpdateDeviceStatusCommand({ AccessToken, DeviceKey, DeviceRememberedStatus: 'remembered' }),
  )
  const { Devices } = await pool.sdk.send(new ListDevicesCommand({ AccessToken }))
  expect(Devices).toMatchObject([{ DeviceKey }])
  const EmailMfaSettings = { Enabled: true, PreferredMfa: true }
  await pool.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, EmailMfaSettings }))
  expect((await byPassword()).ChallengeName).toBe('EMAIL_OTP')

  const asked = await byPassword({ DEVICE_KEY: DeviceKey! })
  expect(asked.ChallengeName).toBe('DEVICE_SRP_AUTH')
  const verify = await respond(asked, { SRP_A: proof.A, DEVICE_KEY: DeviceKey! })
  expect(verify.ChallengeName).toBe('DEVICE_PASSWORD_VERIFIER')
  const answers = await proof.answer(verify.ChallengeParameters!, DeviceKey!, secret)
  isIn(await respond(verify, { ...answers, DEVICE_KEY: DeviceKey! }))
})

test('a rotated refresh token is spent after its grace, and takes the session with it', async () => {
  pool = await startAuthPool({ rotates: true })
  await register()
  const { ClientId, sdk } = pool
  const { RefreshToken: first } = isIn(await byPassword())
  const refresh = (RefreshToken: string) =>
    sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }))
  const { RefreshToken: second } = isIn(await refresh(first))
  expect(second).not.toBe(first)
  isIn(await refresh(first))
  pool.sandbox.clock.advance(11_000)
  await expect(refresh(first)).rejects.toMatchObject({ name: 'RefreshTokenReuseException' })
  await expect(begin('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: second })).rejects.toMatchObject({
    name: expect.stringMatching(/InvalidParameterException|NotAuthorizedException/),
  })
})

test('a forgotten password, a changed one, a new address, and an end everywhere', async () => {
  pool = await startAuthPool()
  await register()
  const { ClientId, sdk } = pool
  const { CodeDeliveryDetails } = await sdk.send(new ForgotPasswordCommand({ ClientId, Username: ADA }))
  expect(CodeDeliveryDetails).toMatchObject({ DeliveryMedium: 'EMAIL', Destination: 'a***@e***' })
  const anew = 'Chosen-anew-2'
  const ConfirmationCode = await pool.codeFor(ADA)
  await sdk.send(
    new ConfirmForgotPasswordCommand({ ClientId, Username: ADA, ConfirmationCode, Password: anew }),
  )
  await expect(byPassword()).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  const { AccessToken } = isIn(await byPassword({ PASSWORD: anew }))
  await sdk.send(
    new ChangePasswordCommand({ AccessToken, PreviousPassword: anew, ProposedPassword: PASSWORD }),
  )
  const other = isIn(await byPassword())

  const Value = 'lovelace@example.com'
  await sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name: 'email', Value }] }))
  const Code = await pool.codeFor(Value)
  await sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: 'email', Code }))
  const { UserAttributes } = await sdk.send(new GetUserCommand({ AccessToken }))
  expect(UserAttributes).toContainEqual({ Name: 'email', Value })

  await sdk.send(new GlobalSignOutCommand({ AccessToken }))
  await expect(sdk.send(new GetUserCommand({ AccessToken: other.AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
  })
  await expect(
    sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken: other.RefreshToken })),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

/** One side of SRP. `group` is the name of the pool, or the key of the device's group. */
async function srpOf(group: string) {
  const require = createRequire(import.meta.url)
  const { default: Helper } = require('amazon-cognito-identity-js/lib/AuthenticationHelper')
  const { default: BigInteger } = require('amazon-cognito-identity-js/lib/BigInteger')
  const { default: DateHelper } = require('amazon-cognito-identity-js/lib/DateHelper')
  const helper = new Helper(group)
  const called = <T>(start: (callback: (error: unknown, value: T) => void) => void) =>
    new Promise<T>((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))))
  const A = await called<{ toString(radix: number): string }>((callback) => helper.getLargeAValue(callback))
  const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64')
  return {
    A: A.toString(16),
    async answer({ SRP_B, SALT, SECRET_BLOCK }: Record<string, string>, user: string, password: string) {
      const key = await called<Buffer>((callback) =>
        helper.getPasswordAuthenticationKey(
          user,
          password,
          new BigInteger(SRP_B, 16),
          new BigInteger(SALT, 16),
          callback,
        ),
      )
      const TIMESTAMP: string = new DateHelper().getNowString()
      const signature = createHmac('sha256', Buffer.from(key))
        .update(group + user)
        .update(Buffer.from(SECRET_BLOCK!, 'base64'))
        .update(TIMESTAMP)
      return {
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK!,
        TIMESTAMP,
        PASSWORD_CLAIM_SIGNATURE: signature.digest('base64'),
      }
    },
    /** What the pool keeps of a new device, and the secret that stays on it. */
    async verifier(groupKey: string, deviceKey: string) {
      await called((callback) => helper.generateHashDevice(groupKey, deviceKey, callback))
      const DeviceSecretVerifierConfig = {
        Salt: base64(helper.getSaltDevices()),
        PasswordVerifier: base64(helper.getVerifierDevices()),
      }
      return { secret: helper.getRandomPassword() as string, DeviceSecretVerifierConfig }
    },
  }
}

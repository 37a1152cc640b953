import {
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { defineAuth, defineBackend } from '@backline/schema/backend'
import { fetchAuthSession, signIn, signOut } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { planOf } from '../planOf.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { useOfficial } from './official.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool

afterEach(() => pool.stop())

/** A pool as `defineAuth` says it. */
const defined = async (props: Parameters<typeof defineAuth>[0]) => {
  pool = await startPool(planOf(defineBackend({ auth: defineAuth(props) })).auth)
}

const refresh = (RefreshToken: string) =>
  pool.sdk
    .send(new GetTokensFromRefreshTokenCommand({ ClientId: pool.ClientId, RefreshToken }))
    .then(({ AuthenticationResult }) => AuthenticationResult!)

const signUp = (Username: string, attributes: Record<string, string> = {}) =>
  pool.sdk.send(
    new SignUpCommand({
      ClientId: pool.ClientId,
      Username,
      Password: PASSWORD,
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  )

const confirm = async (Username: string, to: string, ForceAliasCreation = false) => {
  const { code: ConfirmationCode } = await pool.sandbox.inbox.next({ to })
  return pool.sdk.send(
    new ConfirmSignUpCommand({ ClientId: pool.ClientId, Username, ConfirmationCode, ForceAliasCreation }),
  )
}

test('a rotated refresh token is good once more within its grace, and never after', async () => {
  pool = await startPool({ refreshRotation: { graceSeconds: 10 } })
  await pool.register(ADA)
  const { RefreshToken: first } = await pool.signIn(ADA)
  const second = (await refresh(first)).RefreshToken!
  const third = (await refresh(first)).RefreshToken!
  expect(new Set([first, second, third]).size).toBe(3)
  pool.sandbox.clock.advance(10_000)
  await expect(refresh(first)).rejects.toMatchObject({ name: 'RefreshTokenReuseException' })
  const last = await refresh(second)
  await refresh(third)
  await expect(
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: last.RefreshToken! },
      }),
    ),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' })

  // Any token of the session puts the whole session out.
  await pool.sdk.send(new RevokeTokenCommand({ ClientId: pool.ClientId, Token: second }))
  await expect(refresh(last.RefreshToken!)).rejects.toMatchObject({
    message: 'Refresh Token has been revoked',
  })
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken: last.AccessToken }))).rejects.toMatchObject({
    message: 'Access Token has been revoked',
  })
})

test('the official client goes from one rotated token to the next', async () => {
  pool = await startPool({ refreshRotation: { graceSeconds: 0 } })
  useOfficial(pool)
  await pool.register(ADA)
  await signIn({ username: ADA, password: PASSWORD })
  for (let time = 0; time < 3; time++) {
    expect((await fetchAuthSession({ forceRefresh: true })).tokens).toBeDefined()
  }
  await signOut()
})

test('attributes keep to what the definition says of them', async () => {
  await defined({
    loginWith: { email: true },
    userAttributes: {
      givenName: { required: true, mutable: true },
      'custom:plan': { dataType: 'String', mutable: false, minLen: 2, maxLen: 5 },
      'custom:age': { dataType: 'Number', min: 18, max: 99 },
    },
  })
  for (const [attributes, message] of [
    [{}, 'given_name: The attribute is required'],
    [{ given_name: 'Ada', 'custom:plan': 'x' }, 'custom:plan: String must be no shorter than 2 characters'],
    [
      { given_name: 'Ada', 'custom:plan': 'xxxxxx' },
      'custom:plan: String must be no longer than 5 characters',
    ],
    [{ given_name: 'Ada', 'custom:age': '17' }, 'custom:age: Number must be no less than 18'],
    [{ given_name: 'Ada', 'custom:age': 'old' }, 'custom:age: Number must be a number'],
  ] as const) {
    await expect(signUp(ADA, attributes)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  }
  await signUp(ADA, { given_name: 'Ada', 'custom:plan': 'free', 'custom:age': '36' })
  await confirm(ADA, ADA)
  const { AccessToken } = await pool.signIn(ADA)
  const update = (Name: string, Value: string) =>
    pool.sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name, Value }] }))
  await update('custom:age', '37')
  await expect(update('custom:plan', 'gold')).rejects.toMatchObject({
    message: 'user.custom:plan: Attribute cannot be updated.\n',
  })
})

test('mail speaks in the app’s words, and says who sends it', async () => {
  await defined({
    loginWith: {
      email: {
        verificationEmailSubject: 'Welcome to the shop',
        verificationEmailBody: (createCode: () => string) => `Type ${createCode()} to come in.`,
      },
    },
    senders: { email: { fromEmail: 'shop@example.com', fromName: 'Shop' } },
  })
  await signUp(ADA)
  const message = await pool.sandbox.inbox.next({ to: ADA })
  expect(message).toMatchObject({
    from: 'Shop <shop@example.com>',
    subject: 'Welcome to the shop',
    body: `Type ${message.code} to come in.`,
  })
})

test('people may sign in with their phone', async () => {
  await defined({ loginWith: { phone: true } })
  await signUp('+15555550123')
  await confirm('+15555550123', '+15555550123')
  expect((await pool.signIn('+15555550123')).AccessToken).toBeDefined()
})

test('an address is a name once it is proven, of one user at a time', async () => {
  await defined({ loginWith: { username: true, email: true } })
  await signUp('ada', { email: ADA })
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ message: 'Incorrect username or password.' })
  await confirm('ada', ADA)
  await pool.signIn(ADA)

  await signUp('grace', { email: ADA })
  await expect(confirm('grace', ADA)).rejects.toMatchObject({
    name: 'AliasExistsException',
    message: 'An account with the given email already exists.',
  })
  const { code: ConfirmationCode } = pool.sandbox.inbox.all().at(-1)!
  await pool.sdk.send(
    new ConfirmSignUpCommand({
      ClientId: pool.ClientId,
      Username: 'grace',
      ConfirmationCode,
      ForceAliasCreation: true,
    }),
  )
  const { Username } = await pool.sdk.send(
    new GetUserCommand({ AccessToken: (await pool.signIn(ADA)).AccessToken }),
  )
  expect(Username).toBe('grace')
  await pool.signIn('ada')
})

test('a preferred username is a name where the pool says so', async () => {
  pool = await startPool({
    loginWith: { email: false, phone: false, username: true },
    requiredAttributes: [],
    preferredUsernameAlias: true,
  })
  await signUp('user-1', { email: ADA, preferred_username: 'Countess' })
  await confirm('user-1', ADA)
  await pool.signIn('countess')
})

test('accounts are recovered by the addresses that the definition names', async () => {
  await defined({ loginWith: { email: true }, accountRecovery: 'NONE' })
  await pool.register(ADA)
  await expect(
    pool.sdk.send(new ForgotPasswordCommand({ ClientId: pool.ClientId, Username: ADA })),
  ).rejects.toMatchObject({ message: 'Contact administrator to reset password.' })
})

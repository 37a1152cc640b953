import { fileURLToPath } from 'node:url'
import {
  AdminCreateUserCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { signIn, signOut } from 'aws-amplify/auth'
import { decodeJwt } from 'jose'
import { afterEach, expect, test } from 'vitest'
import type { AuthPlan, Triggers } from '../plan.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { useOfficial, writeFunctions } from './official.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool
let functions: ReturnType<typeof writeFunctions>

afterEach(async () => {
  await pool.stop()
  functions.remove()
})

/** A pool with these handlers, each the body of `async (event) => { … }`. */
async function withTriggers(bodies: { [Name in keyof Triggers]?: string }, plan: Partial<AuthPlan> = {}) {
  functions = writeFunctions()
  const triggers = Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      name,
      functions.write(name, `export const handler = async (event) => { ${body}; return event }`),
    ]),
  )
  pool = await startPool({ triggers, ...plan })
}

const signUp = (more: object = {}) =>
  pool.sdk.send(
    new SignUpCommand({
      ClientId: pool.ClientId,
      Username: ADA,
      Password: PASSWORD,
      UserAttributes: [{ Name: 'email', Value: ADA }],
      ...more,
    }),
  )

test('preSignUp refuses with its own words, and nobody is added', async () => {
  await withTriggers({
    preSignUp:
      "if (!event.request.userAttributes.email.endsWith('@amazon.com')) throw new Error('Invalid email domain')",
  })
  await expect(signUp()).rejects.toMatchObject({
    name: 'UserLambdaValidationException',
    message: 'PreSignUp failed with error Invalid email domain.',
  })
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('preSignUp confirms and verifies; postConfirmation hears of it', async () => {
  await withTriggers({
    preSignUp:
      "if (event.request.validationData.word !== 'friend' || event.request.clientMetadata.from !== 'web') throw new Error('who?'); event.response = { autoConfirmUser: true, autoVerifyEmail: true }",
    postConfirmation:
      'if (event.request.userAttributes.email_verified !== "true" || event.request.userAttributes.sub !== event.userName) throw new Error(JSON.stringify(event))',
  })
  const { UserConfirmed, CodeDeliveryDetails } = await signUp({
    ValidationData: [{ Name: 'word', Value: 'friend' }],
    ClientMetadata: { from: 'web' },
  })
  expect([UserConfirmed, CodeDeliveryDetails]).toEqual([true, undefined])
  expect(decodeJwt((await pool.signIn(ADA)).IdToken).email_verified).toBe(true)
})

test('the event is Cognito’s', async () => {
  await withTriggers({ postConfirmation: 'throw new Error(JSON.stringify(event))' })
  await signUp()
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  const confirming = pool.sdk.send(
    new ConfirmSignUpCommand({
      ClientId: pool.ClientId,
      Username: ADA,
      ConfirmationCode: code,
      ClientMetadata: { a: '1' },
    }),
  )
  const message = await confirming.catch((error: Error) => error.message)
  const event = JSON.parse(String(message).replace(/^PostConfirmation failed with error |\.$/g, ''))
  expect(event).toEqual({
    version: '1',
    region: 'us-east-1',
    userPoolId: pool.UserPoolId,
    userName: event.request.userAttributes.sub,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: pool.ClientId },
    triggerSource: 'PostConfirmation_ConfirmSignUp',
    request: {
      userAttributes: {
        sub: expect.any(String),
        'cognito:user_status': 'CONFIRMED',
        email: ADA,
        email_verified: 'true',
      },
      clientMetadata: { a: '1' },
    },
    response: {},
  })
  // The function failed after the fact: the user is confirmed.
  await pool.signIn(ADA)
})

test('preAuthentication and postAuthentication may refuse', async () => {
  await withTriggers({
    preAuthentication: "if (event.request.validationData.robot) throw new Error('no robots')",
  })
  await pool.register(ADA)
  await pool.signIn(ADA)
  await expect(
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: ADA, PASSWORD },
        ClientMetadata: { robot: 'yes' },
      }),
    ),
  ).rejects.toMatchObject({ message: 'PreAuthentication failed with error no robots.' })
})

test('preTokenGeneration changes claims and groups, but not who the token is for', async () => {
  await withTriggers({
    preTokenGeneration: `event.response = { claimsOverrideDetails: {
      claimsToAddOrOverride: { tenant: event.triggerSource, sub: 'forged', 'cognito:username': 'forged' }, claimsToSuppress: ['email'],
      groupOverrideDetails: { groupsToOverride: ['VIP'] } } }`,
  })
  const sub = await pool.register(ADA)
  const { IdToken, AccessToken, RefreshToken } = await pool.signIn(ADA)
  const id = decodeJwt(IdToken)
  expect(id).toMatchObject({
    sub,
    'cognito:username': sub,
    tenant: 'TokenGeneration_Authentication',
    'cognito:groups': ['VIP'],
  })
  expect(id.email).toBeUndefined()
  expect(decodeJwt(AccessToken)).not.toHaveProperty('tenant')
  const { AuthenticationResult } = await pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    }),
  )
  expect(decodeJwt(AuthenticationResult!.IdToken!).tenant).toBe('TokenGeneration_RefreshTokens')
})

test('version 2 of its event reaches the access token and its scopes', async () => {
  await withTriggers(
    {
      preTokenGeneration: `if (event.version !== '2') throw new Error('version ' + event.version)
      event.response = { claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: { inId: { deep: [1] } } },
        accessTokenGeneration: { claimsToAddOrOverride: { inAccess: 'yes' }, scopesToAdd: ['api/read'] } } }`,
    },
    { preTokenVersion: 2 },
  )
  await pool.register(ADA)
  const { IdToken, AccessToken } = await pool.signIn(ADA)
  expect(decodeJwt(IdToken)).toMatchObject({ inId: { deep: [1] } })
  expect(decodeJwt(AccessToken)).toMatchObject({
    inAccess: 'yes',
    scope: 'aws.cognito.signin.user.admin api/read',
  })
})

test('customMessage writes the mails', async () => {
  await withTriggers({
    customMessage: `event.response.emailSubject = event.triggerSource
      event.response.emailMessage = 'Hi ' + event.request.usernameParameter + ', ' + event.request.codeParameter`,
  })
  await pool.register(ADA)
  await pool.sdk.send(new ForgotPasswordCommand({ ClientId: pool.ClientId, Username: ADA }))
  const reset = await pool.sandbox.inbox.next({ to: ADA })
  expect(reset).toMatchObject({ subject: 'CustomMessage_ForgotPassword', body: `Hi null, ${reset.code}` })
  await pool.sdk.send(
    new AdminCreateUserCommand({ UserPoolId: pool.UserPoolId, Username: 'eve@example.com' }),
  )
  const invitation = await pool.sandbox.inbox.next({ to: 'eve@example.com' })
  expect(invitation).toMatchObject({
    subject: 'CustomMessage_AdminCreateUser',
    body: `Hi eve@example.com, ${invitation.code}`,
  })
})

test('userMigration brings somebody over at their first sign-in; SRP works from then on', async () => {
  await withTriggers({
    userMigration: `if (event.userName !== '${ADA}' || event.request.password !== '${PASSWORD}') throw new Error('no')
      event.response.userAttributes = { email: event.userName, email_verified: 'true' }
      event.response.finalUserStatus = 'CONFIRMED'`,
  })
  useOfficial(pool)
  await expect(pool.signIn(ADA, 'Wrong-horse-1')).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await pool.signIn(ADA)
  expect((await signIn({ username: ADA, password: PASSWORD })).isSignedIn).toBe(true)
  await signOut()
})

async function withAddToGroup(access?: AuthPlan['access']) {
  functions = writeFunctions()
  const entry = fileURLToPath(new URL('addToGroup.fixture.ts', import.meta.url))
  const postConfirmation = { name: 'add', entry, environment: { GROUP_NAME: 'EDITORS' }, timeoutSeconds: 10 }
  pool = await startPool({ triggers: { postConfirmation }, access })
}

test('a function does only what the definition lets it do in the pool', async () => {
  await withAddToGroup({ add: ['AdminGetUser'], other: ['AdminAddUserToGroup'] })
  await expect(pool.register(ADA)).rejects.toMatchObject({
    name: 'UserLambdaValidationException',
    message: expect.stringMatching(
      /^PostConfirmation failed with error User: arn:aws:sts::0+:assumed-role\/add\/add is not authorized to perform: cognito-idp:AdminAddUserToGroup on resource: arn:aws:cognito-idp:us-east-1:/,
    ),
  })
  expect(decodeJwt((await pool.signIn(ADA)).AccessToken)).not.toHaveProperty('cognito:groups')
})

test('a function may administer the pool with the AWS SDK as it comes', async () => {
  await withAddToGroup({ add: ['AdminAddUserToGroup'] })
  await pool.register(ADA)
  expect(decodeJwt((await pool.signIn(ADA)).AccessToken)['cognito:groups']).toEqual(['EDITORS'])
})

test.each([
  ['return 7', 'InvalidLambdaResponseException', 'Unrecognizable lambda output'],
  ['process.exit(1)', 'UnexpectedLambdaException', /^PreSignUp failed with error The runtime exited/],
])('a broken trigger is told from a refusal: %s', async (body, name, message) => {
  await withTriggers({ preSignUp: body })
  await expect(signUp()).rejects.toMatchObject({ name, message: expect.stringMatching(message) })
})

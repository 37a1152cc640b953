import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CognitoIdentityClient, GetIdCommand } from '@aws-sdk/client-cognito-identity'
import {
  AdminInitiateAuthCommand,
  ConfirmSignUpCommand,
  CreateUserPoolClientCommand,
  type CreateUserPoolClientCommandInput,
  CreateUserPoolCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  RevokeTokenCommand,
  SetUserPoolMfaConfigCommand,
  SignUpCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { Amplify } from 'aws-amplify'
import { confirmSignIn, fetchAuthSession, signIn, signOut } from 'aws-amplify/auth'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'
import { totpAt } from './totp.js'

const ADA = 'ada@example.com'

let pool: TestPool
afterEach(() => pool.stop())

const makePool = async (more: object = {}) => {
  const { UserPool } = await pool.sdk.send(
    new CreateUserPoolCommand({ PoolName: 'second', UsernameAttributes: ['email'], ...more }),
  )
  return UserPool!
}
const makeClient = async (UserPoolId: string, more: Partial<CreateUserPoolClientCommandInput> = {}) => {
  const { UserPoolClient } = await pool.sdk.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'web', ...more }),
  )
  return UserPoolClient!
}
const register = async (ClientId: string, Username = ADA) => {
  await pool.sdk.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD }))
  const { code: ConfirmationCode } = await pool.sandbox.inbox.next({ to: Username })
  await pool.sdk.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode }))
}
const useOfficial = (userPoolId: string, userPoolClientId: string) =>
  Amplify.configure({
    Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: pool.sandbox.url } },
  })

test('a pool that is made has its own people, rules, clients and key, and is gone when it is deleted', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const made = await makePool({
    Policies: { PasswordPolicy: { MinimumLength: 12 } },
    Schema: [{ Name: 'team', AttributeDataType: 'String', StringAttributeConstraints: { MaxLength: '4' } }],
  })
  const Id = made.Id!
  expect(made).toMatchObject({ Name: 'second', Policies: { PasswordPolicy: { MinimumLength: 12 } } })
  expect((await pool.sdk.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toMatchObject([
    { Id: pool.UserPoolId },
    { Id, Name: 'second' },
  ])
  const { ClientId = '' } = await makeClient(Id)
  await expect(
    pool.sdk.send(new SignUpCommand({ ClientId, Username: ADA, Password: 'short-1' })),
  ).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  await register(ClientId)

  useOfficial(Id, ClientId)
  expect((await signIn({ username: ADA, password: PASSWORD })).isSignedIn).toBe(true)
  const { tokens } = await fetchAuthSession({ forceRefresh: true })
  const keys = createRemoteJWKSet(new URL(`${pool.sandbox.url}/${Id}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(tokens!.accessToken.toString(), keys)
  expect(payload).toMatchObject({ client_id: ClientId, iss: expect.stringContaining(Id) })
  await signOut()

  // The definition's pool knows nothing of this.
  const { IdToken } = await pool.signIn(ADA)
  expect(decodeJwt(IdToken).sub).not.toBe(payload.sub)
  await expect(
    pool.sdk.send(new ListUsersCommand({ UserPoolId: Id, Filter: `email = "${ADA}"` })),
  ).resolves.toMatchObject({ Users: [{ Username: payload.sub }] })

  await pool.sdk.send(
    new UpdateUserPoolCommand({ UserPoolId: Id, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
  )
  await expect(
    pool.sdk.send(new SignUpCommand({ ClientId, Username: 'eve@example.com', Password: PASSWORD })),
  ).rejects.toMatchObject({ message: 'SignUp is not permitted for this user pool' })

  await pool.sdk.send(new DeleteUserPoolCommand({ UserPoolId: Id }))
  await expect(pool.sdk.send(new DescribeUserPoolCommand({ UserPoolId: Id }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  await expect(
    pool.sdk.send(new SignUpCommand({ ClientId, Username: 'eve@example.com', Password: PASSWORD })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await expect(
    pool.sdk.send(new DeleteUserPoolCommand({ UserPoolId: pool.UserPoolId })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('definition'),
  })
})

test('a second client of the pool has its own lifetimes, flows and tokens', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { UserPoolId } = pool
  const client = await makeClient(UserPoolId, {
    AccessTokenValidity: 5,
    TokenValidityUnits: { AccessToken: 'minutes' },
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  const ClientId = client.ClientId!
  const AuthParameters = { USERNAME: ADA, PASSWORD }
  const { AuthenticationResult } = await pool.sdk.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
  )
  const { AccessToken, RefreshToken, IdToken, ExpiresIn } = AuthenticationResult!
  expect([ExpiresIn, decodeJwt(AccessToken!).client_id, decodeJwt(IdToken!).aud]).toEqual([
    300,
    ClientId,
    ClientId,
  ])
  expect((await pool.sdk.send(new GetUserCommand({ AccessToken }))).UserAttributes).toBeDefined()
  await expect(
    pool.sdk.send(
      new AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
        AuthParameters,
      }),
    ),
  ).rejects.toMatchObject({ message: 'ADMIN_USER_PASSWORD_AUTH flow not enabled for this client' })
  // A refresh token is its own client's.
  for (const [id, ok] of [
    [pool.ClientId, false],
    [ClientId, true],
  ] as const) {
    const refreshed = pool.sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: id, RefreshToken }))
    await (ok
      ? expect(refreshed).resolves.toMatchObject({ AuthenticationResult: { ExpiresIn: 300 } })
      : expect(refreshed).rejects.toMatchObject({ message: 'Invalid Refresh Token' }))
  }
  // The identity pool knows the definition's client only.
  const identities = new CognitoIdentityClient({ region: 'us-east-1', endpoint: pool.sandbox.url })
  await expect(
    identities.send(
      new GetIdCommand({
        IdentityPoolId: pool.outputs.identity_pool_id,
        Logins: { [`cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`]: IdToken! },
      }),
    ),
  ).rejects.toMatchObject({ message: expect.stringContaining('another app client') })

  await pool.sdk.send(
    new UpdateUserPoolClientCommand({ UserPoolId, ClientId, ClientName: 'kiosk', IdTokenValidity: 2 }),
  )
  const { UserPoolClient } = await pool.sdk.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))
  expect(UserPoolClient).toMatchObject({
    ClientName: 'kiosk',
    IdTokenValidity: 7200,
    AccessTokenValidity: 300,
  })
  const { UserPoolClients } = await pool.sdk.send(
    new ListUserPoolClientsCommand({ UserPoolId, MaxResults: 10 }),
  )
  expect(UserPoolClients!.map((each) => each.ClientId)).toEqual([pool.ClientId, ClientId])
  await pool.sdk.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId }))
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
  })
})

test('a client with a secret is answered when it shows it, and on no other terms', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const { UserPoolId } = pool
  const { ClientId, ClientSecret } = (await makeClient(UserPoolId, {
    GenerateSecret: true,
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })) as { ClientId: string; ClientSecret: string }
  const hash = (name: string) =>
    createHmac('sha256', ClientSecret).update(`${name}${ClientId}`).digest('base64')
  const enter = (more: Record<string, string>) =>
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: ADA, PASSWORD, ...more },
      }),
    )
  await expect(enter({})).rejects.toMatchObject({
    message: `Client ${ClientId} is configured with secret but SECRET_HASH was not received`,
  })
  await expect(enter({ SECRET_HASH: hash('eve') })).rejects.toMatchObject({
    message: `SecretHash does not match for the client: ${ClientId}`,
  })
  const { AuthenticationResult } = await enter({ SECRET_HASH: hash(ADA) })
  const { RefreshToken: REFRESH_TOKEN, AccessToken } = AuthenticationResult!
  const refresh = (SECRET_HASH: string) =>
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: REFRESH_TOKEN!, SECRET_HASH },
      }),
    )
  await expect(refresh(hash('eve'))).rejects.toMatchObject({
    message: expect.stringContaining('SecretHash does not match'),
  })
  expect((await refresh(hash(decodeJwt(AccessToken!).sub!))).AuthenticationResult?.AccessToken).toBeTruthy()
  for (const [secret, ok] of [
    ['wrong', false],
    [ClientSecret, true],
  ] as const) {
    const revoked = pool.sdk.send(
      new RevokeTokenCommand({ ClientId, ClientSecret: secret, Token: REFRESH_TOKEN! }),
    )
    await (ok
      ? expect(revoked).resolves.toBeDefined()
      : expect(revoked).rejects.toMatchObject({ name: 'NotAuthorizedException' }))
  }
})

test('pools and clients that were made are there after a restart, and not after a reset', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'backline-pools-'))
  try {
    pool = await startPool({}, { dataDir })
    const { Id } = await makePool()
    const { ClientId } = await makeClient(Id!)
    await register(ClientId!)
    await pool.stop()
    pool = await startPool({}, { dataDir })
    useOfficial(Id!, ClientId!)
    expect((await signIn({ username: ADA, password: PASSWORD })).isSignedIn).toBe(true)
    await signOut()
    await pool.sandbox.reset()
    const { UserPools } = await pool.sdk.send(new ListUserPoolsCommand({ MaxResults: 10 }))
    expect(UserPools).toMatchObject([{ Id: pool.UserPoolId }])
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('an authenticator app is set up on the way into a pool that was made', async () => {
  pool = await startPool()
  const { Id } = await makePool()
  const { ClientId } = await makeClient(Id!)
  await register(ClientId!)

  await pool.sdk.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: Id,
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  useOfficial(Id!, ClientId!)
  const { nextStep } = await signIn({ username: ADA, password: PASSWORD })
  if (nextStep.signInStep !== 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP') throw new Error(nextStep.signInStep)
  const challengeResponse = totpAt(
    nextStep.totpSetupDetails.sharedSecret,
    Math.floor(pool.sandbox.clock.now() / 30_000),
  )
  expect((await confirmSignIn({ challengeResponse })).isSignedIn).toBe(true)
  await signOut()
})

import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { Amplify } from 'aws-amplify'
import { fetchAuthSession, getCurrentUser, signIn, signOut } from 'aws-amplify/auth'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, expect, test } from 'vitest'
import type { AuthPlan, BackendPlan } from '../plan.js'
import { type Sandbox, serve } from '../sandbox.js'
import { authPlan } from '../testing.js'

const PASSWORD = 'Correct-horse-1'
const ADA = 'ada@example.com'

let sandbox: Sandbox
let sdk: CognitoIdentityProviderClient

async function start(auth: Partial<AuthPlan> = {}): Promise<string> {
  const plan: BackendPlan = { auth: { ...authPlan, ...auth }, storages: [], extraOutputs: {} }
  sandbox = await serve(plan)
  sdk = new CognitoIdentityProviderClient({
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: sandbox.credentials,
    maxAttempts: 1,
  })
  return outputs().user_pool_client_id
}

const outputs = () => sandbox.outputs.auth as { user_pool_client_id: string; user_pool_id: string }

async function register(ClientId: string, email = ADA): Promise<string> {
  const { UserSub } = await sdk.send(new SignUpCommand({ ClientId, Username: email, Password: PASSWORD }))
  const { code } = await sandbox.inbox.next({ to: email })
  await sdk.send(new ConfirmSignUpCommand({ ClientId, Username: email, ConfirmationCode: code }))
  return UserSub!
}

async function tokens(ClientId: string, email = ADA) {
  const answer = await sdk.send(
    new InitiateAuthCommand({
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD },
    }),
  )
  return answer.AuthenticationResult!
}

afterEach(async () => {
  sdk.destroy()
  await sandbox.stop()
})

test('the official client signs up, confirms, signs in with SRP, refreshes and signs out everywhere', async () => {
  await start()
  const { user_pool_id: userPoolId, user_pool_client_id: userPoolClientId } = outputs()
  Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: sandbox.url } } })
  const sub = await register(userPoolClientId)

  await expect(signIn({ username: ADA, password: 'Wrong-horse-1' })).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  })
  const { isSignedIn } = await signIn({ username: 'ADA@example.com', password: PASSWORD })
  expect(isSignedIn).toBe(true)
  expect(await getCurrentUser()).toMatchObject({ userId: sub, username: sub })
  const first = await fetchAuthSession()
  const second = await fetchAuthSession({ forceRefresh: true })
  expect(second.tokens?.accessToken.toString()).not.toBe(first.tokens?.accessToken.toString())
  await signOut({ global: true })
})

test('tokens carry the claims of Cognito and verify with the published key', async () => {
  const client = await start()
  const sub = await register(client)
  const { AccessToken, IdToken, ExpiresIn, TokenType } = await tokens(client)
  expect({ ExpiresIn, TokenType }).toEqual({ ExpiresIn: 3600, TokenType: 'Bearer' })
  const keys = createRemoteJWKSet(new URL(`${sandbox.url}/${outputs().user_pool_id}/.well-known/jwks.json`))
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${outputs().user_pool_id}`
  const { payload: id } = await jwtVerify(IdToken!, keys, { issuer, audience: client })
  expect(id).toMatchObject({
    sub,
    'cognito:username': sub,
    email: ADA,
    email_verified: true,
    token_use: 'id',
  })
  const { payload: access } = await jwtVerify(AccessToken!, keys, { issuer })
  expect(access).toMatchObject({
    sub,
    username: sub,
    client_id: client,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    origin_jti: id.origin_jti,
    event_id: id.event_id,
    auth_time: id.auth_time,
  })
  expect(access.exp! - access.iat!).toBe(3600)
})

test('a refresh keeps the session: same origin, same time of sign-in, no new refresh token', async () => {
  const client = await start()
  await register(client)
  const first = await tokens(client)
  sandbox.clock.advance(3_600_001)
  await expect(sdk.send(new GetUserCommand({ AccessToken: first.AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Access Token has expired',
  })
  const { AuthenticationResult: next } = await sdk.send(
    new GetTokensFromRefreshTokenCommand({ ClientId: client, RefreshToken: first.RefreshToken }),
  )
  expect(next!.RefreshToken).toBeUndefined()
  const [before, after] = [decodeJwt(first.AccessToken!), decodeJwt(next!.AccessToken!)]
  expect(after).toMatchObject({ origin_jti: before.origin_jti, auth_time: before.auth_time })
  const { UserAttributes } = await sdk.send(new GetUserCommand({ AccessToken: next!.AccessToken }))
  expect(UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'true' })

  sandbox.clock.advance(31 * 86_400_000)
  await expect(
    sdk.send(
      new InitiateAuthCommand({
        ClientId: client,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: first.RefreshToken! },
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Refresh Token has expired' })
})

test('a revoked refresh token takes its access tokens with it; another device stays signed in', async () => {
  const client = await start()
  await register(client)
  const [phone, laptop] = [await tokens(client), await tokens(client)]
  await sdk.send(new RevokeTokenCommand({ ClientId: client, Token: phone.RefreshToken }))
  await expect(sdk.send(new GetUserCommand({ AccessToken: phone.AccessToken }))).rejects.toMatchObject({
    message: 'Access Token has been revoked',
  })
  await sdk.send(new GetUserCommand({ AccessToken: laptop.AccessToken }))
  await expect(
    sdk.send(new RevokeTokenCommand({ ClientId: client, Token: laptop.AccessToken })),
  ).rejects.toMatchObject({ name: 'UnsupportedTokenTypeException' })

  await sdk.send(new GlobalSignOutCommand({ AccessToken: laptop.AccessToken }))
  await expect(
    sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId: client, RefreshToken: laptop.RefreshToken })),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Refresh Token has been revoked' })
})

test('sign-up says where the code went without saying the address, and holds to the rules of the pool', async () => {
  const client = await start({ requiredAttributes: ['email', 'nickname'] })
  const attempt = (Username: string, Password: string, nickname?: string) =>
    sdk.send(
      new SignUpCommand({
        ClientId: client,
        Username,
        Password,
        UserAttributes: nickname ? [{ Name: 'nickname', Value: nickname }] : [],
      }),
    )
  await expect(attempt(ADA, PASSWORD)).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Attributes did not conform to the schema: nickname: The attribute is required\n',
  })
  await expect(attempt('ada', PASSWORD, 'Ada')).rejects.toMatchObject({
    message: 'Username should be an email.',
  })
  for (const [password, fault] of [
    ['Ab-1', 'Password not long enough'],
    ['correct-horse-1', 'Password must have uppercase characters'],
    ['CORRECT-HORSE-1', 'Password must have lowercase characters'],
    ['Correct-horse', 'Password must have numeric characters'],
    ['CorrectHorse1', 'Password must have symbol characters'],
  ] as const) {
    await expect(attempt(ADA, password, 'Ada')).rejects.toMatchObject({
      name: 'InvalidPasswordException',
      message: `Password did not conform with policy: ${fault}`,
    })
  }
  const { UserConfirmed, CodeDeliveryDetails } = await attempt(ADA, PASSWORD, 'Ada')
  expect(UserConfirmed).toBe(false)
  expect(CodeDeliveryDetails).toEqual({
    AttributeName: 'email',
    DeliveryMedium: 'EMAIL',
    Destination: 'a***@e***',
  })
  await expect(attempt('Ada@Example.com', PASSWORD, 'Ada')).rejects.toMatchObject({
    name: 'UsernameExistsException',
  })
})

test('a code is good once, for a day, and only the latest one', async () => {
  const client = await start()
  await sdk.send(new SignUpCommand({ ClientId: client, Username: ADA, Password: PASSWORD }))
  const first = (await sandbox.inbox.next({ to: ADA })).code!
  await expect(tokens(client)).rejects.toMatchObject({ name: 'UserNotConfirmedException' })
  const confirm = (ConfirmationCode: string) =>
    sdk.send(new ConfirmSignUpCommand({ ClientId: client, Username: ADA, ConfirmationCode }))
  await expect(confirm(first === '000000' ? '000001' : '000000')).rejects.toMatchObject({
    name: 'CodeMismatchException',
    message: 'Invalid verification code provided, please try again.',
  })
  sandbox.clock.advance(24 * 3_600_000)
  await expect(confirm(first)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  await sdk.send(new ResendConfirmationCodeCommand({ ClientId: client, Username: ADA }))
  const second = (await sandbox.inbox.next({ to: ADA })).code!
  await confirm(second)
  await expect(confirm(second)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'User cannot be confirmed. Current status is CONFIRMED',
  })
  await expect(
    sdk.send(new ResendConfirmationCodeCommand({ ClientId: client, Username: ADA })),
  ).rejects.toMatchObject({ message: 'User is already confirmed.' })
})

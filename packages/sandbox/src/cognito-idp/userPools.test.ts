import {
  ConfirmSignUpCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { Amplify } from 'aws-amplify'
import { fetchAuthSession, getCurrentUser, signIn, signOut } from 'aws-amplify/auth'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool

afterEach(() => pool.stop())

test('the official client signs up, confirms, signs in with SRP, refreshes and signs out everywhere', async () => {
  pool = await startPool()
  const { user_pool_id: userPoolId, user_pool_client_id: userPoolClientId } = pool.outputs
  Amplify.configure({
    Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint: pool.sandbox.url } },
  })
  const sub = await pool.register(ADA)

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
  pool = await startPool()
  const sub = await pool.register(ADA)
  const { AccessToken, IdToken, ExpiresIn, TokenType } = await pool.signIn(ADA)
  expect({ ExpiresIn, TokenType }).toEqual({ ExpiresIn: 3600, TokenType: 'Bearer' })
  const keys = createRemoteJWKSet(
    new URL(`${pool.sandbox.url}/${pool.outputs.user_pool_id}/.well-known/jwks.json`),
  )
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${pool.outputs.user_pool_id}`
  const { payload: id } = await jwtVerify(IdToken!, keys, { issuer, audience: pool.ClientId })
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
    client_id: pool.ClientId,
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin',
    origin_jti: id.origin_jti,
    event_id: id.event_id,
    auth_time: id.auth_time,
  })
  expect(access.exp! - access.iat!).toBe(3600)
})

test('a refresh keeps the session: same origin, same time of sign-in, no new refresh token', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const first = await pool.signIn(ADA)
  pool.sandbox.clock.advance(3_600_001)
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken: first.AccessToken }))).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Access Token has expired',
  })
  const { AuthenticationResult: next } = await pool.sdk.send(
    new GetTokensFromRefreshTokenCommand({ ClientId: pool.ClientId, RefreshToken: first.RefreshToken }),
  )
  expect(next!.RefreshToken).toBeUndefined()
  const [before, after] = [decodeJwt(first.AccessToken!), decodeJwt(next!.AccessToken!)]
  expect(after).toMatchObject({ origin_jti: before.origin_jti, auth_time: before.auth_time })
  const { UserAttributes } = await pool.sdk.send(new GetUserCommand({ AccessToken: next!.AccessToken }))
  expect(UserAttributes).toContainEqual({ Name: 'email_verified', Value: 'true' })

  pool.sandbox.clock.advance(31 * 86_400_000)
  await expect(
    pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: first.RefreshToken! },
      }),
    ),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Refresh Token has expired' })
})

test('a revoked refresh token takes its access tokens with it; another device stays signed in', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const [phone, laptop] = [await pool.signIn(ADA), await pool.signIn(ADA)]
  await pool.sdk.send(new RevokeTokenCommand({ ClientId: pool.ClientId, Token: phone.RefreshToken }))
  await expect(pool.sdk.send(new GetUserCommand({ AccessToken: phone.AccessToken }))).rejects.toMatchObject({
    message: 'Access Token has been revoked',
  })
  await pool.sdk.send(new GetUserCommand({ AccessToken: laptop.AccessToken }))
  await expect(
    pool.sdk.send(new RevokeTokenCommand({ ClientId: pool.ClientId, Token: laptop.AccessToken })),
  ).rejects.toMatchObject({ name: 'UnsupportedTokenTypeException' })

  await pool.sdk.send(new GlobalSignOutCommand({ AccessToken: laptop.AccessToken }))
  await expect(
    pool.sdk.send(
      new GetTokensFromRefreshTokenCommand({ ClientId: pool.ClientId, RefreshToken: laptop.RefreshToken }),
    ),
  ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Refresh Token has been revoked' })
})

test('sign-up says where the code went without saying the address, and holds to the rules of the pool', async () => {
  pool = await startPool({ requiredAttributes: ['email', 'nickname'] })
  const attempt = (Username: string, Password: string, nickname?: string) =>
    pool.sdk.send(
      new SignUpCommand({
        ClientId: pool.ClientId,
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
  pool = await startPool()
  await pool.sdk.send(new SignUpCommand({ ClientId: pool.ClientId, Username: ADA, Password: PASSWORD }))
  const first = (await pool.sandbox.inbox.next({ to: ADA })).code!
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'UserNotConfirmedException' })
  const confirm = (ConfirmationCode: string) =>
    pool.sdk.send(new ConfirmSignUpCommand({ ClientId: pool.ClientId, Username: ADA, ConfirmationCode }))
  await expect(confirm(first === '000000' ? '000001' : '000000')).rejects.toMatchObject({
    name: 'CodeMismatchException',
    message: 'Invalid verification code provided, please try again.',
  })
  pool.sandbox.clock.advance(24 * 3_600_000)
  await expect(confirm(first)).rejects.toMatchObject({ name: 'ExpiredCodeException' })
  await pool.sdk.send(new ResendConfirmationCodeCommand({ ClientId: pool.ClientId, Username: ADA }))
  const second = (await pool.sandbox.inbox.next({ to: ADA })).code!
  await confirm(second)
  await expect(confirm(second)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'User cannot be confirmed. Current status is CONFIRMED',
  })
  await expect(
    pool.sdk.send(new ResendConfirmationCodeCommand({ ClientId: pool.ClientId, Username: ADA })),
  ).rejects.toMatchObject({ message: 'User is already confirmed.' })
})

test('SRP answers strangers as it answers users, the same each time', async () => {
  pool = await startPool()
  const sub = await pool.register(ADA)
  const ask = async (USERNAME: string) => {
    const { ChallengeName, ChallengeParameters } = await pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters: { USERNAME, SRP_A: 'abcdef' },
      }),
    )
    expect(ChallengeName).toBe('PASSWORD_VERIFIER')
    return ChallengeParameters!
  }
  const [ada, first, second] = [await ask(ADA), await ask('Eve@example.com'), await ask('eve@example.com')]
  expect(ada.USER_ID_FOR_SRP).toBe(sub)
  expect([first.USER_ID_FOR_SRP, first.SALT]).toEqual([second.USER_ID_FOR_SRP, second.SALT])
  expect(first.SRP_B).not.toBe(second.SRP_B)
  const shape = (each: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(each).map(([name, value]) => [name, value.length > 700 ? 'long' : value.length]),
    )
  expect(shape(first)).toEqual(shape(ada))
})

test('a challenge is answered once, within three minutes', async () => {
  pool = await startPool()
  await pool.register(ADA)
  const ask = async () => {
    const { ChallengeParameters } = await pool.sdk.send(
      new InitiateAuthCommand({
        ClientId: pool.ClientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters: { USERNAME: ADA, SRP_A: 'abcdef' },
      }),
    )
    return ChallengeParameters!.SECRET_BLOCK!
  }
  const answer = (PASSWORD_CLAIM_SECRET_BLOCK: string, TIMESTAMP = 'Sat Nov 21 09:21:23 UTC 2026') =>
    pool.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId: pool.ClientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        ChallengeResponses: {
          USERNAME: ADA,
          PASSWORD_CLAIM_SECRET_BLOCK,
          PASSWORD_CLAIM_SIGNATURE: 'AAAA',
          TIMESTAMP,
        },
      }),
    )
  const block = await ask()
  await expect(answer(block, '2026-11-21T09:21:23Z')).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.',
  })
  await expect(answer(block)).rejects.toMatchObject({ message: 'Incorrect username or password.' })
  const gone = {
    name: 'NotAuthorizedException',
    message: 'Invalid session for the user, session is expired.',
  }
  await expect(answer(block)).rejects.toMatchObject(gone)
  const late = await ask()
  pool.sandbox.clock.advance(180_000)
  await expect(answer(late)).rejects.toMatchObject(gone)
})

test('people who sign in by name keep it, and need no address that nobody else has', async () => {
  pool = await startPool({
    loginWith: { email: false, phone: false, username: true },
    requiredAttributes: [],
  })
  const sub = await pool.register('Ada', { email: ADA })
  await pool.register('Bob', { email: ADA })
  const { IdToken } = await pool.signIn('ada')
  expect(decodeJwt(IdToken)).toMatchObject({ sub, 'cognito:username': 'Ada', email: ADA })
  await expect(pool.signIn(ADA)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
})

test('the OpenID document leads to the key', async () => {
  pool = await startPool()
  const base = `${pool.sandbox.url}/${pool.UserPoolId}/.well-known`
  const document = (await (await fetch(`${base}/openid-configuration`)).json()) as Record<string, string>
  expect(document.issuer).toBe(`https://cognito-idp.us-east-1.amazonaws.com/${pool.UserPoolId}`)
  const { keys } = (await (await fetch(document.jwks_uri!)).json()) as { keys: Record<string, string>[] }
  expect(keys).toEqual([expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' })])
  expect(keys[0]).not.toHaveProperty('d')
  expect((await fetch(`${base}/nothing`)).status).toBe(404)
})

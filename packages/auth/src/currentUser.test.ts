import { createMemoryStore } from '@backline/core/internal'
import { Amplify } from 'aws-amplify'
import { signIn as officialSignIn } from 'aws-amplify/auth'
import { cognitoUserPoolsTokenProvider as officialProvider } from 'aws-amplify/auth/cognito'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decodeJWT, fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signOut } from './index.js'
import { arrive, contextOn, password, register, useSandbox } from './sandbox.fixture.js'
import { Refusal, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const state = useSandbox()

test('a session has tokens that can be read and renewed', async () => {
  const ctx = await arrive(state.sandbox, 'ada@example.com')
  const { tokens, userSub } = await fetchAuthSession({}, ctx)
  expect(decodeJWT(`${tokens!.accessToken}`).payload).toEqual(tokens!.accessToken.payload)
  expect(userSub).toBe(tokens!.idToken!.payload.sub)
  expect(tokens!.idToken!.payload.email).toBe('ada@example.com')

  const renewed = await fetchAuthSession({ forceRefresh: true }, ctx)
  expect(`${renewed.tokens!.accessToken}`).not.toBe(`${tokens!.accessToken}`)
  expect((await getCurrentUser(ctx)).userId).toBe(userSub)
})

test('a device whose clock is hours off signs in and stays signed in', async () => {
  const { sandbox } = state
  await register(sandbox, 'skewed@example.com')
  for (const hours of [-5, 5]) {
    const ctx = contextOn(sandbox, { platform: { now: () => Date.now() + hours * 3_600_000 } })
    await signIn({ username: 'skewed@example.com', password }, ctx)
    const { tokens } = await fetchAuthSession({}, ctx)
    expect(`${(await fetchAuthSession({}, ctx)).tokens!.accessToken}`).toBe(`${tokens!.accessToken}`)
  }
})

test('a connection that breaks while the password is being proved is tried again', async () => {
  const { sandbox } = state
  await register(sandbox, 'flaky@example.com')
  const ctx = contextOn(sandbox)
  sandbox.failNext({ service: 'cognito-idp', drop: true })
  expect((await signIn({ username: 'flaky@example.com', password }, ctx)).isSignedIn).toBe(true)
})

test('a guest has a session without tokens', async () => {
  expect((await fetchAuthSession({}, contextOn(state.sandbox))).tokens).toBeUndefined()
})

test('whom aws-amplify signed in is signed in here, and can sign out', async () => {
  const username = 'mover@example.com'
  await register(state.sandbox, username)
  const store = createMemoryStore()
  // The official outputs reader does not know endpoints that are not AWS's; its own form of configuration does.
  const auth = state.sandbox.outputs.auth as Record<string, string>
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: auth.user_pool_id!,
        userPoolClientId: auth.user_pool_client_id!,
        userPoolEndpoint: state.sandbox.url,
      },
    },
  })
  officialProvider.setKeyValueStorage(store)
  await officialSignIn({ username, password })

  const ctx = contextOn(state.sandbox, { store })
  expect(await getCurrentUser(ctx)).toMatchObject({
    signInDetails: { loginId: username, authFlowType: 'USER_SRP_AUTH' },
  })
  expect((await fetchUserAttributes(ctx)).email).toBe(username)
  await signOut({}, ctx)
  await expect(getCurrentUser(ctx)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
})

test('without a user pool the first call that needs one says which key is missing', async () => {
  const ctx = contextOn(state.sandbox)
  ctx.config = {}
  for (const call of [
    () => signIn({ username: 'x', password }, ctx),
    () => signOut({}, ctx),
    () => getCurrentUser(ctx),
    () => fetchUserAttributes(ctx),
  ]) {
    await expect(call()).rejects.toMatchObject({
      name: 'AuthUserPoolException',
      message: expect.stringContaining('userPoolId'),
    })
  }
})

describe('when the session has run out', () => {
  let pool: ScriptedPool
  beforeEach(async () => {
    const iat = Math.floor(Date.now() / 1000) - 7200
    pool = await scriptedPool({
      InitiateAuth: () => ({ AuthenticationResult: tokensOf('sub-bob', { iat, exp: iat + 3600 }) }),
    })
  })
  afterEach(() => pool.close())

  async function expired() {
    const ctx = pool.context()
    await signIn({ username: 'bob', password, options: { authFlowType: 'USER_PASSWORD_AUTH' } }, ctx)
    return ctx
  }

  test('a service in trouble leaves the user signed in, and calls that need tokens say why they fail', async () => {
    const ctx = await expired()
    pool.script.GetTokensFromRefreshToken = () => {
      throw new Refusal('InternalErrorException', 'Try later', 500)
    }
    expect((await getCurrentUser(ctx)).userId).toBe('sub-bob')
    await expect(fetchAuthSession({}, ctx)).rejects.toMatchObject({ name: 'InternalErrorException' })

    pool.script.GetTokensFromRefreshToken = () => ({ AuthenticationResult: tokensOf('sub-bob') })
    expect((await fetchAuthSession({}, ctx)).userSub).toBe('sub-bob')
  })

  test('a service that refuses the refresh token has signed the user out', async () => {
    const ctx = await expired()
    pool.script.GetTokensFromRefreshToken = () => {
      throw new Refusal('NotAuthorizedException', 'Refresh Token has been revoked')
    }
    await expect(getCurrentUser(ctx)).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' })
  })
})

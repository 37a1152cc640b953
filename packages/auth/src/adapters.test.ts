import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Amplify } from '@backline/core'
import { createMemoryStore } from '@backline/core/internal'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  AUTH_KEY_PREFIX,
  CognitoAWSCredentialsAndIdentityIdProvider,
  createKeysForAuthStorage,
  DefaultIdentityIdStore,
  DefaultTokenStore,
  generateCodeVerifier,
  generateState,
  refreshAuthTokens,
  refreshAuthTokensWithoutDedupe,
  TokenOrchestrator,
  validateState,
} from './adapters.js'
import { getCurrentUser } from './index.js'
import { arrive, contextOn, useSandbox } from './sandbox.fixture.js'
import { Refusal, type ScriptedPool, scriptedPool, tokensOf } from './scriptedPool.fixture.js'

const state = useSandbox()
let pool: ScriptedPool
beforeEach(async () => {
  pool = await scriptedPool({})
})
afterEach(() => pool.close())

const named = (name: string) => expect.objectContaining({ name })

/** As an adapter puts a provider together. */
function adapter(authConfig: object, storage = createMemoryStore()) {
  const store = new DefaultTokenStore()
  store.setAuthConfig(authConfig as never)
  store.setKeyValueStorage(storage)
  const orchestrator = new TokenOrchestrator()
  orchestrator.setAuthConfig(authConfig as never)
  orchestrator.setAuthTokenStore(store)
  orchestrator.setTokenRefresher(refreshAuthTokensWithoutDedupe)
  return { store, orchestrator }
}

test('a provider that an adapter puts together finds, refreshes and clears what signIn has stored', async () => {
  const storage = createMemoryStore()
  const ctx = await arrive(state.sandbox, 'ada@example.com', { store: storage })
  const { store, orchestrator } = adapter(ctx.config.Auth!, storage)
  const before = await orchestrator.getTokens()
  expect(before).toMatchObject({ signInDetails: { loginId: 'ada@example.com' } })
  expect(await store.getLastAuthUser()).toBe((await getCurrentUser(ctx)).username)

  const after = await orchestrator.getTokens({ forceRefresh: true })
  expect(`${after!.accessToken}`).not.toBe(`${before!.accessToken}`)
  expect(after!.signInDetails).toEqual(before!.signInDetails)
  expect(await getCurrentUser(contextOn(state.sandbox, { store: storage }))).toMatchObject({
    userId: after!.accessToken.payload.sub,
  })

  await store.setOAuthMetadata({ oauthSignIn: true })
  expect(await orchestrator.getOAuthMetadata()).toEqual({ oauthSignIn: true })
  expect(await orchestrator.getDeviceMetadata()).toBeNull()
  await orchestrator.clearTokens()
  expect(await orchestrator.getTokens()).toBeNull()
})

test('calls at the same time share one refresh, unless told not to; a refusal clears, trouble does not', async () => {
  const { AccessToken, IdToken } = tokensOf('sub-bob')
  pool.script.GetTokensFromRefreshToken = () => ({ AuthenticationResult: { AccessToken, IdToken } })
  const { config } = pool.context()
  const { decodeJWT } = await import('./index.js')
  const tokens = {
    username: 'bob',
    accessToken: decodeJWT(AccessToken),
    refreshToken: 'refresh',
    clockDrift: 0,
  }
  const input = { tokens, authConfig: config.Auth, username: 'bob' }
  await Promise.all([refreshAuthTokens(input), refreshAuthTokens(input)])
  expect(pool.heard).toHaveLength(1)
  await Promise.all([refreshAuthTokensWithoutDedupe(input), refreshAuthTokensWithoutDedupe(input)])
  expect(pool.heard).toHaveLength(3)

  const { store, orchestrator } = adapter(config.Auth!)
  await store.storeTokens(tokens)
  orchestrator.setClientMetadataProvider(async () => ({ from: 'adapter' }))
  await orchestrator.getTokens({ forceRefresh: true })
  expect(JSON.parse(pool.heard.at(-1)!.body)).toMatchObject({ ClientMetadata: { from: 'adapter' } })
  pool.script.GetTokensFromRefreshToken = () => {
    throw new Refusal('TooManyRequestsException', 'later', 429)
  }
  await expect(orchestrator.getTokens({ forceRefresh: true })).rejects.toEqual(
    named('TooManyRequestsException'),
  )
  expect(await store.loadTokens()).not.toBeNull()
  pool.script.GetTokensFromRefreshToken = () => {
    throw new Refusal('NotAuthorizedException', 'Refresh Token has been revoked')
  }
  expect(await orchestrator.getTokens({ forceRefresh: true })).toBeNull()
  expect(await store.loadTokens()).toBeNull()
}, 20_000)

test('what is missing is named', async () => {
  await expect(new DefaultTokenStore().loadTokens()).rejects.toEqual(
    named('KeyValueStorageNotFoundException'),
  )
  await expect(new TokenOrchestrator().getTokens()).rejects.toEqual(named('EmptyTokenStoreException'))
  await expect(new DefaultIdentityIdStore(createMemoryStore()).loadIdentityId()).rejects.toEqual(
    named('InvalidIdentityPoolIdException'),
  )
  Amplify.configure(pool.context().config)
  await expect(validateState('forged')).rejects.toEqual(named('OAuthSignInException'))
  await expect(validateState(null)).rejects.toEqual(named('OAuthSignInException'))
})

test('keys, states and verifiers', () => {
  expect(createKeysForAuthStorage(AUTH_KEY_PREFIX, 'client.bob')).toMatchObject({
    accessToken: 'CognitoIdentityServiceProvider.client.bob.accessToken',
    oauthMetadata: 'CognitoIdentityServiceProvider.client.bob.oauthMetadata',
  })
  expect(generateState()).toMatch(/^\w{32}$/)
  expect(generateState()).not.toBe(generateState())
  const { value, method, toCodeChallenge } = generateCodeVerifier(128)
  expect(value).toMatch(/^[\w-]{128}$/)
  expect(method).toBe('S256')
  expect(toCodeChallenge()).toMatch(/^[\w-]{43}$/)
})

test('credentials are kept until five minutes before they expire, and the identity in the store', async () => {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const operation = `${request.headers['x-amz-target']}`.split('.')[1]!
    asked.push(operation)
    const Credentials = { AccessKeyId: 'AK', SecretKey: 's', Expiration: Date.now() / 1000 + 3600 }
    response.end(JSON.stringify({ IdentityId: 'us-east-1:guest', Credentials }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const identityPoolEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const authConfig = {
    Cognito: { identityPoolId: 'us-east-1:pool', identityPoolEndpoint, allowGuestAccess: true },
  }
  const storage = createMemoryStore()
  const provider = new CognitoAWSCredentialsAndIdentityIdProvider(new DefaultIdentityIdStore(storage))
  const options = { authenticated: false, authConfig } as const
  expect(await provider.getCredentialsAndIdentityId(options)).toMatchObject({
    identityId: 'us-east-1:guest',
    credentials: { accessKeyId: 'AK' },
  })
  await provider.getCredentialsAndIdentityId(options)
  expect(asked).toEqual(['GetId', 'GetCredentialsForIdentity'])
  expect(await storage.getItem('com.amplify.Cognito.us-east-1:pool.identityId')).toBe('us-east-1:guest')

  await provider.getCredentialsAndIdentityId({ ...options, forceRefresh: true })
  expect(asked).toHaveLength(3)
  await provider.clearCredentialsAndIdentityId()
  expect(await storage.getItem('com.amplify.Cognito.us-east-1:pool.identityId')).toBeNull()
  server.closeAllConnections()
  server.close()
})

import type { AuthTokens, CredentialsAndIdentityIdProvider, GetCredentialsOptions } from '@backline/core'
import {
  type Context,
  clearSession,
  clearStoredDevice,
  currentContext,
  type DeviceMetadata,
  definiteRefusal,
  fetchIdentity,
  fetchTokens,
  type Identity,
  identityPool,
  type KeyValueStorageInterface,
  newContext,
  notConfigured,
  type ResourcesConfig,
  type SignInDetails,
  sessionKey,
  setSessionStorage,
  storedDevice,
  storedSession,
  storeSession,
  tabStore,
  toBase64Url,
  toHex,
  utf8,
} from '@backline/core/internal'
import { sha256 } from '@backline/core/sha256'
import { AuthError } from './errors.js'
import { oauthError, redirectTarget } from './oauth.js'
import { departureKey } from './redirectSignIn.js'

// What `aws-amplify/auth/cognito` has for those who build providers of their own, as adapters of frameworks do. Apps need none of it.

type AuthConfig = NonNullable<ResourcesConfig['Auth']>

export const AUTH_KEY_PREFIX = 'CognitoIdentityServiceProvider'

const tokenKeys = [
  'accessToken',
  'idToken',
  'oidcProvider',
  'clockDrift',
  'refreshToken',
  'deviceKey',
  'randomPasswordKey',
  'deviceGroupKey',
  'signInDetails',
  'oauthMetadata',
] as const

/** Where each part of a user's session is kept: `createKeysForAuthStorage(AUTH_KEY_PREFIX, 'client.username')`. */
export function createKeysForAuthStorage(
  provider: string,
  identifier: string,
): Record<(typeof tokenKeys)[number], string> {
  return Object.fromEntries(tokenKeys.map((key) => [key, `${provider}.${identifier}.${key}`])) as never
}

/** A state for an authorization request that nobody can guess. */
export function generateState(): string {
  return toHex(currentContext().platform.randomBytes(16))
}

/** A secret for PKCE (RFC 7636), of 43 to 128 characters. */
export function generateCodeVerifier(length: number) {
  const value = toBase64Url(currentContext().platform.randomBytes(length)).slice(0, length)
  return { value, method: 'S256' as const, toCodeChallenge: () => toBase64Url(sha256(utf8(value))) }
}

/** The configured address that leads back to this page; see `signInWithRedirect`. */
export function getRedirectUrl(redirects: string[], preferredRedirectUrl?: string): string {
  return redirectTarget(currentContext(), redirects, preferredRedirectUrl)
}

/** The state, if it is the one that this tab left with. */
export async function validateState(state?: string | null): Promise<string> {
  const ctx = currentContext()
  const kept = await tabStore(ctx).getItem(departureKey(ctx))
  if (state && kept && JSON.parse(kept).state === state) return state
  throw oauthError(
    state ? 'An error occurred while validating the state.' : '`signInWithRedirect` has been canceled.',
  )
}

export type CognitoAuthTokens = AuthTokens & {
  refreshToken?: string
  deviceMetadata?: DeviceMetadata
  clockDrift: number
  username: string
  signInDetails?: SignInDetails
}

interface RefreshInput {
  tokens: CognitoAuthTokens
  authConfig?: AuthConfig
  username: string
  clientMetadata?: Record<string, string>
}

export type TokenRefresher = (input: RefreshInput) => Promise<CognitoAuthTokens>

/** New tokens for a refresh token. It keeps nothing, and every call is a request. */
export async function refreshAuthTokensWithoutDedupe({
  tokens,
  authConfig,
  username,
  clientMetadata,
}: RefreshInput): Promise<CognitoAuthTokens> {
  const { platform } = currentContext()
  const ctx = newContext({ Auth: authConfig }, {}, platform)
  const fresh = await fetchTokens(ctx, { ...tokens, username }, { clientMetadata })
  return { ...fresh, clockDrift: drift(ctx, fresh) }
}

/** The same; calls with the same refresh token at the same time share one request. */
export function refreshAuthTokens(input: RefreshInput): Promise<CognitoAuthTokens> {
  const { state } = currentContext()
  const key = `auth.refresh ${input.tokens.refreshToken}`
  const running = state.get(key) as Promise<CognitoAuthTokens> | undefined
  if (running) return running

  const started = refreshAuthTokensWithoutDedupe(input).finally(() => state.delete(key))
  state.set(key, started)
  return started
}

function drift({ platform }: Context, { accessToken }: AuthTokens): number {
  const { iat } = accessToken.payload
  return iat ? iat * 1000 - platform.now() : 0
}

/** A user's tokens in a store of your choice, under the keys that the whole library uses. */
export class DefaultTokenStore {
  private readonly ctx = newContext({}, {})
  private keyValueStorage?: KeyValueStorageInterface

  getKeyValueStorage(): KeyValueStorageInterface {
    if (this.keyValueStorage) return this.keyValueStorage
    throw new AuthError('KeyValueStorageNotFoundException', 'The token store was given no storage.', {
      recoverySuggestion: 'Call setKeyValueStorage first.',
    })
  }
  setKeyValueStorage(keyValueStorage: KeyValueStorageInterface): void {
    this.keyValueStorage = keyValueStorage
    setSessionStorage(this.ctx, keyValueStorage)
  }
  setAuthConfig(authConfig: AuthConfig): void {
    this.ctx.config = { Auth: authConfig }
  }
  async getLastAuthUser(): Promise<string> {
    return (await storedSession(this.ready()))?.username ?? 'username'
  }
  async loadTokens(): Promise<CognitoAuthTokens | null> {
    const stored = await storedSession(this.ready())
    return stored ? { clockDrift: drift(this.ctx, stored), ...stored } : null
  }
  async storeTokens(tokens: CognitoAuthTokens): Promise<void> {
    await storeSession(this.ready(), tokens)
  }
  async clearTokens(): Promise<void> {
    await clearSession(this.ready())
  }
  async getDeviceMetadata(username?: string): Promise<DeviceMetadata | null> {
    return (await storedDevice(this.ready(), username ?? (await this.getLastAuthUser()))) ?? null
  }
  async clearDeviceMetadata(username?: string): Promise<void> {
    await clearStoredDevice(this.ready(), username ?? (await this.getLastAuthUser()))
  }
  async setOAuthMetadata(metadata: { oauthSignIn: boolean }): Promise<void> {
    await this.getKeyValueStorage().setItem(await this.oauthKey(), JSON.stringify(metadata))
  }
  async getOAuthMetadata(): Promise<{ oauthSignIn: boolean } | null> {
    return JSON.parse((await this.getKeyValueStorage().getItem(await this.oauthKey())) ?? 'null')
  }
  private async oauthKey(): Promise<string> {
    return sessionKey(this.ctx, await this.getLastAuthUser(), 'oauthMetadata')
  }
  private ready(): Context {
    this.getKeyValueStorage()
    return this.ctx
  }
}

export type AuthTokenStore = Pick<
  DefaultTokenStore,
  | 'getLastAuthUser'
  | 'loadTokens'
  | 'storeTokens'
  | 'clearTokens'
  | 'setKeyValueStorage'
  | 'getDeviceMetadata'
  | 'clearDeviceMetadata'
  | 'setOAuthMetadata'
  | 'getOAuthMetadata'
>

/** Tokens of a store, refreshed where they have run out. */
export class TokenOrchestrator {
  private authConfig?: AuthConfig
  private tokenStore?: AuthTokenStore
  private tokenRefresher?: TokenRefresher
  private clientMetadata?: () => Promise<Record<string, string>>

  setAuthConfig(authConfig: AuthConfig): void {
    this.authConfig = authConfig
  }
  setTokenRefresher(tokenRefresher: TokenRefresher): void {
    this.tokenRefresher = tokenRefresher
  }
  setAuthTokenStore(tokenStore: AuthTokenStore): void {
    this.tokenStore = tokenStore
  }
  setClientMetadataProvider(clientMetadataProvider: () => Promise<Record<string, string>>): void {
    this.clientMetadata = clientMetadataProvider
  }
  getTokenStore(): AuthTokenStore {
    if (this.tokenStore) return this.tokenStore
    throw new AuthError('EmptyTokenStoreException', 'TokenStore not set: call setAuthTokenStore first.')
  }
  getTokenRefresher(): TokenRefresher {
    return this.tokenRefresher ?? refreshAuthTokens
  }
  async getTokens(
    options: { forceRefresh?: boolean; clientMetadata?: Record<string, string> } = {},
  ): Promise<(AuthTokens & { signInDetails?: SignInDetails }) | null> {
    const stored = await this.getTokenStore().loadTokens()
    if (!stored) return null
    const { platform, events } = currentContext()
    const time = platform.now() + stored.clockDrift
    const isExpired = [stored.accessToken, stored.idToken].some(
      (token) => token && (token.payload.exp ?? 0) * 1000 <= time + 5_000,
    )
    let tokens = stored
    if (options.forceRefresh || isExpired) {
      try {
        const refreshed = await this.getTokenRefresher()({
          tokens: stored,
          authConfig: this.authConfig,
          username: stored.username,
          clientMetadata: options.clientMetadata ?? (await this.clientMetadata?.()),
        })
        tokens = { ...refreshed, signInDetails: stored.signInDetails }
        await this.setTokens({ tokens })
        events.emit('auth', 'tokenRefresh')
      } catch (error) {
        const { name } = error as Error
        if (definiteRefusal.test(name)) await this.clearTokens()
        events.emit('auth', 'tokenRefresh_failure', { error })
        if (name.startsWith('NotAuthorizedException')) return null
        throw error
      }
    }
    const { accessToken, idToken, signInDetails } = tokens
    return { accessToken, idToken, signInDetails }
  }
  async setTokens({ tokens }: { tokens: CognitoAuthTokens }): Promise<void> {
    await this.getTokenStore().storeTokens(tokens)
  }
  async clearTokens(): Promise<void> {
    await this.getTokenStore().clearTokens()
  }
  async getDeviceMetadata(username?: string): Promise<DeviceMetadata | null> {
    return this.getTokenStore().getDeviceMetadata(username)
  }
  async clearDeviceMetadata(username?: string): Promise<void> {
    await this.getTokenStore().clearDeviceMetadata(username)
  }
  async setOAuthMetadata(metadata: { oauthSignIn: boolean }): Promise<void> {
    await this.getTokenStore().setOAuthMetadata(metadata)
  }
  async getOAuthMetadata(): Promise<{ oauthSignIn: boolean } | null> {
    return this.getTokenStore().getOAuthMetadata()
  }
}

export interface StoredIdentity {
  id: string
  /** A `guest` is kept in the store; a `primary`, a signed-in user's, in memory. */
  type: 'guest' | 'primary'
}

/** Under which identity of the identity pool somebody is known. */
export class DefaultIdentityIdStore {
  private readonly keyValueStorage: KeyValueStorageInterface
  private authConfig?: AuthConfig
  private primary?: string

  constructor(keyValueStorage: KeyValueStorageInterface) {
    this.keyValueStorage = keyValueStorage
  }
  setAuthConfig(authConfig: AuthConfig): void {
    this.authConfig = authConfig
  }
  async loadIdentityId(): Promise<StoredIdentity | null> {
    if (this.primary) return { id: this.primary, type: 'primary' }
    const id = await this.keyValueStorage.getItem(this.key())
    return id ? { id, type: 'guest' } : null
  }
  async storeIdentityId({ id, type }: StoredIdentity): Promise<void> {
    this.primary = type === 'primary' ? id : undefined
    if (type === 'guest') await this.keyValueStorage.setItem(this.key(), id)
    else await this.keyValueStorage.removeItem(this.key())
  }
  async clearIdentityId(): Promise<void> {
    this.primary = undefined
    await this.keyValueStorage.removeItem(this.key())
  }
  private key(): string {
    const config = { Auth: this.authConfig }
    const id = config.Auth?.Cognito.identityPoolId
    if (!id) throw notConfigured('InvalidIdentityPoolIdException', 'Auth.Cognito.identityPoolId', { config })
    return `com.amplify.Cognito.${id}.identityId`
  }
}

export type IdentityIdStore = Pick<
  DefaultIdentityIdStore,
  'setAuthConfig' | 'loadIdentityId' | 'storeIdentityId' | 'clearIdentityId'
>

/** AWS credentials of the identity pool, with the identity in a store of your choice. */
export class CognitoAWSCredentialsAndIdentityIdProvider implements CredentialsAndIdentityIdProvider {
  private readonly identityIdStore: IdentityIdStore
  private cached?: Identity & { token: string | undefined }

  constructor(identityIdStore: IdentityIdStore) {
    this.identityIdStore = identityIdStore
  }
  async getCredentialsAndIdentityId({
    authenticated,
    tokens,
    authConfig,
    forceRefresh,
  }: GetCredentialsOptions): Promise<Identity | undefined> {
    const ctx = newContext({ Auth: authConfig }, {}, currentContext().platform)
    const pool = identityPool(ctx)
    if (!pool || (!authenticated && !pool.allowGuestAccess)) return undefined
    this.identityIdStore.setAuthConfig(authConfig!)

    const token = tokens?.idToken?.toString()
    const { cached } = this
    const expiry = cached?.credentials.expiration?.getTime() ?? 0
    // Five minutes early: a call that starts now should arrive in time.
    if (!forceRefresh && cached && cached.token === token && expiry - 300_000 > ctx.platform.now())
      return cached

    const known = await this.identityIdStore.loadIdentityId()
    const who = tokens && { username: '', ...tokens }
    const { credentials, identityId } = await fetchIdentity(ctx, pool, who, known?.id ?? null)
    await this.identityIdStore.storeIdentityId({ id: identityId, type: authenticated ? 'primary' : 'guest' })
    this.cached = { credentials, identityId, token }
    return { credentials, identityId }
  }
  async clearCredentials(): Promise<void> {
    this.cached = undefined
  }
  async clearCredentialsAndIdentityId(): Promise<void> {
    this.cached = undefined
    await this.identityIdStore.clearIdentityId()
  }
}

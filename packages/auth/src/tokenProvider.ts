import type { AuthTokens } from '@backline/core'
import {
  clearCredentials,
  credentials,
  currentContext,
  type KeyValueStorageInterface,
  type ResourcesConfig,
  session,
  sessionState,
  setSessionStorage,
} from '@backline/core/internal'

// The two objects of v6's `/auth/cognito` by which apps choose where a session is kept and reach the providers. They speak of
// the default context and hold nothing themselves.

/** Where the default context's tokens come from. */
export const cognitoUserPoolsTokenProvider = {
  /** Tells core that naming this as the `tokenProvider` changes nothing. */
  asksCore: true,

  /** The tokens, refreshed where they have to be; null for a guest. */
  async getTokens(options: { forceRefresh?: boolean } = {}): Promise<AuthTokens | null> {
    const current = await session(currentContext(), options)
    if (!current) return null
    const { accessToken, idToken, signInDetails } = current
    return { accessToken, idToken, signInDetails }
  },

  /**
   * Keeps the session in another store: `sessionStorage`, `sharedInMemoryStorage`, a `CookieStorage`, or one of your own.
   *
   * @example
   * cognitoUserPoolsTokenProvider.setKeyValueStorage(new CookieStorage({ domain: '.example.com' }))
   */
  setKeyValueStorage(storage: KeyValueStorageInterface): void {
    setSessionStorage(currentContext(), storage)
  },

  /** Says what goes to the pool's triggers with every refresh that the app does not ask for itself. */
  setClientMetadataProvider(provider: () => Promise<Record<string, string>>): void {
    sessionState(currentContext()).clientMetadata = provider
  },

  /** Says which user pool the tokens are of, where `Amplify.configure` is not called or is called later. */
  setAuthConfig(Auth: ResourcesConfig['Auth']): void {
    const ctx = currentContext()
    ctx.config = { ...ctx.config, Auth }
  },
}

/** Where the default context's AWS credentials come from. */
export const cognitoCredentialsProvider = {
  asksCore: true,

  /** Credentials for whoever is signed in, or for a guest whom the identity pool lets in. */
  async getCredentialsAndIdentityId({ forceRefresh }: { forceRefresh?: boolean } = {}) {
    return credentials(currentContext(), { forceRefresh })
  },

  /** Forgets them, and who the guest was: the next ones are for somebody new. */
  async clearCredentialsAndIdentityId(): Promise<void> {
    await clearCredentials(currentContext(), { forgetIdentity: true })
  },
}

export type CognitoUserPoolTokenProviderType = Omit<typeof cognitoUserPoolsTokenProvider, 'asksCore'>

import { CognitoAWSCredentialsAndIdentityIdProvider, DefaultIdentityIdStore } from '@backline/auth/adapters'
import {
  type AmplifyContext,
  type AuthConfig,
  type CredentialsAndIdentityIdProvider,
  createAmplifyContext,
  type KeyValueStorageInterface,
  type LibraryOptions,
  type ResourcesConfig,
  type TokenProvider,
} from '@backline/core'
import { AmplifyServerContextError } from './errors.js'

// `aws-amplify/adapter-core`: what adapters of frameworks are built from. Ours are built from requestRunner.ts.

export {
  AUTH_KEY_PREFIX,
  createKeysForAuthStorage,
  generateCodeVerifier,
  generateState,
  getRedirectUrl,
  validateState,
} from '@backline/auth/adapters'
export type { AmplifyOutputsUnknown as AmplifyOutputs, LegacyConfig } from '@backline/core'
export type { CookieStorage } from './cookiePort.js'
export { AmplifyServerContextError } from './errors.js'
export {
  createKeyValueStorageFromCookieStorageAdapter,
  DEFAULT_AUTH_TOKEN_COOKIES_MAX_AGE,
} from './keyValueStorage.js'

/** What the functions of `/server` take first. */
export type ContextSpec = AmplifyContext

/** Names of v6 for what is a context now. */
export declare namespace AmplifyServer {
  export type ContextSpec = AmplifyContext
  export interface ContextToken {
    readonly value: symbol
  }
  export interface Context {
    amplify: AmplifyContext
  }
  export type RunOperationWithContext = typeof runWithAmplifyServerContext
}

/**
 * Runs something in a context of its own: nothing of it is shared with another call. Where the user comes from cookies, say so by
 * `libraryOptions.Auth`, or take a framework's adapter, which does.
 *
 * @example
 * const keyValueStorage = createKeyValueStorageFromCookieStorageAdapter(adapter)
 * const user = await runWithAmplifyServerContext(
 *   parseAmplifyConfig(outputs),
 *   {
 *     Auth: {
 *       tokenProvider: createUserPoolsTokenProvider(authConfig, keyValueStorage),
 *       credentialsProvider: createAWSCredentialsAndIdentityIdProvider(authConfig, keyValueStorage),
 *     },
 *   },
 *   (contextSpec) => getCurrentUser(contextSpec),
 * )
 *
 * @throws {AmplifyServerContextError} `InvalidServerContextError` where it is called like a framework's runner of that name
 */
export async function runWithAmplifyServerContext<Result>(
  amplifyConfig: ResourcesConfig,
  libraryOptions: LibraryOptions,
  operation: (contextSpec: AmplifyContext) => Result | Promise<Result>,
): Promise<Result> {
  if (typeof operation !== 'function') {
    throw new AmplifyServerContextError({
      name: 'InvalidServerContextError',
      message: 'runWithAmplifyServerContext takes the configuration, the library options and the operation.',
      recoverySuggestion:
        'The function that takes { nextServerContext, operation } is what createServerRunner returns.',
    })
  }
  return operation(createAmplifyContext(amplifyConfig, libraryOptions))
}

/** The tokens of whoever a store says is signed in, refreshed where they have to be, for `libraryOptions.Auth.tokenProvider`. */
export function createUserPoolsTokenProvider(
  authConfig: AuthConfig,
  keyValueStorage: KeyValueStorageInterface,
): TokenProvider {
  const ctx = createAmplifyContext({ Auth: authConfig }, { store: keyValueStorage })
  return { getTokens: async (options) => (await ctx.getTokens(options)) ?? null }
}

/** AWS credentials of the identity pool, a guest's identity kept in the store, for `libraryOptions.Auth.credentialsProvider`. */
export function createAWSCredentialsAndIdentityIdProvider(
  authConfig: AuthConfig,
  keyValueStorage: KeyValueStorageInterface,
): CredentialsAndIdentityIdProvider {
  const store = new DefaultIdentityIdStore(keyValueStorage)
  store.setAuthConfig(authConfig)
  return new CognitoAWSCredentialsAndIdentityIdProvider(store)
}

import { normalized } from './amplify.js'
import { type Context, newContext } from './context.js'
import { type AWSCredentials, clearCredentials, credentialsOf } from './credentials.js'
import type { JWT } from './jwt.js'
import type {
  AmplifyOutputsUnknown,
  LegacyConfig,
  LibraryOptions,
  ResourcesConfig,
} from './resourcesConfig.js'
import { session } from './session.js'
import type { SessionOptions, SignInDetails } from './sessionStore.js'
import { createMemoryStore } from './stores.js'
import { web } from './web.js'

export interface AuthTokens {
  accessToken: JWT
  idToken?: JWT
  signInDetails?: SignInDetails
}

export interface AuthSession {
  tokens?: AuthTokens
  credentials?: AWSCredentials
  identityId?: string
  userSub?: string
}

/** Marks contexts, in whichever copy of this package they were made. The symbol is `aws-amplify`'s. */
export const AMPLIFY_CONTEXT_BRAND: symbol = /* @__PURE__ */ Symbol.for('amplify.context')

/** A context with what `aws-amplify` has on its own. */
export interface AmplifyContext extends Context {
  readonly resourcesConfig: Readonly<ResourcesConfig>
  readonly libraryOptions: Readonly<LibraryOptions>
  /** Tells this context from every other one; `@aws-amplify/data-schema` looks for it. */
  readonly token: { readonly value: symbol }
  fetchAuthSession(options?: SessionOptions): Promise<AuthSession>
  clearCredentials(): Promise<void>
  getTokens(options?: SessionOptions): Promise<AuthTokens | undefined>
}

/**
 * An isolated context: its own session, events, sockets and, in memory unless `options.store` says otherwise, its own storage.
 * For a second user pool, a tenant, a request on a server, a test. Pass it as the last argument of any function.
 *
 * @example
 * const tenant = createAmplifyContext(outputs)
 * await signIn({ username, password }, tenant)
 *
 * @throws {AmplifyError} `InvalidConfigurationException`, naming the key that is wrong.
 */
export function createAmplifyContext(
  config: ResourcesConfig | LegacyConfig | AmplifyOutputsUnknown,
  options: LibraryOptions = {},
): AmplifyContext {
  return contextOver(normalized(config), options)
}

/** The same for a configuration that is normalized already: a server makes one for each request. */
export function contextOver(config: ResourcesConfig, options: LibraryOptions): AmplifyContext {
  const store = options.store ?? options.platform?.store ?? createMemoryStore()
  const platform = { ...web, tabStore: store, ...options.platform, store }
  const ctx = newContext(config, { ...options, store }, platform)

  const getTokens: AmplifyContext['getTokens'] = async (sessionOptions) => {
    const who = await session(ctx, sessionOptions)
    return who && { accessToken: who.accessToken, idToken: who.idToken, signInDetails: who.signInDetails }
  }
  return Object.assign(ctx, {
    resourcesConfig: ctx.config,
    libraryOptions: options,
    [AMPLIFY_CONTEXT_BRAND]: true,
    token: Object.freeze({ value: Symbol('AmplifyContext') }),
    getTokens,
    clearCredentials: () => clearCredentials(ctx),
    async fetchAuthSession(sessionOptions: SessionOptions = {}): Promise<AuthSession> {
      const who = await session(ctx, sessionOptions)
      const identity = await credentialsOf(ctx, who, sessionOptions)
      const tokens = who && {
        accessToken: who.accessToken,
        idToken: who.idToken,
        signInDetails: who.signInDetails,
      }
      return { tokens, ...identity, userSub: who?.accessToken.payload.sub }
    },
  })
}

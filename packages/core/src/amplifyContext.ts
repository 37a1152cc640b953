import { normalized } from './amplify.js'
import { type AuthSession, type AuthTokens, fetchAuthSession, tokensOf } from './authSession.js'
import { appContext, type Context, perContext } from './context.js'
import { clearCredentials } from './credentials.js'
import { HubClass } from './events.js'
import type { Platform } from './platform.js'
import type {
  AmplifyOutputsUnknown,
  LegacyConfig,
  LibraryOptions,
  ResourcesConfig,
} from './resourcesConfig.js'
import { session } from './session.js'
import type { SessionOptions } from './sessionStore.js'
import { createMemoryStore } from './stores.js'
import { web } from './web.js'

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
  const store = options.store ?? options.platform?.store ?? createMemoryStore()
  return new OwnContext(normalized(config), { ...options, store })
}

/**
 * A context of its own. Its parts are made when they are first asked for: a server makes a context for each request, and most of them need
 * only a few.
 */
export class OwnContext implements AmplifyContext {
  config: ResourcesConfig
  options: LibraryOptions
  #platform?: Platform
  #state?: Map<string, unknown>

  constructor(config: ResourcesConfig, options: LibraryOptions) {
    this.config = config
    this.options = options
  }

  get platform(): Platform {
    return (this.#platform ??= this.makePlatform())
  }
  /** Without one all that was made is let go of, and made anew by whoever needs it next. */
  set platform(platform: Platform | undefined) {
    this.#platform = platform
    if (!platform) this.#state = undefined
  }
  get events(): HubClass {
    return eventsOf(this)
  }
  get state(): Map<string, unknown> {
    return (this.#state ??= this.makeState())
  }
  get token(): AmplifyContext['token'] {
    return tokenOf(this)
  }
  get resourcesConfig(): ResourcesConfig {
    return this.config
  }
  get libraryOptions(): LibraryOptions {
    return this.options
  }
  get [AMPLIFY_CONTEXT_BRAND](): true {
    return true
  }

  // Functions that may be taken off the context, as those of `aws-amplify` may.
  get getTokens(): AmplifyContext['getTokens'] {
    return async (options) => tokensOf(await session(this, options))
  }
  get clearCredentials(): AmplifyContext['clearCredentials'] {
    return () => clearCredentials(this)
  }
  get fetchAuthSession(): AmplifyContext['fetchAuthSession'] {
    return (options) => fetchAuthSession(options, this)
  }

  protected makePlatform(): Platform {
    const { platform, store } = this.options
    return { ...web, ...appContext().device, tabStore: store, ...platform, store: store! }
  }
  protected makeState(): Map<string, unknown> {
    return new Map()
  }
}

const eventsOf = /* @__PURE__ */ perContext('events', () => new HubClass())
const tokenOf = /* @__PURE__ */ perContext('token', () => Object.freeze({ value: Symbol('AmplifyContext') }))

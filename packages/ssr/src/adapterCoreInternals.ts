import {
  AMPLIFY_CONTEXT_BRAND,
  type AmplifyContext,
  type OAuthConfig,
  type ResourcesConfig,
} from '@backline/core'
import { AmplifyError as BaseError, notConfigured } from '@backline/core/internal'
import { AmplifyServerContextError } from './errors.js'

// `aws-amplify/adapter-core/internals`: what `@aws-amplify/adapter-nextjs` and adapters like it reach for. Apps need none of it.

export type { AmplifyContext, AmplifyOutputsUnknown, LegacyConfig, OAuthConfig } from '@backline/core'
export { AMPLIFY_CONTEXT_BRAND, decodeJWT } from '@backline/core'
export type { CookieStorage } from './cookiePort.js'
export { AmplifyServerContextError } from './errors.js'
export type { KeyValueStorageMethodValidator } from './keyValueStorage.js'

/** Tells one context from another. */
export interface AmplifyContextToken {
  readonly value: symbol
}

export function createAmplifyContextToken(): AmplifyContextToken {
  return Object.freeze({ value: Symbol('AmplifyContext') })
}

export function isAmplifyContext(value: unknown): value is AmplifyContext {
  return typeof value === 'object' && value !== null && AMPLIFY_CONTEXT_BRAND in value
}

/** The base of all errors, made as v6 makes it. An error of ours is an instance of it. */
export class AmplifyError extends BaseError {
  constructor(told: {
    name: string
    message: string
    recoverySuggestion?: string
    underlyingError?: unknown
  }) {
    const { name, message, recoverySuggestion, underlyingError } = told
    super(name, message, { recoverySuggestion, cause: underlyingError })
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return BaseError[Symbol.hasInstance](value)
  }
}

type CognitoConfig = NonNullable<ResourcesConfig['Auth']>['Cognito']

/** @throws {AmplifyError} `AuthUserPoolException` */
export function assertTokenProviderConfig(
  cognitoConfig?: CognitoConfig,
): asserts cognitoConfig is CognitoConfig & {
  userPoolId: string
  userPoolClientId: string
} {
  for (const key of ['userPoolId', 'userPoolClientId'] as const) {
    if (!cognitoConfig?.[key]) throw missing('AuthUserPoolException', key, cognitoConfig)
  }
}

/** @throws {AmplifyError} `OAuthNotConfigureException` */
export function assertOAuthConfig(cognitoConfig?: CognitoConfig): asserts cognitoConfig is CognitoConfig & {
  loginWith: { oauth: OAuthConfig }
} {
  for (const key of ['domain', 'redirectSignIn', 'redirectSignOut', 'responseType'] as const) {
    if (!cognitoConfig?.loginWith?.oauth?.[key]) {
      throw missing('OAuthNotConfigureException', `loginWith.oauth.${key}`, cognitoConfig)
    }
  }
}

function missing(name: string, key: string, Cognito: CognitoConfig | undefined) {
  const Auth = Cognito && { Cognito }
  return notConfigured(name, `Auth.Cognito.${key}`, { config: { Auth } })
}

/** Letters, digits and nothing else: each character by its code. */
export function urlSafeEncode(text: string): string {
  return text
    .split('')
    .map((character) => character.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('')
}

/** The context in the shape that adapters before v6.22 ask it in. */
export interface LegacyAmplifyServerContext {
  amplify: AmplifyContext & {
    getConfig(): AmplifyContext['resourcesConfig']
    readonly Auth: Pick<AmplifyContext, 'fetchAuthSession' | 'clearCredentials' | 'getTokens'>
    configure(): never
  }
}

/** @throws {AmplifyServerContextError} for what is no context */
export function getAmplifyServerContext(contextSpec: AmplifyContext): LegacyAmplifyServerContext {
  if (!isAmplifyContext(contextSpec)) {
    throw new AmplifyServerContextError({
      message: 'Attempted to get the Amplify Server Context from something that is none.',
      recoverySuggestion: 'Pass what runWithAmplifyServerContext gives to its operation.',
    })
  }
  const { fetchAuthSession, clearCredentials, getTokens, resourcesConfig } = contextSpec
  // On top of the context, so that it stays one.
  const amplify = Object.create(contextSpec, {
    getConfig: { value: () => resourcesConfig },
    Auth: { value: { fetchAuthSession, clearCredentials, getTokens } },
    configure: {
      value: () => {
        throw new AmplifyServerContextError({ message: 'A context of a request cannot be configured again.' })
      },
    },
  })
  return { amplify }
}

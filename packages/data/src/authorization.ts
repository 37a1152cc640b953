// Who we are to AppSync, by its authorization modes: https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html

import { type Context, type GraphQLAuthMode, loaded } from '@backline/core/unsigned'
import { DataError, GraphQLAuthError } from './errors.js'

export type Headers = Record<string, string>
/** Headers, or a function that makes them anew for each request and each (re)subscription. */
export type CustomHeaders =
  | Headers
  | ((request: { method?: string; url: string; queryString: string }) => Promise<Headers>)
/** A token, or a function that gets one: asked again when the service refuses the last, and on every reconnection. */
export type AuthToken = string | (() => string | Promise<string>)

/** One operation and everything that decides how it is sent. */
export interface GraphQLCall {
  /** Which part of the configuration it belongs to. */
  api?: 'GraphQL' | 'Events'
  query: string
  variables?: Record<string, unknown> | undefined
  /** The configured one by default. */
  endpoint?: string | undefined
  apiKey?: string | undefined
  authMode?: GraphQLAuthMode | undefined
  authToken?: AuthToken | undefined
  headers?: CustomHeaders | undefined
  signal?: AbortSignal | undefined
}

export interface Target {
  endpoint: string
  realtimeEndpoint?: string | undefined
  region?: string | undefined
  apiKey?: string | undefined
  authMode: GraphQLAuthMode
}

/** Where a call goes, out of the call and the configuration. @throws {DataError} `NoEndpoint` */
export function target(ctx: Context, call: GraphQLCall): Target {
  const config = ctx.config.API?.[call.api ?? 'GraphQL']
  const endpoint = call.endpoint ?? config?.endpoint
  if (!endpoint)
    throw call.api
      ? new DataError('NoEndpoint', 'Events API configuration is missing.', {
          recoverySuggestion:
            'Call `Amplify.configure()` with `API.Events`, or with an `amplify_outputs.json` that has `custom.events`.',
        })
      : new DataError('NoEndpoint', 'No GraphQL endpoint configured in `Amplify.configure()`.', {
          recoverySuggestion:
            'Call `Amplify.configure(outputs)` with an `amplify_outputs.json` that has a `data` section.',
        })
  const authMode = call.authMode ?? config?.defaultAuthMode ?? 'iam'
  if (!/^(apiKey|oidc|userPool|iam|identityPool|lambda|none)$/.test(authMode))
    throw new DataError('InvalidAuthMode', `There is no authMode "${authMode}".`, {
      recoverySuggestion: 'Use one of apiKey, userPool, identityPool, iam, oidc, lambda, none.',
    })
  return {
    endpoint,
    // What belongs to the configured endpoint is not told to another one.
    ...(call.endpoint ? {} : { realtimeEndpoint: config?.realtimeEndpoint }),
    region: config?.region ?? /\.appsync-api\.([\w-]+)\./.exec(endpoint)?.[1],
    apiKey: call.apiKey ?? (call.endpoint ? undefined : config?.apiKey),
    authMode,
  }
}

export const isSigned = (mode: GraphQLAuthMode) => mode === 'iam' || mode === 'identityPool'

/** May asking again give another answer, when the service has refused what we showed it? */
export function refreshable(ctx: Context, call: GraphQLCall): boolean {
  if (typeof call.authToken === 'function' || typeof call.headers === 'function') return true
  const { authMode } = target(ctx, call)
  return call.authToken === undefined && authMode !== 'apiKey' && authMode !== 'lambda' && authMode !== 'none'
}

/** The caller's own headers and token. */
export async function customHeaders(ctx: Context, call: GraphQLCall, method?: string): Promise<Headers> {
  const { headers, authToken } = call
  const own =
    typeof headers === 'function'
      ? await headers({
          ...(method ? { method } : {}),
          url: target(ctx, call).endpoint,
          queryString: call.query,
        })
      : headers
  const token = typeof authToken === 'function' ? await authToken() : authToken
  return { ...own, ...(token ? { Authorization: token } : {}) }
}

/**
 * The header that proves who we are, for the modes that need no signature.
 *
 * @throws {DataError} `NoApiKey`, `NoSignedUser`, `NoValidAuthTokens`, `NoAuthorizationHeader`
 */
export async function proof(
  ctx: Context,
  call: GraphQLCall,
  own: Headers,
  refresh: boolean,
): Promise<Headers> {
  const { authMode, apiKey } = target(ctx, call)
  const given = own.Authorization ?? own.authorization
  if (given) return { Authorization: given }
  switch (authMode) {
    case 'apiKey':
      if (!apiKey)
        throw new DataError('NoApiKey', GraphQLAuthError.NO_API_KEY, {
          recoverySuggestion:
            'The request uses `authMode: "apiKey"`, but the configuration has no API key. Is `data.api_key` in `amplify_outputs.json`?',
        })
      return { 'x-api-key': apiKey }
    case 'userPool':
    case 'oidc':
      // Loaded with the first call of somebody who is signed in.
      return { Authorization: await (await loaded(import('./who.js'))).accessToken(ctx, refresh) }
    case 'lambda':
      throw new DataError('NoAuthorizationHeader', GraphQLAuthError.NO_AUTH_TOKEN, {
        recoverySuggestion:
          'The request uses `authMode: "lambda"`: give it an `authToken`, or an `Authorization` header.',
      })
    default:
      return {}
  }
}

// What is sent on AppSync's real-time sockets, and where they are.

import { type Context, loaded, toBase64Url, utf8 } from '@backline/core/unsigned'
import {
  customHeaders,
  type GraphQLCall,
  type Headers,
  isSigned,
  proof,
  type Target,
  target,
} from './authorization.js'
import { DataError, type GraphQLFormattedError } from './errors.js'
import type { Dialect } from './realtime.js'

/**
 * AppSync's own hosts have a sister host for sockets; behind custom domains, and on this machine, they are at `/realtime`.
 * https://docs.aws.amazon.com/appsync/latest/devguide/custom-domain-name.html
 */
export function realtimeUrl({
  endpoint,
  realtimeEndpoint,
}: Pick<Target, 'endpoint' | 'realtimeEndpoint'>): URL {
  const url = new URL(realtimeEndpoint ?? endpoint)
  if (!realtimeEndpoint) {
    if (/^[^.]+\.appsync-api\./.test(url.host))
      url.host = url.host.replace('.appsync-api.', '.appsync-realtime-api.')
    else url.pathname = `${url.pathname.replace(/\/$/, '')}/realtime`
  }
  url.protocol = url.protocol.replace('http', 'ws')
  return url
}

/** Calls with the same key may share a socket: same place, same person. */
export async function socketKey(ctx: Context, call: GraphQLCall): Promise<string> {
  const { endpoint, authMode, apiKey } = target(ctx, call)
  const { authToken } = call
  const who =
    typeof authToken === 'string'
      ? authToken
      : authToken
        ? 'by function'
        : authMode === 'apiKey'
          ? apiKey
          : authMode === 'none' || authMode === 'lambda'
            ? ''
            : await (await loaded(import('./who.js'))).username(ctx)
  return JSON.stringify([endpoint, authMode, who])
}

/** `graphql-ws` with AWS's own authorization. */
export const graphqlDialect: Dialect = {
  handshake: (ctx, call, refresh) =>
    handshake(ctx, call, 'graphql-ws', realtimeUrl(target(ctx, call)), '/connect', refresh),
  async ask(ctx, { id, call }, refresh) {
    const { query, variables = {} } = call
    const data = JSON.stringify({ query, variables })
    const authorization = await authorizationOf(ctx, call, data, refresh)
    return { id, type: 'start', payload: { data, extensions: { authorization } } }
  },
  granted: /^start_ack$/,
  refused: /^error$/,
  stop: 'stop',
}

/** Where to connect, and the subprotocols that carry the proof. */
export async function handshake(
  ctx: Context,
  call: GraphQLCall,
  protocol: string,
  url: URL,
  path: string,
  refresh: boolean,
): Promise<{ url: string; protocols: string[] }> {
  const own = await customHeaders(ctx, call)
  for (const [name, value] of Object.entries(own))
    if (!/^authorization$/i.test(name)) url.searchParams.append(name, value)
  const headers = await proofHeaders(ctx, call, own, path, '{}', refresh)
  return { url: url.href, protocols: [protocol, `header-${toBase64Url(utf8(JSON.stringify(headers)))}`] }
}

/** Proof of its own for what is asked on a connection; `body` is what a signature signs. */
export async function authorizationOf(
  ctx: Context,
  call: GraphQLCall,
  body: string,
  refresh: boolean,
): Promise<Headers> {
  const { query, variables = {} } = call
  const own = await customHeaders(ctx, call)
  const configured = ctx.options.API?.GraphQL?.headers as ((request: unknown) => Promise<Headers>) | undefined
  return {
    ...(await proofHeaders(ctx, call, own, '', body, refresh)),
    ...(await configured?.({ query, variables })),
    ...own,
  }
}

/** A subscription does not pass to whoever signs in next. */
export async function sameUser(ctx: Context, call: GraphQLCall, key: string): Promise<void> {
  if ((await socketKey(ctx, call)) !== key)
    throw new DataError('NoSignedUser', 'The user who made this subscription is no longer signed in.')
}

async function proofHeaders(
  ctx: Context,
  call: GraphQLCall,
  own: Headers,
  path: string,
  body: string,
  refresh: boolean,
): Promise<Headers> {
  const { endpoint, region, authMode } = target(ctx, call)
  const { host } = new URL(endpoint)
  const proven = await proof(ctx, call, own, refresh)
  if (!isSigned(authMode) || proven.Authorization) return { host, ...proven }
  const headers = {
    accept: 'application/json, text/javascript',
    'content-encoding': 'amz-1.0',
    'content-type': 'application/json; charset=UTF-8',
    host,
  }
  const { sign } = await import('./signer.js')
  const signed = await sign(
    ctx,
    { method: 'POST', url: new URL(endpoint + path), headers, body },
    region,
    refresh,
  )
  return { ...signed.headers, host }
}

/** Node has had a global `WebSocket` since 22. */
export function noWebSocket(cause: Error): DataError {
  return new DataError('NoWebSocket', 'Subscriptions need a global WebSocket, and this runtime has none.', {
    cause,
    recoverySuggestion:
      "Use Node 22 or later, or give it one before: globalThis.WebSocket = (await import('ws')).WebSocket",
  })
}

/** The service's refusal as subscribers get it, with the message that `aws-amplify` gives it. */
export function connectionFailed(payload: unknown, errors: GraphQLFormattedError[]): DataError {
  const said = `Connection failed: ${JSON.stringify(payload ?? { errors })}`
  const message = said.includes('Permission denied') ? 'Unauthorized' : said
  const name = errors[0]?.errorType || 'ConnectionFailed'
  return new DataError(
    name,
    message,
    {},
    { errors: [{ errorInfo: null, ...errors[0], errorType: name, message }] },
  )
}

/** Is it about the token, rather than about what its owner may do? */
export function isTokenRefused(errors: GraphQLFormattedError[]): boolean {
  return errors.some(
    ({ errorType, message, ...rest }) =>
      /^(UnauthorizedException|NotAuthorizedException)/.test(errorType ?? '') ||
      /expired/i.test(message ?? '') ||
      Number((rest as { errorCode?: number }).errorCode) === 401,
  )
}

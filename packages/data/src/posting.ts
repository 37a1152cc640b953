// Messages to AppSync over HTTP, of GraphQL or of events, with what proves who sends them. See docs/protocols/appsync.md.

import { type Context, isTransient, request } from '@backline/core/unsigned'
import { customHeaders, type GraphQLCall, isSigned, proof, refreshable, target } from './authorization.js'
import { DataError, type GraphQLFormattedError, type GraphQLResponse } from './errors.js'

/** What came of a message: an answer and what it holds, or no answer and why. */
export type Posted =
  | { response: Response; body: Record<string, unknown> | undefined }
  | { response?: undefined; body: GraphQLResponse }

/** Sends a message, with fresh proof when the first was refused. */
export async function post(
  ctx: Context,
  call: GraphQLCall,
  body: string,
  idempotent: boolean,
): Promise<Posted> {
  let response = await postOnce(ctx, call, body, idempotent, false)
  // A token that was just revoked or expired: once more with a new one.
  if ('status' in response && response.status === 401 && refreshable(ctx, call))
    try {
      const again = await postOnce(ctx, call, body, idempotent, true)
      if ('status' in again) response = again
    } catch (error) {
      // The refusal says more than a refresh that failed.
      if (call.signal?.aborted) throw error
    }
  if (!('status' in response)) return { body: response }
  return { response, body: await response.json().catch(() => undefined) }
}

async function postOnce(
  ctx: Context,
  call: GraphQLCall,
  body: string,
  idempotent: boolean,
  refresh: boolean,
): Promise<Response | GraphQLResponse> {
  const { endpoint, region, authMode } = target(ctx, call)
  const { query, variables = null, signal } = call
  let force = refresh
  try {
    const configured = ctx.options.API?.GraphQL?.headers as
      | ((request: unknown) => Promise<Record<string, string>>)
      | undefined
    const own = { ...(await configured?.({ query, variables })), ...(await customHeaders(ctx, call, 'POST')) }
    return await request(ctx, {
      method: 'POST',
      url: endpoint,
      headers: { 'content-type': 'application/json; charset=UTF-8', ...own },
      body,
      authorize: async (ctx, request) => {
        // Attempts after the first are for the network's sake; one new token is enough.
        const fresh = force
        force = false
        const proven = await proof(ctx, call, own, fresh)
        const proved = { ...request, headers: { ...request.headers, ...proven } }
        if (!isSigned(authMode) || proven.Authorization) return proved
        return (await import('./signer.js')).sign(ctx, proved, region, fresh)
      },
      idempotent,
      ...(signal ? { signal } : {}),
      ...(ctx.options.API?.GraphQL?.withCredentials ? { send: withCookies } : {}),
    })
  } catch (error) {
    if (signal?.aborted && (signal.reason as Error | undefined)?.name !== 'TimeoutError')
      throw canceled(signal, error)
    if (!isTransient(error) && !signal?.aborted) throw error
    return unanswered(error as Error)
  }
}

const withCookies = (ctx: Context, url: string, init: RequestInit) =>
  ctx.platform.fetch(url, { ...init, credentials: 'include' })

function canceled(signal: AbortSignal, cause: unknown): DataError {
  const { reason } = signal
  return new DataError(
    'CanceledError',
    typeof reason === 'string' && reason ? reason : 'Request is canceled by user',
    {
      cause,
    },
  )
}

function unanswered(error: Error): GraphQLResponse {
  const errorType = error.name === 'AbortError' ? 'TimeoutError' : error.name
  return {
    data: undefined,
    errors: [{ message: error.message, errorType, errorInfo: null, originalError: error }],
  }
}

/** An answer that is not GraphQL's: from AppSync's front door, or from something before it. */
export function refused(response: Response, body: Record<string, unknown> | undefined): GraphQLResponse {
  const { status } = response
  const [first, ...others] = (body?.errors as Partial<GraphQLFormattedError>[] | undefined) ?? []
  const named = String(body?.__type ?? body?.code ?? response.headers.get('x-amzn-errortype') ?? '')
  const errorType =
    first?.errorType ||
    named.replace(/^.*#|:.*$/g, '') ||
    (status >= 500 ? 'ServiceUnavailable' : 'BadResponse')
  const said = String(first?.message ?? body?.message ?? `The service answered with HTTP status ${status}.`)
  const unauthorized = errorType.startsWith('UnauthorizedException')
  const error: GraphQLFormattedError = {
    errorInfo: null,
    ...first,
    errorType,
    message: unauthorized ? 'Unauthorized' : said,
    originalError: new DataError(errorType, said, { status }),
    ...(unauthorized
      ? {
          recoverySuggestion: `${said} Does \`authMode\` name a provider that the model's authorization rules allow?`,
        }
      : {}),
  }
  return {
    data: status >= 500 ? undefined : null,
    errors: [error, ...others.map((other) => ({ message: '', errorType, errorInfo: null, ...other }))],
  }
}

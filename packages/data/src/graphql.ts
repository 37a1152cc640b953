// GraphQL over HTTP as AppSync speaks it. See docs/protocols/appsync.md. Not spoken: batching, persisted queries, GET.

import type { Context } from '@backline/core/unsigned'
import type { GraphQLCall } from './authorization.js'
import { DataError, type GraphQLResponse } from './errors.js'
import { post, refused } from './posting.js'

/**
 * Sends a query or mutation. Resolves with whatever came, errors included; `data` is undefined only where the service has not
 * answered at all (no network, timeout, 5xx), and then the first error's `errorType` says what happened.
 *
 * @throws {DataError} What `proof` throws where it is missing, `NoEndpoint`, and `CanceledError` when `signal` fired.
 */
export async function send(ctx: Context, call: GraphQLCall): Promise<GraphQLResponse> {
  const { query, variables = null } = call
  // A mutation may have been applied though nobody said so.
  const idempotent = operationKind(query) !== 'mutation'
  const { response, body } = await post(ctx, call, JSON.stringify({ query, variables }), idempotent)
  if (!response) return body
  if (response.ok && body && ('data' in body || 'errors' in body)) return { ...body, data: body.data ?? null }
  return refused(response, body)
}

/** The kind of the operation, without parsing the document. */
export function operationKind(query: string): 'query' | 'mutation' | 'subscription' {
  let depth = 0
  let inFragment = false
  for (const [token] of query.matchAll(/#[^\n\r]*|"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|[{}]|[_A-Za-z]\w*/g)) {
    if (token === '}') {
      if (!--depth) inFragment = false
    } else if (token === '{') {
      if (!depth && !inFragment) return 'query'
      depth++
    } else if (!depth && token === 'fragment') inFragment = true
    else if (!depth && !inFragment && (token === 'query' || token === 'mutation' || token === 'subscription'))
      return token
  }
  throw new DataError('InvalidQuery', 'The document has no query, mutation or subscription.')
}

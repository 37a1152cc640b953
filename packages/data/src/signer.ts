// Loaded only where IAM authorization is used: the signer is the largest single part of what signs. It takes nothing of this package: what
// two chunks share becomes a third.

import {
  type Context,
  credentials,
  type ErrorClass,
  type HttpRequest,
  isTransient,
} from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import type { GraphQLAuthError } from './errors.js'

const nobody: typeof GraphQLAuthError.NO_CREDENTIALS = 'No credentials'

/** A signed copy. @throws an `error` named `NoCredentials` or `NoRegion` */
export async function sign(
  ctx: Context,
  request: HttpRequest,
  region: string | undefined,
  forceRefresh: boolean,
  error: ErrorClass,
): Promise<HttpRequest> {
  if (!region)
    throw new error('NoRegion', 'Missing region.', {
      recoverySuggestion: 'A signature names a region: set `data.aws_region` in the configuration.',
    })
  if (!(await credentials(ctx, { forceRefresh })))
    throw new error('NoCredentials', nobody, {
      recoverySuggestion:
        'The request uses `authMode: "iam"`. Sign in, or allow guests: `auth.unauthenticated_identities_enabled`.',
    })
  return sigv4({ service: 'appsync', region })(ctx, request)
}

/** A signed copy where somebody, or a guest, has credentials; without them as it is: the API decides who is welcome. */
export async function signWithCredentials(
  ctx: Context,
  request: HttpRequest,
  scope: { service: string; region: string },
): Promise<HttpRequest> {
  const who = await credentials(ctx).catch((error) => {
    if (isTransient(error)) throw error
  })
  return who ? sigv4(scope)(ctx, await withBytes(request)) : request
}

/** A signature names a hash, so what only `fetch` would make bytes of becomes bytes now. */
async function withBytes(request: HttpRequest): Promise<HttpRequest> {
  const { body } = request
  if (!body || typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer)
    return request
  const written = new Response(body as BodyInit)
  const type = written.headers.get('content-type')
  return {
    ...request,
    headers: { ...(type ? { 'content-type': type } : {}), ...request.headers },
    body: new Uint8Array(await written.arrayBuffer()),
  }
}

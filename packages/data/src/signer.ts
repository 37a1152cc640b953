// Loaded only where IAM authorization is used: what signs is the largest single part of a call. Of this package it takes just the errors,
// which all chunks take: what some of them share becomes one more.

import { credentials, sigv4 } from '@backline/core/sigv4AtOnce'
import { type Context, type HttpRequest, isTransient } from '@backline/core/unsigned'
import { DataError, GraphQLAuthError } from './errors.js'

/** A signed copy. @throws {DataError} `NoCredentials`, `NoRegion` */
export async function sign(
  ctx: Context,
  request: HttpRequest,
  region: string | undefined,
  forceRefresh: boolean,
): Promise<HttpRequest> {
  if (!region)
    throw new DataError('NoRegion', 'Missing region.', {
      recoverySuggestion: 'A signature names a region: set `data.aws_region` in the configuration.',
    })
  if (!(await credentials(ctx, { forceRefresh })))
    throw new DataError('NoCredentials', GraphQLAuthError.NO_CREDENTIALS, {
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
  prepare: (request: HttpRequest) => Promise<HttpRequest>,
): Promise<HttpRequest> {
  const who = await credentials(ctx).catch((error) => {
    if (isTransient(error)) throw error
  })
  return who ? sigv4(scope)(ctx, await prepare(request)) : request
}

// Loaded only where IAM authorization is used: the signer is the largest single part of what signs.

import { type Context, credentials, type HttpRequest } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
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

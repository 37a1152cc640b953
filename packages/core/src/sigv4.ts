import type { Context } from './context.js'
import { loaded } from './errors.js'
import type { Authorize, HttpRequest } from './http.js'
import { linkBy, type SigningScope, signedBy, signingState } from './signing.js'

export type { SigningScope } from './signing.js'

// Signatures whose sum is loaded by the first call that signs, so that clients which can sign but seldom do stay small.

const sum = async (ctx: Context) => (signingState(ctx).sum ??= await loaded(import('./signatureV4.js')))

/** Signs with the credentials of the context: `request(ctx, { …, authorize: sigv4({ service: 's3', region }) })`. */
export const sigv4 = (scope: SigningScope): Authorize => signedBy(sum, scope)

/** A link that carries its own signature in the query, good for `expiresIn` seconds by the service's clock. */
export const presign = (
  ctx: Context,
  request: HttpRequest,
  scope: SigningScope & { expiresIn: number },
): Promise<URL> => linkBy(sum, ctx, request, scope)

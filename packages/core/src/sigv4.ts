import type { Context } from './context.js'
import type { Call, HttpRequest } from './http.js'

export interface SigningScope {
  service: string
  region: string
  /** `UNSIGNED-PAYLOAD` for a body that is not hashed (S3 over TLS); hashed by default. */
  unsignedPayload?: boolean
}

/** Signs with the credentials of the context: `request(ctx, { …, authorize: sigv4({ service: 's3', region }) })`. */
export declare function sigv4(scope: SigningScope): NonNullable<Call['authorize']>

/** A link that carries its own signature in the query, good for `expiresIn` seconds by the service's clock. */
export declare function presign(
  ctx: Context,
  request: HttpRequest,
  scope: SigningScope & { expiresIn: number },
): Promise<URL>

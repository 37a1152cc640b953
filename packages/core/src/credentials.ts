import type { Context } from './context.js'

export interface AWSCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/**
 * Temporary AWS credentials from the identity pool, for the signed-in user or a guest, fetched again before the service's own
 * `Expiration`. Concurrent callers share one fetch. Undefined where there is no identity pool or guests are not allowed.
 */
export declare function credentials(
  ctx: Context,
  options?: { forceRefresh?: boolean },
): Promise<{ credentials: AWSCredentials; identityId?: string } | undefined>

/** Only auth calls this: after a sign-in (the identity may be linked) and a sign-out (`forgetIdentity`). */
export declare function clearCredentials(ctx: Context, options?: { forgetIdentity?: boolean }): Promise<void>

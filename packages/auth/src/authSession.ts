import type { AuthSession } from '@backline/core'
import {
  type Context,
  credentialsOf,
  currentContext,
  type SessionOptions,
  session,
} from '@backline/core/internal'

/** `forceRefresh` fetches new tokens and credentials though the old ones are good; `clientMetadata` goes to the pool's triggers. */
export type FetchAuthSessionOptions = SessionOptions

/**
 * The tokens, credentials and ids of whoever is here, good for use now: refreshed ahead of expiry. Rejects where a refresh
 * failed; the session is kept unless the service itself refused it.
 *
 * @example
 * const { tokens } = await fetchAuthSession()
 * if (tokens) headers.set('Authorization', tokens.accessToken.toString())
 *
 * @throws {AmplifyError} `NetworkError`, or the service's own, like `TooManyRequestsException`
 */
export async function fetchAuthSession(
  options: FetchAuthSessionOptions = {},
  ctx: Context = currentContext(),
): Promise<AuthSession> {
  const current = await session(ctx, options)
  const identity = await credentialsOf(ctx, current, options)
  return {
    tokens: current && {
      accessToken: current.accessToken,
      idToken: current.idToken,
      signInDetails: current.signInDetails,
    },
    credentials: identity?.credentials,
    identityId: identity?.identityId,
    userSub: current?.accessToken.payload.sub,
  }
}

import {
  type AWSCredentials,
  type Context,
  credentials,
  currentContext,
  type JWT,
  session,
} from '@backline/core/internal'

export interface FetchAuthSessionOptions {
  /** Fetches new tokens and credentials though the old ones are still good. */
  forceRefresh?: boolean
  /** Goes to the pool's Lambda triggers with the refresh. */
  clientMetadata?: Record<string, string>
}

export interface AuthTokens {
  accessToken: JWT
  idToken?: JWT
  /** @deprecated Use `getCurrentUser`. */
  signInDetails?: { loginId?: string; authFlowType?: string }
}

export interface AuthSession {
  /** Absent for a guest. */
  tokens?: AuthTokens
  /** Absent without an identity pool, and for a guest whom it does not let in. */
  credentials?: AWSCredentials
  identityId?: string
  userSub?: string
}

/**
 * The tokens, credentials and ids of whoever is here, good for use now: refreshed ahead of expiry. Rejects where a refresh
 * failed; the session is kept unless the service itself refused it.
 *
 * @example
 * const { tokens } = await fetchAuthSession()
 * if (tokens) headers.set('Authorization', tokens.accessToken.toString())
 *
 * @throws {AmplifyError} `NetworkError`, or the service's own, like `NotAuthorizedException`
 */
export async function fetchAuthSession(
  { forceRefresh, clientMetadata }: FetchAuthSessionOptions = {},
  ctx: Context = currentContext(),
): Promise<AuthSession> {
  const current = await session(ctx, { forceRefresh, clientMetadata })
  const identity = await credentials(ctx, { forceRefresh })
  return {
    tokens: current && {
      accessToken: current.accessToken,
      idToken: current.idToken,
      ...(current.signInDetails && { signInDetails: current.signInDetails }),
    },
    credentials: identity?.credentials,
    identityId: identity?.identityId,
    userSub: current?.accessToken.payload.sub,
  }
}

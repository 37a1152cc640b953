import { type Context, currentContext } from './context.js'
import { type AWSCredentials, credentialsOf } from './credentials.js'
import type { JWT } from './jwt.js'
import { session } from './session.js'
import type { Session, SessionOptions, SignInDetails } from './sessionStore.js'

export interface AuthTokens {
  accessToken: JWT
  idToken?: JWT
  signInDetails?: SignInDetails
}

export interface AuthSession {
  tokens?: AuthTokens
  credentials?: AWSCredentials
  identityId?: string
  userSub?: string
}

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
  const who = await session(ctx, options)
  const identity = await credentialsOf(ctx, who, options)
  return {
    tokens: tokensOf(who),
    credentials: identity?.credentials,
    identityId: identity?.identityId,
    userSub: who?.accessToken.payload.sub,
  }
}

export const tokensOf = (who: Session | undefined): AuthTokens | undefined =>
  who && { accessToken: who.accessToken, idToken: who.idToken, signInDetails: who.signInDetails }

import {
  type AuthFlowType,
  type Context,
  currentContext,
  type Session,
  type SignInDetails,
  session,
  storedSession,
  userPool,
} from '@backline/core/internal'
import { AuthError } from './errors.js'

export type { AuthFlowType }

export interface AuthUser {
  username: string
  userId: string
  /** How this user came in. Absent where an older app, or another way in, has not kept it. */
  signInDetails?: SignInDetails
}

export type GetCurrentUserOutput = AuthUser

/**
 * The signed-in user, from memory or the store. Goes to the network only where the session has to be refreshed, and where
 * that fails for want of a network it still answers: being offline signs nobody out.
 *
 * @example
 * const { userId, username } = await getCurrentUser()
 *
 * @throws {AuthError} `UserUnAuthenticatedException` when nobody is signed in
 */
export async function getCurrentUser(ctx: Context = currentContext()): Promise<GetCurrentUserOutput> {
  return userOf((await latestSession(ctx)) ?? nobody(ctx))
}

/** What calls of the signed-in user carry: good for use now. */
export async function accessToken(ctx: Context): Promise<string> {
  return `${((await session(ctx)) ?? nobody(ctx)).accessToken}`
}

/** @throws {AuthError} always: what keeps us from knowing who is there is more to the point than that nobody is. */
export function nobody(ctx: Context): never {
  userPool(ctx)
  throw new AuthError('UserUnAuthenticatedException', 'Nobody is signed in.', {
    recoverySuggestion: 'Call signIn first.',
  })
}

/** The session, refreshed where it can be. A session that the service refuses is gone by then, so what is stored still counts. */
export async function latestSession(ctx: Context): Promise<Session | undefined> {
  return session(ctx).catch(() => storedSession(ctx))
}

export function userOf({ username, accessToken, idToken, signInDetails }: Session): AuthUser {
  const claims = { ...accessToken.payload, ...idToken?.payload }
  return {
    username: (claims['cognito:username'] ?? claims.username ?? username) as string,
    userId: claims.sub as string,
    ...(signInDetails && { signInDetails }),
  }
}

import {
  type Context,
  clearCredentials,
  clearSession,
  currentContext,
  storedSession,
  userPool,
} from '@backline/core/internal'
import { cognito } from './cognito.js'
import { latestSession } from './currentUser.js'

export interface SignOutInput {
  /** Ends the user's sessions on all devices, not only here. */
  global?: boolean
}

/** A sign-out that is done here must not hang on a network that is not: one quick try, one more, then it is over. */
const limits = { idempotent: true, timeout: 5_000, attempts: 2 }

/**
 * Signs the user out on this device at once, then makes the refresh token worthless, or with `global` all sessions everywhere.
 * When the first `await` of the caller goes on, the store is clear, whatever the network did.
 *
 * @example
 * await signOut()
 *
 * @throws {AuthError} only with `global`, when the service could not be told: the user is signed out here, and perhaps only here.
 */
export async function signOut({ global }: SignOutInput = {}, ctx: Context = currentContext()): Promise<void> {
  const { clientId } = userPool(ctx)
  // Everywhere needs an access token that still counts; here, anything that is stored will do.
  const before = global ? await latestSession(ctx) : await storedSession(ctx)

  await leave(ctx)

  if (global && before) {
    await cognito(ctx, 'GlobalSignOut', { AccessToken: before.accessToken.toString() }, limits).catch(
      (error) => {
        // The service no longer takes the token: the user is gone, or signed out everywhere already.
        if (error.name !== 'NotAuthorizedException') throw error
      },
    )
  } else if (before?.refreshToken && before.accessToken.payload.origin_jti) {
    // Only tokens with an origin can be revoked. What cannot be revoked now expires by itself, and is in no store any more.
    await cognito(ctx, 'RevokeToken', { ClientId: clientId, Token: before.refreshToken }, limits).catch(
      () => {},
    )
  }
}

/** The part of a sign-out that is done here. */
export async function leave(ctx: Context): Promise<void> {
  await clearSession(ctx)
  await clearCredentials(ctx, { forgetIdentity: true })
  ctx.events.emit('auth', 'signedOut')
}

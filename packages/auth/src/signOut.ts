import {
  type Context,
  clearCredentials,
  clearSession,
  currentContext,
  page,
  type Session,
  sessionKey,
  sessionStore,
  storedSession,
  userPool,
} from '@backline/core/internal'
import { cognito } from './cognito.js'
import { latestSession } from './currentUser.js'
import { AuthError } from './errors.js'
import { hostedPages, redirectTarget } from './oauth.js'

export interface SignOutInput {
  /** Ends the user's sessions on all devices, not only here. */
  global?: boolean
  oauth?: {
    /** Where the hosted pages lead after they have signed out: one of the configured addresses. */
    redirectUrl?: string
  }
}

/** A sign-out that is done here must not hang on a network that is not: one quick try, one more, then it is over. */
const limits = { idempotent: true, timeout: 5_000, attempts: 2 }

/**
 * Signs the user out on this device at once, then makes the refresh token worthless, or with `global` all sessions everywhere.
 * When the first `await` of the caller goes on, the store is clear, whatever the network did. Who came in by the
 * hosted pages leaves by them: the browser is sent to sign out there, and comes back.
 *
 * @example
 * await signOut()
 *
 * @throws {AuthError} only with `global`, when the service could not be told: the user is signed out here, and perhaps only here. After a sign-in
 *   by redirect: `InvalidOriginException`, `InvalidRedirectException`, `InvalidPreferredRedirectUrlException`, `OAuthSignOutException`
 */
export async function signOut(
  { global, oauth }: SignOutInput = {},
  ctx: Context = currentContext(),
): Promise<void> {
  userPool(ctx)
  // Everywhere needs an access token that still counts; here, anything that is stored will do.
  const before = global ? await latestSession(ctx) : await storedSession(ctx)
  const hosted = before && (await cameByHostedPages(ctx, before.username))
  try {
    await endSession(ctx, before, global)
  } finally {
    if (hosted) await leaveHostedPages(ctx, hosted, oauth?.redirectUrl)
  }
}

/** All of a sign-out that leaves the page where it is. */
export async function endSession(ctx: Context, before: Session | undefined, global?: boolean): Promise<void> {
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
    const { clientId } = userPool(ctx)
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

interface Hosted {
  preferPrivateSession?: boolean
}

async function cameByHostedPages(ctx: Context, username: string): Promise<Hosted | undefined> {
  if (!userPool(ctx).loginWith?.oauth) return undefined
  const store = await sessionStore(ctx)
  const metadata = await store.getItem(sessionKey(ctx, username, 'oauthMetadata'))
  return metadata?.includes('"oauthSignIn":true') ? JSON.parse(metadata) : undefined
}

async function leaveHostedPages(ctx: Context, { preferPrivateSession }: Hosted, preferred?: string) {
  const { url, clientId, redirectSignOut } = hostedPages(ctx)
  const target = redirectTarget(ctx, redirectSignOut, preferred)
  const query = new URLSearchParams({ client_id: clientId, logout_uri: target })
  const opened = await page(ctx)?.open(`${url}/logout?${query}`, redirectSignOut, preferPrivateSession)
  if (opened?.type === 'error') {
    throw new AuthError('OAuthSignOutException', 'The hosted pages could not be told of the sign-out.', {
      cause: opened.error,
    })
  }
}

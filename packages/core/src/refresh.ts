import { awsJson } from './awsJson.js'
import { learnTime } from './clock.js'
import { userPool } from './config.js'
import type { Context } from './context.js'
import { AmplifyError } from './errors.js'
import { decodeJWT } from './jwt.js'
import { withLock } from './lock.js'
import {
  clearSession,
  lasts,
  readSession,
  type Session,
  type SessionOptions,
  type Stored,
  sessionState,
  storedDevice,
  writeSession,
} from './sessionStore.js'

/** What the service says when these tokens will never work again. Everything else may pass. */
export const definiteRefusal =
  /^(NotAuthorized|TokenRevoked|UserNotFound|PasswordResetRequired|UserNotConfirmed|RefreshTokenReuse)Exception/

/** How long a tab waits for another one that is refreshing, before it does so itself. */
const patience = 5_000

/** New tokens for old ones; undefined when the service refuses them for good or somebody signed out meanwhile. */
export async function refresh(
  ctx: Context,
  stored: Stored,
  options: SessionOptions,
): Promise<Session | undefined> {
  const { generation } = sessionState(ctx)
  // Signed out, in as another, or refreshed by another tab: what we do and hear is about tokens that nobody uses any more.
  const isOvertaken = (now: Session | undefined): boolean =>
    generation !== sessionState(ctx).generation ||
    now?.username !== stored.username ||
    now.refreshToken !== stored.refreshToken ||
    `${now.accessToken}` !== `${stored.accessToken}`

  /** The session as stored, looked at again, 20 ms apart, until it is another one. */
  async function overtaken(times: number): Promise<Session | undefined> {
    let now = await readSession(ctx)
    for (; times > 0 && !isOvertaken(now); times--) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      now = await readSession(ctx)
    }
    return now
  }

  const lock = `backline.refresh.${userPool(ctx).clientId}.${stored.username}`
  try {
    return await withLock(ctx, lock, patience, async (waited) => {
      // A page may see what another one wrote a moment later: browsers do not lock localStorage across processes.
      const current = await overtaken(waited ? 10 : 0)
      if (isOvertaken(current)) return current && lasts(ctx, current, 0) ? current : undefined

      const deviceMetadata = await storedDevice(ctx, stored.username)
      const fresh = await fetchTokens(ctx, { ...stored, deviceMetadata }, options)
      const after = await readSession(ctx)
      if (isOvertaken(after)) return after

      await writeSession(ctx, fresh)
      ctx.events.emit('auth', 'tokenRefresh')
      return fresh
    })
  } catch (cause) {
    const error = cause as AmplifyError
    // A tab without locks was first, or a server, which sets its cookies with an answer that is still on the way. On a server the cookies
    // are those of the request, and nothing comes after them.
    const isUsedUp = error.name.startsWith('RefreshTokenReuse') && !ctx.platform.withLock
    const after = await overtaken(isUsedUp ? 100 : 0)
    if (isOvertaken(after)) return after

    const isDefinite = definiteRefusal.test(error.name)
    // Refreshing began ahead of expiry, so there is time to try again with the next call.
    if (!isDefinite && !options.forceRefresh && lasts(ctx, stored, 0)) return stored

    if (isDefinite) await clearSession(ctx)
    ctx.events.emit('auth', 'tokenRefresh_failure', { error })
    if (error.name.startsWith('NotAuthorizedException')) return undefined
    throw error
  }
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
export async function fetchTokens(
  ctx: Context,
  { username, refreshToken, deviceMetadata, signInDetails }: Omit<Session, 'accessToken'>,
  { clientMetadata }: SessionOptions,
): Promise<Session> {
  if (!refreshToken) {
    throw new AmplifyError(
      'TokenRefreshException',
      'The session has expired, and there is no refresh token.',
      {
        recoverySuggestion: 'Sign in again. A sign-in with the implicit grant has no refresh token.',
      },
    )
  }
  const { url, clientId } = userPool(ctx)
  const sent = ctx.platform.now()
  const { AuthenticationResult: result } = await awsJson<{
    AuthenticationResult?: { AccessToken?: string; IdToken?: string; RefreshToken?: string }
  }>(ctx, {
    url,
    target: 'AWSCognitoIdentityProviderService.GetTokensFromRefreshToken',
    input: {
      ClientId: clientId,
      RefreshToken: refreshToken,
      DeviceKey: deviceMetadata?.deviceKey,
      ClientMetadata: clientMetadata ?? (await sessionState(ctx).clientMetadata?.()),
    },
    error: AmplifyError,
    // Where tokens rotate and the answer was lost, they are lost either way.
    idempotent: true,
  })
  if (!result?.AccessToken) {
    throw new AmplifyError('UnexpectedResponse', 'The user pool answered a refresh without an access token.')
  }
  const accessToken = decodeJWT(result.AccessToken)
  const { iat } = accessToken.payload
  const received = ctx.platform.now()
  // Browsers may hide the Date header; tokens are issued while we wait, which tells the time just as well.
  if (iat) learnTime(ctx, iat * 1000 + 500, (sent + received) / 2, 1_000 + (received - sent) / 2)
  return {
    username,
    accessToken,
    idToken: result.IdToken ? decodeJWT(result.IdToken) : undefined,
    refreshToken: result.RefreshToken ?? refreshToken,
    signInDetails,
    deviceMetadata,
  }
}

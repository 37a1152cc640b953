import { awsJson } from './awsJson.js'
import { hintTime, learnTime, serverTime } from './clock.js'
import { hasUserPool, userPool } from './config.js'
import { type Context, joined, perContext, type Shared } from './context.js'
import { AmplifyError } from './errors.js'
import { decodeJWT, type JWT } from './jwt.js'
import { withLock } from './lock.js'
import { readSession, removeSession, type Session, type Stored, writeSession } from './sessionStore.js'

// Core reads and refreshes the session; auth alone signs in and out.

/** Raised by each sign-in and sign-out, so that a refresh which began before is thrown away. */
interface State extends Shared<Session | undefined> {
  generation: number
}
const sessionState = /* @__PURE__ */ perContext('session', (): State => ({ generation: 0 }))

/** What the service says when these tokens will never work again. Everything else may pass. */
const definite =
  /^(NotAuthorized|TokenRevoked|UserNotFound|PasswordResetRequired|UserNotConfirmed|RefreshTokenReuse)Exception/

/** How long a tab waits for another one that is refreshing, before it does so itself. */
const patience = 5_000

export interface SessionOptions {
  forceRefresh?: boolean
  clientMetadata?: Record<string, string>
}

/**
 * The session, refreshed ahead of expiry by the services' clock; undefined for a guest. Concurrent callers share one refresh;
 * a refresh that a sign-out overtook is thrown away; network, 429 and 5xx failures throw but sign nobody out.
 */
export async function session(ctx: Context, options: SessionOptions = {}): Promise<Session | undefined> {
  const provider = tokenProvider(ctx)
  if (provider) {
    const tokens = await provider.getTokens(options)
    return tokens?.accessToken ? { ...tokens, username: usernameOf(tokens.accessToken) } : undefined
  }

  const stored = await readSession(ctx)
  if (!stored) return undefined
  hintTime(ctx, stored.clockDrift)
  if (!options.forceRefresh && lasts(ctx, stored, 60)) return stored

  const state = sessionState(ctx)
  return joined(state, state.generation, () => refresh(ctx, stored, options))
}

/** The session as stored, refreshed or not: for who is signed in, not for calls. */
export async function storedSession(ctx: Context): Promise<Session | undefined> {
  if (tokenProvider(ctx)) return session(ctx)
  return readSession(ctx)
}

/** Only auth calls these. Both are durable when they resolve, and both raise the generation. They emit nothing. */
export async function storeSession(ctx: Context, session: Session): Promise<void> {
  sessionState(ctx).generation++
  await writeSession(ctx, session)
}

export async function clearSession(ctx: Context): Promise<void> {
  sessionState(ctx).generation++
  if (hasUserPool(ctx)) await removeSession(ctx)
}

/** A provider of the app's own. auth's `cognitoUserPoolsTokenProvider` may be named in the options as well: it asks us. */
function tokenProvider(ctx: Context) {
  const provider = ctx.options.Auth?.tokenProvider
  return provider && !('asksCore' in provider) ? provider : undefined
}

function usernameOf({ payload }: JWT): string {
  return payload.username ?? payload['cognito:username'] ?? payload.sub ?? ''
}

/**
 * Whether the tokens are good for another `margin` seconds by the service's clock: a call that starts now should arrive in time.
 * Short-lived tokens need only a tenth of their lifetime.
 */
function lasts(ctx: Context, { accessToken, idToken }: Session, margin: number): boolean {
  return [accessToken, idToken].every((token) => {
    const { exp = 0, iat = 0 } = token?.payload ?? {}
    return !token || exp - serverTime(ctx) / 1000 > Math.min(margin, (exp - iat) / 10)
  })
}

async function refresh(ctx: Context, stored: Stored, options: SessionOptions): Promise<Session | undefined> {
  const { generation } = sessionState(ctx)
  // Signed out, in as another, or refreshed by another tab: what we do and hear is about tokens that nobody uses any more.
  const isOvertaken = (now: Session | undefined): boolean =>
    generation !== sessionState(ctx).generation ||
    now?.username !== stored.username ||
    now.refreshToken !== stored.refreshToken ||
    `${now.accessToken}` !== `${stored.accessToken}`

  const lock = `backline.refresh.${userPool(ctx).clientId}.${stored.username}`
  try {
    return await withLock(ctx, lock, patience, async (waited) => {
      let current = await readSession(ctx)
      // A page may see what another one wrote a moment later: browsers do not lock localStorage across processes.
      for (let tries = 0; waited && tries < 10 && !isOvertaken(current); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        current = await readSession(ctx)
      }
      if (isOvertaken(current)) return current && lasts(ctx, current, 0) ? current : undefined

      const fresh = await fetchTokens(ctx, stored, options)
      const after = await readSession(ctx)
      if (isOvertaken(after)) return after

      await writeSession(ctx, fresh)
      ctx.events.emit('auth', 'tokenRefresh')
      return fresh
    })
  } catch (cause) {
    const error = cause as AmplifyError
    const after = await readSession(ctx)
    if (isOvertaken(after)) return after

    const isDefinite = definite.test(error.name)
    // Refreshing began ahead of expiry, so there is time to try again with the next call.
    if (!isDefinite && !options.forceRefresh && lasts(ctx, stored, 0)) return stored

    if (isDefinite) await clearSession(ctx)
    ctx.events.emit('auth', 'tokenRefresh_failure', { error })
    if (error.name.startsWith('NotAuthorizedException')) return undefined
    throw error
  }
}

// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetTokensFromRefreshToken.html
async function fetchTokens(
  ctx: Context,
  { username, refreshToken, deviceMetadata, signInDetails }: Stored,
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
      ClientMetadata: clientMetadata,
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

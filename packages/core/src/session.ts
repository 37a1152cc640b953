import { awsJson } from './awsJson.js'
import { hintTime, learnTime, serverTime } from './clock.js'
import { hasUserPool, userPool } from './config.js'
import { type Context, perContext } from './context.js'
import { AmplifyError } from './errors.js'
import { decodeJWT, type JWT } from './jwt.js'
import { withLock } from './lock.js'
import { readSession, removeSession, type Session, type Stored, writeSession } from './sessionStore.js'

// Core reads and refreshes the session; auth alone signs in and out.

/** Raised by each sign-in and sign-out, so that a refresh which began before is thrown away. */
interface State {
  generation: number
  refreshing?: { generation: number; result: Promise<Session | undefined> }
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
  if (!options.forceRefresh && !isDue(ctx, stored)) return stored

  const state = sessionState(ctx)
  if (state.refreshing?.generation !== state.generation) {
    const refreshing: State['refreshing'] = {
      generation: state.generation,
      result: refresh(ctx, stored, options),
    }
    state.refreshing = refreshing
    const done = () => {
      if (state.refreshing === refreshing) state.refreshing = undefined
    }
    refreshing.result.then(done, done)
  }
  return state.refreshing!.result
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

/** Milliseconds that a token has left by the service's clock. */
function left(ctx: Context, { payload: { exp } }: JWT): number {
  return (exp ?? 0) * 1000 - serverTime(ctx)
}

function isExpired(ctx: Context, { accessToken, idToken }: Session): boolean {
  return [accessToken, idToken].some((token) => token && left(ctx, token) <= 0)
}

/** A minute early, or a tenth of the lifetime of short-lived tokens: a call that starts now should arrive in time. */
function isDue(ctx: Context, { accessToken, idToken }: Session): boolean {
  return [accessToken, idToken].some((token) => {
    if (!token) return false
    const { exp = 0, iat = 0 } = token.payload
    return left(ctx, token) <= Math.min(60, (exp - iat) / 10) * 1000
  })
}

async function refresh(ctx: Context, stored: Stored, options: SessionOptions): Promise<Session | undefined> {
  const { username } = stored
  const { generation } = sessionState(ctx)
  const lock = `backline.refresh.${userPool(ctx).clientId}.${username}`
  try {
    return await withLock(ctx, lock, patience, async (waited) => {
      // While we waited for the lock, another tab may have refreshed, or signed out.
      let current = await readSession(ctx)
      // A page may see what another one wrote a moment later: browsers do not lock localStorage across processes.
      for (let tries = 0; waited && tries < 10 && current && !isReplaced(current, stored); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        current = await readSession(ctx)
      }
      if (!current || isReplaced(current, stored))
        return current && !isExpired(ctx, current) ? current : undefined

      const fresh = await fetchTokens(ctx, current, options)
      const after = await readSession(ctx)
      if (generation !== sessionState(ctx).generation || !after || isReplaced(after, stored)) return after

      await writeSession(ctx, fresh)
      ctx.events.emit('auth', 'tokenRefresh')
      return fresh
    })
  } catch (error) {
    return failed(ctx, stored, generation, options, error as AmplifyError)
  }
}

async function failed(
  ctx: Context,
  stored: Stored,
  generation: number,
  { forceRefresh }: SessionOptions,
  error: AmplifyError,
): Promise<Session | undefined> {
  const after = await readSession(ctx)
  // Signed out, in as another, or refreshed by another tab: what we were told is about tokens that nobody uses any more.
  if (generation !== sessionState(ctx).generation || !after || isReplaced(after, stored)) return after

  const isDefinite = definite.test(error.name)
  // Refreshing began ahead of expiry, so there is time to try again with the next call.
  if (!isDefinite && !forceRefresh && !isExpired(ctx, stored)) return stored

  if (isDefinite) await clearSession(ctx)
  ctx.events.emit('auth', 'tokenRefresh_failure', { error })
  if (error.name.startsWith('NotAuthorizedException')) return undefined
  throw error
}

function isReplaced(now: Session, before: Session): boolean {
  return (
    now.username !== before.username ||
    now.refreshToken !== before.refreshToken ||
    `${now.accessToken}` !== `${before.accessToken}`
  )
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

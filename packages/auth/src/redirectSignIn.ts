import {
  type Context,
  page,
  perContext,
  sessionKey,
  sessionState,
  sessionStore,
  storeSession,
  tabStore,
  userPool,
} from '@backline/core/internal'
import { exchangeCode, type HostedTokens, oauthError, tokensFrom } from './oauth.js'
import { entered } from './signInAttempt.js'

// What becomes of a sign-in that left the app by redirect. It is kept in the tab that began it, so that another one, opened
// meanwhile, neither sees nor ends it.

/** A sign-in that has left for the hosted pages. */
export interface Departure {
  state: string
  verifier: string
  redirectUri: string
  customState?: string
  nonce?: string
}

interface State {
  /** The browser has been told to leave, but the page still runs. */
  leaving?: boolean
  /** Every end is the same one, for a page that is mounted twice. */
  returning?: Promise<void>
}
export const redirects = /* @__PURE__ */ perContext('auth.redirect', (): State => ({}))

export const departureKey = (ctx: Context) =>
  `CognitoIdentityServiceProvider.${userPool(ctx).clientId}.oauthState`

export async function keepDeparture(ctx: Context, departure: Departure): Promise<void> {
  await tabStore(ctx).setItem(departureKey(ctx), JSON.stringify(departure))
}

/** Gives it once: whoever comes second has nothing to do. */
async function takeDeparture(ctx: Context): Promise<Departure | undefined> {
  const store = tabStore(ctx)
  const kept = await store.getItem(departureKey(ctx))
  await store.removeItem(departureKey(ctx))
  try {
    return kept ? JSON.parse(kept) : undefined
  } catch {
    return undefined
  }
}

/** Finishes the sign-in that this page has come back from, if there is one. Never rejects: what went wrong is an event. */
export function completeRedirect(ctx: Context): Promise<void> {
  const state = redirects(ctx)
  const here = page(ctx)?.url()
  if (!here || state.leaving || !ctx.config.Auth?.Cognito.loginWith?.oauth) return Promise.resolve()

  state.returning ??= arrive(ctx, here)
    .catch(() => {})
    .finally(() => {
      state.returning = undefined
    })
  return state.returning
}

/** Takes what came back. @throws {AuthError} what it also emits as `signInWithRedirect_failure`. */
export async function arrive(ctx: Context, url: string, preferPrivateSession?: boolean): Promise<void> {
  const told = parameters(url)
  const { code, state, error, access_token } = told
  const answers = !!(code ?? error ?? access_token)
  // Who asks for the session from now on means the one that is about to be.
  let admit = () => {}
  const session = sessionState(ctx)
  if (answers) {
    session.arriving = new Promise((resolve) => {
      admit = resolve
    })
  }
  const proceed = () => {
    session.arriving = undefined
    admit()
  }
  try {
    const departure = await takeDeparture(ctx)
    // Reloaded, mounted twice, or never begun in this tab.
    if (!departure) return
    if (!answers) throw oauthError('User cancelled OAuth flow.')
    // The service repeats the state even where it refuses.
    if (state !== departure.state && (state || !error)) {
      throw oauthError('An error occurred while validating the state.')
    }
    const tokens =
      code && !error
        ? await exchangeCode(ctx, code, departure.redirectUri, departure.verifier)
        : tokensFrom(told)
    if (departure.nonce && tokens.idToken?.payload.nonce !== departure.nonce) {
      throw oauthError('The id token was not made for this sign-in: its nonce is another one.')
    }
    await keep(ctx, tokens, preferPrivateSession)
    proceed()
    page(ctx)?.replaceUrl(departure.redirectUri)
    await entered(ctx, () => {
      if (departure.customState) announce(ctx, 'customOAuthState', departure.customState)
      announce(ctx, 'signInWithRedirect')
    })
  } catch (error) {
    proceed()
    announce(ctx, 'signInWithRedirect_failure', { error })
    throw error
  } finally {
    proceed()
  }
}

async function keep(
  ctx: Context,
  { accessToken, idToken, refreshToken }: HostedTokens,
  preferPrivateSession = false,
): Promise<void> {
  const username = accessToken.payload.username ?? 'username'
  await storeSession(ctx, { username, accessToken, idToken, refreshToken })
  // Who came in by the hosted pages leaves by them, see signOut.
  const store = await sessionStore(ctx)
  await store.setItem(
    sessionKey(ctx, username, 'oauthMetadata'),
    JSON.stringify({ oauthSignIn: true, preferPrivateSession }),
  )
}

function parameters(url: string): Record<string, string | undefined> {
  const { searchParams, hash } = new URL(url)
  return { ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(hash.slice(1))) }
}

/** An event that must not be lost: apps often begin to listen after the page has come back. */
function announce(ctx: Context, event: string, data?: unknown): void {
  const { events } = ctx
  if (events.emit('auth', event, data)) return
  const before = events.onListen
  events.onListen = (channel) => {
    before?.(channel)
    if (channel !== 'auth') return
    events.onListen = before
    queueMicrotask(() => events.emit('auth', event, data))
  }
}

/** The browser has brought the page back from before it left: whoever pressed "back" did not want to sign in. */
export async function cancelDeparture(ctx: Context): Promise<void> {
  redirects(ctx).leaving = false
  if (!(await takeDeparture(ctx))) return
  announce(ctx, 'signInWithRedirect_failure', { error: oauthError('User cancelled OAuth flow.') })
}

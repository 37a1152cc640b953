import { hintTime } from './clock.js'
import { type Context, joined } from './context.js'
import type { JWT } from './jwt.js'
import { refresh } from './refresh.js'
import {
  lasts,
  lostToken,
  readSession,
  type Session,
  type SessionOptions,
  sessionState,
} from './sessionStore.js'

// Core reads and refreshes the session; auth alone signs in and out.

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
  const state = sessionState(ctx)
  if (!options.forceRefresh && !stored.hasLostIdToken && lasts(ctx, stored, 60)) return stored

  const fresh = await joined(state, state.generation, () => refresh(ctx, stored, options))
  // Told once: there is none.
  if (fresh && !fresh.idToken) state.withoutIdToken = fresh.username
  return fresh
}

/** The session as stored, refreshed or not: for who is signed in, not for calls. */
export async function storedSession(ctx: Context): Promise<Session | undefined> {
  if (tokenProvider(ctx)) return session(ctx)
  const stored = await readSession(ctx)
  return stored?.accessToken === lostToken ? session(ctx) : stored
}

/** A provider of the app's own. auth's `cognitoUserPoolsTokenProvider` may be named in the options as well: it asks us. */
function tokenProvider(ctx: Context) {
  const provider = ctx.options.Auth?.tokenProvider
  return provider && !('asksCore' in provider) ? provider : undefined
}

function usernameOf({ payload }: JWT): string {
  return payload.username ?? payload['cognito:username'] ?? payload.sub ?? ''
}

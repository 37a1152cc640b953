// Who is signed in: loaded where a call shows it, never for API keys.

import { session, storedSession } from '@backline/core/session'
import { type Context, isTransient } from '@backline/core/unsigned'
import { DataError, GraphQLAuthError } from './errors.js'

export async function accessToken(ctx: Context, forceRefresh: boolean): Promise<string> {
  let found: { accessToken: { toString(): string } } | undefined
  try {
    found = await session(ctx, { forceRefresh })
  } catch (cause) {
    // No network is not nobody: the caller may try again.
    if (isTransient(cause)) throw cause
    throw new DataError('NoSignedUser', GraphQLAuthError.NO_CURRENT_USER, {
      cause,
      recoverySuggestion:
        'The session could not be read or refreshed; `underlyingError` says why. Sign in again.',
    })
  }
  if (!found)
    throw new DataError('NoValidAuthTokens', GraphQLAuthError.NO_FEDERATED_JWT, {
      recoverySuggestion: 'Nobody is signed in. Sign in first, or use another `authMode`.',
    })
  return found.accessToken.toString()
}

/** The name of whoever is signed in, as stored. */
export async function username(ctx: Context): Promise<string | undefined> {
  return (await storedSession(ctx))?.username
}

import type { AuthSession } from '@backline/core'
import type { Context } from '@backline/core/internal'
import { type FetchAuthSessionOptions, fetchAuthSession as session } from '@backline/core/internal'
import { fetchUserAttributes as attributes, type FetchUserAttributesOutput } from './attributes.js'
import { type GetCurrentUserOutput, getCurrentUser as user } from './currentUser.js'
import { AuthError } from './errors.js'

// The same functions for servers that render pages, where everything belongs to a request: the context comes first, as v6 has it.

/** {@link session} of the user whose request this is. */
export async function fetchAuthSession(
  contextSpec: Context,
  options: FetchAuthSessionOptions = {},
): Promise<AuthSession> {
  return session(options, contextOf(contextSpec))
}

/** {@link attributes} of the user whose request this is. */
export async function fetchUserAttributes(contextSpec: Context): Promise<FetchUserAttributesOutput> {
  return attributes(contextOf(contextSpec))
}

/** {@link user} whose request this is. */
export async function getCurrentUser(contextSpec: Context): Promise<GetCurrentUserOutput> {
  return user(contextOf(contextSpec))
}

/** Without this, a forgotten context would be the one that all requests share. */
function contextOf(contextSpec: Context): Context {
  if (contextSpec?.platform) return contextSpec
  throw new AuthError(
    'InvalidServerContext',
    'On a server the first argument is the context of the request.',
    {
      recoverySuggestion: 'Pass what runWithAmplifyServerContext gives to its operation.',
    },
  )
}

import {
  type AWSCredentials,
  type Context,
  clearCredentials,
  credentials,
  currentContext,
  federate,
  notConfigured,
  storedSession,
} from '@backline/core/internal'
import { AuthError } from './errors.js'

const providers: Record<string, string> = {
  Amazon: 'www.amazon.com',
  Apple: 'appleid.apple.com',
  Facebook: 'graph.facebook.com',
  Google: 'accounts.google.com',
}

export interface FederateToIdentityPoolInput {
  /** Who made the token; by the name that the identity pool has for them where it is none of these. */
  provider: 'Amazon' | 'Apple' | 'Facebook' | 'Google' | { custom: string }
  /** What the provider gave the user. */
  token: string
  options?: {
    /** The identity to use, where a backend of yours has made one. */
    identityId?: string
  }
}

export interface FederateToIdentityPoolOutput {
  credentials: AWSCredentials
  identityId?: string
}

/**
 * Trades a provider's token for AWS credentials, with no user pool between. From then on `fetchAuthSession` has them, until the page is
 * loaded anew, somebody signs in, or {@link clearFederationToIdentityPool}. The token is yours to renew: federate again with a new one.
 *
 * @example
 * const { identityId } = await federateToIdentityPool({ provider: 'Google', token: googleIdToken })
 *
 * @throws {AuthError} `UserAlreadyAuthenticatedException` (users of the user pool are federated by themselves), `EmptyFederationToken`,
 *   `AuthIdentityPoolException` when none is configured; the service's own, like `NotAuthorizedException`
 */
export async function federateToIdentityPool(
  { provider, token, options = {} }: FederateToIdentityPoolInput,
  ctx: Context = currentContext(),
): Promise<FederateToIdentityPoolOutput> {
  if (!token) throw new AuthError('EmptyFederationToken', 'federateToIdentityPool needs a token.')
  if (!ctx.config.Auth?.Cognito.identityPoolId) {
    throw notConfigured('AuthIdentityPoolException', 'Auth.Cognito.identityPoolId', ctx)
  }
  if (await storedSession(ctx)) {
    throw new AuthError('UserAlreadyAuthenticatedException', 'There is already a signed in user.', {
      recoverySuggestion:
        'Users of the user pool have credentials by themselves: call fetchAuthSession, or signOut first.',
    })
  }
  const name = typeof provider === 'string' ? (providers[provider] ?? provider) : provider.custom
  await clearCredentials(ctx)
  federate(ctx, { logins: { [name]: token }, identityId: options.identityId })
  try {
    return (await credentials(ctx))!
  } catch (error) {
    // What was refused once is not tried again by whoever asks next.
    await clearCredentials(ctx)
    throw error
  }
}

/**
 * Forgets what {@link federateToIdentityPool} brought: whoever asks is a guest again.
 *
 * @example
 * await clearFederationToIdentityPool()
 */
export async function clearFederationToIdentityPool(ctx: Context = currentContext()): Promise<void> {
  await clearCredentials(ctx)
}

import {
  AmplifyError,
  type Context,
  decodeJWT,
  type JWT,
  type OAuthConfig,
  page,
  request,
  userPool,
} from '@backline/core/internal'
import { AuthError } from './errors.js'

// The hosted pages of a user pool: OAuth 2.0 with the code grant and PKCE (RFC 7636), or the implicit grant, and the logout endpoint.
// Not spoken: client secrets (an app in a user's hands cannot keep one) and the refresh grant (tokens are refreshed by the user pool).

/** A domain of this machine: a sandbox's, which has no certificate. Only here is http as good as https. */
const LOCAL = /^(?:[\w.-]+\.)?localhost(?::\d+)?$|^(?:127\.0\.0\.1|\[::1\])(?::\d+)?$/i

/** What the configuration says, with the pages' base URL. A domain may name its scheme. */
export function hostedPages(ctx: Context): OAuthConfig & { url: string; clientId: string } {
  const { loginWith, clientId } = userPool(ctx)
  const oauth = loginWith?.oauth
  if (!oauth?.domain) {
    throw new AuthError('OAuthNotConfigureException', 'Auth.Cognito.loginWith.oauth is not configured.', {
      recoverySuggestion: 'See externalProviders of defineAuth.',
    })
  }
  const { domain } = oauth
  return {
    ...oauth,
    clientId,
    url: /^https?:/.test(domain)
      ? domain.replace(/\/$/, '')
      : `${LOCAL.test(domain) ? 'http' : 'https'}://${domain}`,
  }
}

/** One of the configured addresses: the one asked for, the one of this page, or one on this host. */
export function redirectTarget(ctx: Context, redirects: string[], preferred?: string): string {
  const here = page(ctx)?.url()
  let found: string | undefined
  if (preferred) found = redirects.find((redirect) => redirect === preferred)
  else if (here) {
    const { origin, pathname, hostname } = new URL(here)
    found =
      redirects.find((redirect) => redirect.startsWith(origin + pathname)) ??
      redirects.find((redirect) => new URL(redirect).hostname === hostname)
  } else found = redirects.find((redirect) => !/^https?:/.test(redirect))
  if (found) return found

  const name = preferred
    ? 'InvalidPreferredRedirectUrlException'
    : !here
      ? 'InvalidAppSchemeException'
      : redirects.length
        ? 'InvalidOriginException'
        : 'InvalidRedirectException'
  throw new AuthError(
    name,
    `None of the configured redirect URLs is ${preferred ?? here ?? 'one that opens this app'}.`,
    { recoverySuggestion: 'Add it to callbackUrls and logoutUrls in defineAuth.' },
  )
}

export interface HostedTokens {
  accessToken: JWT
  idToken?: JWT
  refreshToken?: string
}

/** The parameters of a redirect, or of a token endpoint's answer. */
type Told = Record<string, string | undefined>

/** @throws {AuthError} `OAuthSignInException` for what says that it failed. */
export function tokensFrom({ error, error_description, ...told }: Told): HostedTokens {
  if (error) throw oauthError(error_description ?? error)
  if (!told.access_token) throw oauthError('No access token came back.')
  return {
    accessToken: decodeJWT(told.access_token),
    idToken: told.id_token ? decodeJWT(told.id_token) : undefined,
    refreshToken: told.refresh_token,
  }
}

export async function exchangeCode(
  ctx: Context,
  code: string,
  redirect_uri: string,
  code_verifier: string,
): Promise<HostedTokens> {
  const { url, clientId: client_id } = hostedPages(ctx)
  const response = await request(ctx, {
    method: 'POST',
    url: `${url}/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams({ grant_type: 'authorization_code', code, client_id, redirect_uri, code_verifier })}`,
  })
  const told: Told = await response.json().catch((cause: unknown) => {
    throw oauthError(`The token endpoint answered ${response.status} with something that is not JSON.`, cause)
  })
  return tokensFrom(told)
}

export function oauthError(message: string, cause?: unknown): AuthError {
  return cause instanceof AmplifyError
    ? (cause as AuthError)
    : new AuthError('OAuthSignInException', message, {
        cause,
        recoverySuggestion: 'See that the configuration of the user pool and its client allows this sign-in.',
      })
}

import {
  type Context,
  currentContext,
  type OpenedPage,
  page,
  toBase64Url,
  toHex,
  utf8,
} from '@backline/core/internal'
import './enableOAuthListener.js'
import { latestSession } from './currentUser.js'
import { AuthError } from './errors.js'
import { hostedPages, oauthError, redirectTarget } from './oauth.js'
import { arrive, cancelDeparture, keepDeparture, redirects } from './redirectSignIn.js'

export interface SignInWithRedirectInput {
  /** Whose page the user sees; the user pool's own when left out. */
  provider?:
    | 'Amazon'
    | 'Apple'
    | 'Facebook'
    | 'Google'
    /** A provider by the name it has in the user pool. */
    | { custom: string; idpIdentifier?: never }
    /** A provider by an identifier of it, such as the domain of an email address. */
    | { idpIdentifier: string; custom?: never }
  /** Comes back with the event `customOAuthState`. */
  customState?: string
  options?: {
    /** Opens the address, where the platform's own way is not wanted. */
    authSessionOpener?: (
      url: string,
      redirects: string[],
      preferPrivateSession?: boolean,
      // biome-ignore lint/suspicious/noConfusingVoidType: openers of v6 resolve with nothing where the page is left.
    ) => Promise<OpenedPage | void>
    /** On phones: do not share cookies with the browser. */
    preferPrivateSession?: boolean
    /** Who is expected: fills the form in. */
    loginHint?: string
    /** The language of the page: `de`, `en`, `pt-BR`, … */
    lang?: string
    /** Comes back in the id token, and is checked. */
    nonce?: string
    /** Whether to ask the user again though a session is there; `NONE` never asks. */
    prompt?: 'NONE' | 'LOGIN' | 'CONSENT' | 'SELECT_ACCOUNT'
  }
}

const providers: Record<string, string> = { Amazon: 'LoginWithAmazon', Apple: 'SignInWithApple' }

/**
 * Leaves for the user pool's hosted pages, or for a provider like Google behind them. The page that comes back finishes the sign-in by
 * itself once `Amplify.configure` has run, and the Hub says `signInWithRedirect` or `signInWithRedirect_failure`. On a page that does not
 * import this function, import `backline/auth/enable-oauth-listener`.
 *
 * @example
 * await signInWithRedirect({ provider: 'Google', customState: location.pathname })
 *
 * @throws {AuthError} `OAuthNotConfigureException`, `UserAlreadyAuthenticatedException`, `InvalidOriginException`, `InvalidRedirectException`,
 *   `InvalidAppSchemeException`; `OAuthSignInException` where the app lives on meanwhile, as on a phone
 */
export async function signInWithRedirect(
  { provider, customState, options = {} }: SignInWithRedirectInput = {},
  ctx: Context = currentContext(),
): Promise<void> {
  const { url, clientId, redirectSignIn, responseType, scopes } = hostedPages(ctx)
  const { prompt, preferPrivateSession, nonce, loginHint, lang, authSessionOpener } = options
  const open = authSessionOpener ?? page(ctx)?.open
  if (!open) {
    throw new AuthError('OAuthSignInException', 'There is no page here that could be left for a sign-in.', {
      recoverySuggestion: 'Call signInWithRedirect in a browser, or pass options.authSessionOpener.',
    })
  }
  if (!prompt && (await latestSession(ctx))) {
    throw new AuthError('UserAlreadyAuthenticatedException', 'There is already a signed in user.', {
      recoverySuggestion: 'Call signOut before calling signInWithRedirect again.',
    })
  }

  const { randomBytes, sha256 } = ctx.platform
  const redirectUri = redirectTarget(ctx, redirectSignIn)
  // Read only here, so anything that keeps its shape in every provider's hands will do.
  const state = toHex(randomBytes(16)) + (customState ? `-${toHex(utf8(customState))}` : '')
  const verifier = toBase64Url(randomBytes(96))
  await keepDeparture(ctx, { state, verifier, redirectUri, customState, nonce })

  const asked = new URLSearchParams({
    redirect_uri: redirectUri,
    response_type: responseType,
    client_id: clientId,
    ...chosen(provider, prompt),
    scope: scopes.join(' '),
    ...(loginHint && { login_hint: loginHint }),
    ...(lang && { lang }),
    ...(nonce && { nonce }),
    ...(prompt && { prompt: prompt.toLowerCase() }),
    state,
    ...(responseType === 'code' && {
      code_challenge: toBase64Url(await sha256(utf8(verifier))),
      code_challenge_method: 'S256',
    }),
  })
  redirects(ctx).leaving = true
  page(ctx)?.onRestored(() => void cancelDeparture(ctx))
  const opened = await open(`${url}/oauth2/authorize?${asked}`, redirectSignIn, preferPrivateSession)
  if (!opened) return

  // The app has lived on, so this is the end of it.
  redirects(ctx).leaving = false
  if (opened.type === 'success' && opened.url) return arrive(ctx, opened.url, preferPrivateSession)
  await cancelDeparture(ctx)
  throw oauthError(opened.type === 'error' ? `${opened.error}` : opened.type)
}

function chosen(
  provider: SignInWithRedirectInput['provider'],
  prompt: string | undefined,
): Record<string, string> {
  if (typeof provider === 'string') return { identity_provider: providers[provider] ?? provider }
  if (provider?.custom) return { identity_provider: provider.custom }
  if (provider?.idpIdentifier) return { idp_identifier: provider.idpIdentifier }
  // Naming the pool would leave out whoever came in by another provider before.
  return prompt === 'NONE' ? {} : { identity_provider: 'COGNITO' }
}

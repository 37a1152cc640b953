import { exchangeCode, hostedPages } from '@backline/auth/oauth'
import { getCurrentUser } from '@backline/auth/server'
import type { AmplifyContext } from '@backline/core'
import {
  clearCredentials,
  clearSession,
  request as send,
  storedSession,
  storeSession,
  toBase64Url,
  toHex,
  utf8,
} from '@backline/core/internal'
import { parseCookies, removal, type SetCookieOptions, serializeCookie } from './cookieHeader.js'
import { putLine } from './cookiePort.js'
import { AmplifyServerContextError } from './errors.js'

// Sign-in, sign-up and sign-out by the hosted pages, on the server alone: the browser is sent there and comes back with a code, and sees no
// token. Cookies, parameters and answers are those of `@aws-amplify/adapter-nextjs`; docs/protocols/server-sessions.md has the pictures.

export interface AuthRoutesInput {
  /** Goes to the hosted pages within `state`. */
  customState?: string
  /** Where the app goes on after a sign-in; the root by default. */
  redirectOnSignInComplete?: string
  /** Where the app goes on after a sign-out, and after a sign-in that failed; the root by default. */
  redirectOnSignOutComplete?: string
}

export interface AuthRoute {
  request: Request
  /** Which one of the five. */
  slug: string
  origin: string
  input: AuthRoutesInput
  /** Of the session's cookies. */
  attributes: SetCookieOptions
  respond(request: Request, operation: (ctx: AmplifyContext) => Promise<Response>): Promise<Response>
  /** A context that belongs to nobody. */
  base: AmplifyContext
}

const PKCE = 'com.amplify.server_auth.pkce'
const STATE = 'com.amplify.server_auth.state'
const SIGNING_OUT = 'com.amplify.server_auth.isSigningOut'
const REDIRECTING = 'com.amplify.server_auth.isSigningOutRedirecting'

/** Cognito gives a sign-in by another provider five minutes; we give as much. */
const PATIENCE = 5 * 60

const providers: Record<string, string> = {
  google: 'Google',
  facebook: 'Facebook',
  amazon: 'LoginWithAmazon',
  apple: 'SignInWithApple',
}

const routes: Record<string, (route: AuthRoute, flow: Flow) => Promise<Response>> = {
  'sign-in': (route, flow) => leave(route, flow, 'oauth2/authorize'),
  'sign-up': (route, flow) => leave(route, flow, 'signup'),
  'sign-in-callback': arrive,
  'sign-out': async (route, { set }) => {
    const { url, clientId, redirectSignOut } = hostedPages(route.base)
    const query = new URLSearchParams({
      client_id: clientId,
      logout_uri: callback(route, redirectSignOut, 'redirectSignOut'),
    })
    set(SIGNING_OUT, 'true')
    set(REDIRECTING, 'true')
    return goTo(`${url}/logout?${query}`)
  },
  'sign-out-callback': departed,
}

/** What one of the five routes answers. */
export async function authRoute(route: AuthRoute): Promise<Response> {
  const handle = Object.hasOwn(routes, route.slug) ? routes[route.slug] : undefined
  if (!handle) return new Response(null, { status: 404 })
  if (route.request.method !== 'GET') return new Response(null, { status: 405, headers: { allow: 'GET' } })

  const flow = flowOf(route)
  const response = await handle(route, flow)
  for (const [name, line] of flow.lines) putLine(response.headers, name, line)
  response.headers.set('cache-control', 'no-store')
  return response
}

/** The cookies by which a browser that comes back is known as the one that left. */
interface Flow {
  lines: Map<string, string>
  get(name: string): string | undefined
  set(name: string, value: string): void
  remove(...names: string[]): void
}

function flowOf({ request, attributes: { domain, secure } }: AuthRoute): Flow {
  const cookies = parseCookies(request.headers.get('cookie'))
  const lines = new Map<string, string>()
  const options: SetCookieOptions = { domain, secure, path: '/', httpOnly: true, sameSite: 'lax' }
  return {
    lines,
    get: (wanted) => cookies.find(({ name }) => name === wanted)?.value || undefined,
    set: (name, value) =>
      void lines.set(name, serializeCookie(name, value, { ...options, maxAge: PATIENCE })),
    remove(...names) {
      for (const name of names) lines.set(name, serializeCookie(name, '', removal(options)))
    },
  }
}

async function leave(route: AuthRoute, { set }: Flow, page: string): Promise<Response> {
  const { request, base, input } = route
  return route.respond(request, async (ctx) => {
    const isSignedIn = await getCurrentUser(ctx).then(
      () => true,
      (error: Error) => {
        if (error.name === 'UserUnAuthenticatedException') return false
        throw error
      },
    )
    if (isSignedIn) return goTo(input.redirectOnSignInComplete)

    const { url, clientId, scopes, redirectSignIn } = hostedPages(base)
    const { randomBytes, sha256 } = base.platform
    const verifier = toBase64Url(randomBytes(96))
    const state = toHex(randomBytes(16)) + (input.customState ? `-${toHex(utf8(input.customState))}` : '')
    const asked = new URL(request.url).searchParams
    const provider = asked.get('provider')
    const lang = asked.get('lang')
    const query = new URLSearchParams({
      redirect_uri: callback(route, redirectSignIn, 'redirectSignIn'),
      // The implicit grant would put tokens into the browser's address.
      response_type: 'code',
      client_id: clientId,
      scope: scopes.join(' '),
      state,
      code_challenge: toBase64Url(await sha256(utf8(verifier))),
      code_challenge_method: 'S256',
      ...(provider && { identity_provider: providers[provider.toLowerCase()] ?? provider }),
      ...(lang && { lang }),
    })
    set(PKCE, verifier)
    set(STATE, state)
    return goTo(`${url}/${page}?${query}`)
  })
}

async function arrive(route: AuthRoute, { get, remove }: Flow): Promise<Response> {
  const { request, input, base } = route
  const told = new URL(request.url).searchParams
  const [code, state, error] = ['code', 'state', 'error'].map((name) => told.get(name))
  const description = told.get('error_description')
  const [verifier, expected] = [get(PKCE), get(STATE)]
  const failed = (name: string | null | undefined, why: string | null) =>
    goTo(input.redirectOnSignOutComplete, {
      ...(name && { error: name }),
      ...(why && { error_description: why }),
    })

  if (error || description) {
    remove(PKCE, STATE)
    return failed(error, description)
  }
  if (!code || !state) return new Response(null, { status: 400 })
  // Taken away after five minutes, and by the first who came back.
  if (!verifier || !expected) return failed('timeout', 'Sign in has to be completed within 5 minutes.')
  if (state !== expected) return new Response(null, { status: 400 })

  remove(PKCE, STATE)
  const redirectUri = callback(route, hostedPages(base).redirectSignIn, 'redirectSignIn')
  return route.respond(request, async (ctx) => {
    let tokens: Awaited<ReturnType<typeof exchangeCode>>
    try {
      tokens = await exchangeCode(ctx, code, redirectUri, verifier)
    } catch (error) {
      return new Response((error as Error).message, { status: 500 })
    }
    await storeSession(ctx, { username: tokens.accessToken.payload.username ?? 'username', ...tokens })
    return route.attributes.sameSite === 'strict' || route.attributes.sameSite === true
      ? intermediary(input.redirectOnSignInComplete)
      : goTo(input.redirectOnSignInComplete)
  })
}

async function departed(route: AuthRoute, { get, remove }: Flow): Promise<Response> {
  const { request, base, input } = route
  if (!get(SIGNING_OUT)) return new Response(null, { status: 400 })
  if (get(REDIRECTING)) {
    // Who comes from another site brings no `SameSite=Strict` cookies. Once more from here, and they are there.
    remove(REDIRECTING)
    return intermediary(callback(route, hostedPages(base).redirectSignOut, 'redirectSignOut'))
  }
  remove(SIGNING_OUT)
  return route.respond(request, async (ctx) => {
    const before = await storedSession(ctx)
    await clearSession(ctx)
    await clearCredentials(ctx, { forgetIdentity: true })
    if (before?.refreshToken) await revoke(base, before.refreshToken)
    return goTo(input.redirectOnSignOutComplete)
  })
}

/** Makes the refresh token worthless. The user is signed out here already, and what cannot be revoked now expires by itself. */
async function revoke(base: AmplifyContext, token: string): Promise<void> {
  const { url, clientId } = hostedPages(base)
  await send(base, {
    method: 'POST',
    url: `${url}/oauth2/revoke`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams({ token, client_id: clientId })}`,
    timeout: 5_000,
  }).catch(() => {})
}

/** The configured address that leads back to the app: the one of this route, or else the first one there. */
function callback({ origin, slug }: AuthRoute, configured: string[], key: string): string {
  const here = configured.filter((each) => new URL(each).origin === origin)
  const route = `/${slug.replace(/^sign-up/, 'sign-in').replace(/-callback$/, '')}-callback`
  const found = here.find((each) => new URL(each).pathname.endsWith(route)) ?? here[0]
  if (found) return found
  throw new AmplifyServerContextError({
    message: `No valid ${key} url found in the OAuth config: none is at ${origin}.`,
    recoverySuggestion: 'Add it to callbackUrls and logoutUrls in defineAuth.',
  })
}

function goTo(address = '/', more: Record<string, string> = {}): Response {
  const query = new URLSearchParams(more).toString()
  const location = query ? `${address}${address.includes('?') ? '&' : '?'}${query}` : address
  return new Response(null, { status: 302, headers: { location } })
}

/** A page that goes on by itself, with scripts or without: what it leads to is then asked for by this site, with all cookies. */
function intermediary(address = '/'): Response {
  const to = address.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  return new Response(
    `<!DOCTYPE html><html lang="en"><head><title>Redirecting…</title><meta http-equiv="refresh" content="0; url=${to}"></head>` +
      `<body><p>If this page does not go on by itself, <a href="${to}">go on here</a>.</p></body></html>`,
    { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
  )
}

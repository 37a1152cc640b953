import { randomBytes } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import { asClient } from '../cognito-idp/clients.js'
import { same } from '../cognito-idp/passwordFactor.js'
import type { Pool } from '../cognito-idp/pool.js'
import { startSession } from '../cognito-idp/tokens.js'
import { userBySub } from '../cognito-idp/users.js'
import type { Service, WireRequest, WireResponse } from '../service.js'
import {
  AuthorizationError,
  type AuthorizationRequest,
  keep,
  look,
  NotRedirectable,
  oauthPlan,
  readRequest,
  take,
} from './authorization.js'
import { claimsAsked, claimsOf, federatedUser, type ProviderClaims } from './federation.js'
import { CONFIRM_BY_LINK, confirmByLink, PAGES } from './hostedUi.js'
import { form, page, redirect } from './pages.js'
import { oauthNames, revokeEndpoint, tokenEndpoint, userInfo } from './tokenEndpoint.js'

const CODE_SECONDS = 300
const SESSION_SECONDS = 3600
const PROVIDER = '/oauth2/provider/'

/** The hosted pages and OAuth endpoints of the user pool. See docs/protocols/cognito-oauth.md. */
export function createHostedPages(pool: Pool): Service {
  const served = (path: string) => {
    const { oauth, verifyByLink } = pool.world.plan.auth ?? {}
    if (path === CONFIRM_BY_LINK) return !!oauth || verifyByLink
    return oauth && (path.startsWith('/oauth2/') || path === '/logout' || Object.hasOwn(PAGES, path))
  }
  return {
    name: 'cognito-oauth',
    matches: ({ url, headers }) => !!served(url.pathname) && !headers.authorization?.startsWith('AWS4-'),
    handle: (request) => answered(pool, request),
    fault: (status, message) => page({ title: 'Something went wrong', body: '', error: message, status }),
    outputs: () => outputsOf(pool),
  }
}

async function answered(pool: Pool, request: WireRequest): Promise<WireResponse> {
  try {
    return await route(pool, request)
  } catch (error) {
    if (error instanceof AuthorizationError) return backWithError(error)
    if (error instanceof NotRedirectable || error instanceof ServiceError) {
      return page({ title: 'This cannot be done', body: '', error: error.message, status: 400 })
    }
    throw error
  }
}

async function route(main: Pool, request: WireRequest): Promise<WireResponse> {
  const { url, method } = request
  const pool = asClient(main, url.searchParams.get('client_id') ?? undefined) ?? main
  const path = url.pathname
  const posted = method === 'POST'
  if (!posted && method !== 'GET' && method !== 'HEAD') return { status: 405 }
  if (path === '/oauth2/userInfo') return userInfo(pool, request)
  if (path === '/oauth2/token' && posted) return tokenEndpoint(pool, request, await body(request))
  if (path === '/oauth2/revoke' && posted) return revokeEndpoint(pool, request, await body(request))
  if (path === CONFIRM_BY_LINK && method === 'GET') return confirmByLink(pool, request)
  if (path === '/oauth2/authorize') return authorize(pool, request)
  if (path === '/oauth2/idpresponse') return fromProvider(pool, request)
  if (path.startsWith(PROVIDER))
    return provider(pool, request, decodeURIComponent(path.slice(PROVIDER.length)))
  if (path === '/logout') return logOut(pool, request)
  const shown = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined
  if (!shown) return page({ title: 'Not found', body: '', error: `There is no ${path}.`, status: 404 })
  const { csrf, typed } = await formOf(request)
  const asked = readRequest(pool, url.searchParams)
  const visit = {
    pool,
    request: asked,
    wire: request,
    typed,
    csrf,
    enter: (sub: string) => enter(pool, asked, sub),
  }
  return posted ? shown.post(visit) : shown.look({ ...visit, typed: new URLSearchParams() })
}

function authorize(pool: Pool, { url, headers }: WireRequest): WireResponse | Promise<WireResponse> {
  const asked = readRequest(pool, url.searchParams)
  const { provider: name, prompt, loginHint } = asked
  if (name && name !== 'COGNITO') {
    const state = keep(pool, 'state', { asked, name }, CODE_SECONDS)
    return redirect(`${PROVIDER}${encodeURIComponent(name)}?state=${state}`)
  }
  const session = look<{ sub: string }>(pool, 'session', cookie(headers, 'cognito'))
  if (session && userBySub(pool, session.sub)?.enabled && prompt !== 'login' && prompt !== 'select_account') {
    return enter(pool, asked, session.sub)
  }
  if (prompt === 'none') throw new AuthorizationError(asked, 'login_required', 'Nobody is signed in.')
  const query = new URLSearchParams(url.searchParams)
  query.delete('prompt')
  if (loginHint) query.set('login_hint', loginHint)
  return redirect(`/login?${query}`)
}

/** Sends the user back to the app: with a code, or with the tokens themselves where it asked for them. */
async function enter(pool: Pool, request: AuthorizationRequest, sub: string): Promise<WireResponse> {
  const { redirectUri, responseType, state, scopes, nonce } = request
  const session = keep(pool, 'session', { sub }, SESSION_SECONDS)
  const cookies = [`cognito=${session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_SECONDS}`]
  if (responseType === 'code') {
    const code = keep(pool, 'code', { sub, request }, CODE_SECONDS)
    return redirect(withQuery(redirectUri, { code, ...(state ? { state } : {}) }), cookies)
  }
  const user = userBySub(pool, sub)
  if (!user) throw new AuthorizationError(request, 'access_denied', 'The user is not there any more.')
  const { RefreshToken: _, ...tokens } = await startSession(pool, user, {
    source: 'HostedAuth',
    scopes,
    nonce,
  })
  const fragment = new URLSearchParams(
    Object.entries({ ...oauthNames(tokens), ...(state ? { state } : {}) }).map(([name, value]) => [
      name,
      String(value),
    ]),
  )
  return redirect(`${redirectUri}#${fragment}`, cookies)
}

/** A page that stands for Google and the like: whoever types an address is that person there. */
async function provider(pool: Pool, request: WireRequest, name: string): Promise<WireResponse> {
  const state = request.url.searchParams.get('state') ?? ''
  const { csrf, typed } = await formOf(request)
  if (look<{ name: string }>(pool, 'state', state)?.name !== name) {
    throw new NotRedirectable('This sign-in has expired. Start again in the app.')
  }
  const asked = claimsAsked(pool, name)
  let error: string | undefined
  if (request.method === 'POST') {
    try {
      const claims = claimsOf(name, Object.fromEntries(asked.map((claim) => [claim, typed.get(claim) ?? ''])))
      const code = keep(pool, 'provider', { name, claims }, CODE_SECONDS)
      return redirect(`/oauth2/idpresponse?${new URLSearchParams({ code, state })}`)
    } catch (thrown) {
      if (!(thrown instanceof ServiceError)) throw thrown
      error = thrown.message
    }
  }
  return page({
    title: `${name}, as the sandbox plays it`,
    error,
    body: form(
      `${PROVIDER}${encodeURIComponent(name)}?state=${state}`,
      asked.map((claim) => ({
        name: claim,
        label: LABELS[claim] ?? `Your ${claim.replaceAll('_', ' ')}`,
        type: claim === 'email' ? 'email' : 'text',
        value: typed.get(claim) ?? '',
        optional: claim !== 'email',
      })),
      { _csrf: csrf },
      'Continue',
    ),
    cookies: [`XSRF-TOKEN=${csrf}; Path=/; HttpOnly; SameSite=Lax`],
  })
}

const LABELS: Record<string, string> = { email: 'Who are you there? Your email' }

async function fromProvider(main: Pool, { url }: WireRequest): Promise<WireResponse> {
  const begun = take<{ asked: AuthorizationRequest; name: string }>(
    main,
    'state',
    url.searchParams.get('state') ?? '',
  )
  const answer = take<{ name: string; claims: ProviderClaims }>(
    main,
    'provider',
    url.searchParams.get('code') ?? '',
  )
  if (!begun || answer?.name !== begun.name)
    throw new NotRedirectable('This sign-in has expired. Start again in the app.')
  const pool = asClient(main, begun.asked.clientId) ?? main
  try {
    const user = await federatedUser(pool, answer.name, answer.claims)
    if (!user.enabled) throw new AuthorizationError(begun.asked, 'access_denied', 'User is disabled.')
    return await enter(pool, begun.asked, user.sub)
  } catch (error) {
    if (error instanceof ServiceError)
      throw new AuthorizationError(begun.asked, 'invalid_request', error.message)
    throw error
  }
}

function logOut(pool: Pool, { url, headers }: WireRequest): WireResponse {
  const plan = oauthPlan(pool)
  const value = (name: string) => url.searchParams.get(name) ?? ''
  if (value('client_id') !== pool.clientId) throw new NotRedirectable('There is no app client of this id.')
  take(pool, 'session', cookie(headers, 'cognito'))
  const cookies = ['cognito=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']
  const target = value('logout_uri')
  if (target) {
    if (!plan.logoutUrls.includes(target))
      throw new NotRedirectable('The logout_uri is none of the logoutUrls of the definition.')
    return redirect(target, cookies)
  }
  readRequest(pool, url.searchParams)
  return redirect(`/login?${url.searchParams}`, cookies)
}

function backWithError({ request, code, message }: AuthorizationError): WireResponse {
  const { redirectUri, state, responseType } = request
  const values = { error: code, error_description: message, ...(state ? { state } : {}) }
  return redirect(
    responseType === 'token'
      ? `${redirectUri}#${new URLSearchParams(values)}`
      : withQuery(redirectUri, values),
  )
}

function withQuery(uri: string, values: Record<string, string>): string {
  const url = new URL(uri)
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value)
  return url.href
}

async function formOf(request: WireRequest): Promise<{ csrf: string; typed: URLSearchParams }> {
  const known = cookie(request.headers, 'XSRF-TOKEN')
  if (request.method !== 'POST')
    return { csrf: known || randomBytes(24).toString('base64url'), typed: new URLSearchParams() }
  const typed = await body(request)
  if (!known || !same(known, typed.get('_csrf') ?? '')) {
    throw new NotRedirectable('This form is not ours, or cookies are off. Start again in the app.')
  }
  return { csrf: known, typed }
}

const body = async (request: WireRequest) =>
  new URLSearchParams((await request.bytes(64 * 1024)).toString('utf8'))

function cookie(headers: Record<string, string>, name: string): string {
  const pair = (headers.cookie ?? '').split(/;\s*/).find((each) => each.startsWith(`${name}=`))
  return pair?.slice(name.length + 1) ?? ''
}

function outputsOf({ world }: Pool): Record<string, unknown> {
  const plan = world.plan.auth
  if (!plan?.oauth) return {}
  const { oauth } = plan
  const { host, port } = new URL(world.url)
  return {
    auth: {
      oauth: {
        identity_providers: oauth.providers.map((name) => OUTPUT_NAMES[name] ?? name),
        // A passkey belongs to a name, not to an address.
        domain: plan.passwordless?.includes('WEB_AUTHN') ? `localhost:${port}` : host,
        scopes: oauth.scopes,
        redirect_sign_in_uri: oauth.callbackUrls,
        redirect_sign_out_uri: oauth.logoutUrls,
        response_type: oauth.responseType,
      },
    },
  }
}

const OUTPUT_NAMES: Record<string, string> = {
  Google: 'GOOGLE',
  Facebook: 'FACEBOOK',
  LoginWithAmazon: 'LOGIN_WITH_AMAZON',
  SignInWithApple: 'SIGN_IN_WITH_APPLE',
}

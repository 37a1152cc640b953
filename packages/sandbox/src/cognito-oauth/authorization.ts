import { createHash, randomBytes } from 'node:crypto'
import { same } from '../cognito-idp/passwordFactor.js'
import { authPlan, type Pool } from '../cognito-idp/pool.js'
import type { OAuthPlan } from '../plan.js'

// What an app asks of /oauth2/authorize (RFC 6749, section 4), and what is kept between that and its tokens.

export interface AuthorizationRequest {
  clientId: string
  redirectUri: string
  responseType: 'code' | 'token'
  scopes: string[]
  state?: string
  nonce?: string
  /** S256 only: RFC 7636. */
  codeChallenge?: string
  provider?: string
  loginHint?: string
  /** Ask even who is signed in already. */
  prompt?: string
}

/** The app is not who it says, or sends people where the definition does not: shown, never redirected. */
export class NotRedirectable extends Error {}

/** The rest goes back to the app as the protocol says. */
export class AuthorizationError extends Error {
  readonly request: AuthorizationRequest
  readonly code: string
  constructor(request: AuthorizationRequest, code: string, message: string) {
    super(message)
    this.request = request
    this.code = code
  }
}

export const oauthPlan = (pool: Pool): OAuthPlan => {
  const plan = authPlan(pool).oauth
  if (!plan)
    throw new NotRedirectable('This user pool has no hosted pages: defineAuth says no externalProviders.')
  return plan
}

/** @throws {NotRedirectable} @throws {AuthorizationError} */
export function readRequest(pool: Pool, query: URLSearchParams): AuthorizationRequest {
  const plan = oauthPlan(pool)
  const value = (name: string) => query.get(name) || undefined
  if (value('client_id') !== pool.clientId) throw new NotRedirectable('There is no app client of this id.')
  const redirectUri = value('redirect_uri')
  if (!redirectUri || !plan.callbackUrls.includes(redirectUri)) {
    throw new NotRedirectable('The redirect_uri is none of the callbackUrls of the definition.')
  }
  const asked = value('scope')?.split(/[ +]+/).filter(Boolean)
  const request: AuthorizationRequest = {
    clientId: pool.clientId,
    redirectUri,
    responseType: value('response_type') === 'token' ? 'token' : 'code',
    scopes: asked ?? plan.scopes,
    state: value('state'),
    nonce: value('nonce'),
    codeChallenge: value('code_challenge'),
    provider: value('identity_provider') ?? value('idp_identifier'),
    loginHint: value('login_hint'),
    prompt: value('prompt'),
  }
  const refuse = (code: string, message: string) => {
    throw new AuthorizationError(request, code, message)
  }
  if (!['code', 'token'].includes(value('response_type') ?? '')) {
    refuse('invalid_request', 'response_type must be code or token.')
  }
  const unknown = request.scopes.find((scope) => !plan.scopes.includes(scope))
  if (unknown) refuse('invalid_scope', `The scope ${unknown} is not allowed for this client.`)
  if (request.codeChallenge && value('code_challenge_method') !== 'S256') {
    refuse('invalid_request', 'code_challenge_method must be S256.')
  }
  if (request.provider && request.provider !== 'COGNITO' && !plan.providers.includes(request.provider)) {
    refuse('invalid_request', `There is no identity provider ${request.provider}.`)
  }
  return request
}

/** The same request as a query again, for the pages between. */
export function queryOf(request: AuthorizationRequest): URLSearchParams {
  const { clientId, redirectUri, responseType, scopes, state, nonce, codeChallenge } = request
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: responseType,
    scope: scopes.join(' '),
  })
  if (state) query.set('state', state)
  if (nonce) query.set('nonce', nonce)
  if (codeChallenge) {
    query.set('code_challenge', codeChallenge)
    query.set('code_challenge_method', 'S256')
  }
  return query
}

export type TicketKind = 'code' | 'session' | 'state' | 'provider'

/** Keeps something under a name that only the bearer has. */
export function keep(
  { world: { store, clock } }: Pool,
  kind: TicketKind,
  data: object,
  seconds: number,
): string {
  const ticket = randomBytes(32).toString('base64url')
  store.run('DELETE FROM oauth_tickets WHERE expires_at < ?', clock.now())
  store.run(
    'INSERT INTO oauth_tickets VALUES (?, ?, ?, ?)',
    fingerprint(ticket),
    kind,
    JSON.stringify(data),
    clock.now() + seconds * 1000,
  )
  return ticket
}

export function look<Data>(
  { world: { store, clock } }: Pool,
  kind: TicketKind,
  ticket: string,
): Data | undefined {
  const row = store.get<{ data: string; expires_at: number }>(
    'SELECT data, expires_at FROM oauth_tickets WHERE hash = ? AND kind = ?',
    fingerprint(ticket),
    kind,
  )
  return row && clock.now() < row.expires_at ? (JSON.parse(row.data) as Data) : undefined
}

/** Good once. */
export function take<Data>(pool: Pool, kind: TicketKind, ticket: string): Data | undefined {
  const data = look<Data>(pool, kind, ticket)
  pool.world.store.run('DELETE FROM oauth_tickets WHERE hash = ? AND kind = ?', fingerprint(ticket), kind)
  return data
}

/** RFC 7636, section 4.6 */
export function answersChallenge(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false
  return same(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

const fingerprint = (ticket: string) => createHash('sha256').update(ticket).digest('hex')

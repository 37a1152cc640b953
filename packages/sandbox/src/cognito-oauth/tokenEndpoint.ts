import { ServiceError } from '../awsJson.js'
import { asClient } from '../cognito-idp/clients.js'
import { same } from '../cognito-idp/passwordFactor.js'
import type { Pool } from '../cognito-idp/pool.js'
import { refresh } from '../cognito-idp/refresh.js'
import { revokeSession, startSession, verifyToken } from '../cognito-idp/tokens.js'
import { userBySub } from '../cognito-idp/users.js'
import type { WireRequest, WireResponse } from '../service.js'
import { type AuthorizationRequest, answersChallenge, take } from './authorization.js'

// The machine's side: /oauth2/token, /oauth2/userInfo, /oauth2/revoke. RFC 6749, 7009, 7636, OpenID Connect Core 5.3.

export interface CodeData {
  sub: string
  request: AuthorizationRequest
}

/** POST /oauth2/token */
export async function tokenEndpoint(
  main: Pool,
  request: WireRequest,
  body: URLSearchParams,
): Promise<WireResponse> {
  const value = (name: string) => body.get(name) ?? ''
  const pool = callingClient(main, request, body)
  if (!pool) return refusal('invalid_client', 'There is no app client of this id and secret.')
  try {
    switch (value('grant_type')) {
      case 'authorization_code':
        return await withCode(pool, body)
      case 'refresh_token': {
        const { AuthenticationResult } = await refresh(pool, value('refresh_token'), {})
        return json(200, oauthNames(AuthenticationResult))
      }
      default:
        return refusal('unsupported_grant_type', 'grant_type must be authorization_code or refresh_token.')
    }
  } catch (error) {
    if (error instanceof ServiceError) return refusal('invalid_grant', error.message)
    throw error
  }
}

/** The client that asks, by its id and, where it has one, its secret: RFC 6749, section 2.3.1. */
function callingClient(main: Pool, { headers }: WireRequest, body: URLSearchParams): Pool | undefined {
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent)
    : [body.get('client_id'), body.get('client_secret')]
  const pool = asClient(main, id ?? undefined)
  const known = pool?.client?.secret
  return known === undefined || same(known, secret ?? '') ? pool : undefined
}

async function withCode(pool: Pool, body: URLSearchParams): Promise<WireResponse> {
  // Taken before it is judged: a code that was shown to the wrong client is no good to the right one either.
  const data = take<CodeData>(pool, 'code', body.get('code') ?? '')
  if (!data || data.request.clientId !== pool.clientId)
    return refusal('invalid_grant', 'The code is not known, or no longer.')
  const { request, sub } = data
  if (body.get('redirect_uri') !== request.redirectUri) {
    return refusal('invalid_grant', 'The redirect_uri is not the one that the code was asked for with.')
  }
  const verifier = body.get('code_verifier')
  if (request.codeChallenge ? !answersChallenge(verifier ?? '', request.codeChallenge) : verifier) {
    return refusal('invalid_grant', 'The code_verifier does not belong to the code_challenge.')
  }
  const user = userBySub(pool, sub)
  if (!user?.enabled) return refusal('invalid_grant', 'The user is not there any more.')
  const { scopes, nonce } = request
  const { IdToken, ...tokens } = await startSession(pool, user, { source: 'HostedAuth', scopes, nonce })
  // Only who asks for OpenID gets its token.
  return json(200, oauthNames(scopes.includes('openid') ? { ...tokens, IdToken } : tokens))
}

/** GET or POST /oauth2/userInfo */
export async function userInfo(pool: Pool, { headers }: WireRequest): Promise<WireResponse> {
  const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  const claims = await verifyToken(pool, token).catch(() => undefined)
  const scopes = String(claims?.claims.scope ?? '').split(' ')
  const user = claims && userBySub(pool, claims.sub)
  if (!user || claims.tokenUse !== 'access' || !scopes.includes('openid')) {
    const error = {
      error: 'invalid_token',
      error_description:
        'Access token is expired, disabled, or deleted, or the user has globally signed out.',
    }
    return {
      ...json(401, error),
      headers: { ...json(401, {}).headers, 'www-authenticate': 'Bearer error="invalid_token"' },
    }
  }
  return json(200, { sub: user.sub, username: user.username, ...user.attributes })
}

/** POST /oauth2/revoke */
export function revokeEndpoint(main: Pool, request: WireRequest, body: URLSearchParams): WireResponse {
  const pool = callingClient(main, request, body)
  if (!pool) return refusal('invalid_client', 'There is no app client of this id and secret.')
  const token = body.get('token')
  if (!token) return refusal('invalid_request', 'token is missing.')
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    return refusal('unsupported_token_type', 'Only refresh tokens can be revoked.')
  revokeSession(pool, token)
  return { status: 200 }
}

interface Tokens {
  AccessToken: string
  IdToken?: string
  RefreshToken?: string
  ExpiresIn: number
}

export const oauthNames = ({ AccessToken, IdToken, RefreshToken, ExpiresIn }: Tokens) => ({
  ...(IdToken ? { id_token: IdToken } : {}),
  access_token: AccessToken,
  ...(RefreshToken ? { refresh_token: RefreshToken } : {}),
  expires_in: ExpiresIn,
  token_type: 'Bearer',
})

const refusal = (error: string, error_description: string) => json(400, { error, error_description })

function json(status: number, body: object): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  }
}

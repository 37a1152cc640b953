import type { Clock } from '../clock.js'
import type { AuthType } from '../plan.js'
import type { CredentialAuthority, TokenAuthority, WireRequest } from '../service.js'
import { SignatureError, verifySignature } from '../sigv4.js'
import type { ApiKeys } from './apiKeys.js'
import { issuerOf, type LambdaAuthority, type OidcAuthority } from './authorizers.js'
import type { Caller } from './rules.js'

/** Refused before any GraphQL is looked at. */
export class NotAllowed extends Error {
  readonly errorType: string
  readonly status: number

  constructor(message: string, errorType = 'UnauthorizedException', status = 401) {
    super(message)
    this.errorType = errorType
    this.status = status
  }
}

export interface Gate {
  apiKeys: ApiKeys
  tokens: TokenAuthority
  credentials: CredentialAuthority
  clock: Clock
  oidc?: OidcAuthority
  lambda?: LambdaAuthority
}

/** What a Lambda authorizer is told of the request beside its token. */
export type RequestContext = () => Record<string, unknown>

/** Proves who calls: a signature, a token of the user pool or of another issuer, an API key, or what a function says. @throws {NotAllowed} */
export async function identify(
  request: WireRequest,
  gate: Gate,
  context: RequestContext = () => ({}),
): Promise<Caller> {
  const { authorization, 'x-api-key': apiKey } = request.headers
  if (authorization?.startsWith('AWS4-HMAC-SHA256')) return signer(request, gate)
  if (authorization) return bearer(authorization, request, gate, context)
  if (!apiKey) throw new NotAllowed('Valid authorization header not provided.')
  if (!gate.apiKeys.isValid(apiKey)) throw new NotAllowed('You are not authorized to make this call.')
  return { mode: 'apiKey' }
}

/** The mode of AppSync by which a caller came in. */
export function typeOf(caller: Caller): AuthType {
  return TYPES[caller.mode]
}

const TYPES = {
  apiKey: 'API_KEY',
  userPools: 'AMAZON_COGNITO_USER_POOLS',
  iam: 'AWS_IAM',
  oidc: 'OPENID_CONNECT',
  lambda: 'AWS_LAMBDA',
} as const satisfies Record<Caller['mode'], AuthType>

async function signer(request: WireRequest, { credentials, clock }: Gate): Promise<Caller> {
  try {
    const { principal } = await verifySignature(request, {
      service: 'appsync',
      authority: credentials,
      clock,
    })
    return { mode: 'iam', principal }
  } catch (error) {
    if (error instanceof SignatureError) throw new NotAllowed(error.message, nameOf(error), 403)
    throw error
  }
}

async function bearer(
  authorization: string,
  { headers }: WireRequest,
  { tokens, oidc, lambda }: Gate,
  context: RequestContext,
): Promise<Caller> {
  const token = authorization.replace(/^Bearer\s+/i, '')
  const issuer = issuerOf(token)
  if (oidc && issuer === oidc.issuer) return { mode: 'oidc', user: await verified(() => oidc.verify(token)) }
  // A token that names the user pool is the user pool's, whatever else there is to ask.
  if (lambda && !issuer?.startsWith('https://cognito-idp.')) {
    const decision = await lambda.ask(authorization, context(), headers).catch((error: Error) => {
      throw new NotAllowed(`The authorizer failed: ${error.message}`, 'UnauthorizedException')
    })
    if (!decision.isAuthorized) throw new NotAllowed('You are not authorized to make this call.')
    return { mode: 'lambda', ...decision }
  }
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new NotAllowed('Unable to parse JWT token.')
  return { mode: 'userPools', user: await verified(() => tokens.verify(token)) }
}

async function verified<Claims>(verify: () => Promise<Claims>): Promise<Claims> {
  try {
    return await verify()
  } catch (error) {
    const { message } = error as Error
    throw new NotAllowed(/expired|"exp" claim/i.test(message) ? 'Token has expired.' : message)
  }
}

/** AppSync's own names for what is wrong with a signature. */
function nameOf({ fault }: SignatureError): string {
  switch (fault) {
    case 'SignatureDoesNotMatch':
    case 'XAmzContentSHA256Mismatch':
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return 'InvalidSignatureException'
    case 'ExpiredToken':
      return 'ExpiredTokenException'
    case 'IncompleteSignature':
    case 'MissingAuthenticationToken':
      return 'IncompleteSignatureException'
    default:
      return 'UnrecognizedClientException'
  }
}

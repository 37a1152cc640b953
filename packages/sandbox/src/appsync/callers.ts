import type { Clock } from '../clock.js'
import type { CredentialAuthority, TokenAuthority, WireRequest } from '../service.js'
import { SignatureError, verifySignature } from '../sigv4.js'
import type { ApiKeys } from './apiKeys.js'
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
}

/** Proves who calls: a signature, a token of the user pool, or an API key. @throws {NotAllowed} */
export async function identify(
  request: WireRequest,
  { apiKeys, tokens, credentials, clock }: Gate,
): Promise<Caller> {
  const { authorization, 'x-api-key': apiKey } = request.headers
  if (authorization?.startsWith('AWS4-HMAC-SHA256')) {
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
  if (authorization) return { mode: 'userPools', user: await claims(authorization, tokens) }
  if (!apiKey) throw new NotAllowed('Valid authorization header not provided.')
  if (!apiKeys.isValid(apiKey)) throw new NotAllowed('You are not authorized to make this call.')
  return { mode: 'apiKey' }
}

async function claims(authorization: string, tokens: TokenAuthority) {
  const token = authorization.replace(/^Bearer\s+/i, '')
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    throw new NotAllowed(
      'Unable to parse JWT token. (Tokens for a Lambda authorizer are refused too: the sandbox does not run one.)',
    )
  }
  try {
    return await tokens.verify(token)
  } catch (error) {
    const { message } = error as Error
    throw new NotAllowed(/expired/i.test(message) ? 'Token has expired.' : message)
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

import type { LocalAccess } from '@backline/schema/backend'
import { ServiceError } from './awsJson.js'
import type { Clock } from './clock.js'
import type { CredentialAuthority, Principal, WireRequest } from './service.js'
import { SignatureError, verifySignature } from './sigv4.js'

// The front door of services that take signed calls and answer in JSON.

export interface SignedOptions {
  /** As in the credential's scope. */
  service: string
  authority: CredentialAuthority
  clock: Clock
  /** The largest body in bytes; 1 MiB where left out. */
  limit?: number
}

/**
 * Who signed this call. @throws {ServiceError} in the words that AWS's JSON services have in common:
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
 */
export async function signerOf(
  request: WireRequest,
  { limit, ...options }: SignedOptions,
): Promise<Principal> {
  // The first to read says how much may come.
  await request.bytes(limit)
  try {
    return (await verifySignature(request, options)).principal
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    const types: Record<string, string> = {
      MissingAuthenticationToken: 'MissingAuthenticationTokenException',
      IncompleteSignature: 'IncompleteSignatureException',
      InvalidAccessKeyId: 'UnrecognizedClientException',
      InvalidToken: 'UnrecognizedClientException',
      ExpiredToken: 'ExpiredTokenException',
    }
    throw new ServiceError(types[error.fault] ?? 'InvalidSignatureException', error.message)
  }
}

/**
 * The root key may do everything; a role of the identity pool what `access` gives it (every role, where `defineLocal` says nothing).
 *
 * @throws {ServiceError} `AccessDeniedException`
 */
export function checkMayCall(principal: Principal, action: string, access: LocalAccess | undefined): void {
  const { role } = principal
  if (role === 'root' || !access) return
  const isTheirs = (each: LocalAccess[number]) =>
    typeof each === 'string' ? each === role : role === 'group' && each.groups.includes(principal.group)
  if (access.some(isTheirs)) return
  const who = role === 'group' ? `the role of the group '${principal.group}'` : `the ${role} role`
  throw new ServiceError('AccessDeniedException', `User: ${who} is not authorized to perform: ${action}`)
}

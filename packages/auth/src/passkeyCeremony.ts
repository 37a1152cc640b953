import { type Context, passkey } from '@backline/core/internal'
import { AuthError } from './errors.js'

// The moment in which the device asks its user for a finger, a face or a PIN.

/** What browsers say, in our words. https://www.w3.org/TR/webauthn-3/#sctn-discover-from-external-source */
const faults: Record<string, string> = {
  PasskeyNotSupported: 'PasskeyNotSupported',
  InvalidStateError: 'PasskeyAlreadyExists',
  AbortError: 'PasskeyOperationAborted',
  SecurityError: 'RelyingPartyMismatch',
}

/** Shows that a passkey is here. */
export function askForPasskey(ctx: Context, options: string | undefined): Promise<object> {
  return ceremony(ctx, 'get', () => JSON.parse(options ?? ''), 'Authentication', 'PasskeyRetrievalFailed')
}

/** Makes a passkey. */
export function makePasskey(ctx: Context, options: unknown): Promise<object> {
  return ceremony(ctx, 'create', () => options, 'Registration', 'PasskeyRegistrationFailed')
}

async function ceremony(
  ctx: Context,
  kind: 'create' | 'get',
  read: () => unknown,
  purpose: 'Authentication' | 'Registration',
  failure: string,
): Promise<object> {
  let options: { challenge?: string } | undefined
  try {
    options = read() as typeof options
  } catch {}
  if (!options?.challenge) {
    throw new AuthError(`InvalidPasskey${purpose}Options`, 'The user pool sent no options for a passkey.', {
      recoverySuggestion: 'See that WEB_AUTHN is enabled in the user pool, with its relying party.',
    })
  }
  try {
    return await passkey(ctx, kind, options)
  } catch (cause) {
    const { name, message } = cause as Error
    const ours = name === 'NotAllowedError' ? `Passkey${purpose}Canceled` : (faults[name] ?? failure)
    throw new AuthError(ours, message, { cause })
  }
}

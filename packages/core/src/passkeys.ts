import { fromBase64Url, toBase64Url } from './bytes.js'
import type { Context } from './context.js'
import { AmplifyError } from './errors.js'

// Passkeys as browsers have them. What goes in and comes out is JSON, as WebAuthn level 3 writes it:
// https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON. Browsers that read and write it themselves are too new to rely on.

/**
 * Makes a passkey, or shows that one is there.
 *
 * @throws {AmplifyError} `PasskeyNotSupported`; whatever the browser throws passes through.
 */
export async function passkey(ctx: Context, ceremony: 'create' | 'get', options: object): Promise<object> {
  return (ctx.platform.passkeys ?? inBrowser)(ceremony, options)
}

interface Descriptor {
  id: string
}

/** The parts of both kinds of options that are not plain JSON. */
interface Options {
  challenge?: string
  user?: Descriptor
  excludeCredentials?: Descriptor[]
  allowCredentials?: Descriptor[]
}

/** Both kinds of answers in one; each browser has those of its time. */
type Response = Partial<AuthenticatorAttestationResponse & AuthenticatorAssertionResponse>

async function inBrowser(ceremony: 'create' | 'get', options: Options): Promise<object> {
  const { navigator, PublicKeyCredential } = globalThis
  // Pages without https have neither.
  if (!navigator?.credentials || !PublicKeyCredential) {
    throw new AmplifyError('PasskeyNotSupported', 'Passkeys may not be supported on this device.', {
      recoverySuggestion:
        'They need a browser with Web Authentication and a page served over https or from localhost.',
    })
  }
  const { user, challenge = '', excludeCredentials, allowCredentials } = options
  const publicKey = {
    ...options,
    challenge: fromBase64Url(challenge),
    ...(user && { user: withBytes(user) }),
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(withBytes) }),
    ...(allowCredentials && { allowCredentials: allowCredentials.map(withBytes) }),
  }
  const made = (await navigator.credentials[ceremony]({ publicKey } as object)) as PublicKeyCredential
  const response = made.response as Response
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    authenticatorAttachment: made.authenticatorAttachment ?? undefined,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      authenticatorData: text(response.authenticatorData ?? response.getAuthenticatorData?.()),
      publicKey: text(response.getPublicKey?.()),
      publicKeyAlgorithm: response.getPublicKeyAlgorithm?.(),
      transports: response.getTransports?.(),
      signature: text(response.signature),
      userHandle: text(response.userHandle),
    },
  }
}

function withBytes(item: Descriptor) {
  return { ...item, id: fromBase64Url(item.id) }
}

/** Undefined for what this ceremony does not have; JSON leaves it out. */
function text(bytes: ArrayBuffer | null | undefined): string | undefined {
  return bytes ? toBase64Url(new Uint8Array(bytes)) : undefined
}

// Passkeys as browsers have them. What goes in and comes out is JSON, as WebAuthn level 3 writes it:
// https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON. Browsers that read and write it themselves are too new to rely on.
// It imports nothing, so that a bundler parts it from the rest without parting anything else.

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

/** @throws {Error} `PasskeyNotSupported`; whatever the browser throws passes through. */
export async function browserPasskeys(ceremony: 'create' | 'get', options: Options): Promise<object> {
  const { navigator, PublicKeyCredential } = globalThis
  // Pages without https have neither.
  if (!navigator?.credentials || !PublicKeyCredential) {
    throw Object.assign(
      new Error(
        'There are no passkeys here: they need a browser with Web Authentication and a page served over https.',
      ),
      { name: 'PasskeyNotSupported' },
    )
  }
  const { user, challenge = '', excludeCredentials, allowCredentials } = options
  const publicKey = {
    ...options,
    challenge: bytes(challenge),
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
  return { ...item, id: bytes(item.id) }
}

/** Undefined for what this ceremony does not have; JSON leaves it out. */
function text(buffer: ArrayBuffer | null | undefined): string | undefined {
  const base64 = buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
  return base64?.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function bytes(base64Url: string): Uint8Array {
  const base64 = base64Url.replace(/-/g, '+').replace(/_/g, '/')
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

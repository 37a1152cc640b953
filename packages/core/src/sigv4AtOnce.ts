// Signatures and what they are made with in one: for what is loaded by the first call that signs, and would have to wait for its sum as well.

import type { Authorize } from './http.js'
import { sha256, signHeaders } from './signatureV4.js'
import { type SigningScope, signedBy } from './signing.js'

export { credentials } from './credentials.js'

const sum = () => ({ sha256, signHeaders })

/** Signs with the credentials of the context. */
export const sigv4 = (scope: SigningScope): Authorize => signedBy(sum, scope)

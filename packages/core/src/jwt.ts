import { fromBase64Url } from './bytes.js'
import { AmplifyError } from './errors.js'

export interface JwtPayload {
  exp?: number
  iat?: number
  nbf?: number
  iss?: string
  aud?: string | string[]
  sub?: string
  scope?: string
  jti?: string
  // biome-ignore lint/suspicious/noExplicitAny: v6's type; a claim of the app's own is known to the app alone.
  [claim: string]: any
}

/** A decoded token; `toString()` is the token itself. */
export interface JWT {
  payload: JwtPayload
  toString(): string
}

/**
 * Reads what a token says. It does not check the signature: only a server can trust it after this.
 *
 * @throws {AmplifyError} `InvalidJWTException` when the token cannot be read.
 */
export function decodeJWT(token: string): JWT {
  const parts = token.split('.')
  let payload: unknown
  let cause: unknown
  try {
    payload = JSON.parse(new TextDecoder().decode(fromBase64Url(parts[1]!)))
  } catch (error) {
    cause = error
  }
  if (parts.length !== 3 || !payload || typeof payload !== 'object') {
    throw new AmplifyError('InvalidJWTException', 'Invalid token: not a JSON Web Token of three parts.', {
      cause,
    })
  }
  return { payload: payload as JwtPayload, toString: () => token }
}

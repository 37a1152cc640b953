import {
  AmplifyError,
  type Context,
  dnsSuffix,
  fromBase64Url,
  hasUserPool,
  type JWT,
  type JwtPayload,
  request,
  userPool,
  utf8,
} from '@backline/core/internal'
import { AmplifyServerContextError } from './errors.js'
import type { KeyValueStorageMethodValidator } from './keyValueStorage.js'

// Tokens that came in cookies are words of a stranger until the user pool's signature says otherwise. RS256 by WebCrypto, which every server has:
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html

/** Longer ones do not fit into a cookie. */
const LONGEST = 4096
/** Tokens that are remembered as good, so that a session costs one verification and not one per request. */
const REMEMBERED = 2_000
/** A key that we do not know may be a new one, or invented: we ask no more often than this. */
const PATIENCE = 10_000

export interface TokenVerifier {
  /** What the token says, where this pool made it for this client, expired or not; else undefined. */
  verify(token: string, use: 'access' | 'id'): Promise<JwtPayload | undefined>
  /** Tokens that have passed, so that nobody decodes them again. */
  readonly known: ReadonlyMap<string, JWT>
}

export function createTokenVerifier(ctx: Context): TokenVerifier {
  const known = new Map<string, JWT>()
  let keys = new Map<string, CryptoKey>()
  let asked = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  async function keyOf(kid: string): Promise<CryptoKey | undefined> {
    if (!keys.has(kid) && ctx.platform.now() - asked > PATIENCE) {
      asking ??= fetchKeys(ctx)
        .then((fresh) => {
          keys = fresh
          asked = ctx.platform.now()
        })
        .finally(() => {
          asking = undefined
        })
      await asking
    }
    return keys.get(kid)
  }

  async function read(token: string): Promise<JwtPayload | undefined> {
    const parts = token.split('.')
    if (parts.length !== 3 || token.length > LONGEST) return undefined
    const [header, payload] = parts.slice(0, 2).map(json) as [JwtPayload?, JwtPayload?]
    if (header?.alg !== 'RS256' || typeof header.kid !== 'string' || payload?.iss !== issuer(ctx))
      return undefined
    const key = await keyOf(header.kid)
    const isGood =
      key &&
      (await crypto.subtle
        .verify('RSASSA-PKCS1-v1_5', key, bytes(parts[2]!), utf8(`${parts[0]}.${parts[1]}`) as BufferSource)
        .catch(() => false))
    return isGood ? payload : undefined
  }

  return {
    known,
    async verify(token, use) {
      if (!hasUserPool(ctx)) return undefined
      const before = known.get(token)
      const payload = before?.payload ?? (await read(token))
      const { clientId } = userPool(ctx)
      if (payload?.token_use !== use || (use === 'id' ? payload.aud : payload.client_id) !== clientId) {
        return undefined
      }
      known.delete(token)
      known.set(token, before ?? { payload, toString: () => token })
      if (known.size > REMEMBERED) known.delete(known.keys().next().value!)
      return payload
    },
  }
}

/** Lets through what is no token, and tokens of this pool that are one user's: the access token says whose. */
export function tokensOfOneUser(verifier: TokenVerifier): KeyValueStorageMethodValidator {
  let owner: Promise<string | undefined> | undefined
  return {
    async getItem(key, value) {
      if (key.endsWith('.accessToken')) {
        owner = verifier.verify(value, 'access').then((payload) => payload?.sub)
        return !!(await owner)
      }
      if (!key.endsWith('.idToken')) return true
      const payload = await verifier.verify(value, 'id')
      const sub = await owner
      return !!payload?.sub && (!sub || sub === payload.sub)
    },
  }
}

function issuer(ctx: Context): string {
  const { userPoolId, region } = userPool(ctx)
  return `https://cognito-idp.${region}.${dnsSuffix(region)}/${userPoolId}`
}

async function fetchKeys(ctx: Context): Promise<Map<string, CryptoKey>> {
  const { url, userPoolId } = userPool(ctx)
  const at = `${url.replace(/\/$/, '')}/${userPoolId}/.well-known/jwks.json`
  try {
    const response = await request(ctx, { method: 'GET', url: at, timeout: 5_000 })
    if (!response.ok) throw new AmplifyError('UnexpectedResponse', `${at} answered ${response.status}.`)
    const { keys } = (await response.json()) as { keys: (JsonWebKey & { kid: string })[] }
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    return new Map(
      await Promise.all(
        keys.map(async ({ kid, kty, n, e }) => {
          const key = await crypto.subtle.importKey('jwk', { kty, n, e }, rsa, false, ['verify'])
          return [kid, key] as const
        }),
      ),
    )
  } catch (cause) {
    throw new AmplifyServerContextError({
      name: 'KeysNotAvailable',
      message: `The keys of the user pool could not be had from ${at}, so nobody can be told from an impostor.`,
      recoverySuggestion: 'Try again; the session is kept.',
      underlyingError: cause,
    })
  }
}

const bytes = (text: string) => {
  try {
    return fromBase64Url(text) as BufferSource
  } catch {
    return new Uint8Array()
  }
}

function json(part: string): JwtPayload | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(fromBase64Url(part)))
    return value && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}

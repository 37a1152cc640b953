import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

// An issuer of OpenID Connect as any company may have one: it says where its keys are, and signs whatever a test wants said.

export interface TokenOptions {
  audience?: string
  /** How long it is good; negative for one that has expired. */
  seconds?: number
  /** Milliseconds since 1970. */
  at?: number
}

export interface Issuer {
  url: string
  token(claims: Record<string, unknown>, options?: TokenOptions): Promise<string>
  stop(): void
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }
  const server = createServer((request, response) => {
    const issuer = `http://${request.headers.host}`
    response.end(
      JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    token(claims, { audience = 'app', seconds = 3600, at = Date.now() } = {}) {
      const now = Math.floor(at / 1000)
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'k' })
        .setIssuer(url)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + seconds)
        .sign(privateKey)
    },
    stop: () => server.close(),
  }
}

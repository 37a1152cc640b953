import {
  createScope,
  getCanonicalHeaders,
  getPayloadHash,
  getSigningKey,
  SignatureV4Base,
} from '@smithy/signature-v4'
import type { AWSCredentials } from './resourcesConfig.js'

// The largest part of what signs, so a chunk of its own. What is easy to get wrong (canonical paths, queries and headers, hashes,
// keys) is @smithy/signature-v4's; its class `SignatureV4` would bring the signing of event streams along, twice the bytes.
// It imports nothing of ours, because what two chunks share becomes a third.

type HttpRequest = Parameters<typeof getCanonicalHeaders>[0]
type HeaderBag = ReturnType<typeof getCanonicalHeaders>

export interface SignerInit {
  service: string
  region: string
  credentials: AWSCredentials
  sha256: Parameters<typeof getSigningKey>[0]
  /** By the service's clock. */
  date: Date
}

export class Signer extends SignatureV4Base {
  private readonly longDate: string
  private readonly scope: string
  private readonly key: Promise<Uint8Array>
  private readonly credentials: AWSCredentials

  constructor({ service, region, credentials, sha256, date }: SignerInit) {
    // S3 takes the path as it is; all others escape it a second time.
    super({ service, region, credentials, sha256, uriEscapePath: service !== 's3' })
    const { longDate, shortDate } = this.formatDate(date)
    this.longDate = longDate
    this.scope = createScope(shortDate, region, service)
    this.key = getSigningKey(sha256, credentials, shortDate, region, service)
    this.credentials = credentials
  }

  /** The headers that a request is sent with. */
  async sign(request: HttpRequest): Promise<HeaderBag> {
    const hash = await getPayloadHash(request, this.sha256)
    const { sessionToken } = this.credentials
    const headers: HeaderBag = { ...request.headers, 'x-amz-date': this.longDate }
    if (sessionToken) headers['x-amz-security-token'] = sessionToken
    if (this.service === 's3') headers['x-amz-content-sha256'] = hash

    const canonical = getCanonicalHeaders({ ...request, headers })
    const signature = await this.signature(request, canonical, hash)
    headers.authorization = `${algorithm} Credential=${this.credential()}, SignedHeaders=${this.getCanonicalHeaderList(canonical)}, Signature=${signature}`
    return headers
  }

  /** The query of a link that is good for so many seconds. Headers of AWS's move into it, the body is not hashed. */
  async presign(request: HttpRequest, expiresIn: number): Promise<NonNullable<HttpRequest['query']>> {
    const { sessionToken } = this.credentials
    const headers: HeaderBag = {}
    const query = { ...request.query }
    for (const [name, value] of Object.entries(request.headers)) {
      if (/^x-amz-/i.test(name)) query[name] = value
      else headers[name] = value
    }
    const canonical = getCanonicalHeaders({ ...request, headers })
    query['X-Amz-Algorithm'] = algorithm
    query['X-Amz-Credential'] = this.credential()
    query['X-Amz-Date'] = this.longDate
    query['X-Amz-Expires'] = `${expiresIn}`
    query['X-Amz-SignedHeaders'] = this.getCanonicalHeaderList(canonical)
    if (sessionToken) query['X-Amz-Security-Token'] = sessionToken
    query['X-Amz-Signature'] = await this.signature({ ...request, query }, canonical, 'UNSIGNED-PAYLOAD')
    return query
  }

  private credential(): string {
    return `${this.credentials.accessKeyId}/${this.scope}`
  }

  private async signature(request: HttpRequest, headers: HeaderBag, payloadHash: string): Promise<string> {
    const canonical = this.createCanonicalRequest(request, headers, payloadHash)
    const hash = new this.sha256(await this.key)
    hash.update(
      new TextEncoder().encode(
        await this.createStringToSign(this.longDate, this.scope, canonical, algorithm),
      ),
    )
    const digest = await hash.digest()
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
}

const algorithm = 'AWS4-HMAC-SHA256'

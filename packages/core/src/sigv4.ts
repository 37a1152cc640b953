import { utf8 } from './bytes.js'
import { learnTime } from './clock.js'
import type { Context } from './context.js'
import { type AWSCredentials, credentials } from './credentials.js'
import { AmplifyError, loaded } from './errors.js'
import { type Authorize, type HttpRequest, serverTime } from './http.js'
import type { Signer } from './signatureV4.js'

// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// Header and query signatures. No chunk signatures, no SigV4a.

export interface SigningScope {
  service: string
  region: string
  /** `UNSIGNED-PAYLOAD` for a body that is not hashed (S3 over TLS); hashed by default. */
  unsignedPayload?: boolean
  /** Instead of the context's own. */
  credentials?: AWSCredentials
}

/** Signs with the credentials of the context: `request(ctx, { …, authorize: sigv4({ service: 's3', region }) })`. */
export function sigv4(scope: SigningScope): Authorize {
  const authorize: Authorize = async (ctx, request) => {
    const signed = await (await signer(ctx, scope)).sign(toSign(request, scope))
    // Every client sets the host by itself, and browsers do not let us.
    const { host: _, ...headers } = signed
    return { ...request, url: withPath(request.url), headers }
  }
  authorize.refused = learnFromRefusal
  return authorize
}

/** Browsers hide `Date` from other origins unless the service lets them see it; then the body may tell. */
async function learnFromRefusal(ctx: Context, response: Response): Promise<void> {
  if (response.headers.get('date')) return
  const text = await response.clone().text()
  // S3: <ServerTime>2026-01-02T03:04:05Z<; others: "… is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)"
  const [, time, compact] = /<ServerTime>([^<]+)|\((\d+T\d+Z) [-+]/.exec(text) ?? []
  const date = time ?? compact?.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')
  if (date) learnTime(ctx, Date.parse(date), ctx.platform.now(), 2_000)
}

/** Credentials with less left than this would cut a link short for no reason: they are fetched anew. */
const shortestRest = 900

/** A link that carries its own signature in the query, good for `expiresIn` seconds by the service's clock. */
export async function presign(
  ctx: Context,
  request: HttpRequest,
  scope: SigningScope & { expiresIn: number },
): Promise<URL> {
  const { expiresIn } = scope
  const rest = Math.min(expiresIn, shortestRest) * 1000
  const query = await (await signer(ctx, scope, rest)).presign(toSign(request, {}), expiresIn)
  const url = withPath(request.url)
  url.search = Object.entries(query)
    .flatMap(([key, value]) => [value ?? ''].flat().map((item) => `${encode(key)}=${encode(item)}`))
    .join('&')
  return url
}

/** Credentials that are good for another `rest` milliseconds. */
async function credentialsFor(ctx: Context, rest: number): Promise<AWSCredentials> {
  let answer = await credentials(ctx)
  const { expiration } = answer?.credentials ?? {}
  if (expiration && expiration.getTime() < serverTime(ctx) + rest)
    answer = await credentials(ctx, { forceRefresh: true })
  if (answer) return answer.credentials
  throw new AmplifyError('NoCredentials', 'This call is signed with AWS credentials, and there are none.', {
    recoverySuggestion: 'Sign in, or allow guests in the identity pool and in Auth.Cognito.allowGuestAccess.',
  })
}

async function signer(ctx: Context, scope: SigningScope, rest = 0): Promise<Signer> {
  const sha256 = async (data: Uint8Array) => {
    try {
      return await ctx.platform.sha256(data)
    } catch (cause) {
      throw new AmplifyError(
        'PlatformNotSupported',
        'Signing needs SHA-256, which browsers keep to safe pages.',
        {
          cause,
          recoverySuggestion: 'Serve the page over https or from localhost.',
        },
      )
    }
  }

  /** SHA-256, or with a secret HMAC-SHA-256 (RFC 2104), out of the platform's hash. */
  class Hash {
    private chunks: Uint8Array[] = []
    private readonly secret?: Uint8Array
    // The signer makes bytes of all that it hashes. Only its first key is a text.
    constructor(secret?: unknown) {
      if (secret) this.secret = typeof secret === 'string' ? utf8(secret) : (secret as Uint8Array)
    }
    update(data: unknown): void {
      this.chunks.push(data as Uint8Array)
    }
    async digest(): Promise<Uint8Array> {
      if (!this.secret) return sha256(join(this.chunks))
      const key = new Uint8Array(64)
      key.set(this.secret.length > 64 ? await sha256(this.secret) : this.secret)
      const inner = await sha256(join([key.map((byte) => byte ^ 0x36), ...this.chunks]))
      return sha256(join([key.map((byte) => byte ^ 0x5c), inner]))
    }
    reset(): void {
      this.chunks = []
    }
  }

  // Loaded by the first call that signs, so that clients which can sign but seldom do stay small.
  const [credentials, { Signer }] = await Promise.all([
    scope.credentials ?? credentialsFor(ctx, rest),
    loaded(import('./signatureV4.js')),
  ])
  return new Signer({ ...scope, credentials, sha256: Hash, date: new Date(serverTime(ctx)) })
}

/** A body comes as one chunk and is not copied; what there is more of are keys and lines. */
function join(chunks: Uint8Array[]): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
}

/** The signer's own picture of a request. */
function toSign({ method, url, headers, body }: HttpRequest, { unsignedPayload }: Partial<SigningScope>) {
  const query: Record<string, string | string[]> = {}
  for (const [key, value] of url.searchParams) {
    const before = query[key]
    query[key] = before === undefined ? value : [before, value].flat()
  }
  return {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: withPath(url).pathname,
    query,
    headers: {
      host: url.host,
      ...headers,
      ...(unsignedPayload && { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    },
    body: body ?? undefined,
  }
}

const encode = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, percent)
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`

/** URL leaves these five alone in a path, the signature counts them as escaped. */
function withPath(url: URL): URL {
  const copy = new URL(url)
  copy.pathname = copy.pathname.replace(/[!'()*]/g, percent)
  return copy
}

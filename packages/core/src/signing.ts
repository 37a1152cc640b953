import { toHex, utf8 } from './bytes.js'
import { learnTime } from './clock.js'
import { type Context, perContext } from './context.js'
import { type AWSCredentials, credentials } from './credentials.js'
import { AmplifyError } from './errors.js'
import { type Authorize, type HttpRequest, serverTime } from './http.js'
import type { Signing } from './signatureV4.js'

// AWS Signature Version 4: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// Header and query signatures. No chunk signatures, no SigV4a. Where the sum comes from is the caller's choice: `sigv4` loads it with what
// is signed first, `sigv4AtOnce` has it.

export interface SigningScope {
  service: string
  region: string
  /** `UNSIGNED-PAYLOAD` for a body that is not hashed (S3 over TLS); hashed where left out. */
  unsignedPayload?: boolean
  /** Instead of the context's own. */
  credentials?: AWSCredentials
}

/** The sum of a signature: at hand, or loaded when something is signed. */
export type Sum<Part extends keyof typeof import('./signatureV4.js')> = (
  ctx: Context,
) => Promise<Pick<typeof import('./signatureV4.js'), Part>> | Pick<typeof import('./signatureV4.js'), Part>

/** Signs by this sum, with the credentials of the context. */
export function signedBy(sum: Sum<'sha256' | 'signHeaders'>, scope: SigningScope): Authorize {
  const authorize: Authorize = async (ctx, request) => {
    const [{ sha256, signHeaders }, signing] = await prepared(ctx, sum, scope)
    const url = withPath(request.url)
    const hash = scope.unsignedPayload ? unsigned : await payloadHash(ctx, request.body, sha256)
    return { ...request, url, headers: signHeaders({ ...request, url }, hash, signing) }
  }
  authorize.refused = learnFromRefusal
  return authorize
}

const unsigned = 'UNSIGNED-PAYLOAD'

/** Up to here a hash at once takes less time than a promise of the platform's. */
const short = 4096

async function payloadHash(
  ctx: Context,
  body: HttpRequest['body'],
  sha256: (data: Uint8Array) => Uint8Array,
): Promise<string> {
  const bytes = bytesOf(body)
  if (!bytes) return unsigned
  // Pages that are not safe have no hash but ours.
  const digest = bytes.length > short && (await ctx.platform.sha256(bytes).catch(() => undefined))
  return toHex(digest || sha256(bytes))
}

/** Undefined for what can be read once only, or would have to be waited for. */
function bytesOf(body: HttpRequest['body']): Uint8Array | undefined {
  if (!body) return new Uint8Array()
  if (typeof body === 'string') return utf8(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return body instanceof ArrayBuffer ? new Uint8Array(body) : undefined
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
export async function linkBy(
  sum: Sum<'signQuery'>,
  ctx: Context,
  request: HttpRequest,
  scope: SigningScope & { expiresIn: number },
): Promise<URL> {
  const { expiresIn } = scope
  const rest = Math.min(expiresIn, shortestRest) * 1000
  const [{ signQuery }, signing] = await prepared(ctx, sum, scope, rest)
  const url = withPath(request.url)
  url.search = signQuery({ ...request, url }, expiresIn, signing)
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

interface State {
  keys: Signing['keys']
  /** Where it had to be loaded, and is here. */
  sum?: typeof import('./signatureV4.js')
}
export const signingState = /* @__PURE__ */ perContext('sigv4', (): State => ({ keys: new Map() }))

async function prepared<Part>(
  ctx: Context,
  sum: (ctx: Context) => Promise<Part> | Part,
  { service, region, ...scope }: SigningScope,
  rest = 0,
): Promise<[Part, Signing]> {
  const [credentials, part] = await Promise.all([scope.credentials ?? credentialsFor(ctx, rest), sum(ctx)])
  const time = new Date(serverTime(ctx)).toISOString().replace(/[-:]|\.\d+/g, '')
  return [part, { service, region, credentials, time, keys: signingState(ctx).keys }]
}

/** URL leaves these five alone in a path, the signature counts them as escaped. */
function withPath(url: URL): URL {
  const copy = new URL(url)
  const escaped = copy.pathname.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  if (escaped !== copy.pathname) copy.pathname = escaped
  return copy
}

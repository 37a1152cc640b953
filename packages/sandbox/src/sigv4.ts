import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from './clock.js'
import type { CredentialAuthority, IssuedCredentials, Principal, WireRequest } from './service.js'

// AWS Signature Version 4, the verifying side, written from the specification and on node:crypto alone, so that it shares no
// code with the client: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// Deliberately not here: SigV4A, and chunk signatures of aws-chunked bodies (S3 reads those itself).

export type SignatureFault =
  | 'MissingAuthenticationToken'
  | 'IncompleteSignature'
  | 'InvalidAccessKeyId'
  | 'SignatureDoesNotMatch'
  | 'RequestTimeTooSkewed'
  | 'RequestExpired'
  | 'ExpiredToken'
  | 'InvalidToken'
  | 'XAmzContentSHA256Mismatch'

/** Why a signature was refused. Each service answers with its own name for it. */
export class SignatureError extends Error {
  readonly fault: SignatureFault

  constructor(fault: SignatureFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export interface Verified {
  principal: Principal
  /** What the signer declared about the body: a hex hash, `UNSIGNED-PAYLOAD` or `STREAMING-…`; undefined: not declared. */
  payload: string | undefined
  presigned: boolean
}

interface Claim {
  accessKeyId: string
  date: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
  time: string
  token: string | undefined
  expiresIn: number | undefined
  payload: string | undefined
}

export interface VerifyOptions {
  service: string
  authority: CredentialAuthority
  clock: Clock
  /** `once`: S3 signs the path as sent. Everybody else encodes it twice. */
  pathEncoding?: 'once' | 'twice'
  /** Read the body and compare it with what was declared. Off where the service hashes while it stores. */
  checkBody?: boolean
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const SKEW = 5 * 60_000
/** Under either name: signers of HTTP/2 requests take the one it has there. */
const HOST = ['host', ':authority']

/** @throws {SignatureError} */
export async function verifySignature(request: WireRequest, options: VerifyOptions): Promise<Verified> {
  const claim = claimed(request)
  if (claim.service !== options.service) {
    throw new SignatureError(
      'SignatureDoesNotMatch',
      `Credential should be scoped to service '${options.service}', not '${claim.service}'.`,
    )
  }
  checkTime(claim, options.clock.now())
  const credentials = options.authority.find(claim.accessKeyId)
  if (!credentials)
    throw new SignatureError('InvalidAccessKeyId', 'The access key id in the signature is not known here.')
  checkToken(claim, credentials, options.clock.now())

  const body = options.checkBody === false ? undefined : sha256(await request.bytes())
  if (body && claim.payload && /^[0-9a-f]{64}$/.test(claim.payload) && claim.payload !== body) {
    throw new SignatureError(
      'XAmzContentSHA256Mismatch',
      'The body does not match its x-amz-content-sha256 header.',
    )
  }
  const expected = (target: string) =>
    signatureOf(
      { method: request.method, headers: request.headers, target },
      claim,
      credentials,
      // What was declared counts only where the body is not at hand: `UNSIGNED-PAYLOAD` is S3's alone.
      body ?? claim.payload ?? sha256(''),
      options.pathEncoding ?? 'twice',
    )
  // Forms write a space as `+`, and clients that build a query like one sign the space.
  const { target } = request
  const spaced = target.replace(/\?.*/s, (query) => query.replaceAll('+', '%20'))
  const isSigned = [target, ...(spaced === target ? [] : [spaced])].some((each) =>
    equal(expected(each), claim.signature),
  )
  if (!isSigned) {
    throw new SignatureError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    )
  }
  return {
    principal: credentials.principal,
    payload: claim.payload,
    presigned: claim.expiresIn !== undefined,
  }
}

/** Is there any SigV4 signature on this request, right or wrong, and for which service does it say it is? */
export function signedFor(request: WireRequest): string | undefined {
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
  return scope ?? request.url.searchParams.get('X-Amz-Credential')?.split('/')[3]
}

function claimed(request: WireRequest): Claim {
  const query = request.url.searchParams
  const presigned = query.get('X-Amz-Algorithm') === ALGORITHM
  const header = request.headers.authorization ?? ''
  if (!presigned && !header.startsWith(ALGORITHM)) {
    throw new SignatureError('MissingAuthenticationToken', 'The request carries no AWS Signature Version 4.')
  }
  const part = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1]
  const credential = (presigned ? query.get('X-Amz-Credential') : part('Credential'))?.split('/') ?? []
  const signedHeaders =
    (presigned ? query.get('X-Amz-SignedHeaders') : part('SignedHeaders'))?.split(';') ?? []
  const signature = (presigned ? query.get('X-Amz-Signature') : part('Signature')) ?? ''
  const time = (presigned ? query.get('X-Amz-Date') : request.headers['x-amz-date']) ?? ''
  const [accessKeyId, date, region, service, terminal] = credential
  if (!accessKeyId || !date || !region || !service || terminal !== 'aws4_request') {
    throw new SignatureError(
      'IncompleteSignature',
      'The credential of the signature must be <key>/<date>/<region>/<service>/aws4_request.',
    )
  }
  if (
    !signature ||
    !/^\d{8}T\d{6}Z$/.test(time) ||
    !time.startsWith(date) ||
    !signedHeaders.some((name) => HOST.includes(name))
  ) {
    throw new SignatureError(
      'IncompleteSignature',
      'The signature lacks its value, its date, or the signed host header.',
    )
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders,
    signature,
    time,
    token:
      (presigned ? query.get('X-Amz-Security-Token') : request.headers['x-amz-security-token']) ?? undefined,
    expiresIn: presigned ? Number(query.get('X-Amz-Expires')) : undefined,
    payload: presigned
      ? (request.headers['x-amz-content-sha256'] ?? 'UNSIGNED-PAYLOAD')
      : request.headers['x-amz-content-sha256'],
  }
}

function checkTime(claim: Claim, now: number) {
  const [, y, mo, d, h, mi, s] = /^(....)(..)(..)T(..)(..)(..)Z$/.exec(claim.time)!.map(Number)
  const signedAt = Date.UTC(y!, mo! - 1, d!, h!, mi!, s!)
  if (claim.expiresIn === undefined) {
    if (Math.abs(now - signedAt) > SKEW) {
      throw new SignatureError(
        'RequestTimeTooSkewed',
        'The difference between the request time and the current time is too large.',
      )
    }
    return
  }
  if (!(claim.expiresIn >= 1 && claim.expiresIn <= 604_800)) {
    throw new SignatureError('IncompleteSignature', 'X-Amz-Expires must be between 1 and 604800 seconds.')
  }
  if (signedAt - now > SKEW)
    throw new SignatureError('RequestTimeTooSkewed', 'The link is signed for a time that has not come yet.')
  if (now > signedAt + claim.expiresIn * 1000)
    throw new SignatureError('RequestExpired', 'Request has expired')
}

function checkToken(claim: Claim, credentials: IssuedCredentials, now: number) {
  if (credentials.sessionToken && !equal(claim.token ?? '', credentials.sessionToken)) {
    throw new SignatureError('InvalidToken', 'The security token included in the request is invalid.')
  }
  if (credentials.expiresAt !== undefined && now >= credentials.expiresAt) {
    throw new SignatureError('ExpiredToken', 'The provided token has expired.')
  }
}

function signatureOf(
  request: Pick<WireRequest, 'method' | 'target' | 'headers'>,
  claim: Claim,
  { secretAccessKey }: IssuedCredentials,
  payload: string,
  pathEncoding: 'once' | 'twice',
): string {
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s)
  const canonical = [
    request.method,
    canonicalPath(path, pathEncoding),
    canonicalQuery(query),
    ...claim.signedHeaders.map(
      (name) =>
        `${name}:${(request.headers[HOST.includes(name) ? 'host' : name] ?? '').trim().replace(/\s+/g, ' ')}`,
    ),
    '',
    claim.signedHeaders.join(';'),
    payload,
  ].join('\n')
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`
  const toSign = [ALGORITHM, claim.time, scope, sha256(canonical)].join('\n')
  const key = [claim.date, claim.region, claim.service, 'aws4_request'].reduce<Buffer | string>(
    (secret, each) => createHmac('sha256', secret).update(each).digest(),
    `AWS4${secretAccessKey}`,
  )
  return createHmac('sha256', key).update(toSign).digest('hex')
}

function canonicalPath(path: string, encoding: 'once' | 'twice'): string {
  if (encoding === 'twice') return path.split('/').map(strictEncode).join('/')
  return path
    .split('/')
    .map((segment) => strictEncode(decode(segment)))
    .join('/')
}

function canonicalQuery(query: string): string {
  // By name, then by value: sorting whole pairs would put `key1=` before `key=`.
  return query
    .split('&')
    .filter(Boolean)
    .map((pair) => pair.split(/=(.*)/s).slice(0, 2).map(decode).map(strictEncode))
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name = '', value = '']) => [name, value] as const)
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map((pair) => pair.join('='))
    .join('&')
}

const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SignatureError('SignatureDoesNotMatch', 'The path or query is not valid percent-encoding.')
  }
}

const strictEncode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

import { createHash } from 'node:crypto'
import type { Call, Ground } from './call.js'
import { ALGORITHMS, type Algorithm, BYTES, type Checksum, createChecksum, headerOf } from './checksums.js'
import { createChunkSigner, unchunk } from './chunked.js'
import { entityTooLarge, invalidRequest, malformedXml, notImplemented, S3Error } from './errors.js'
import { type Element, parseXml } from './xml.js'

/** What a body turned out to be, after everything that was said about it has been checked. */
export interface Received {
  size: number
  /** Hex. */
  md5: string
  checksum: { algorithm: Algorithm; value: Buffer } | undefined
}

interface ReceiveOptions {
  write(chunk: Buffer): void | Promise<void>
  limit: number
  /** The checksum to calculate where the request brings none. */
  algorithm?: Algorithm | undefined
}

const STREAMING = /^STREAMING-(UNSIGNED-PAYLOAD-TRAILER|AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?)$/

/** Reads the body piece by piece and compares it with every hash, length and checksum that came with it. @throws {S3Error} */
export async function receive(ground: Ground, call: Call, options: ReceiveOptions): Promise<Received> {
  const { request, payload = 'UNSIGNED-PAYLOAD' } = call
  const chunked = STREAMING.test(payload)
  if (!chunked && payload !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payload)) {
    if (payload.startsWith('STREAMING-')) throw notImplemented(`x-amz-content-sha256: ${payload}`)
    throw new S3Error(
      400,
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a streaming algorithm, or a valid sha256 value.',
    )
  }
  const length = lengthOf(call, chunked)
  if (length > options.limit) throw entityTooLarge(options.limit)
  const declared = declaredChecksum(call)
  const contentMd5 = declaredMd5(call)

  const trailers = new Map<string, string>()
  const signer =
    chunked && payload.includes('AWS4-HMAC') ? createChunkSigner(request, ground.authority) : undefined
  const arriving = whole(call)
  const body = chunked ? unchunk(arriving, trailers, signer) : arriving

  const md5 = createHash('md5')
  const sha256 = /^[0-9a-f]{64}$/.test(payload) ? createHash('sha256') : undefined
  const algorithm = declared?.algorithm ?? options.algorithm
  const checksum: Checksum | undefined = algorithm && createChecksum(algorithm)
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > options.limit) throw entityTooLarge(options.limit)
    if (size > length) throw incomplete(length, size)
    md5.update(chunk)
    sha256?.update(chunk)
    checksum?.update(chunk)
    await options.write(chunk)
  }
  if (size !== length) throw incomplete(length, size)
  const actualSha256 = sha256?.digest('hex')
  if (actualSha256 && actualSha256 !== payload) {
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { ClientComputedContentSHA256: payload, S3ComputedContentSHA256: actualSha256 },
    )
  }
  const hash = md5.digest()
  if (contentMd5 && !contentMd5.equals(hash)) {
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.', {
      ExpectedDigest: contentMd5.toString('hex'),
      CalculatedDigest: hash.toString('base64'),
    })
  }
  if (!checksum || !algorithm) return { size, md5: hash.toString('hex'), checksum: undefined }
  const value = checksum.digest()
  if (declared) {
    const given = declared.value ?? parsed(algorithm, trailers.get(headerOf(algorithm)))
    if (!given.equals(value)) {
      throw new S3Error(
        400,
        'BadDigest',
        `The ${algorithm} you specified did not match the calculated checksum.`,
      )
    }
  }
  return { size, md5: hash.toString('hex'), checksum: { algorithm, value } }
}

/** A body that is an XML document, checked like any other. @throws {S3Error} `MalformedXML` */
export async function receiveXml(ground: Ground, call: Call): Promise<Element> {
  const chunks: Buffer[] = []
  await receive(ground, call, { write: (chunk) => void chunks.push(chunk), limit: 8 * 1024 * 1024 })
  try {
    return parseXml(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch {
    throw malformedXml()
  }
}

async function* whole({ request }: Call): AsyncGenerator<Buffer> {
  try {
    // The stream must outlive a refusal in the middle: destroying it would take the answer along.
    yield* request.body.iterator({ destroyOnReturn: false })
  } catch {
    throw new S3Error(400, 'IncompleteBody', 'The connection ended before the body did.')
  }
}

function lengthOf(call: Call, chunked: boolean): number {
  const text = call.request.headers[chunked ? 'x-amz-decoded-content-length' : 'content-length']
  if (text === undefined) {
    if (!chunked && !call.request.headers['transfer-encoding']) return 0
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.')
  }
  if (!/^\d{1,15}$/.test(text)) throw invalidRequest(`'${text}' is not the length of a body.`)
  return Number(text)
}

/** The one checksum that came with the request; without a value where it comes after the body. */
function declaredChecksum(call: Call): { algorithm: Algorithm; value?: Buffer } | undefined {
  const inHeaders = ALGORITHMS.filter((algorithm) => call.header(headerOf(algorithm)) !== undefined)
  const trailer = call.header('x-amz-trailer')?.toLowerCase()
  const inTrailer = ALGORITHMS.filter((algorithm) => trailer?.split(/\s*,\s*/).includes(headerOf(algorithm)))
  if (inHeaders.length + inTrailer.length > 1) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  }
  const [first] = inHeaders
  if (first) return { algorithm: first, value: parsed(first, call.header(headerOf(first))) }
  if (inTrailer[0]) return { algorithm: inTrailer[0] }
  if (trailer) throw invalidRequest('The value specified in the x-amz-trailer header is not supported')
  if (call.header('x-amz-sdk-checksum-algorithm') && call.operation !== 'CreateMultipartUpload') {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    )
  }
  return undefined
}

function parsed(algorithm: Algorithm, text: string | undefined): Buffer {
  const value = Buffer.from(text ?? '', 'base64')
  if (value.length !== BYTES[algorithm] || value.toString('base64') !== text) {
    throw invalidRequest(`Value for ${headerOf(algorithm)} header is invalid.`)
  }
  return value
}

function declaredMd5(call: Call): Buffer | undefined {
  const text = call.header('content-md5')
  if (text === undefined) return undefined
  const value = Buffer.from(text, 'base64')
  if (value.length !== 16)
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.')
  return value
}

const incomplete = (expected: number, received: number) =>
  new S3Error(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the length header',
    {
      NumberBytesExpected: expected,
      NumberBytesProvided: received,
    },
  )

import { createHash, createHmac, type Hash, timingSafeEqual } from 'node:crypto'
import type { CredentialAuthority, WireRequest } from '../service.js'
import { S3Error } from './errors.js'

// aws-chunked: a body inside the body, in chunks that may each carry a signature, with headers at its end.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and …/sigv4-streaming-trailers.html

/** How the chunks of one request are signed: each signature covers the one before. */
export interface ChunkSigner {
  chunk(hash: string): string
  trailer(hash: string): string
}

const LONGEST_LINE = 16 * 1024
const EMPTY = createHash('sha256').digest('hex')

export function createChunkSigner(request: WireRequest, authority: CredentialAuthority): ChunkSigner {
  const header = request.headers.authorization ?? ''
  const [keyId = '', ...scope] = (/Credential=([^,\s]+)/.exec(header)?.[1] ?? '').split('/')
  let previous = /Signature=([0-9a-f]+)/.exec(header)?.[1] ?? ''
  const secret = authority.find(keyId)?.secretAccessKey
  if (!secret || !previous) {
    throw new S3Error(400, 'InvalidRequest', 'A body of signed chunks needs an Authorization header.')
  }
  const key = scope.reduce<Buffer | string>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    `AWS4${secret}`,
  )
  const time = request.headers['x-amz-date'] ?? ''
  const sign = (algorithm: string, ...hashes: string[]) => {
    const toSign = [algorithm, time, scope.join('/'), previous, ...hashes].join('\n')
    return (previous = createHmac('sha256', key).update(toSign).digest('hex'))
  }
  return {
    chunk: (hash) => sign('AWS4-HMAC-SHA256-PAYLOAD', EMPTY, hash),
    trailer: (hash) => sign('AWS4-HMAC-SHA256-TRAILER', hash),
  }
}

type State =
  | { at: 'size' }
  | { at: 'data'; left: number; signature: string | undefined; hash: Hash | undefined }
  | { at: 'break'; signature: string | undefined; hash: Hash | undefined }
  | { at: 'trailer' }
  | { at: 'end' }

/**
 * The body inside the chunks. Headers at its end go to `trailers`, in lower case.
 * @throws {S3Error} `IncompleteBody`, `SignatureDoesNotMatch`, `MalformedTrailerError`
 */
export async function* unchunk(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
  signer: ChunkSigner | undefined,
): AsyncGenerator<Buffer> {
  let state = { at: 'size' } as State
  let signed = ''
  let trailerSignature: string | undefined
  let rest: Buffer = Buffer.alloc(0)

  for await (const arrived of source) {
    let buffer: Buffer = rest.length ? Buffer.concat([rest, arrived]) : arrived
    for (;;) {
      if (state.at === 'data') {
        const piece = buffer.subarray(0, state.left)
        if (!piece.length) break
        state.hash?.update(piece)
        buffer = buffer.subarray(piece.length)
        const left: number = state.left - piece.length
        state = left ? { ...state, left } : { at: 'break', signature: state.signature, hash: state.hash }
        yield piece
        continue
      }
      if (state.at === 'end') break
      const end = buffer.indexOf('\n')
      if (end < 0) {
        if (buffer.length > LONGEST_LINE) throw incomplete()
        break
      }
      if (end > LONGEST_LINE) throw incomplete()
      const line = buffer.subarray(0, end).toString('latin1').replace(/\r$/, '')
      buffer = buffer.subarray(end + 1)
      if (state.at === 'size') {
        const [, hex, signature] = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? []
        if (!hex) throw incomplete()
        const left = Number.parseInt(hex, 16)
        const hash = signer && createHash('sha256')
        if (left) state = { at: 'data', left, signature, hash }
        else {
          check(signer, signature, hash)
          state = { at: 'trailer' }
        }
      } else if (state.at === 'break') {
        if (line) throw incomplete()
        check(signer, state.signature, state.hash)
        state = { at: 'size' }
      } else if (!line) {
        // Some end the trailers with one empty line, some with two: what comes after the first says nothing.
        state = { at: 'end' }
      } else {
        const colon = line.indexOf(':')
        if (colon < 1 || trailers.size > 20) {
          throw new S3Error(
            400,
            'MalformedTrailerError',
            'The request contained trailing data that was not well-formed.',
          )
        }
        const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
        if (name === 'x-amz-trailer-signature') trailerSignature = value
        else {
          trailers.set(name, value)
          signed += `${name}:${value}\n`
        }
      }
    }
    rest = buffer
    if (state.at === 'end') rest = Buffer.alloc(0)
  }
  if (state.at !== 'end' && state.at !== 'trailer') throw incomplete()
  if (signer && signed) {
    const expected = signer.trailer(createHash('sha256').update(signed).digest('hex'))
    if (!equal(expected, trailerSignature)) throw mismatch()
  }
}

function check(signer: ChunkSigner | undefined, signature: string | undefined, hash: Hash | undefined): void {
  if (signer && hash && !equal(signer.chunk(hash.digest('hex')), signature)) throw mismatch()
}

function equal(expected: string, given: string | undefined): boolean {
  return given?.length === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given))
}

const incomplete = () =>
  new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly or its chunks cannot be read.')
const mismatch = () =>
  new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The signature of a chunk or of the trailer does not match what we calculated.',
  )

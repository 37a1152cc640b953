// The S3 wire, bytes on their way down: what breaks on the way goes on by range, and the whole is held to the CRC-32 that S3 keeps.

import type { Context } from '@backline/core/internal'
import { crc32, toChecksum } from './crc32.js'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import { s3 } from './s3.js'
import type { TransferProgressEvent } from './task.js'

/** How often in a row a connection may break without a byte having come. */
const most = 4

/** How long nothing may come. */
const patience = 60_000

export interface FetchObjectOptions {
  onProgress?(event: TransferProgressEvent): void
  bytesRange?: { start: number; end: number }
  cacheControl?: string
}

/**
 * The content of an object, and the headers that came with it.
 *
 * @throws {StorageError} `PreconditionFailed` where the object was changed between two stretches
 */
export async function fetchObject(
  ctx: Context,
  location: Location,
  { onProgress, bytesRange, cacheControl }: FetchObjectOptions,
  signal: AbortSignal,
): Promise<{ headers: Headers; blob: Blob }> {
  const get = (range: string | undefined, eTag?: string) =>
    s3(ctx, location, {
      method: 'GET',
      query: { 'response-cache-control': cacheControl },
      headers: {
        range,
        'if-match': eTag,
        'x-amz-checksum-mode': bytesRange ? undefined : 'ENABLED',
      },
      signal,
    })

  let response = await get(bytesRange && `bytes=${bytesRange.start}-${bytesRange.end}`)
  const { headers } = response
  const type = headers.get('content-type') ?? ''
  // React Native has no streams.
  if (!response.body) {
    const whole = await response.blob().catch(broken)
    onProgress?.({ transferredBytes: whole.size, totalBytes: whole.size })
    return { headers, blob: whole }
  }

  // Where the platform decodes, neither lengths nor ranges are those of what we see.
  const isPlain = !headers.has('content-encoding')
  const length = headers.get('content-length')
  const totalBytes = length && isPlain ? Number(length) : undefined
  const eTag = headers.get('etag') ?? undefined
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let transferredBytes = 0
  let sum = 0

  for (let failures = 0; ; ) {
    try {
      await read(response.body!, signal, (chunk) => {
        chunks.push(chunk)
        transferredBytes += chunk.length
        sum = crc32(chunk, sum)
        failures = 0
        onProgress?.({ transferredBytes, totalBytes })
      })
      if (totalBytes === undefined || transferredBytes >= totalBytes) break
      throw new TypeError('The answer ended before its end.')
    } catch (error) {
      signal.throwIfAborted()
      if (!totalBytes || !eTag || transferredBytes > totalBytes || ++failures > most) broken(error)
      if (transferredBytes === totalBytes) break
      const from = (bytesRange?.start ?? 0) + transferredBytes
      response = await get(`bytes=${from}-${(bytesRange?.start ?? 0) + totalBytes! - 1}`, eTag)
      // Whoever does not know ranges would begin anew.
      if (response.status !== 206 || !response.body) broken(error)
    }
  }
  if (!transferredBytes) onProgress?.({ transferredBytes, totalBytes })

  // That of an object in parts may be a checksum of checksums: it has a dash.
  const kept = headers.get('x-amz-checksum-crc32')
  if (kept && isPlain && !kept.includes('-') && kept !== toChecksum(sum))
    throw new StorageError('IntegrityError', 'What has come down is not what S3 keeps.')
  return { headers, blob: new Blob(chunks, { type }) }
}

async function read(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  take: (chunk: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  const reader = body.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', stop)
  try {
    for (;;) {
      // A connection that stalls ends here, as if it had broken.
      timer = setTimeout(stop, patience)
      const { done, value } = await reader.read()
      clearTimeout(timer)
      if (done) return
      take(value as Uint8Array<ArrayBuffer>)
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

function broken(cause: unknown): never {
  throw new StorageError('NetworkError', 'The connection broke while the object was on its way.', { cause })
}

import { type Context, fromBase64, toBase64 } from '@backline/core/internal'
import { combineCrc32, crc32 } from './crc32.js'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import {
  abortMultipartUpload,
  type CompletedUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listParts,
  type UploadedPart,
  uploadPart,
} from './multipart.js'
import { type Part, partsOf } from './parts.js'
import { forgetUpload, recallUpload, rememberUpload, runningUploads } from './resumable.js'
import { s3 } from './s3.js'
import type { Source } from './source.js'
import { steadily } from './steadily.js'
import type { Control } from './task.js'

const concurrency = 4

export interface UploadPlan {
  location: Location
  source: Source
  /** What the object is stored with. */
  headers: Record<string, string | undefined>
  preventOverwrite?: boolean
  /** Whether S3 is told the CRC-32 of each part and of the whole. */
  checksum: boolean
  /** What to find the upload again by, after a reload; undefined where the data cannot be recognised. */
  name?: string
  onProgress(sent: number): void
}

interface Upload {
  id: string
  done: Map<number, UploadedPart>
}

/** Sends a large object in parts, four at a time; goes on where an earlier run of the same file stopped. */
export async function uploadInParts(
  ctx: Context,
  plan: UploadPlan,
  control: Control,
): Promise<CompletedUpload> {
  const { location, source, name } = plan
  const parts = partsOf(source.size)
  const begunAt = ctx.platform.now()
  let begun: Promise<Upload> | undefined
  let sending: Promise<unknown> | undefined

  const drop = async ({ id }: Upload) => {
    if (name) await forgetUpload(ctx, name, id)
    // Parts that stay behind are for the bucket's lifecycle rules; the caller learns what failed before, not this.
    await abortMultipartUpload(ctx, location, id).catch(() => {})
    runningUploads(ctx).delete(id)
  }

  control.onCancel = async () => {
    const upload = await begun?.catch(() => undefined)
    // A part that arrives after the abort would be stored, and paid for.
    await sending?.catch(() => {})
    if (upload) await drop(upload)
  }

  for (;;) {
    const { signal } = control
    try {
      const found = begun ? undefined : await findUpload(ctx, plan, parts, signal)
      signal.throwIfAborted()
      // Not stopped by `signal`: an upload whose name we never learn could not be aborted.
      begun ??= found ? Promise.resolve(found) : beginUpload(ctx, plan)
      const upload = await begun
      sending = sendParts(ctx, plan, upload, parts, signal)
      await sending
      control.commit()
      const completed = await completeUpload(ctx, plan, upload, begunAt)
      if (name) await forgetUpload(ctx, name, upload.id)
      runningUploads(ctx).delete(upload.id)
      return completed
    } catch (error) {
      if (signal.aborted) {
        if (await control.resumed()) continue
        throw error
      }
      const upload = await begun?.catch(() => undefined)
      if (upload && name && mayGoOnLater(error)) runningUploads(ctx).delete(upload.id)
      else if (upload) await drop(upload)
      throw error
    }
  }
}

/** An upload of the same file that stopped less than an hour ago, with the parts that S3 has of it. */
async function findUpload(
  ctx: Context,
  { location, source, name, checksum }: UploadPlan,
  parts: Part[],
  signal: AbortSignal,
): Promise<Upload | undefined> {
  const id = name && (await recallUpload(ctx, name))
  if (!id) return undefined
  runningUploads(ctx).add(id)
  try {
    const done = new Map<number, UploadedPart>()
    for (const part of await listParts(ctx, location, id, signal)) {
      const planned = parts[part.PartNumber - 1]
      const whole = planned && part.Size === planned.end - planned.start
      if (whole && (!checksum || part.ChecksumCRC32)) done.set(part.PartNumber, part)
    }
    await rememberUpload(ctx, name, memory(location, id, source))
    return { id, done }
  } catch (error) {
    runningUploads(ctx).delete(id)
    if (signal.aborted || mayGoOnLater(error)) throw error
    // S3 no longer knows it, or does not let us look: begin anew.
    await forgetUpload(ctx, name, id)
    return undefined
  }
}

async function beginUpload(ctx: Context, plan: UploadPlan): Promise<Upload> {
  const { location, source, name, headers, checksum } = plan
  const id = await createMultipartUpload(ctx, location, {
    ...headers,
    ...(checksum && { 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': 'FULL_OBJECT' }),
  })
  runningUploads(ctx).add(id)
  if (name) await rememberUpload(ctx, name, memory(location, id, source))
  return { id, done: new Map() }
}

/** Sends what is missing. When one part fails for good, its siblings are stopped, and have stopped when this rejects. */
async function sendParts(
  ctx: Context,
  plan: UploadPlan,
  upload: Upload,
  parts: Part[],
  signal: AbortSignal,
): Promise<void> {
  const { location, source, checksum, onProgress } = plan
  const waiting = parts.filter(({ number }) => !upload.done.has(number))
  const sent = new Map(
    parts.map(({ number, start, end }) => [number, upload.done.has(number) ? end - start : 0]),
  )
  const stop = new AbortController()
  const stopAll = () => stop.abort()
  let failure: { error: unknown } | undefined

  const tell = (number: number, bytes: number) => {
    sent.set(number, bytes)
    onProgress([...sent.values()].reduce((sum, each) => sum + each, 0))
  }

  const sendNext = async (): Promise<void> => {
    const part = waiting.shift()
    if (!part || stop.signal.aborted) return
    const body = await source.read(part.start, part.end)
    const sum = checksum ? toChecksum(crc32(body)) : undefined
    const eTag = await uploadPart(ctx, location, {
      uploadId: upload.id,
      partNumber: part.number,
      headers: { 'x-amz-checksum-crc32': sum },
      body,
      signal: stop.signal,
      send: steadily((bytes) => tell(part.number, Math.min(bytes, body.length))),
    })
    upload.done.set(part.number, { PartNumber: part.number, ETag: eTag, ChecksumCRC32: sum })
    tell(part.number, body.length)
    return sendNext()
  }

  signal.addEventListener('abort', stopAll)
  if (signal.aborted) stopAll()
  else if (upload.done.size) tell(0, 0)
  await Promise.all(
    Array.from({ length: concurrency }, () =>
      sendNext().catch((error) => {
        failure ??= { error }
        stopAll()
      }),
    ),
  )
  signal.removeEventListener('abort', stopAll)
  if (failure) throw failure.error
  signal.throwIfAborted()
}

async function completeUpload(
  ctx: Context,
  { location, source, checksum, preventOverwrite }: UploadPlan,
  { id, done }: Upload,
  begunAt: number,
): Promise<CompletedUpload> {
  const parts = [...done.values()].sort((a, b) => a.PartNumber - b.PartNumber)
  // S3 would put together whatever it is told of.
  if (parts.length !== partsOf(source.size).length) {
    throw new StorageError('IntegrityError', 'Not every part of the upload has arrived.')
  }
  const headers = {
    'if-none-match': preventOverwrite ? '*' : undefined,
    ...(checksum && {
      'x-amz-checksum-crc32': wholeChecksum(parts, partsOf(source.size)),
      'x-amz-checksum-type': 'FULL_OBJECT',
    }),
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const completed = await completeMultipartUpload(ctx, location, id, parts, headers)
      // Ceph leaves the ETag out.
      return completed.ETag ? completed : { ...completed, ETag: (await head(ctx, location)).eTag }
    } catch (error) {
      const { name, status } = error as { name: string; status?: number }
      if (name === 'NoSuchUpload') {
        // It was put together before, and the answer lost on the way, if the object is there, of that size and new.
        const stored = await head(ctx, location).catch(() => undefined)
        if (stored?.size === source.size && stored.modified >= begunAt - 15 * 60_000)
          return { ETag: stored.eTag }
      }
      // A failure inside an answer of status 200 is S3's way to say "again": request() cannot see it.
      if (attempt === 3 || status !== 200) throw error
    }
  }
}

async function head(ctx: Context, location: Location) {
  const { headers } = await s3(ctx, location, { method: 'HEAD' })
  return {
    eTag: headers.get('etag') ?? undefined,
    size: Number(headers.get('content-length')),
    modified: Date.parse(headers.get('last-modified') ?? ''),
  }
}

function wholeChecksum(parts: UploadedPart[], planned: Part[]): string {
  const whole = parts.reduce((sum, part, index) => {
    const { start, end } = planned[index]!
    return combineCrc32(sum, fromChecksum(part.ChecksumCRC32!), end - start)
  }, 0)
  return toChecksum(whole)
}

/** As S3 writes a CRC-32: base64 of four bytes, the highest first. */
export function toChecksum(sum: number): string {
  return toBase64(Uint8Array.of(sum >>> 24, sum >>> 16, sum >>> 8, sum))
}

function fromChecksum(text: string): number {
  return fromBase64(text).reduce((sum, byte) => ((sum << 8) | byte) >>> 0, 0)
}

/** Nothing was refused: the network or S3 was not there. The same call can go on with what has arrived. */
function mayGoOnLater(error: unknown): boolean {
  const { name, status } = error as { name: string; status?: number }
  return status ? status >= 500 : /^(NetworkError|TimeoutError)$/.test(name)
}

function memory({ bucket, key }: Location, uploadId: string, source: Source) {
  return { uploadId, bucket, key, fileName: source.file?.name ?? '' }
}

import { type Context, withProgress } from '@backline/core/internal'
import { combineCrc32, crc32, fromChecksum, toChecksum } from './crc32.js'
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
import { forgetUpload, recallUpload, rememberUpload, runningUploads } from './resumable.js'
import { s3 } from './s3.js'
import type { Supply } from './source.js'
import type { Control } from './task.js'

const concurrency = 4

export interface UploadPlan {
  location: Location
  supply: Supply
  /** What the object is stored with. */
  headers: Record<string, string | undefined>
  preventOverwrite?: boolean
  /** What to find the upload again by, after a reload; undefined for a stream, which cannot be read again. */
  name?: string
  fileName?: string
  onProgress(sent: number): void
}

interface Upload {
  id: string
  done: Map<number, UploadedPart>
  /** When it was last said in the store that it is alive. */
  touched: number
}

/** Sends an object in parts, four at a time; goes on where an earlier run with the same data stopped. */
export async function uploadInParts(
  ctx: Context,
  plan: UploadPlan,
  control: Control,
): Promise<CompletedUpload & { size: number }> {
  const { location, supply, name } = plan
  const begunAt = ctx.platform.now()
  let begun: Promise<Upload> | undefined
  let sending: Promise<unknown> | undefined
  let restarted = false

  const drop = async ({ id }: Upload) => {
    if (name) await forgetUpload(ctx, name, id)
    // Parts that stay behind are for the bucket's lifecycle rules; the caller learns what failed before, not this.
    await abortMultipartUpload(ctx, location, id).catch(() => {})
    runningUploads(ctx).delete(id)
  }

  control.onCancel = async () => {
    supply.close?.()
    const upload = await begun?.catch(() => undefined)
    // A part that arrives after the abort would be stored, and paid for.
    await sending?.catch(() => {})
    if (upload) await drop(upload)
  }

  for (;;) {
    const { signal } = control
    try {
      const found = begun ? undefined : await findUpload(ctx, plan, signal)
      signal.throwIfAborted()
      // Not stopped by `signal`: an upload whose name we never learn could not be aborted.
      begun ??= found ? Promise.resolve(found) : beginUpload(ctx, plan)
      const upload = await begun
      sending = sendParts(ctx, plan, upload, signal)
      await sending
      await supply.check?.()
      control.commit()
      const completed = await completeUpload(ctx, plan, upload, begunAt)
      if (name) await forgetUpload(ctx, name, upload.id)
      runningUploads(ctx).delete(upload.id)
      return { ...completed, size: sizeOf(upload) }
    } catch (error) {
      if (signal.aborted) {
        if (await control.resumed()) continue
        throw error
      }
      const upload = await begun?.catch(() => undefined)
      // Aborted by somebody else: a rule of the bucket, or another tab that took it for forgotten while it was paused.
      if (upload && name && !restarted && isGone(error)) {
        restarted = true
        await forgetUpload(ctx, name, upload.id)
        begun = undefined
        continue
      }
      supply.close?.()
      if (upload && name && mayGoOnLater(error)) runningUploads(ctx).delete(upload.id)
      else if (upload) await drop(upload)
      throw error
    }
  }
}

/** An upload of the same data that stopped less than an hour ago, with the parts that S3 has of it. Clears away older ones. */
async function findUpload(ctx: Context, plan: UploadPlan, signal: AbortSignal): Promise<Upload | undefined> {
  const { location, supply, name } = plan
  if (!name) return undefined
  const { uploadId: id, expired } = await recallUpload(ctx, name)
  for (const { bucket, key, region, uploadId } of expired) {
    const left = { ...location, bucket, key, region: region ?? location.region, owner: undefined }
    // Nobody waits for it. What cannot be aborted now is for the bucket's lifecycle rules.
    abortMultipartUpload(ctx, left, uploadId).catch(() => {})
  }
  if (!id) return undefined
  runningUploads(ctx).add(id)
  try {
    const done = new Map<number, UploadedPart>()
    for (const part of await listParts(ctx, location, id, signal)) {
      if (!part.ChecksumCRC32) continue
      // Only what S3 has of exactly these bytes: the data may resemble other data, or have changed.
      const body = await supply.read(part.PartNumber)
      if (body && body.length === part.Size && toChecksum(crc32(body)) === part.ChecksumCRC32)
        done.set(part.PartNumber, part)
    }
    const upload = { id, done, touched: 0 }
    await touch(ctx, plan, upload)
    return upload
  } catch (error) {
    runningUploads(ctx).delete(id)
    if (signal.aborted || mayGoOnLater(error)) throw error
    // S3 no longer knows it, or does not let us look: begin anew.
    await forgetUpload(ctx, name, id)
    return undefined
  }
}

async function beginUpload(ctx: Context, plan: UploadPlan): Promise<Upload> {
  const id = await createMultipartUpload(ctx, plan.location, {
    ...plan.headers,
    'x-amz-checksum-algorithm': 'CRC32',
    'x-amz-checksum-type': 'FULL_OBJECT',
  })
  runningUploads(ctx).add(id)
  const upload = { id, done: new Map(), touched: 0 }
  await touch(ctx, plan, upload)
  return upload
}

/** Remembers the upload for another hour, now and then. */
async function touch(
  ctx: Context,
  { location, name, fileName = '' }: UploadPlan,
  upload: Upload,
): Promise<void> {
  const now = ctx.platform.now()
  if (!name || now - upload.touched < 5 * 60_000) return
  upload.touched = now
  const { bucket, key, region } = location
  await rememberUpload(ctx, name, { uploadId: upload.id, bucket, key, region, fileName })
}

/** Sends what is missing. When one part fails for good, its siblings are stopped, and have stopped when this rejects. */
async function sendParts(ctx: Context, plan: UploadPlan, upload: Upload, signal: AbortSignal): Promise<void> {
  const { location, supply, onProgress } = plan
  const { done } = upload
  const moving = new Map<number, number>()
  const stop = new AbortController()
  const stopAll = () => stop.abort()
  let failure: { error: unknown } | undefined
  let next = 1

  const tell = () => onProgress([...moving.values()].reduce((sum, each) => sum + each, sizeOf(upload)))

  const sendNext = async (): Promise<void> => {
    while (done.has(next)) next++
    const partNumber = next++
    const body = stop.signal.aborted ? undefined : await supply.read(partNumber)
    if (!body || stop.signal.aborted) return
    const part = await uploadPart(ctx, location, {
      uploadId: upload.id,
      partNumber,
      body,
      signal: stop.signal,
      send: withProgress((bytes) => {
        moving.set(partNumber, Math.min(bytes, body.length))
        tell()
      }),
    })
    moving.delete(partNumber)
    done.set(partNumber, part)
    supply.arrived?.(partNumber)
    tell()
    await touch(ctx, plan, upload)
    return sendNext()
  }

  signal.addEventListener('abort', stopAll)
  if (signal.aborted) stopAll()
  else if (done.size) tell()
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
  { location, supply, preventOverwrite }: UploadPlan,
  upload: Upload,
  begunAt: number,
): Promise<CompletedUpload> {
  const { id, done } = upload
  const size = sizeOf(upload)
  const parts = [...done.values()].sort((a, b) => a.PartNumber - b.PartNumber)
  // S3 would put together whatever it is told of.
  if (parts.at(-1)?.PartNumber !== parts.length || size !== (supply.size ?? size)) {
    throw new StorageError('IntegrityError', 'Not every part of the upload has arrived.')
  }
  const headers = {
    'if-none-match': preventOverwrite ? '*' : undefined,
    'x-amz-checksum-crc32': wholeChecksum(parts),
    'x-amz-checksum-type': 'FULL_OBJECT',
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
        if (stored?.size === size && stored.modified >= begunAt - 15 * 60_000) return { ETag: stored.eTag }
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

function wholeChecksum(parts: UploadedPart[]): string {
  return toChecksum(
    parts.reduce((sum, { ChecksumCRC32, Size }) => combineCrc32(sum, fromChecksum(ChecksumCRC32!), Size!), 0),
  )
}

function sizeOf({ done }: Upload): number {
  return [...done.values()].reduce((sum, { Size }) => sum + Size!, 0)
}

function isGone(error: unknown): boolean {
  return (error as Error).name === 'NoSuchUpload'
}

/** Nothing was refused: the network or S3 was not there. The same call can go on with what has arrived. */
function mayGoOnLater(error: unknown): boolean {
  const { name, status } = error as { name: string; status?: number }
  return status ? status >= 500 : /^(NetworkError|TimeoutError)$/.test(name)
}

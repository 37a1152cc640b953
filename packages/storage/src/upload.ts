import { type Context, currentContext, withProgress } from '@backline/core/internal'
import { putInBackground } from './backgroundUpload.js'
import { contentTypeOf } from './contentType.js'
import { StorageError } from './errors.js'
import { type ContentDisposition, contentDispositionOf, metadataHeaders } from './headers.js'
import {
  type CommonOptions,
  type ItemWithKey,
  type ItemWithPath,
  type KeyInput,
  type Location,
  locateObject,
  type PathInput,
  type WriteOptions,
} from './location.js'
import type { CompletedUpload } from './multipart.js'
import { DEFAULT_PART_SIZE, MAX_OBJECT_SIZE } from './parts.js'
import { putBytes } from './putBytes.js'
import { nameOfUpload } from './resumable.js'
import {
  isByUri,
  isStream,
  openSource,
  type Source,
  type StorageUploadDataPayload,
  sourceOf,
  supplyOf,
} from './source.js'
import { supplyOfStream } from './stream.js'
import {
  type Control,
  type NonPausableTransferTask,
  startTask,
  type TransferProgressEvent,
  type TransferTask,
} from './task.js'
import { type UploadPlan, uploadInParts } from './uploadParts.js'

export interface UploadDataOptions extends CommonOptions {
  onProgress?(event: TransferProgressEvent): void
  contentType?: string
  contentDisposition?: ContentDisposition | string
  contentEncoding?: string
  cacheControl?: string
  metadata?: Record<string, string>
  /** Fails with `PreconditionFailed` where the object is there already. */
  preventOverwrite?: boolean
  /** Has S3 check and keep the CRC-32 of the whole object, as it does in any case. */
  checksumAlgorithm?: 'crc-32'
}

export interface UploadDataWithPathInput extends PathInput {
  data: StorageUploadDataPayload
  options?: UploadDataOptions
}
/** @deprecated Use {@link UploadDataWithPathInput}. */
export interface UploadDataInput extends KeyInput {
  data: StorageUploadDataPayload
  options?: UploadDataOptions & WriteOptions
}
export type UploadDataWithPathOutput = TransferTask<ItemWithPath>
/** @deprecated Use {@link UploadDataWithPathOutput}. */
export type UploadDataOutput = TransferTask<ItemWithKey>
export type UploadDataServerWithPathOutput = NonPausableTransferTask<ItemWithPath>
/** @deprecated Use {@link UploadDataServerWithPathOutput}. */
export type UploadDataServerOutput = NonPausableTransferTask<ItemWithKey>

/**
 * Starts to store data as an object and hands out the task of it. Above 5 MiB it goes in parts, four at a time, as
 * streams do; such a task can be paused, and after a reload the same data goes on where it stopped, for an hour.
 *
 * @example
 * const task = uploadData({
 *   path: ({ identityId }) => `photos/${identityId}/cat.jpg`,
 *   data: file,
 *   options: { onProgress: ({ transferredBytes, totalBytes }) => show(transferredBytes / totalBytes) },
 * })
 * const { path } = await task.result
 *
 * @throws {StorageError} At once: `InvalidUploadSource`, `ObjectIsTooLarge`. From `result`: `CanceledError`, `AccessDenied`,
 * `PreconditionFailed`, `IntegrityError`, `NoCredentials`, `NoBucket`, `NetworkError`
 */
export function uploadData(input: UploadDataWithPathInput, ctx?: Context): UploadDataWithPathOutput
/** @deprecated Use `path` instead of `key`. */
export function uploadData(input: UploadDataInput, ctx?: Context): UploadDataOutput
export function uploadData(
  input: UploadDataWithPathInput | UploadDataInput,
  ctx: Context = currentContext(),
): UploadDataWithPathOutput | UploadDataOutput {
  const { data, options = {} } = input
  const byUri = isByUri(data)
  const known = isStream(data) || byUri ? undefined : sourceOf(data)
  /** Undefined until a file has been opened. */
  let inParts = byUri ? (data.inBackground ? false : undefined) : goesInParts(known)

  return startTask<ItemWithPath | ItemWithKey>(
    async (control) => {
      const location = await locateObject(ctx, input)
      const source = byUri ? await openSource(ctx, data) : known
      try {
        inParts ??= goesInParts(source)
        // Held or canceled while it was being opened.
        if (control.signal.aborted && !(await control.resumed())) control.signal.throwIfAborted()
        return { ...location.named, ...(await store(ctx, { ...input, source, location, inParts }, control)) }
      } finally {
        source?.close?.()
      }
    },
    { pausable: () => inParts !== false, signal: options.signal },
  ) as UploadDataWithPathOutput | UploadDataOutput
}

async function store(
  ctx: Context,
  {
    data,
    options = {},
    source,
    location,
    inParts,
  }: Pick<UploadDataInput, 'data' | 'options'> & { source?: Source; location: Location; inParts: boolean },
  control: Control,
): Promise<Omit<ItemWithPath, 'path'>> {
  const size = source?.size
  const { metadata, contentType = typeOf(source, location.key) } = options
  const plan = {
    location,
    headers: objectHeaders(options, contentType),
    preventOverwrite: options.preventOverwrite,
    onProgress: progressTo(options.onProgress, size),
  }
  if (source && isByUri(data) && data.inBackground) {
    const stored = await putInBackground(ctx, { ...plan, uri: data.uri, size: source.size }, control.signal)
    return { contentType, metadata, ...stored }
  }
  if (source && !inParts) {
    const { ETag, VersionId } = await putObject(ctx, plan, await source.read(0, source.size), control.signal)
    return { contentType, metadata, eTag: ETag, versionId: VersionId, size }
  }
  const supply = source ? supplyOf(source) : supplyOfStream(data as ReadableStream<Uint8Array>)
  // What makes it another object: the headers, and not whatever else an app has passed, which JSON might not even hold.
  const name = source && (await nameOfUpload(ctx, source, [location.bucket, location.key], plan.headers))
  const uploaded = await uploadInParts(ctx, { ...plan, supply, name, fileName: source?.file?.name }, control)
  return {
    contentType,
    metadata,
    eTag: uploaded.ETag,
    versionId: uploaded.VersionId,
    size: uploaded.size,
  }
}

/** @throws {StorageError} `ObjectIsTooLarge` */
function goesInParts({ size = Number.NaN }: Partial<Source> = {}): boolean {
  if (size > MAX_OBJECT_SIZE) throw new StorageError('ObjectIsTooLarge', 'An object of S3 has at most 5 TiB.')
  return !(size <= DEFAULT_PART_SIZE)
}

async function putObject(
  ctx: Context,
  { location, headers, preventOverwrite, onProgress }: Omit<UploadPlan, 'supply'>,
  body: Uint8Array,
  signal: AbortSignal,
): Promise<CompletedUpload> {
  const { response } = await putBytes(ctx, location, {
    headers: { ...headers, 'if-none-match': preventOverwrite ? '*' : undefined },
    body,
    signal,
    // Had the first one been stored and its answer lost, the second would be refused for the object that it made itself.
    idempotent: !preventOverwrite,
    send: withProgress((sent) => onProgress(Math.min(sent, body.length))),
  })
  onProgress(body.length)
  const { headers: answered } = response
  return { ETag: answered.get('etag') ?? undefined, VersionId: answered.get('x-amz-version-id') ?? undefined }
}

function objectHeaders(options: UploadDataOptions, contentType: string): Record<string, string | undefined> {
  return {
    'content-type': contentType,
    'content-disposition': contentDispositionOf(options.contentDisposition),
    'content-encoding': options.contentEncoding,
    'cache-control': options.cacheControl,
    ...metadataHeaders(options.metadata),
  }
}

/** A file says what it is; otherwise the ending of the name does, then the blob. */
function typeOf(source: Source | undefined, key: string): string {
  return (source?.file && source.type) || contentTypeOf(key) || source?.type || 'application/octet-stream'
}

/** Progress that only grows: a part that is sent again, or was paused, counts from where it has been. */
function progressTo(
  onProgress: UploadDataOptions['onProgress'],
  totalBytes?: number,
): (sent: number) => void {
  let highest = -1
  return (sent) => {
    if (sent > highest) onProgress?.({ transferredBytes: (highest = sent), totalBytes })
  }
}

import { type Context, currentContext } from '@backline/core/internal'
import { contentTypeOf } from './contentType.js'
import { crc32 } from './crc32.js'
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
import { DEFAULT_PART_SIZE, MAX_OBJECT_SIZE } from './parts.js'
import { s3 } from './s3.js'
import { type Source, type StorageUploadDataPayload, sourceOf } from './source.js'
import { steadily } from './steadily.js'
import {
  type NonPausableTransferTask,
  startTask,
  type TransferProgressEvent,
  type TransferTask,
} from './task.js'
import { toChecksum, uploadInParts } from './uploadParts.js'

export interface UploadDataOptions extends CommonOptions {
  onProgress?(event: TransferProgressEvent): void
  contentType?: string
  contentDisposition?: ContentDisposition | string
  contentEncoding?: string
  cacheControl?: string
  metadata?: Record<string, string>
  /** Fails with `PreconditionFailed` where the object is there already. */
  preventOverwrite?: boolean
  /** Has S3 check and keep the CRC-32 of the whole object. Each request's SHA-256 is checked in any case. */
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
 * Starts to store data as an object and hands out the task of it. Above 5 MiB it goes in parts, four at a time; such a task can
 * be paused, and after a reload the same `File` goes on where it stopped, for an hour.
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
 * `PreconditionFailed`, `NoCredentials`, `NoBucket`, `NetworkError`
 */
export function uploadData(input: UploadDataWithPathInput, ctx?: Context): UploadDataWithPathOutput
/** @deprecated Use `path` instead of `key`. */
export function uploadData(input: UploadDataInput, ctx?: Context): UploadDataOutput
export function uploadData(
  input: UploadDataWithPathInput | UploadDataInput,
  ctx: Context = currentContext(),
): UploadDataWithPathOutput | UploadDataOutput {
  const { data, options = {} } = input
  const source = sourceOf(data)
  if (source.size > MAX_OBJECT_SIZE) {
    throw new StorageError('ObjectIsTooLarge', 'An object of S3 has at most 5 TiB.')
  }
  const inParts = source.size > DEFAULT_PART_SIZE

  return startTask<ItemWithPath | ItemWithKey>(
    async (control) => {
      const location = await locateObject(ctx, input)
      const contentType = options.contentType ?? typeOf(source, location.key)
      const headers = objectHeaders(options, contentType)
      const onProgress = progressTo(options.onProgress, source.size)
      const { preventOverwrite } = options
      const checksum =
        options.checksumAlgorithm === 'crc-32' || !!ctx.options.Storage?.S3?.isObjectLockEnabled
      const plan = { location, source, headers, preventOverwrite, checksum, onProgress }

      const { ETag, VersionId } = inParts
        ? await uploadInParts(ctx, { ...plan, name: nameOf(source, location, contentType, input) }, control)
        : await putObject(ctx, plan, control.signal)

      const { metadata } = options
      return { ...location.named, eTag: ETag, versionId: VersionId, contentType, metadata, size: source.size }
    },
    { pausable: inParts, signal: options.signal },
  ) as UploadDataWithPathOutput | UploadDataOutput
}

async function putObject(
  ctx: Context,
  plan: Omit<Parameters<typeof uploadInParts>[1], 'name'>,
  signal: AbortSignal,
): Promise<{ ETag?: string; VersionId?: string }> {
  const { location, source, headers, preventOverwrite, checksum, onProgress } = plan
  const body = await source.read(0, source.size)
  const { headers: answered } = await s3(ctx, location, {
    method: 'PUT',
    headers: {
      ...headers,
      'if-none-match': preventOverwrite ? '*' : undefined,
      'x-amz-checksum-crc32': checksum ? toChecksum(crc32(body)) : undefined,
    },
    body,
    signal,
    // Had the first one been stored and its answer lost, the second would be refused for the object that it made itself.
    idempotent: !preventOverwrite,
    send: steadily((sent) => onProgress(Math.min(sent, body.length))),
  })
  onProgress(body.length)
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
function typeOf(source: Source, key: string): string {
  return (source.file && source.type) || contentTypeOf(key) || source.type || 'application/octet-stream'
}

/** Progress that only grows: a part that is sent again, or was paused, counts from where it has been. */
function progressTo(onProgress: UploadDataOptions['onProgress'], totalBytes: number): (sent: number) => void {
  let highest = -1
  return (sent) => {
    if (sent > highest) onProgress?.({ transferredBytes: (highest = sent), totalBytes })
  }
}

/** Recognises the upload of the same file, unchanged, to the same place with the same options. Other data is not resumed. */
function nameOf(
  { file, size }: Source,
  { bucket, key }: Location,
  contentType: string,
  { options = {} }: UploadDataInput | UploadDataWithPathInput,
): string | undefined {
  if (!file) return undefined
  const { onProgress: _, bucket: __, signal: ___, ...stored } = options as UploadDataOptions
  const optionsHash = crc32(new TextEncoder().encode(JSON.stringify(stored)))
  return [file.name, file.lastModified, optionsHash, size, contentType, bucket, key].join('_')
}

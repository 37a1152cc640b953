import { type Context, currentContext } from '@backline/core/internal'
import { StorageError } from './errors.js'
import { metadataOf } from './headers.js'
import {
  type CommonOptions,
  type ItemWithKey,
  type ItemWithPath,
  type KeyInput,
  locateObject,
  type PathInput,
  type ReadOptions,
} from './location.js'
import { s3 } from './s3.js'
import { type NonPausableTransferTask, startTask, type TransferProgressEvent } from './task.js'

export interface DownloadDataOptions extends CommonOptions {
  onProgress?(event: TransferProgressEvent): void
  /** First and last byte, both included. */
  bytesRange?: { start: number; end: number }
  cacheControl?: string
}

export interface DownloadDataWithPathInput extends PathInput {
  options?: DownloadDataOptions
}
/** @deprecated Use {@link DownloadDataWithPathInput}. */
export interface DownloadDataInput extends KeyInput {
  options?: DownloadDataOptions & ReadOptions
}

export interface DownloadedBody {
  blob(): Promise<Blob>
  text(): Promise<string>
  // biome-ignore lint/suspicious/noExplicitAny: what JSON holds is the caller's to know, as in `Response`
  json(): Promise<any>
}
export type DownloadDataWithPathOutput = NonPausableTransferTask<ItemWithPath & { body: DownloadedBody }>
/** @deprecated Use {@link DownloadDataWithPathOutput}. */
export type DownloadDataOutput = NonPausableTransferTask<ItemWithKey & { body: DownloadedBody }>

/**
 * Starts to fetch an object and hands out the task of it. `result` resolves when all of it is here.
 *
 * @example
 * const { body, contentType } = await downloadData({ path: 'photos/cat.jpg' }).result
 * image.src = URL.createObjectURL(await body.blob())
 *
 * @throws {StorageError} From `result`: `NoSuchKey`, `AccessDenied`, `CanceledError`, `NoCredentials`, `NetworkError`
 */
export function downloadData(input: DownloadDataWithPathInput, ctx?: Context): DownloadDataWithPathOutput
/** @deprecated Use `path` instead of `key`. */
export function downloadData(input: DownloadDataInput, ctx?: Context): DownloadDataOutput
export function downloadData(
  input: DownloadDataWithPathInput | DownloadDataInput,
  ctx: Context = currentContext(),
): DownloadDataWithPathOutput | DownloadDataOutput {
  const { bytesRange, cacheControl, onProgress, signal: canceled } = input.options ?? {}
  return startTask(
    async ({ signal }) => {
      const location = await locateObject(ctx, input)
      const response = await s3(ctx, location, {
        method: 'GET',
        query: { 'response-cache-control': cacheControl },
        headers: { range: bytesRange && `bytes=${bytesRange.start}-${bytesRange.end}` },
        signal,
      })
      const { headers } = response
      const blob = await readBody(response, onProgress)
      const lastModified = headers.get('last-modified')
      return {
        ...location.named,
        body: {
          blob: async () => blob,
          text: () => blob.text(),
          json: async () => JSON.parse(await blob.text()),
        },
        size: blob.size,
        eTag: headers.get('etag') ?? undefined,
        lastModified: lastModified ? new Date(lastModified) : undefined,
        contentType: headers.get('content-type') ?? undefined,
        versionId: headers.get('x-amz-version-id') ?? undefined,
        metadata: metadataOf(headers),
      }
    },
    { signal: canceled },
  ) as DownloadDataWithPathOutput | DownloadDataOutput
}

async function readBody(response: Response, onProgress: DownloadDataOptions['onProgress']): Promise<Blob> {
  try {
    // React Native has no streams.
    if (!response.body || !onProgress) {
      const blob = await response.blob()
      onProgress?.({ transferredBytes: blob.size, totalBytes: blob.size })
      return blob
    }
    const length = response.headers.get('content-length')
    const totalBytes = length && !response.headers.has('content-encoding') ? Number(length) : undefined
    const chunks: Uint8Array<ArrayBuffer>[] = []
    let transferredBytes = 0
    const reader = response.body.getReader()
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      chunks.push(piece.value as Uint8Array<ArrayBuffer>)
      transferredBytes += piece.value.length
      onProgress({ transferredBytes, totalBytes })
    }
    if (!transferredBytes) onProgress({ transferredBytes, totalBytes })
    return new Blob(chunks, { type: response.headers.get('content-type') ?? '' })
  } catch (error) {
    throw new StorageError('NetworkError', 'The connection broke while the object was on its way.', {
      cause: error,
    })
  }
}

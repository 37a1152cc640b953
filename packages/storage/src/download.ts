import { type Context, currentContext } from '@backline/core/internal'
import { fetchObject } from './fetchObject.js'
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
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>
  text(): Promise<string>
  // biome-ignore lint/suspicious/noExplicitAny: what JSON holds is the caller's to know, as in `Response`
  json(): Promise<any>
}
export type DownloadDataWithPathOutput = NonPausableTransferTask<ItemWithPath & { body: DownloadedBody }>
/** @deprecated Use {@link DownloadDataWithPathOutput}. */
export type DownloadDataOutput = NonPausableTransferTask<ItemWithKey & { body: DownloadedBody }>

/**
 * Starts to fetch an object and hands out the task of it. `result` resolves when all of it is here; where the connection breaks on
 * the way, it goes on where it stopped.
 *
 * @example
 * const { body, contentType } = await downloadData({ path: 'photos/cat.jpg' }).result
 * image.src = URL.createObjectURL(await body.blob())
 *
 * @throws {StorageError} From `result`: `NoSuchKey`, `AccessDenied`, `CanceledError`, `PreconditionFailed` where
 * the object was changed meanwhile, `IntegrityError`, `NoCredentials`, `NetworkError`
 */
export function downloadData(input: DownloadDataWithPathInput, ctx?: Context): DownloadDataWithPathOutput
/** @deprecated Use `path` instead of `key`. */
export function downloadData(input: DownloadDataInput, ctx?: Context): DownloadDataOutput
export function downloadData(
  input: DownloadDataWithPathInput | DownloadDataInput,
  ctx: Context = currentContext(),
): DownloadDataWithPathOutput | DownloadDataOutput {
  const { signal: canceled } = input.options ?? {}
  return startTask(
    async ({ signal }) => {
      const location = await locateObject(ctx, input)
      const { headers, blob } = await fetchObject(ctx, location, input.options ?? {}, signal)
      const lastModified = headers.get('last-modified')
      return {
        ...location.named,
        body: {
          blob: async () => blob,
          stream: () => blob.stream(),
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

import type { Context } from '@backline/core/internal'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  type UploadedPart,
  uploadPartCopy,
} from './multipart.js'
import { partsOf } from './parts.js'
import { copySource, type S3Call, s3 } from './s3.js'

const concurrency = 4

/** No bytes travel through us, so parts can be large: fewer calls, and each far below the 5 GB that S3 copies at once. */
const copyPartSize = 256 * 1024 * 1024

/** What a copy in one piece takes along by itself. */
const kept = /^(content-(type|disposition|encoding|language)|cache-control|expires|x-amz-meta-.*)$/

export interface CopyPlan {
  source: Location
  destination: Location
  conditions: Record<string, string | undefined>
  signal?: AbortSignal
  partSize?: number
}

/** Copies an object that is too large to be copied in one go. The source may not change meanwhile. */
export async function copyInParts(
  ctx: Context,
  { source, destination, conditions, signal, partSize = copyPartSize }: CopyPlan,
): Promise<void> {
  const { headers } = await s3(ctx, source, {
    method: 'HEAD',
    headers: {
      'if-match': conditions['x-amz-copy-source-if-match'],
      'if-unmodified-since': conditions['x-amz-copy-source-if-unmodified-since'],
    },
    signal,
  })
  const eTag = headers.get('etag') ?? undefined
  const described: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (kept.test(name)) described[name] = value
  })
  const uploadId = await createMultipartUpload(ctx, destination, described)
  const waiting = partsOf(Number(headers.get('content-length')), partSize)
  const copied: UploadedPart[] = []
  const stop = new AbortController()
  const stopAll = () => stop.abort()
  signal?.addEventListener('abort', stopAll)

  const copyNext = async (): Promise<void> => {
    const part = waiting.shift()
    if (!part || stop.signal.aborted) return
    const call: Pick<S3Call, 'headers' | 'signal'> = {
      headers: {
        'x-amz-copy-source': copySource(source),
        'x-amz-copy-source-range': `bytes=${part.start}-${part.end - 1}`,
        'x-amz-source-expected-bucket-owner': source.owner,
        'x-amz-copy-source-if-match': eTag,
      },
      signal: stop.signal,
    }
    const ETag = await uploadPartCopy(ctx, destination, { uploadId, partNumber: part.number, ...call })
    copied.push({ PartNumber: part.number, ETag })
    return copyNext()
  }

  try {
    if (signal?.aborted) stopAll()
    let failure: { error: unknown } | undefined
    await Promise.all(
      Array.from({ length: concurrency }, () =>
        copyNext().catch((error) => {
          failure ??= { error }
          stopAll()
        }),
      ),
    )
    if (failure) throw (failure as { error: unknown }).error
    if (stop.signal.aborted) throw new StorageError('AbortError', 'The copy was aborted.')
    copied.sort((one, other) => one.PartNumber - other.PartNumber)
    await completeMultipartUpload(ctx, destination, uploadId, copied, {})
  } catch (error) {
    await abortMultipartUpload(ctx, destination, uploadId).catch(() => {})
    throw error
  } finally {
    signal?.removeEventListener('abort', stopAll)
  }
}

// The S3 wire, the operations of a multipart upload. Apart from s3.ts so that only an upload carries them.

import type { Context } from '@backline/core/internal'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import { putBytes } from './putBytes.js'
import { answer, type S3Call, s3 } from './s3.js'
import { childrenOf, type Element, escapeXml, textOf } from './xml.js'

/** One more part that fails is a whole upload that fails, so a storm of refusals is sat out longer than elsewhere. */
const attempts = 5

export interface UploadedPart {
  PartNumber: number
  ETag: string
  Size?: number
  ChecksumCRC32?: string
}

export interface CompletedUpload {
  ETag?: string
  VersionId?: string
}

export async function createMultipartUpload(
  ctx: Context,
  location: Location,
  headers: S3Call['headers'],
): Promise<string> {
  // Sent again when no answer came: an upload that nobody knows of holds no parts and costs nothing.
  const response = await s3(ctx, location, {
    method: 'POST',
    query: { uploads: '' },
    headers,
    attempts,
    idempotent: true,
  })
  const uploadId = textOf(await answer(response), 'UploadId')
  if (!uploadId) throw new StorageError('IntegrityError', 'S3 began an upload without naming it.')
  return uploadId
}

export async function uploadPart(
  ctx: Context,
  location: Location,
  {
    uploadId,
    partNumber,
    ...call
  }: Pick<S3Call, 'signal' | 'send'> & { body: Uint8Array; uploadId: string; partNumber: number },
): Promise<UploadedPart> {
  const { response, checksum } = await putBytes(ctx, location, {
    ...call,
    attempts,
    query: { partNumber, uploadId },
  })
  const ETag = response.headers.get('etag')
  if (ETag) return { PartNumber: partNumber, ETag, Size: call.body.length, ChecksumCRC32: checksum }
  throw new StorageError('IntegrityError', `S3 did not show the ETag of part ${partNumber}.`, {
    recoverySuggestion: 'In a browser, the CORS rules of the bucket must expose the header ETag.',
  })
}

/** Has S3 copy a range of another object as a part, and tell its ETag. */
export async function uploadPartCopy(
  ctx: Context,
  location: Location,
  { uploadId, partNumber, ...call }: Omit<S3Call, 'method'> & { uploadId: string; partNumber: number },
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await s3(ctx, location, { ...call, method: 'PUT', query: { partNumber, uploadId } })
      const eTag = textOf(await answer(response), 'ETag')
      if (eTag) return eTag
      throw new StorageError('IntegrityError', `S3 did not show the ETag of part ${partNumber}.`)
    } catch (error) {
      // A copy takes long, so S3 may answer 200 before it has failed.
      const { name, status } = error as StorageError
      if (attempt === 3 || status !== 200 || name === 'IntegrityError') throw error
    }
  }
}

export async function listParts(
  ctx: Context,
  location: Location,
  uploadId: string,
  signal: AbortSignal,
): Promise<UploadedPart[]> {
  const parts: UploadedPart[] = []
  for (let marker: string | undefined; ; ) {
    const response = await s3(ctx, location, {
      method: 'GET',
      query: { uploadId, 'part-number-marker': marker },
      signal,
    })
    const page = await answer(response)
    parts.push(...childrenOf(page, 'Part').map(toPart))
    marker = textOf(page, 'NextPartNumberMarker')
    if (textOf(page, 'IsTruncated') !== 'true' || !marker) return parts
  }
}

export async function completeMultipartUpload(
  ctx: Context,
  location: Location,
  uploadId: string,
  parts: UploadedPart[],
  headers: S3Call['headers'],
): Promise<CompletedUpload> {
  const list = parts.map(
    ({ PartNumber, ETag, ChecksumCRC32 }) =>
      `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${escapeXml(ETag)}</ETag>${
        ChecksumCRC32 ? `<ChecksumCRC32>${ChecksumCRC32}</ChecksumCRC32>` : ''
      }</Part>`,
  )
  const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`
  const response = await s3(ctx, location, {
    method: 'POST',
    query: { uploadId },
    headers: { ...headers, 'content-type': 'application/xml' },
    body: new TextEncoder().encode(body),
    attempts,
    // The caller knows how to tell whether it was done.
    idempotent: true,
  })
  const done = await answer(response)
  const [told, kept] = [headers?.['x-amz-checksum-crc32'], textOf(done, 'ChecksumCRC32')]
  if (told && kept && told !== kept)
    throw new StorageError('IntegrityError', 'What S3 has put together is not what was sent.')
  return {
    ETag: textOf(done, 'ETag') || undefined,
    VersionId: response.headers.get('x-amz-version-id') ?? undefined,
  }
}

export async function abortMultipartUpload(
  ctx: Context,
  location: Location,
  uploadId: string,
): Promise<void> {
  await s3(ctx, location, { method: 'DELETE', query: { uploadId }, attempts: 2, timeout: 5_000 })
}

function toPart(part: Element): UploadedPart {
  return {
    PartNumber: Number(textOf(part, 'PartNumber')),
    ETag: textOf(part, 'ETag') ?? '',
    Size: Number(textOf(part, 'Size')),
    ChecksumCRC32: textOf(part, 'ChecksumCRC32'),
  }
}

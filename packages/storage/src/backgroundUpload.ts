// The S3 wire, a file on its way up by an uploader of the device, which takes a link and lives longer than the app is in front.

import type { Context } from '@backline/core/internal'
import { StorageError } from './errors.js'
import { errorOf, presigned } from './s3.js'
import type { UploadPlan } from './uploadParts.js'
import { linkCredentials } from './url.js'

/** S3 takes no more in one piece. */
const MOST = 5 * 1024 ** 3
/** The uploader may wait for a network, and begins anew after one was lost. As long as credentials last. */
const LASTS = 3600

export async function putInBackground(
  ctx: Context,
  {
    location,
    headers,
    preventOverwrite,
    onProgress,
    uri,
    size,
  }: Omit<UploadPlan, 'supply'> & { uri: string; size: number },
  signal: AbortSignal,
): Promise<{ eTag?: string; versionId?: string; size: number }> {
  const { uploadFile } = ctx.platform
  if (!uploadFile) {
    throw new StorageError(
      'InvalidUploadSource',
      'This platform has no uploader that works in the background.',
      {
        recoverySuggestion:
          'Leave `inBackground` out, or bring one: see the README of @backline/react-native.',
      },
    )
  }
  if (size > MOST) {
    throw new StorageError(
      'ObjectIsTooLarge',
      'In the background a file goes in one piece, which is 5 GiB at most.',
      {
        recoverySuggestion: 'Leave `inBackground` out: it will go in parts.',
      },
    )
  }
  const signed: Record<string, string> = {}
  for (const [name, value] of Object.entries({
    ...headers,
    'if-none-match': preventOverwrite ? '*' : undefined,
  }))
    if (value !== undefined) signed[name] = value
  const call = { method: 'PUT' as const, headers: signed }
  const { credentials, seconds } = await linkCredentials(ctx, LASTS)
  const url = await presigned(ctx, location, call, { expiresIn: seconds, credentials })
  signal.throwIfAborted()

  const answer = await uploadFile(uri, {
    url: url.href,
    method: call.method,
    // AWS's own are in the link.
    headers: Object.fromEntries(Object.entries(signed).filter(([name]) => !name.startsWith('x-amz-'))),
    signal,
    onProgress: (sent) => onProgress(Math.min(sent, size)),
  }).catch((cause) => {
    signal.throwIfAborted()
    throw new StorageError('NetworkError', 'The file did not reach S3.', { cause })
  })
  signal.throwIfAborted()
  const answered = new Headers(answer.headers)
  if (answer.status !== 200) {
    const { status } = answer
    throw await errorOf(new Response(answer.body, { status, headers: answered }), call)
  }
  onProgress(size)
  return {
    eTag: answered.get('etag') ?? undefined,
    versionId: answered.get('x-amz-version-id') ?? undefined,
    size,
  }
}

import { type Context, currentContext, toBase64, utf8 } from '@backline/core/internal'
import { StorageError } from './errors.js'
import {
  type CommonOptions,
  type KeyInput,
  type Location,
  locateObject,
  type PathInput,
  type WriteOptions,
} from './location.js'
import { answer, listObjectsV2, s3 } from './s3.js'
import { type NonPausableTransferTask, startTask } from './task.js'
import { childrenOf, escapeXml, textOf } from './xml.js'

/** What became of one batch of a folder. */
export interface ProgressInfo {
  deleted?: { path: string }[]
  failed?: { path: string; code: string; message: string }[]
}

export interface RemoveWithPathInput extends PathInput {
  options?: CommonOptions & {
    /** Called after each thousand objects of a folder. */
    onProgress?(progress: ProgressInfo): void
  }
}
/** @deprecated Use {@link RemoveWithPathInput}. */
export interface RemoveInput extends KeyInput {
  options?: CommonOptions & WriteOptions
}
export interface RemoveWithPathOutput {
  path: string
}
/** @deprecated Use {@link RemoveWithPathOutput}. */
export interface RemoveOutput {
  key: string
}
export type RemoveOperation<Result> = NonPausableTransferTask<Result>

/**
 * Removes an object, or a folder: everything below `photos/`. A path without a slash at its end means a folder only where there
 * is no object of that name. Removing what is not there succeeds.
 *
 * @example
 * await remove({ path: 'photos/cat.jpg' })
 *
 * @throws {StorageError} `AccessDenied`, `CanceledError`, `NoCredentials`, `NetworkError`
 */
export function remove(input: RemoveWithPathInput, ctx?: Context): RemoveOperation<RemoveWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export function remove(input: RemoveInput, ctx?: Context): RemoveOperation<RemoveOutput>
export function remove(
  input: RemoveWithPathInput | RemoveInput,
  ctx: Context = currentContext(),
): RemoveOperation<RemoveWithPathOutput> | RemoveOperation<RemoveOutput> {
  return startTask(async ({ signal }) => {
    const location = await locateObject(ctx, input)
    if (/^\s*[/*]?\s*$/.test(location.key)) {
      throw new StorageError('InvalidStoragePathInput', `"${location.key}" would remove the whole bucket.`)
    }
    if (await isFolder(ctx, location, signal)) {
      const { onProgress } = (input as RemoveWithPathInput).options ?? {}
      await removeFolder(ctx, location, signal, onProgress)
    } else {
      await s3(ctx, location, { method: 'DELETE', signal })
    }
    return location.named
  }, input?.options) as RemoveOperation<RemoveWithPathOutput> & RemoveOperation<RemoveOutput>
}

async function isFolder(ctx: Context, location: Location, signal: AbortSignal): Promise<boolean> {
  if (location.key.endsWith('/')) return true
  try {
    const below = await listObjectsV2(
      ctx,
      { ...location, key: `${location.key}/` },
      { 'max-keys': 1 },
      signal,
    )
    if (!below.Contents.length) return false
    await s3(ctx, location, { method: 'HEAD', signal })
    return false
  } catch (error) {
    const { status } = error as StorageError
    // Whoever may not list or look can still remove the one object.
    if (status === 403) return false
    if (status === 404) return true
    throw error
  }
}

async function removeFolder(
  ctx: Context,
  location: Location,
  signal: AbortSignal,
  onProgress?: (progress: ProgressInfo) => void,
): Promise<void> {
  let token: string | undefined
  let failed: { path: string; code: string; message: string } | undefined
  do {
    const page = await listObjectsV2(ctx, location, { 'max-keys': 1000, 'continuation-token': token }, signal)
    if (page.Contents.length) {
      const progress = await deleteObjects(ctx, location, page.Contents, signal)
      onProgress?.(progress)
      failed ??= progress.failed?.[0]
    }
    token = page.NextContinuationToken
  } while (token)
  // With nobody listening, a folder that is still there must not look like success.
  if (failed && !onProgress)
    throw new StorageError(failed.code, `"${failed.path}" could not be removed: ${failed.message}`)
}

async function deleteObjects(
  ctx: Context,
  location: Location,
  objects: { Key: string }[],
  signal: AbortSignal,
): Promise<ProgressInfo> {
  const keys = objects.map(({ Key }) => `<Object><Key>${escapeXml(Key)}</Key></Object>`)
  const body = utf8(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${keys.join('')}</Delete>`)
  const response = await s3(
    ctx,
    { ...location, key: '' },
    {
      method: 'POST',
      query: { delete: '' },
      headers: {
        'content-type': 'application/xml',
        'x-amz-checksum-sha256': toBase64(await ctx.platform.sha256(body)),
        'x-amz-sdk-checksum-algorithm': 'SHA256',
      },
      body,
      signal,
      idempotent: true,
    },
  )
  const outcome = await answer(response)
  return {
    deleted: childrenOf(outcome, 'Deleted').map((each) => ({ path: textOf(each, 'Key') ?? '' })),
    failed: childrenOf(outcome, 'Error').map((each) => ({
      path: textOf(each, 'Key') ?? '',
      code: textOf(each, 'Code') ?? '',
      message: textOf(each, 'Message') ?? '',
    })),
  }
}

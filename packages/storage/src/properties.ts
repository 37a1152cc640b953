import { type Context, currentContext } from '@backline/core/internal'
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

export interface GetPropertiesWithPathInput extends PathInput {
  options?: CommonOptions
}
/** @deprecated Use {@link GetPropertiesWithPathInput}. */
export interface GetPropertiesInput extends KeyInput {
  options?: CommonOptions & ReadOptions
}
export type GetPropertiesWithPathOutput = ItemWithPath
/** @deprecated Use {@link GetPropertiesWithPathOutput}. */
export type GetPropertiesOutput = ItemWithKey

/**
 * What S3 knows about an object, without its content: size, type, metadata, when it was stored.
 *
 * @example
 * const { size, contentType, metadata } = await getProperties({ path: 'photos/cat.jpg' })
 *
 * @throws {StorageError} `NotFound`, `AccessDenied`, `AbortError`, `NoCredentials`, `NetworkError`
 */
export async function getProperties(
  input: GetPropertiesWithPathInput,
  ctx?: Context,
): Promise<GetPropertiesWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export async function getProperties(input: GetPropertiesInput, ctx?: Context): Promise<GetPropertiesOutput>
export async function getProperties(
  input: GetPropertiesWithPathInput | GetPropertiesInput,
  ctx: Context = currentContext(),
): Promise<GetPropertiesWithPathOutput | GetPropertiesOutput> {
  const location = await locateObject(ctx, input)
  const { headers } = await s3(ctx, location, { method: 'HEAD', signal: input.options?.signal })
  const length = headers.get('content-length')
  const lastModified = headers.get('last-modified')
  return {
    ...location.named,
    contentType: headers.get('content-type') ?? undefined,
    size: length === null ? undefined : Number(length),
    eTag: headers.get('etag') ?? undefined,
    lastModified: lastModified ? new Date(lastModified) : undefined,
    metadata: metadataOf(headers),
    versionId: headers.get('x-amz-version-id') ?? undefined,
  }
}

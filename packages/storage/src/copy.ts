import { type Context, currentContext } from '@backline/core/internal'
import { copyInParts } from './copyParts.js'
import { StorageError } from './errors.js'
import {
  type Location,
  type LocationInput,
  locate,
  type PathInput,
  type ReadOptions,
  type StorageBucket,
  type WriteOptions,
} from './location.js'
import { answer, copySource, type S3Call, s3 } from './s3.js'

interface Place {
  /** Named for both places or for neither. */
  bucket?: StorageBucket
  /** Account number; S3 refuses when the bucket belongs to another. */
  expectedBucketOwner?: string
}

export interface CopySourceConditions {
  /** Fails with `PreconditionFailed` where the source was changed after this moment. */
  notModifiedSince?: Date
  /** Fails with `PreconditionFailed` where the source is not this one. */
  eTag?: string
}

interface CopyOptions {
  options?: { signal?: AbortSignal }
}

export interface CopyWithPathInput extends CopyOptions {
  source: PathInput & Place & CopySourceConditions
  destination: PathInput & Place
  /** Whether the tags of the object go along, as they do by default. */
  tagConfig?: { mode: 'copy' } | { mode: 'remove' }
}
/** @deprecated Use {@link CopyWithPathInput}. */
export interface CopyInput extends CopyOptions {
  source: { key: string } & ReadOptions & Place & CopySourceConditions
  destination: { key: string } & WriteOptions & Place
}
export interface CopyWithPathOutput {
  path: string
}
/** @deprecated Use {@link CopyWithPathOutput}. */
export interface CopyOutput {
  key: string
}

/**
 * Copies an object within S3, also from bucket to bucket, with its type and metadata. Above 5 GB it is copied in parts.
 *
 * @example
 * await copy({ source: { path: 'drafts/cat.jpg' }, destination: { path: 'photos/cat.jpg' } })
 *
 * @throws {StorageError} `NoSuchKey`, `AccessDenied`, `PreconditionFailed`, `NoSourcePath`, `NoDestinationPath`,
 * `InvalidCopyOperationStorageBucket`, `AbortError`, `NetworkError`
 */
export async function copy(input: CopyWithPathInput, ctx?: Context): Promise<CopyWithPathOutput>
/** @deprecated Use `path` instead of `key`. */
export async function copy(input: CopyInput, ctx?: Context): Promise<CopyOutput>
export async function copy(
  input: CopyWithPathInput | CopyInput,
  ctx: Context = currentContext(),
): Promise<CopyWithPathOutput | CopyOutput> {
  if (!input.source?.bucket !== !input.destination?.bucket) {
    throw new StorageError(
      'InvalidCopyOperationStorageBucket',
      'One place of the copy names its bucket and the other does not.',
      { recoverySuggestion: 'Give `bucket` in both `source` and `destination`, or in neither.' },
    )
  }
  const kind = 'path' in (input.source ?? {}) ? 'path' : 'key'
  const [source, destination] = [
    await place(ctx, 'Source', input.source, kind),
    await place(ctx, 'Destination', input.destination, kind),
  ]
  const { notModifiedSince, eTag } = input.source
  const { signal } = input.options ?? {}
  const conditions = {
    'x-amz-copy-source-if-match': eTag,
    'x-amz-copy-source-if-unmodified-since': notModifiedSince?.toUTCString(),
    'x-amz-source-expected-bucket-owner': source.owner,
  }
  const call: S3Call = {
    method: 'PUT',
    headers: {
      'x-amz-copy-source': copySource(source),
      'x-amz-metadata-directive': 'COPY',
      'x-amz-tagging-directive':
        (input as CopyWithPathInput).tagConfig?.mode === 'remove' ? 'REPLACE' : undefined,
      ...conditions,
    },
    signal,
  }
  try {
    await answered(ctx, destination, call)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    await copyInParts(ctx, { source, destination, conditions, signal })
  }
  return destination.named
}

/** Sends a copy until S3 has done it: a failure inside an answer of status 200 means "again". */
async function answered(ctx: Context, destination: Location, call: S3Call): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await answer(await s3(ctx, destination, call))
      return
    } catch (error) {
      if (attempt === 3 || (error as StorageError).status !== 200) throw error
    }
  }
}

function place(
  ctx: Context,
  role: 'Source' | 'Destination',
  at: CopyWithPathInput['source'] | CopyInput['source'] | CopyInput['destination'],
  kind: 'path' | 'key',
): Promise<Location> {
  const { path, key, ...options } = (at ?? {}) as PathInput & { key?: string } & LocationInput['options']
  if (!(kind === 'path' ? path : key)) {
    throw new StorageError(
      `No${role}${kind === 'path' ? 'Path' : 'Key'}`,
      `The ${role.toLowerCase()} of the copy has no \`${kind}\`.`,
    )
  }
  return locate(ctx, kind === 'path' ? { path, options } : { key, options })
}

/** S3 copies at most 5 GB in one go: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
function isTooLarge(error: unknown): boolean {
  const { name, message } = error as StorageError
  return name === 'EntityTooLarge' || (name === 'InvalidRequest' && /larger than the maximum/.test(message))
}

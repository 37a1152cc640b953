import { type Context, credentials } from '@backline/core/internal'
import { StorageError } from './errors.js'

/** @deprecated Use `path`. */
export type StorageAccessLevel = 'guest' | 'protected' | 'private'

export interface BucketInfo {
  bucketName: string
  region: string
  /** Base URL of an S3 that is not AWS's; buckets are then the first segment of the path. That of the configuration by default. */
  endpoint?: string
  paths?: Record<string, Record<string, string[] | undefined>>
}

/** A bucket of the configuration by its name there, or any bucket by its own name and region. */
export type StorageBucket = string | BucketInfo

export interface CommonOptions {
  bucket?: StorageBucket
  useAccelerateEndpoint?: boolean
  /** Account number; S3 refuses when the bucket belongs to another. */
  expectedBucketOwner?: string
  /** Ends the call when it fires: a task is then canceled, anything else rejects with `AbortError`. */
  signal?: AbortSignal
}

/** @deprecated Use `path`. */
export type ReadOptions =
  | { accessLevel?: 'guest' | 'private' }
  | { accessLevel: 'protected'; targetIdentityId?: string }

/** @deprecated Use `path`. */
export interface WriteOptions {
  accessLevel?: StorageAccessLevel
}

export interface PathInput {
  /** The whole path in the bucket, or a function that is told the identity id of whoever is signed in. */
  path: string | ((who: { identityId?: string }) => string)
}

/** @deprecated Use {@link PathInput}. */
export interface KeyInput {
  /** What follows the prefix of the access level. */
  key: string
}

export interface ItemBase {
  size?: number
  eTag?: string
  lastModified?: Date
  metadata?: Record<string, string>
  contentType?: string
  versionId?: string
}
/** @deprecated Use {@link ItemWithPath}. */
export type ItemWithKey = ItemBase & { key: string }
export type ItemWithPath = ItemBase & { path: string }

/** An object, or a beginning of objects' names, in a bucket. */
export interface Location {
  bucket: string
  region: string
  /** Base URL of an S3 that is not AWS's. */
  endpoint?: string
  accelerate?: boolean
  owner?: string
  /** The key as S3 knows it. */
  key: string
  /** The part of `key` that comes from the access level. */
  prefix: string
  /** How the caller named it, to be said back in the output. */
  named: { path: string } | { key: string }
}

export interface LocationInput {
  path?: PathInput['path']
  key?: string
  options?: CommonOptions & { accessLevel?: StorageAccessLevel; targetIdentityId?: string }
}

/** Where in which bucket the caller means, by the input, the configuration and who is signed in. */
export async function locate(ctx: Context, input: LocationInput): Promise<Location> {
  const { path, key, options = {} } = input
  const place = bucketOf(ctx, options)
  if (path !== undefined) {
    const resolved = typeof path === 'function' ? path(await identity(ctx)) : path
    if (typeof resolved !== 'string') {
      throw new StorageError(
        'InvalidStoragePathInput',
        '`path` must be a string or a function that returns one.',
      )
    }
    if (resolved.startsWith('/')) {
      throw new StorageError('InvalidStoragePathInput', `The path "${resolved}" begins with a slash.`, {
        recoverySuggestion: 'Leave the leading slash away.',
      })
    }
    return { ...place, key: resolved, prefix: '', named: { path: resolved } }
  }
  const prefix = await accessPrefix(ctx, options)
  return { ...place, key: prefix + key, prefix, named: { key: key ?? '' } }
}

/** As {@link locate}, for one object, which has to have a name. */
export async function locateObject(ctx: Context, input: LocationInput): Promise<Location> {
  if (!input?.path === !input?.key) {
    throw new StorageError(
      'InvalidStorageOperationInput',
      'The input names no object, or names it twice: give either `path` or the older `key`.',
    )
  }
  const location = await locate(ctx, input)
  if (!location.key) throw new StorageError('InvalidStoragePathInput', '`path` returned an empty string.')
  return location
}

function bucketOf(ctx: Context, options: CommonOptions): Omit<Location, 'key' | 'prefix' | 'named'> {
  const configured = ctx.config.Storage?.S3 ?? {}
  const wanted = typeof options.bucket === 'string' ? configured.buckets?.[options.bucket] : options.bucket
  if (options.bucket && !wanted) {
    throw new StorageError(
      'InvalidStorageBucket',
      `The configuration has no bucket named "${options.bucket}".`,
      {
        recoverySuggestion: 'Use a name from `storage.buckets`, or give `{ bucketName, region }`.',
      },
    )
  }
  const bucket = wanted ? wanted.bucketName : configured.bucket
  const region = wanted ? wanted.region : configured.region
  if (!bucket) {
    throw new StorageError('NoBucket', 'No storage bucket is configured: Storage.S3.bucket is missing.', {
      recoverySuggestion:
        'Call Amplify.configure() with outputs that have `storage.bucket_name`, or pass `options.bucket`.',
    })
  }
  if (!region) {
    throw new StorageError('NoRegion', `The region of the bucket "${bucket}" is not configured.`, {
      recoverySuggestion: 'Set `storage.aws_region`, or pass it in `options.bucket`.',
    })
  }
  const owner = options.expectedBucketOwner
  if (owner !== undefined && !/^\d{12}$/.test(owner)) {
    throw new StorageError(
      'InvalidAWSAccountID',
      '`expectedBucketOwner` is an account number of twelve digits.',
    )
  }
  const endpoint = wanted?.endpoint ?? configured.endpoint
  return { bucket, region, endpoint, accelerate: options.useAccelerateEndpoint, owner }
}

async function identity(ctx: Context): Promise<{ identityId?: string }> {
  const identityId = (await credentials(ctx))?.identityId
  return {
    // Refused when it is asked for, so that a path that does not depend on it works without an identity pool.
    get identityId() {
      return identityId ?? noIdentity()
    },
  }
}

async function accessPrefix(ctx: Context, options: NonNullable<LocationInput['options']>): Promise<string> {
  const { defaultAccessLevel, prefixResolver } = ctx.options.Storage?.S3 ?? {}
  const accessLevel = options.accessLevel ?? (defaultAccessLevel as StorageAccessLevel | undefined) ?? 'guest'
  const own = async () => (await credentials(ctx))?.identityId
  const targetIdentityId = (accessLevel === 'protected' && options.targetIdentityId) || (await own())
  if (prefixResolver) return (prefixResolver as PrefixResolver)({ accessLevel, targetIdentityId })
  if (accessLevel === 'guest') return 'public/'
  return `${accessLevel}/${targetIdentityId ?? noIdentity()}/`
}

type PrefixResolver = (about: {
  accessLevel: StorageAccessLevel
  targetIdentityId?: string
}) => Promise<string> | string

function noIdentity(): never {
  throw new StorageError('NoIdentityId', 'The path depends on the identity id, and there is none.', {
    recoverySuggestion: 'Sign in, or allow guests in the identity pool.',
  })
}

import { type Context, currentContext } from '@backline/core/internal'
import { StorageError } from './errors.js'
import {
  type CommonOptions,
  type ItemWithKey,
  type ItemWithPath,
  type Location,
  locate,
  type PathInput,
  type ReadOptions,
} from './location.js'
import { listObjectsV2 } from './s3.js'

export type StorageSubpathStrategy =
  | { strategy: 'include' }
  | {
      /** Leaves out what lies below a further `/`, and names those subpaths in `excludedSubpaths`. */
      strategy: 'exclude'
      delimiter?: string
    }

interface PageOptions {
  listAll?: false
  /** 1,000 by default and at most. */
  pageSize?: number
  nextToken?: string
}
interface AllOptions {
  listAll: true
}
interface Subpaths {
  subpathStrategy?: StorageSubpathStrategy
}

export interface ListPaginateWithPathInput extends PathInput {
  options?: PageOptions & CommonOptions & Subpaths
}
export interface ListAllWithPathInput extends PathInput {
  options?: AllOptions & CommonOptions & Subpaths
}
/** @deprecated Use {@link ListPaginateWithPathInput}. */
export interface ListPaginateInput {
  prefix?: string
  options?: PageOptions & CommonOptions & ReadOptions
}
/** @deprecated Use {@link ListAllWithPathInput}. */
export interface ListAllInput {
  prefix?: string
  options?: AllOptions & CommonOptions & ReadOptions
}

export type ListOutputItemWithPath = Omit<ItemWithPath, 'metadata'>
/** @deprecated Use {@link ListOutputItemWithPath}. */
export type ListOutputItem = Omit<ItemWithKey, 'metadata'>

export interface ListAllWithPathOutput {
  items: ListOutputItemWithPath[]
  excludedSubpaths?: string[]
}
export interface ListPaginateWithPathOutput extends ListAllWithPathOutput {
  nextToken?: string
}
/** @deprecated Use {@link ListAllWithPathOutput}. */
export interface ListAllOutput {
  items: ListOutputItem[]
}
/** @deprecated Use {@link ListPaginateWithPathOutput}. */
export interface ListPaginateOutput extends ListAllOutput {
  nextToken?: string
}

/**
 * The objects whose path begins with `path`: a page of them, or all with `listAll`.
 *
 * @example
 * const { items, nextToken } = await list({ path: 'photos/', options: { pageSize: 20 } })
 *
 * @throws {StorageError} `AccessDenied`, `NoSuchBucket`, `NoCredentials`, `NoBucket`, `NetworkError`
 */
export async function list(
  input: ListPaginateWithPathInput,
  ctx?: Context,
): Promise<ListPaginateWithPathOutput>
export async function list(input: ListAllWithPathInput, ctx?: Context): Promise<ListAllWithPathOutput>
/** @deprecated Use `path` instead of `prefix`. */
export async function list(input?: ListPaginateInput, ctx?: Context): Promise<ListPaginateOutput>
/** @deprecated Use `path` instead of `prefix`. */
export async function list(input?: ListAllInput, ctx?: Context): Promise<ListAllOutput>
export async function list(
  input: ListInput = {},
  ctx: Context = currentContext(),
): Promise<ListPaginateWithPathOutput | ListPaginateOutput> {
  const { path, prefix, options = {} } = input
  if (path !== undefined && prefix) {
    throw new StorageError(
      'InvalidStorageOperationPrefixInput',
      'Give either `path` or the older `prefix`, not both.',
    )
  }
  const location = await locate(ctx, { path, key: prefix ?? '', options })
  if (!options.listAll) return listPage(ctx, location, options)

  const all = { items: [] as unknown[], excludedSubpaths: [] as string[] }
  let nextToken: string | undefined
  do {
    const page = await listPage(ctx, location, { ...options, pageSize: 1000, nextToken })
    all.items.push(...page.items)
    all.excludedSubpaths.push(...(page.excludedSubpaths ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  return (path === undefined ? { items: all.items } : all) as ListPaginateWithPathOutput
}

/** All four kinds of input at once. */
interface ListInput {
  path?: PathInput['path']
  prefix?: string
  options?: CommonOptions & ReadOptions & Subpaths & Omit<PageOptions, 'listAll'> & { listAll?: boolean }
}

async function listPage(
  ctx: Context,
  location: Location,
  {
    pageSize = 1000,
    nextToken,
    subpathStrategy,
    signal,
  }: Omit<PageOptions, 'listAll'> & Subpaths & Pick<CommonOptions, 'signal'>,
): Promise<ListPaginateWithPathOutput> {
  const delimiter = subpathStrategy?.strategy === 'exclude' ? (subpathStrategy.delimiter ?? '/') : undefined
  const page = await listObjectsV2(
    ctx,
    location,
    { 'max-keys': Math.min(pageSize, 1000), 'continuation-token': nextToken, delimiter },
    signal,
  )
  const { prefix, named } = location
  return {
    items: page.Contents.map(({ Key, ETag, LastModified, Size }) => ({
      ...('path' in named ? { path: Key } : { key: Key.slice(prefix.length) }),
      eTag: ETag,
      lastModified: LastModified,
      size: Size,
    })) as ListOutputItemWithPath[],
    nextToken: page.NextContinuationToken,
    ...(page.CommonPrefixes.length && { excludedSubpaths: page.CommonPrefixes }),
  }
}

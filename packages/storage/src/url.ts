import {
  type AWSCredentials,
  type Context,
  credentials,
  currentContext,
  perContext,
  serverTime,
} from '@backline/core/internal'
import { StorageError } from './errors.js'
import { type ContentDisposition, contentDispositionOf } from './headers.js'
import {
  type CommonOptions,
  type KeyInput,
  locateObject,
  type PathInput,
  type ReadOptions,
} from './location.js'
import { presigned, requireCredentials, s3 } from './s3.js'

export interface GetUrlOptions extends CommonOptions {
  /** `PUT` gives a link to upload by. */
  method?: 'GET' | 'PUT'
  /** Fails with `NotFound` where there is no such object. */
  validateObjectExistence?: boolean
  /** Seconds; 900 by default. The link dies with the credentials that signed it: `expiresAt` says when. */
  expiresIn?: number
  contentDisposition?: ContentDisposition | string
  contentType?: string
  cacheControl?: string
}

export interface GetUrlWithPathInput extends PathInput {
  options?: GetUrlOptions
}
/** @deprecated Use {@link GetUrlWithPathInput}. */
export interface GetUrlInput extends KeyInput {
  options?: GetUrlOptions & ReadOptions
}
export interface GetUrlWithPathOutput {
  url: URL
  expiresAt: Date
}
/** @deprecated Use {@link GetUrlWithPathOutput}. */
export type GetUrlOutput = GetUrlWithPathOutput

/**
 * A link to an object that works without credentials, for a while.
 *
 * @example
 * const { url, expiresAt } = await getUrl({ path: 'photos/cat.jpg', options: { expiresIn: 300 } })
 *
 * @throws {StorageError} `NotFound`, `UrlExpirationMaxLimitExceed`, `InvalidUrlExpiration`, `NoCredentials`
 */
export async function getUrl(
  input: GetUrlWithPathInput | GetUrlInput,
  ctx: Context = currentContext(),
): Promise<GetUrlWithPathOutput> {
  const { method = 'GET', validateObjectExistence, expiresIn = 900, ...options } = input?.options ?? {}
  if (!(expiresIn >= 1))
    throw new StorageError('InvalidUrlExpiration', '`expiresIn` must be a number of seconds, 1 or more.')
  const location = await locateObject(ctx, input)
  if (validateObjectExistence && method === 'GET') {
    await s3(ctx, location, { method: 'HEAD', signal: options.signal })
  }

  const { credentials, seconds } = await linkCredentials(ctx, expiresIn)
  if (seconds > 7 * 24 * 3600) {
    throw new StorageError('UrlExpirationMaxLimitExceed', 'A link can be good for seven days at most.')
  }
  // A download is told how to look by the query; an upload is held to the headers that were signed.
  const prefix = method === 'PUT' ? '' : 'response-'
  const described = {
    [`${prefix}content-type`]: options.contentType,
    [`${prefix}content-disposition`]: contentDispositionOf(options.contentDisposition),
    [`${prefix}cache-control`]: options.cacheControl,
  }
  const call = method === 'PUT' ? { method, headers: described } : { method, query: described }
  const url = await presigned(ctx, location, call, { expiresIn: seconds, credentials })
  return { url, expiresAt: new Date(serverTime(ctx) + seconds * 1000) }
}

/** Credentials for a link that is to work for `wanted` seconds, and for how many it will. */
export async function linkCredentials(ctx: Context, wanted: number) {
  const credentials = await lastingCredentials(ctx, wanted)
  return { credentials, seconds: Math.min(Math.floor(wanted), rest(ctx, credentials)) }
}

/** How long credentials last when they are new, as far as seen. */
const lifetime = /* @__PURE__ */ perContext('storage.credentialsLifetime', () => ({ seconds: 3600 }))

/** Seconds for which a link signed with these will work. */
function rest(ctx: Context, { expiration }: AWSCredentials): number {
  return expiration ? Math.floor((expiration.getTime() - serverTime(ctx)) / 1000) : Number.POSITIVE_INFINITY
}

/** New ones where the present ones end too soon for a link that is to work for `wanted` seconds. */
async function lastingCredentials(ctx: Context, wanted: number): Promise<AWSCredentials> {
  const known = lifetime(ctx)
  const present = await requireCredentials(ctx)
  // Nearly new ones are good enough: a page of a hundred links to photos must not fetch credentials a hundred times.
  if (rest(ctx, present) >= Math.min(wanted, known.seconds * 0.9)) return present
  await credentials(ctx, { forceRefresh: true })
  const renewed = await requireCredentials(ctx)
  known.seconds = Math.min(rest(ctx, renewed), 3600)
  if (rest(ctx, renewed) > 0) return renewed
  throw new StorageError('NoCredentials', 'The AWS credentials have expired, and new ones have too.')
}

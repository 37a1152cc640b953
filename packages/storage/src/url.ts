import { type Context, credentials, currentContext, perContext, serverTime } from '@backline/core/internal'
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

  const seconds = Math.min(Math.floor(expiresIn), await credentialsLast(ctx, expiresIn))
  if (seconds > 7 * 24 * 3600) {
    throw new StorageError('UrlExpirationMaxLimitExceed', 'A link can be good for seven days at most.')
  }
  const described = {
    'content-type': options.contentType,
    'content-disposition': contentDispositionOf(options.contentDisposition),
    'cache-control': options.cacheControl,
  }
  // A download is told how to look by the query; an upload is held to the headers that were signed.
  const call =
    method === 'PUT' ? { method, headers: described } : { method, query: prefixed('response-', described) }
  const url = await presigned(ctx, location, call, seconds)
  return { url, expiresAt: new Date(serverTime(ctx) + seconds * 1000) }
}

/** How long credentials last when they are new, as far as seen. */
const lifetime = /* @__PURE__ */ perContext('storage.credentialsLifetime', () => ({ seconds: 3600 }))

/** Seconds for which a link signed now will work; with new credentials where the present ones end too soon. */
async function credentialsLast(ctx: Context, wanted: number): Promise<number> {
  const rest = async () => {
    const { expiration } = await requireCredentials(ctx)
    return expiration ? Math.floor((expiration.getTime() - serverTime(ctx)) / 1000) : Number.POSITIVE_INFINITY
  }
  const known = lifetime(ctx)
  const left = await rest()
  // Nearly new ones are good enough: a page of a hundred links to photos must not fetch credentials a hundred times.
  if (left >= Math.min(wanted, known.seconds * 0.9)) return left
  await credentials(ctx, { forceRefresh: true })
  const renewed = await rest()
  known.seconds = Math.min(renewed, 3600)
  if (renewed > 0) return renewed
  throw new StorageError('NoCredentials', 'The AWS credentials have expired, and new ones have too.')
}

function prefixed(
  prefix: string,
  values: Record<string, string | undefined>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
}

// The S3 wire: REST with XML, signed with SigV4. See docs/protocols/s3.md. Bucket names in the host, or in the path for buckets with
// dots and for endpoints of one's own. No versions, tags, ACLs or access points.

import {
  type AWSCredentials,
  type Call,
  type Context,
  credentials,
  type HttpRequest,
  request,
} from '@backline/core/internal'
import { presign, sigv4 } from '@backline/core/sigv4'
import { StorageError } from './errors.js'
import type { Location } from './location.js'
import { childrenOf, type Element, readXml, textOf } from './xml.js'

export interface S3Call extends Pick<Call, 'signal' | 'idempotent' | 'attempts' | 'timeout' | 'send'> {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  query?: Record<string, string | number | undefined>
  headers?: Record<string, string | undefined>
  body?: Uint8Array
  /** The body is not hashed: a checksum in the headers guards it from damage, and TLS from whoever would forge both. */
  unsignedPayload?: boolean
}

/**
 * Sends one call to an object, or to its bucket where `key` is empty. Resolves with an answer of success only.
 *
 * @throws {StorageError} with S3's own `Code` as name, `NoCredentials`, `NetworkError`
 */
export async function s3(ctx: Context, location: Location, call: S3Call): Promise<Response> {
  for (let renewed = false; ; renewed = true) {
    await requireCredentials(ctx)
    const response = await send(ctx, location, call)
    if (response.ok) return response
    const error = await errorOf(response, call)
    // Revoked or expired earlier than its `Expiration` said. Nothing was done, so the call may be made again.
    if (renewed || !/^(ExpiredToken|InvalidToken|TokenRefreshRequired)$/.test(error.name)) throw error
    await credentials(ctx, { forceRefresh: true })
  }
}

/** The XML that an operation answered with. An `<Error>` inside a 200 is thrown as what it is. */
export async function answer(response: Response): Promise<Element> {
  const element = parse(await response.text())
  if (element?.name === 'Error') throw toError(element, response)
  if (!element)
    throw new StorageError('IntegrityError', 'S3 answered something that is not XML.', about(response))
  return element
}

export interface ObjectPage {
  Contents: { Key: string; ETag?: string; LastModified?: Date; Size?: number }[]
  CommonPrefixes: string[]
  NextContinuationToken?: string
}

/** A page of the objects whose keys begin with the key of the location. */
export async function listObjectsV2(
  ctx: Context,
  location: Location,
  query: { 'max-keys': number; 'continuation-token'?: string; delimiter?: string },
  signal?: AbortSignal,
): Promise<ObjectPage> {
  const response = await s3(
    ctx,
    { ...location, key: '' },
    {
      method: 'GET',
      // URL encoding, since keys may hold characters that XML cannot.
      query: { 'list-type': 2, 'encoding-type': 'url', prefix: location.key, ...query },
      signal,
    },
  )
  const page = await answer(response)
  const encoded = textOf(page, 'EncodingType') === 'url'
  const decode = (text = '') => (encoded ? decodeURIComponent(text.replace(/\+/g, ' ')) : text)
  return {
    Contents: childrenOf(page, 'Contents').map((each) => {
      const modified = textOf(each, 'LastModified')
      const size = textOf(each, 'Size')
      return {
        Key: decode(textOf(each, 'Key')),
        ETag: textOf(each, 'ETag'),
        LastModified: modified ? new Date(modified) : undefined,
        Size: size ? Number(size) : undefined,
      }
    }),
    CommonPrefixes: childrenOf(page, 'CommonPrefixes').map((each) => decode(textOf(each, 'Prefix'))),
    NextContinuationToken:
      textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : undefined,
  }
}

/** A link that does what the call says, for whoever holds it, during `expiresIn` seconds. */
export async function presigned(
  ctx: Context,
  location: Location,
  call: Pick<S3Call, 'method' | 'query' | 'headers'>,
  { expiresIn, credentials }: { expiresIn: number; credentials: AWSCredentials },
): Promise<URL> {
  const { url, headers } = address(location, call)
  const link: HttpRequest = { method: call.method, url, headers }
  return presign(ctx, link, {
    service: 's3',
    region: location.region,
    expiresIn,
    credentials,
  })
}

export async function requireCredentials(ctx: Context): Promise<AWSCredentials> {
  const found = await credentials(ctx)
  if (found) return found.credentials
  throw new StorageError('NoCredentials', 'There are no AWS credentials to reach the bucket with.', {
    recoverySuggestion: 'Sign in, allow guests in the identity pool, or configure a credentialsProvider.',
  })
}

async function send(ctx: Context, location: Location, call: S3Call): Promise<Response> {
  try {
    const { unsignedPayload } = call
    return await request(ctx, {
      ...call,
      ...address(location, call),
      authorize: sigv4({ service: 's3', region: location.region, unsignedPayload }),
    })
  } catch (error) {
    const { name, message } = error as Error
    throw new StorageError(name, message, { cause: error })
  }
}

function address(
  location: Location,
  call: Pick<S3Call, 'query' | 'headers'>,
): { url: URL; headers: Record<string, string> } {
  const url = urlOf(location)
  url.search = Object.entries(call.query ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .join('&')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries({
    ...call.headers,
    'x-amz-expected-bucket-owner': location.owner,
  })) {
    if (value !== undefined) headers[name] = value
  }
  return { url, headers }
}

/** Where an object is addressed. */
export function urlOf({ bucket, region, endpoint, accelerate, key }: Location): URL {
  const segments = key.split('/')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    // A URL cannot carry them, escaped or not: another object would be met.
    throw new StorageError('InvalidStoragePathInput', `The path "${key}" has a segment "." or "..".`)
  }
  const path = segments.map(encode).join('/')
  if (accelerate) {
    if (endpoint) {
      throw new StorageError(
        'ForcePathStyleEndpointNotSupported',
        'Transfer acceleration exists on AWS only.',
      )
    }
    if (bucket.includes('.')) {
      throw new StorageError('DnsIncompatibleBucketName', `"${bucket}" has dots and cannot be accelerated.`)
    }
    return new URL(`https://${bucket}.s3-accelerate.amazonaws.com/${path}`)
  }
  if (endpoint) return new URL(`${endpoint.replace(/\/$/, '')}/${bucket}/${path}`)
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  // The certificate of AWS's hosts covers one label: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
  return new URL(
    bucket.includes('.') ? `https://${host}/${bucket}/${path}` : `https://${bucket}.${host}/${path}`,
  )
}

/** RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** An object as the header that names the source of a copy. */
export function copySource({ bucket, key }: Location): string {
  return `${bucket}/${key.split('/').map(encode).join('/')}`
}

/** What an answer that is no success says. */
export async function errorOf(response: Response, call: Pick<S3Call, 'method'>): Promise<StorageError> {
  const element = call.method === 'HEAD' ? undefined : parse(await response.text().catch(() => ''))
  if (element) return toError(element, response)
  const name = { 403: 'Forbidden', 404: 'NotFound', 412: 'PreconditionFailed' }[response.status]
  return new StorageError(
    name ?? String(response.status),
    `S3 answered with status ${response.status}.`,
    about(response),
  )
}

function toError(element: Element, response: Response): StorageError {
  const message = textOf(element, 'Message') || `S3 answered with status ${response.status}.`
  return new StorageError(textOf(element, 'Code') ?? String(response.status), message, about(response))
}

function about({ status, headers }: Response) {
  return { status, requestId: headers.get('x-amz-request-id') ?? undefined }
}

function parse(text: string): Element | undefined {
  try {
    return readXml(text)
  } catch {
    return undefined
  }
}

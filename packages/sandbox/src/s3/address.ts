import type { WireRequest } from '../service.js'
import { S3Error } from './errors.js'

/** What a request is about, read from its host and path. */
export interface Address {
  bucket: string
  key: string
}

// With a bucket in front or without: s3.us-east-1.amazonaws.com, s3.dualstack.…, s3-accelerate.…
const AWS_HOST = /^(?:(.+)\.)?s3(?:-accelerate)?(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/i
const LOCAL_HOST = /^(.+)\.localhost$/i

const hostOf = (request: WireRequest) => (request.headers.host ?? '').replace(/:\d+$/, '')

/** Is the host one of S3's own? */
export const isS3Host = (request: WireRequest, buckets: string[]) =>
  AWS_HOST.test(hostOf(request)) || buckets.includes(LOCAL_HOST.exec(hostOf(request))?.[1] ?? '')

/** The first segment of the path, decoded as far as it can be. */
export function firstSegment(request: WireRequest): string {
  const segment = pathOf(request).split('/')[1] ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** @throws {S3Error} `InvalidURI`, `KeyTooLongError` */
export function addressOf(request: WireRequest): Address {
  const host = hostOf(request)
  const bucket = AWS_HOST.exec(host)?.[1] ?? LOCAL_HOST.exec(host)?.[1]
  // Decoded by hand from what was sent: a URL object would resolve the dots that belong to keys.
  const path = pathOf(request).replace(/^\//, '')
  const text = decode(path)
  const slash = text.indexOf('/')
  const address =
    bucket !== undefined
      ? { bucket, key: text }
      : slash < 0
        ? { bucket: text, key: '' }
        : { bucket: text.slice(0, slash), key: text.slice(slash + 1) }
  const size = Buffer.byteLength(address.key)
  if (size > 1024) {
    throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', { Size: size, MaxSizeAllowed: 1024 })
  }
  return address
}

function pathOf(request: WireRequest): string {
  return request.target.replace(/^https?:\/\/[^/?]*/i, '').split('?')[0]!
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.")
  }
}

/** Parts of a bucket or object that are addressed by the query alone, none of them in the sandbox. */
const SUBRESOURCES = [
  ...[
    'accelerate',
    'acl',
    'analytics',
    'attributes',
    'cors',
    'encryption',
    'intelligent-tiering',
    'inventory',
  ],
  ...[
    'legal-hold',
    'lifecycle',
    'logging',
    'metrics',
    'notification',
    'object-lock',
    'ownershipControls',
    'policy',
  ],
  ...[
    'policyStatus',
    'publicAccessBlock',
    'renameObject',
    'replication',
    'requestPayment',
    'restore',
    'retention',
  ],
  ...['select', 'session', 'tagging', 'torrent', 'versioning', 'versions', 'website'],
]

/** The operation's name in the API reference; for one that S3 knows and the sandbox does not, a name all the same. */
export function operationOf(request: WireRequest, { bucket, key }: Address): string {
  const { method } = request
  const query = request.url.searchParams
  const verb = { GET: 'Get', HEAD: 'Head', PUT: 'Put', POST: 'Post', DELETE: 'Delete' }[method] ?? method
  if (!bucket) return method === 'GET' ? 'ListBuckets' : 'MethodNotAllowed'
  const subresource = SUBRESOURCES.find((each) => query.has(each))
  if (subresource) {
    const words = subresource.replace(/(?:^|-)(.)/g, (_, first: string) => first.toUpperCase())
    return `${verb}${key ? 'Object' : 'Bucket'}${words}`
  }
  const copies = request.headers['x-amz-copy-source'] !== undefined || query.has('x-amz-copy-source')
  const names: Record<string, string> = key
    ? {
        GET: query.has('uploadId') ? 'ListParts' : 'GetObject',
        HEAD: 'HeadObject',
        PUT: query.has('uploadId')
          ? copies
            ? 'UploadPartCopy'
            : 'UploadPart'
          : copies
            ? 'CopyObject'
            : 'PutObject',
        POST: query.has('uploads')
          ? 'CreateMultipartUpload'
          : query.has('uploadId')
            ? 'CompleteMultipartUpload'
            : 'MethodNotAllowed',
        DELETE: query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject',
      }
    : {
        GET: query.has('location')
          ? 'GetBucketLocation'
          : query.has('uploads')
            ? 'ListMultipartUploads'
            : query.get('list-type') === '2'
              ? 'ListObjectsV2'
              : 'ListObjects',
        HEAD: 'HeadBucket',
        PUT: 'CreateBucket',
        POST: query.has('delete') ? 'DeleteObjects' : 'PostObject',
        DELETE: 'DeleteBucket',
      }
  return names[method] ?? 'MethodNotAllowed'
}

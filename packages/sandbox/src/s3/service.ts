import { join } from 'node:path'
import type { Functions } from '../functions.js'
import type { CredentialAuthority, Service, WireRequest, WireResponse, World } from '../service.js'
import { SignatureError, signedFor, verifySignature } from '../sigv4.js'
import { pathsOf } from './access.js'
import { addressOf, firstSegment, isS3Host, operationOf } from './address.js'
import { type Call, type Ground, planOf } from './call.js'
import { ALGORITHMS, headerOf } from './checksums.js'
import { copyObject, uploadPartCopy } from './copy.js'
import { deliver } from './deliver.js'
import {
  errorResponse,
  fromDisk,
  fromSignature,
  fromStatus,
  invalidRequest,
  notImplemented,
  S3Error,
} from './errors.js'
import { createEvents } from './events.js'
import { openFiles } from './files.js'
import { checkOwner } from './headers.js'
import { getBucketLocation, headBucket, listBuckets, listObjects, listObjectsV2 } from './listing.js'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './multipart.js'
import { deleteObject, deleteObjects, getObject, headObject, putObject } from './objects.js'
import { migrate } from './rows.js'
import { listMultipartUploads, listParts } from './uploads.js'

// S3 as browsers, SDKs and apps of Amplify use it. See docs/protocols/s3.md.

/** A new operation is one more line. */
const OPERATIONS: Record<string, (ground: Ground, call: Call) => Promise<WireResponse>> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateMultipartUpload: createMultipartUpload,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetObject: getObject,
  HeadBucket: headBucket,
  HeadObject: headObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PutObject: putObject,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
}

export interface S3 {
  readonly service: Service
  /** For services that write into a bucket: makes these bytes the object of a key. */
  deliver(bucket: string, key: string, data: Buffer): Promise<void>
}

export function createS3(world: World, authority: CredentialAuthority, functions: Functions): S3 {
  const { store } = world
  migrate(store)
  const files = openFiles(join(world.filesDir, 's3'))
  const known = () => store.all<{ file: string }>('SELECT file FROM s3_files').map(({ file }) => file)
  files.sweep(new Set(known()))
  const events = createEvents(world, functions)
  const ground: Ground = { world, authority, files, events }
  const buckets = () => world.plan.storages.map(({ bucketName }) => bucketName)

  const service: Service = {
    name: 's3',
    matches(request) {
      const signed = signedFor(request)
      if (signed !== undefined) return signed === 's3'
      if (isS3Host(request, buckets())) return true
      return request.headers['x-amz-target'] === undefined && buckets().includes(firstSegment(request))
    },
    async handle(request) {
      const response = await answer(ground, request).catch((error: unknown) => {
        const known = error instanceof S3Error ? error : fromDisk(error)
        if (known) return errorResponse(known, request.url.pathname)
        throw error
      })
      return { ...response, headers: { ...CORS, ...response.headers } }
    },
    close: events.close,
    fault: (status, message) => errorResponse(fromStatus(status, message), '/'),
    outputs: () => ({ storage: outputsOf(world) }),
    reset() {
      files.discard(known())
      for (const table of ['s3_files', 's3_uploads', 's3_objects', 's3_events'])
        store.run(`DELETE FROM ${table}`)
    },
  }
  return { service, deliver: (bucket, key, data) => deliver(ground, bucket, key, data) }
}

async function answer(ground: Ground, request: WireRequest): Promise<WireResponse> {
  const presigned = request.url.searchParams.has('X-Amz-Signature')
  const { principal, payload } = await verifySignature(request, {
    service: 's3',
    authority: ground.authority,
    clock: ground.world.clock,
    pathEncoding: 'once',
    checkBody: false,
  }).catch((error: unknown) => {
    throw error instanceof SignatureError ? fromSignature(error, presigned) : error
  })
  checkSigned(request)
  if (payload === undefined) {
    throw invalidRequest('Missing required header for this request: x-amz-content-sha256')
  }
  const address = addressOf(request)
  const query = request.url.searchParams
  const call: Call = {
    ...address,
    ...{ request, query, principal, payload },
    operation: operationOf(request, address),
    header: (name) => request.headers[name] ?? (presigned ? fromQuery(query, name) : undefined),
  }
  if (call.operation === 'MethodNotAllowed') {
    throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.', {
      Method: request.method,
    })
  }
  const operation = Object.hasOwn(OPERATIONS, call.operation) ? OPERATIONS[call.operation] : undefined
  if (!operation) throw notImplemented(call.operation)
  if (call.bucket) planOf(ground, call.bucket)
  checkOwner(call, ground.world.accountId)
  return operation(ground, call)
}

/** A header that nobody signed could turn the request into another one: a put by link into a copy, say. */
function checkSigned({ headers, url }: WireRequest): void {
  const signed =
    /SignedHeaders=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ??
    url.searchParams.get('X-Amz-SignedHeaders') ??
    ''
  const names = new Set(signed.toLowerCase().split(';'))
  const unsigned = Object.keys(headers).filter(
    (name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !names.has(name),
  )
  if (!unsigned.length) return
  throw new S3Error(403, 'AccessDenied', 'There were headers present in the request which were not signed', {
    HeadersNotSigned: unsigned.join(', '),
  })
}

/**
 * A signer of links may move any x-amz- header into the query, in any case. A checksum there was made before there was a body;
 * S3 takes no notice of it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 */
function fromQuery(query: URLSearchParams, name: string): string | undefined {
  if (!name.startsWith('x-amz-') || /checksum-(?!mode)/.test(name)) return undefined
  for (const [parameter, value] of query) if (parameter.toLowerCase() === name) return value
  return undefined
}

const EXPOSED = [
  ...[
    'ETag',
    'Content-Length',
    'Content-Range',
    'Content-Encoding',
    'Content-Disposition',
    'Accept-Ranges',
    'Date',
  ],
  ...['Last-Modified', 'x-amz-request-id', 'x-amz-id-2', 'x-amz-version-id', 'x-amz-mp-parts-count'],
  ...['x-amz-checksum-type', ...ALGORITHMS.map(headerOf), 'x-amz-bucket-region'],
]

const CORS = {
  'access-control-allow-origin': '*',
  // The star, for metadata, is what browsers take for any header as long as no cookies are sent; the names are for everybody else.
  'access-control-expose-headers': ['*', ...EXPOSED].join(', '),
}

function outputsOf({ plan, region, url }: World): Record<string, unknown> | undefined {
  const main = plan.storages.find(({ isDefault }) => isDefault) ?? plan.storages[0]
  if (!main) return undefined
  return {
    bucket_name: main.bucketName,
    aws_region: region,
    endpoint: url,
    buckets: plan.storages.map(({ name, bucketName, rules }) => ({
      ...{ name, bucket_name: bucketName, aws_region: region },
      paths: pathsOf(rules),
    })),
  }
}

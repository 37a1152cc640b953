import type { Call } from './call.js'
import { type Algorithm, elementOf, headerOf } from './checksums.js'
import {
  accessDenied,
  invalidArgument,
  notImplemented,
  preconditionFailed,
  requestIds,
  S3Error,
} from './errors.js'
import type { ObjectRow } from './rows.js'
import type { Content } from './xml.js'

const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]

/** Headers that ask for something the sandbox does not do. To take them in silence would be to lie. */
const UNKNOWN = [
  /^x-amz-tagging$/,
  /^x-amz-object-lock-/,
  /^x-amz-website-redirect-location$/,
  /^x-amz-server-side-encryption-customer-/,
  /^x-amz-grant-/,
  /^x-amz-write-offset-bytes$/,
]

const MOST_METADATA = 2048

/** What a writer says about an object and every reader gets back, as JSON. @throws {S3Error} */
export function keptHeaders(call: Call): string {
  const kept: Record<string, string> = {}
  const names = new Set(
    [...Object.keys(call.request.headers), ...call.query.keys()].map((each) => each.toLowerCase()),
  )
  let size = 0
  for (const name of names) {
    const value = call.header(name)
    if (value === undefined) continue
    if (UNKNOWN.some((pattern) => pattern.test(name))) throw notImplemented(`the header ${name}`)
    if (name.startsWith('x-amz-meta-')) {
      size += name.length - 'x-amz-meta-'.length + Buffer.byteLength(value, 'latin1')
      kept[name] = value
    }
  }
  if (size > MOST_METADATA) {
    throw new S3Error(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        Size: size,
        MaxSizeAllowed: MOST_METADATA,
      },
    )
  }
  for (const name of KEPT) {
    const value = call.request.headers[name]
    if (value !== undefined) kept[name] = value
  }
  // aws-chunked was about the journey, not about the object.
  const encodings = kept['content-encoding']
    ?.split(/\s*,\s*/)
    .filter((each) => each && each !== 'aws-chunked')
  delete kept['content-encoding']
  if (encodings?.length) kept['content-encoding'] = encodings.join(',')
  kept['content-type'] ||= 'binary/octet-stream'
  return JSON.stringify(kept)
}

/** Quoted, as in headers and XML. */
export const quoted = (etag: string) => `"${etag}"`

/** S3 knows whole seconds. */
export const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000) * 1000
export const isoTime = (milliseconds: number) => new Date(seconds(milliseconds)).toISOString()

const OVERRIDES: Record<string, string> = {
  'response-cache-control': 'cache-control',
  'response-content-disposition': 'content-disposition',
  'response-content-encoding': 'content-encoding',
  'response-content-language': 'content-language',
  'response-content-type': 'content-type',
  'response-expires': 'expires',
}

/** The headers of an answer that is about this object. */
export function objectHeaders(call: Call, object: ObjectRow): Record<string, string> {
  const headers: Record<string, string> = {
    ...JSON.parse(object.headers),
    ...requestIds(),
    'accept-ranges': 'bytes',
    etag: quoted(object.etag),
    'last-modified': new Date(object.modified).toUTCString(),
  }
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = call.query.get(parameter)
    if (value === null) continue
    if (/[^\t\u0020-\u00ff]/.test(value))
      throw invalidArgument('Header value cannot be represented.', parameter, value)
    headers[name] = value
  }
  return headers
}

export function checksumHeaders(object: Pick<ObjectRow, 'algorithm' | 'checksum' | 'checksum_type'>) {
  const { algorithm, checksum, checksum_type } = object
  const headers: Record<string, string> = {}
  if (algorithm && checksum && checksum_type) {
    headers[headerOf(algorithm)] = checksum
    headers['x-amz-checksum-type'] = checksum_type
  }
  return headers
}

/** The same as XML elements. */
export function checksumElements(
  algorithm: Algorithm | null | undefined,
  checksum: string | undefined | null,
  type?: string | null,
): { [name: string]: Content } {
  if (!algorithm || !checksum) return {}
  return { [elementOf(algorithm)]: checksum, ...(type ? { ChecksumType: type } : {}) }
}

interface Conditions {
  ifMatch: string | undefined
  ifNoneMatch: string | undefined
  ifModifiedSince: string | undefined
  ifUnmodifiedSince: string | undefined
}

export function conditionsOf(call: Call, prefix = ''): Conditions {
  return {
    ifMatch: call.header(`${prefix}if-match`),
    ifNoneMatch: call.header(`${prefix}if-none-match`),
    ifModifiedSince: call.header(`${prefix}if-modified-since`),
    ifUnmodifiedSince: call.header(`${prefix}if-unmodified-since`),
  }
}

/**
 * Compares an object with the conditions of a reader, in the order of RFC 9110 section 13.2.2.
 * @returns the condition that does not hold
 */
export function brokenCondition(conditions: Conditions, object: ObjectRow): keyof Conditions | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  const modified = seconds(object.modified)
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object.etag)) return 'ifMatch'
  } else if (ifUnmodifiedSince !== undefined && modified > Date.parse(ifUnmodifiedSince)) {
    return 'ifUnmodifiedSince'
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object.etag) ? 'ifNoneMatch' : undefined
  if (ifModifiedSince !== undefined && modified <= Date.parse(ifModifiedSince)) return 'ifModifiedSince'
  return undefined
}

/** @throws {S3Error} `PreconditionFailed`, `NoSuchKey`, `NotImplemented` where a writer's conditions do not hold. */
export function checkWriteConditions(call: Call, object: ObjectRow | undefined): void {
  const [ifMatch, ifNoneMatch] = [call.header('if-match'), call.header('if-none-match')]
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') throw notImplemented('If-None-Match with anything but * on a write')
    if (object) throw preconditionFailed('If-None-Match')
  }
  if (ifMatch === undefined) return
  if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: call.key })
  if (!matches(ifMatch, object.etag)) throw preconditionFailed('If-Match')
}

export function matches(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((each) => each.trim().replace(/^W\//, '').replace(/^"|"$/g, ''))
    .some((each) => each === '*' || each === etag)
}

/** @throws {S3Error} where the bucket is thought to belong to another account. */
export function checkOwner(call: Call, accountId: string): void {
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    const expected = call.header(name)
    if (expected !== undefined && expected !== accountId) throw accessDenied()
  }
}

export interface Range {
  start: number
  /** Inclusive. */
  end: number
}

/** What a Range header asks for; undefined: everything, also where it cannot be read or names several ranges. @throws {S3Error} `InvalidRange` */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? []
  if (header === undefined || (!first && !last)) return undefined
  const start = first ? Number(first) : Math.max(size - Number(last), 0)
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1
  if (first && last && Number(last) < Number(first)) return undefined
  if (start >= size) {
    throw new S3Error(
      416,
      'InvalidRange',
      'The requested range is not satisfiable',
      { RangeRequested: header, ActualObjectSize: size },
      { 'content-range': `bytes */${size}` },
    )
  }
  return { start, end }
}

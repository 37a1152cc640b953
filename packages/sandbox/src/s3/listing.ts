import type { WireResponse } from '../service.js'
import { authorize, authorizeRoot, type Call, type Ground } from './call.js'
import { invalidArgument, requestIds } from './errors.js'
import { isoTime, quoted } from './headers.js'
import { keyText, type ObjectRow } from './rows.js'
import { type Content, writeXml } from './xml.js'

const MOST = 1000

export async function listObjectsV2(ground: Ground, call: Call): Promise<WireResponse> {
  const asked = askedOf(call)
  authorize(ground, call, 'list', asked.prefix)
  const token = call.query.get('continuation-token') ?? undefined
  const startAfter = call.query.get('start-after') ?? undefined
  const from = token === undefined ? after(startAfter, asked) : fromToken(token)
  const page = listPage(ground, call.bucket, asked, from)
  const owner = call.query.get('fetch-owner') === 'true'
  return xml('ListBucketResult', {
    Name: call.bucket,
    Prefix: asked.encode(asked.prefix),
    Delimiter: asked.delimiter ? asked.encode(asked.delimiter) : undefined,
    StartAfter: startAfter ? asked.encode(startAfter) : undefined,
    ContinuationToken: token,
    NextContinuationToken: page.next?.toString('base64url'),
    KeyCount: page.objects.length + page.prefixes.length,
    MaxKeys: asked.most,
    EncodingType: asked.encodingType,
    IsTruncated: page.next !== undefined,
    Contents: page.objects.map((object) => entry(ground, object, asked.encode, owner)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: asked.encode(prefix) })),
  })
}

/** The first version of the list, which old clients still ask for. */
export async function listObjects(ground: Ground, call: Call): Promise<WireResponse> {
  const asked = askedOf(call)
  authorize(ground, call, 'list', asked.prefix)
  const marker = call.query.get('marker') ?? ''
  const page = listPage(ground, call.bucket, asked, after(marker, asked))
  return xml('ListBucketResult', {
    Name: call.bucket,
    Prefix: asked.encode(asked.prefix),
    Marker: asked.encode(marker),
    Delimiter: asked.delimiter ? asked.encode(asked.delimiter) : undefined,
    // Without a delimiter the last key serves as well, and S3 leaves this out.
    NextMarker: page.next && asked.delimiter ? asked.encode(page.last) : undefined,
    MaxKeys: asked.most,
    EncodingType: asked.encodingType,
    IsTruncated: page.next !== undefined,
    Contents: page.objects.map((object) => entry(ground, object, asked.encode, true)),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: asked.encode(prefix) })),
  })
}

export async function listBuckets(ground: Ground, call: Call): Promise<WireResponse> {
  authorizeRoot(call)
  const Bucket = ground.world.plan.storages.map(({ bucketName }) => ({
    Name: bucketName,
    CreationDate: isoTime(0),
    BucketRegion: ground.world.region,
  }))
  return xml('ListAllMyBucketsResult', { Buckets: { Bucket }, Owner: ownerOf(ground) })
}

export async function headBucket(ground: Ground, call: Call): Promise<WireResponse> {
  authorizeRoot(call)
  return { status: 200, headers: { ...requestIds(), 'x-amz-bucket-region': ground.world.region } }
}

export async function getBucketLocation(ground: Ground, call: Call): Promise<WireResponse> {
  authorizeRoot(call)
  const { region } = ground.world
  // The oldest region has no name here.
  return xml('LocationConstraint', region === 'us-east-1' ? '' : region)
}

export interface Asked {
  prefix: string
  delimiter: string
  most: number
  encodingType: 'url' | undefined
  encode(text: string): string
}

export function askedOf(call: Call, limit = 'max-keys'): Asked {
  const encoding = call.query.get('encoding-type')
  if (encoding !== null && encoding !== 'url') {
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding)
  }
  return {
    prefix: call.query.get('prefix') ?? '',
    delimiter: call.query.get('delimiter') ?? '',
    most: limitOf(call, limit),
    encodingType: encoding ?? undefined,
    encode: encoding ? urlEncode : (text) => text,
  }
}

/** A number of the query, cut to the most that S3 gives at once. @throws {S3Error} `InvalidArgument` */
export function limitOf(call: Call, name: string, otherwise = MOST, most = MOST): number {
  const text = call.query.get(name) ?? String(otherwise)
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text)
  }
  return Math.min(Number(text), most)
}

/** As Java's URLEncoder does it, with slashes left alone. */
const urlEncode = (text: string) =>
  encodeURIComponent(text)
    .replace(/%2F/g, '/')
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

interface Page {
  objects: ObjectRow[]
  prefixes: string[]
  /** Where the next page begins; undefined: there is none. */
  next: Buffer | undefined
  /** The last key or prefix of this page. */
  last: string
}

/** A page in the order of bytes. A common prefix is stepped over at once, however many keys it stands for. */
function listPage(ground: Ground, bucket: string, asked: Asked, start: Buffer): Page {
  const prefix = Buffer.from(asked.prefix)
  const delimiter = Buffer.from(asked.delimiter)
  const end = successor(prefix)
  const page: Page = { objects: [], prefixes: [], next: undefined, last: '' }
  let from = Buffer.compare(start, prefix) < 0 ? prefix : start
  while (asked.most > 0) {
    const room = asked.most - page.objects.length - page.prefixes.length
    const rows = ground.world.store.all<ObjectRow>(
      'SELECT * FROM s3_objects WHERE bucket = ? AND key >= ? AND (? IS NULL OR key < ?) ORDER BY key LIMIT ?',
      ...[bucket, from, end ?? null, end ?? null, Math.max(room, 1)],
    )
    for (const row of rows) {
      const key = Buffer.from(row.key)
      if (page.objects.length + page.prefixes.length === asked.most) return { ...page, next: from }
      const cut = delimiter.length ? key.indexOf(delimiter, prefix.length) : -1
      if (cut < 0) {
        page.objects.push(row)
        page.last = key.toString()
        from = Buffer.concat([key, Buffer.of(0)])
        continue
      }
      const common = key.subarray(0, cut + delimiter.length)
      page.prefixes.push((page.last = common.toString()))
      // Bytes of UTF-8 never reach 0xff, so that every prefix has a successor.
      from = successor(common)!
      break
    }
    if (!rows.length) return page
  }
  return page
}

/** The least key that is greater than every key with this prefix. */
function successor(prefix: Buffer): Buffer | undefined {
  if (!prefix.length) return undefined
  const next = Buffer.from(prefix)
  next[next.length - 1]! += 1
  return next
}

function after(key: string | undefined, { prefix, delimiter }: Asked): Buffer {
  if (!key) return Buffer.alloc(0)
  const wholePrefix =
    delimiter &&
    key.startsWith(prefix) &&
    key.indexOf(delimiter, prefix.length) === key.length - delimiter.length
  if (wholePrefix && key.length > prefix.length) return successor(Buffer.from(key))!
  return Buffer.concat([Buffer.from(key), Buffer.of(0)])
}

function fromToken(token: string): Buffer {
  const from = Buffer.from(token, 'base64url')
  if (!from.length || from.toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token)
  }
  return from
}

function entry(ground: Ground, object: ObjectRow, encode: (text: string) => string, owner: boolean): Content {
  return {
    Key: encode(keyText(object.key)),
    LastModified: isoTime(object.modified),
    ETag: quoted(object.etag),
    ChecksumAlgorithm: object.algorithm ?? undefined,
    ChecksumType: object.checksum_type ?? undefined,
    Size: object.size,
    StorageClass: 'STANDARD',
    Owner: owner ? ownerOf(ground) : undefined,
  }
}

/** S3 knows accounts by a longer id than everybody else. */
export const ownerOf = ({ world }: Ground) => ({
  ID: world.accountId.padStart(64, '0'),
  DisplayName: 'sandbox',
})

export const xml = (root: string, content: Content): WireResponse => ({
  status: 200,
  headers: { ...requestIds(), 'content-type': 'application/xml' },
  body: writeXml(root, content),
})

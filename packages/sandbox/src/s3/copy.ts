import { createHash } from 'node:crypto'
import type { WireResponse } from '../service.js'
import { authorize, type Call, type Ground, planOf } from './call.js'
import { ALGORITHMS, type Algorithm, createChecksum } from './checksums.js'
import { entityTooLarge, invalidArgument, invalidRequest, preconditionFailed } from './errors.js'
import {
  brokenCondition,
  checksumElements,
  checkWriteConditions,
  conditionsOf,
  isoTime,
  keptHeaders,
  quoted,
  type Range,
} from './headers.js'
import { xml } from './listing.js'
import { partNumberOf, recordPart, uploadOf } from './multipart.js'
import { LARGEST_PUT, readable, recordObject, type Stored } from './objects.js'
import { filesOf, findObject, type ObjectRow } from './rows.js'

export async function copyObject(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const { source, bucket, key } = sourceOf(ground, call)
  const directive = call.header('x-amz-metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', directive)
  }
  if (directive === 'COPY' && bucket === call.bucket && key === call.key) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  }
  const given = keptHeaders(call)
  const headers = directive === 'REPLACE' ? given : source.headers
  // S3's own words, by which clients know that they have to copy in parts.
  if (source.size > LARGEST_PUT) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_PUT}`,
    )
  }
  const check = (existing: ObjectRow | undefined) => checkWriteConditions(call, existing)
  check(findObject(ground.world.store, call.bucket, call.key))

  const stored = await storeCopy(ground, source, wholeRange(source), algorithmOf(call) ?? source.algorithm)
  const object = recordObject(ground, call, headers, stored, check)
  return xml('CopyObjectResult', {
    LastModified: isoTime(object.modified),
    ETag: quoted(object.etag),
    ...checksumElements(object.algorithm, object.checksum, object.checksum_type),
  })
}

export async function uploadPartCopy(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const number = partNumberOf(call)
  const upload = uploadOf(ground, call)
  const { source } = sourceOf(ground, call)
  const stored = await storeCopy(ground, source, copyRange(call, source), upload.algorithm)
  const part = recordPart(ground, call, number, stored)
  return xml('CopyPartResult', {
    LastModified: isoTime(part.modified),
    ETag: quoted(part.etag),
    ...checksumElements(part.algorithm, stored.checksum?.value.toString('base64')),
  })
}

/** The object that `x-amz-copy-source` names, if it may be read and its conditions hold. */
function sourceOf(ground: Ground, call: Call): { source: ObjectRow; bucket: string; key: string } {
  const header = call.header('x-amz-copy-source') ?? ''
  const wrong = () =>
    invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      header,
    )
  const [, path, version] = /^(.*?)(?:\?versionId=(.*))?$/s.exec(header)!
  if (version !== undefined && version !== 'null') {
    throw invalidArgument('Invalid version id specified', 'x-amz-copy-source', header)
  }
  let decoded: string
  try {
    decoded = decodeURIComponent(path!).replace(/^\//, '')
  } catch {
    throw wrong()
  }
  const slash = decoded.indexOf('/')
  if (slash < 1 || slash === decoded.length - 1) throw wrong()
  const [bucket, key] = [decoded.slice(0, slash), decoded.slice(slash + 1)]
  planOf(ground, bucket)
  const source = readable(ground, call, bucket, key)
  const broken = brokenCondition(conditionsOf(call, 'x-amz-copy-source-'), source)
  if (broken) throw preconditionFailed(`x-amz-copy-source-${broken.replace(/[A-Z]/g, (char) => `-${char}`)}`)
  return { source, bucket, key }
}

function copyRange(call: Call, source: ObjectRow): Range {
  const header = call.header('x-amz-copy-source-range')
  if (header === undefined) return wholeRange(source)
  const [, start, end] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header) ?? []
  if (!start || !end || Number(start) > Number(end)) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    )
  }
  if (Number(end) >= source.size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${source.size}`,
      'x-amz-copy-source-range',
      header,
    )
  }
  return { start: Number(start), end: Number(end) }
}

const wholeRange = ({ size }: ObjectRow): Range => ({ start: 0, end: size - 1 })

function algorithmOf(call: Call): Algorithm | undefined {
  const name = call.header('x-amz-checksum-algorithm')?.toUpperCase()
  if (name === undefined) return undefined
  const algorithm = ALGORITHMS.find((each) => each === name)
  if (!algorithm) throw invalidRequest('Checksum algorithm provided is unsupported.')
  return algorithm
}

/** Copies bytes on disk, hashing them anew: a copy is one piece, whatever its source was made of. */
async function storeCopy(
  ground: Ground,
  source: ObjectRow,
  { start, end }: Range,
  algorithm: Algorithm | null,
): Promise<Stored> {
  const size = end - start + 1
  if (size > LARGEST_PUT) throw entityTooLarge(LARGEST_PUT)
  const md5 = createHash('md5')
  const checksum = algorithm ? createChecksum(algorithm) : undefined
  const draft = await ground.files.draft()
  try {
    if (size) {
      const pieces = filesOf(ground.world.store, source.id)
      for await (const chunk of ground.files.read(pieces, start, end)) {
        md5.update(chunk)
        checksum?.update(chunk)
        await draft.write(chunk)
      }
    }
    return {
      ...{ size, md5: md5.digest('hex'), file: await draft.keep() },
      checksum: checksum && algorithm ? { algorithm, value: checksum.digest() } : undefined,
    }
  } catch (error) {
    await draft.drop()
    throw error
  }
}

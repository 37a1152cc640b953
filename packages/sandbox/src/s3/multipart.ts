import { createHash, randomBytes } from 'node:crypto'
import type { WireResponse } from '../service.js'
import { receiveXml } from './body.js'
import { authorize, type Call, type Ground } from './call.js'
import {
  ALGORITHMS,
  type Algorithm,
  BYTES,
  type ChecksumType,
  combineCrc,
  composite,
  elementOf,
  headerOf,
} from './checksums.js'
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload, requestIds, S3Error } from './errors.js'
import { checksumElements, checkWriteConditions, keptHeaders, quoted } from './headers.js'
import { xml } from './listing.js'
import { type Stored, storeBody } from './objects.js'
import {
  addFile,
  dropFiles,
  type FileRow,
  filesOf,
  findObject,
  type ObjectRow,
  putObjectRow,
  type UploadRow,
} from './rows.js'
import { type Element, textOf } from './xml.js'

const SMALLEST_PART = 5 * 1024 * 1024

export async function createMultipartUpload(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const headers = keptHeaders(call)
  const { algorithm, type } = checksumOf(call)
  const id = randomBytes(32).toString('base64url')
  ground.world.store.run(
    'INSERT INTO s3_uploads (id, bucket, key, started, headers, algorithm, checksum_type) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[id, call.bucket, Buffer.from(call.key), ground.world.clock.now(), headers, algorithm, type],
  )
  const answer = xml('InitiateMultipartUploadResult', { Bucket: call.bucket, Key: call.key, UploadId: id })
  if (algorithm && type) {
    Object.assign(answer.headers!, { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type })
  }
  return answer
}

function checksumOf(call: Call): { algorithm: Algorithm | null; type: ChecksumType | null } {
  const name = call.header('x-amz-checksum-algorithm')?.toUpperCase()
  const type = call.header('x-amz-checksum-type')?.toUpperCase()
  if (name === undefined) {
    if (type !== undefined) throw invalidRequest('x-amz-checksum-type needs x-amz-checksum-algorithm.')
    return { algorithm: null, type: null }
  }
  const algorithm = ALGORITHMS.find((each) => each === name)
  if (!algorithm)
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    )
  const combinable = algorithm.startsWith('CRC')
  const chosen = type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  if (
    (chosen !== 'FULL_OBJECT' && chosen !== 'COMPOSITE') ||
    (chosen === 'FULL_OBJECT' && !combinable) ||
    (chosen === 'COMPOSITE' && algorithm === 'CRC64NVME')
  ) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    )
  }
  return { algorithm, type: chosen }
}

/** The upload that the request names, if it is of this key. @throws {S3Error} `NoSuchUpload` */
export function uploadOf(ground: Ground, call: Call): UploadRow {
  const id = call.query.get('uploadId') ?? ''
  const upload = ground.world.store.get<UploadRow>(
    'SELECT * FROM s3_uploads WHERE id = ? AND bucket = ? AND key = ?',
    ...[id, call.bucket, Buffer.from(call.key)],
  )
  if (!upload) throw noSuchUpload(id)
  return upload
}

export function partNumberOf(call: Call): number {
  const text = call.query.get('partNumber') ?? ''
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text)
  }
  return Number(text)
}

export async function uploadPart(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const number = partNumberOf(call)
  const upload = uploadOf(ground, call)
  const sent = ALGORITHMS.find(
    (each) =>
      call.header(headerOf(each)) !== undefined || call.header('x-amz-trailer')?.includes(headerOf(each)),
  )
  if (upload.algorithm && sent && sent !== upload.algorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`,
    )
  }
  const stored = await storeBody(ground, call, upload.algorithm ?? undefined)
  const part = recordPart(ground, call, number, stored)
  return {
    status: 200,
    headers: {
      ...requestIds(),
      etag: quoted(part.etag),
      ...(part.algorithm && part.checksum
        ? { [headerOf(part.algorithm)]: Buffer.from(part.checksum).toString('base64') }
        : {}),
      'content-length': '0',
    },
  }
}

/** Makes a stored body a part of the upload, if that still exists. */
export function recordPart(ground: Ground, call: Call, number: number, stored: Stored): FileRow {
  const { store, clock } = ground.world
  const { file, size, md5: etag, checksum } = stored
  let replaced: string[]
  const part = {
    ...{ owner: call.query.get('uploadId') ?? '', number, file, size, etag, modified: clock.now() },
    ...{ algorithm: checksum?.algorithm ?? null, checksum: checksum?.value ?? null },
  }
  try {
    replaced = store.transaction(() => {
      uploadOf(ground, call)
      const old = filesOf(store, part.owner).filter((each) => each.number === number)
      addFile(store, part)
      return old.map((each) => each.file)
    })
  } catch (error) {
    ground.files.discard([file])
    throw error
  }
  ground.files.discard(replaced)
  return part
}

export async function completeMultipartUpload(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  uploadOf(ground, call)
  const named = namedParts(await receiveXml(ground, { ...call, header: withoutChecksums(call) }))
  const { store, clock, url } = ground.world

  const { object, discarded } = store.transaction(() => {
    const upload = uploadOf(ground, call)
    checkWriteConditions(call, findObject(store, call.bucket, call.key))
    const known = filesOf(store, upload.id)
    const parts = chosenParts(named, known, upload)
    const object = wholeOf(upload, parts, clock.now())
    checkDeclared(call, upload, object)
    const kept = new Set(parts.map(({ file }) => file))
    const unused = known.filter(({ file }) => !kept.has(file))
    for (const { number } of unused) {
      store.run('DELETE FROM s3_files WHERE owner = ? AND number = ?', upload.id, number)
    }
    store.run('DELETE FROM s3_uploads WHERE id = ?', upload.id)
    const replaced = putObjectRow(store, object)
    ground.events.record(call, object)
    return { object, discarded: [...unused.map(({ file }) => file), ...replaced] }
  })
  ground.files.discard(discarded)
  return xml('CompleteMultipartUploadResult', {
    Location: `${url}/${call.bucket}/${encodeURIComponent(call.key)}`,
    Bucket: call.bucket,
    Key: call.key,
    ETag: quoted(object.etag),
    ...checksumElements(object.algorithm, object.checksum, object.checksum_type),
  })
}

interface NamedPart {
  number: number
  etag: string
  checksums: Map<Algorithm, string>
}

function namedParts(asked: Element): NamedPart[] {
  const parts = asked.children.filter(({ name }) => name === 'Part')
  if (asked.name !== 'CompleteMultipartUpload' || !parts.length || parts.length > 10_000) throw malformedXml()
  const named = parts.map((part) => {
    const number = Number(textOf(part, 'PartNumber'))
    const etag = textOf(part, 'ETag')?.trim().replace(/^"|"$/g, '')
    if (!Number.isInteger(number) || number < 1 || !etag) throw malformedXml()
    const checksums = ALGORITHMS.map((each) => [each, textOf(part, elementOf(each))?.trim()] as const)
    return {
      number,
      etag,
      checksums: new Map(checksums.filter((each): each is [Algorithm, string] => !!each[1])),
    }
  })
  if (named.some(({ number }, index) => index && number <= named[index - 1]!.number)) {
    throw new S3Error(
      400,
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    )
  }
  return named
}

function chosenParts(named: NamedPart[], known: FileRow[], upload: UploadRow): FileRow[] {
  const byNumber = new Map(known.map((part) => [part.number, part]))
  return named.map(({ number, etag, checksums }, index) => {
    const part = byNumber.get(number)
    const wrong = [...checksums].some(
      ([algorithm, value]) =>
        part?.algorithm === algorithm && Buffer.from(part.checksum!).toString('base64') !== value,
    )
    if (!part || part.etag !== etag || wrong) {
      throw new S3Error(
        400,
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: upload.id, PartNumber: number, ETag: etag },
      )
    }
    if (upload.checksum_type === 'COMPOSITE' && !checksums.has(upload.algorithm!)) {
      throw invalidRequest(
        `The upload was created using a ${upload.algorithm!.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      )
    }
    if (index < named.length - 1 && part.size < SMALLEST_PART) {
      throw new S3Error(
        400,
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        { ProposedSize: part.size, MinSizeAllowed: SMALLEST_PART, PartNumber: number, ETag: etag },
      )
    }
    return part
  })
}

function wholeOf(upload: UploadRow, parts: FileRow[], modified: number): ObjectRow {
  const md5 = createHash('md5')
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'))
  const { id, bucket, key, headers, algorithm, checksum_type } = upload
  const checksums: Buffer[] = parts.map(({ checksum }) => Buffer.from(checksum ?? []))
  let checksum: string | null = null
  if (algorithm && checksum_type === 'COMPOSITE') {
    checksum = `${composite(algorithm, checksums).toString('base64')}-${parts.length}`
  } else if (algorithm) {
    checksum = checksums
      .reduce((sum, each, index) => (index ? combineCrc(algorithm, sum, each, parts[index]!.size) : each))
      .toString('base64')
  }
  return {
    ...{ id, bucket, key, headers, algorithm, checksum_type, checksum, modified },
    etag: `${md5.digest('hex')}-${parts.length}`,
    size: parts.reduce((sum, { size }) => sum + size, 0),
  }
}

/** Compares what the request says about the whole object with what it has become. */
function checkDeclared(call: Call, upload: UploadRow, object: ObjectRow): void {
  const type = call.header('x-amz-checksum-type')?.toUpperCase()
  if (type && upload.checksum_type && type !== upload.checksum_type) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksum_type} checksum mode. The complete request must use the same checksum mode.`,
    )
  }
  const size = call.header('x-amz-mp-object-size')
  if (size !== undefined && Number(size) !== object.size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${object.size}`,
    )
  }
  const declared = upload.algorithm && call.header(headerOf(upload.algorithm))
  if (!upload.algorithm || !declared) return
  const [value, count] = declared.split('-')
  if (Buffer.from(value!, 'base64').length !== BYTES[upload.algorithm]) {
    throw invalidRequest(`Value for ${headerOf(upload.algorithm)} header is invalid.`)
  }
  if (object.checksum !== declared && !(count === undefined && object.checksum?.split('-')[0] === value)) {
    throw new S3Error(
      400,
      'BadDigest',
      `The ${upload.algorithm} you specified did not match the calculated checksum.`,
    )
  }
}

/** On completion these headers are about the object, not about the document in the body. */
const withoutChecksums = (call: Call) => (name: string) =>
  name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm'
    ? undefined
    : call.header(name)

export async function abortMultipartUpload(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const { store } = ground.world
  const files = store.transaction(() => {
    const { id } = uploadOf(ground, call)
    store.run('DELETE FROM s3_uploads WHERE id = ?', id)
    return dropFiles(store, id)
  })
  ground.files.discard(files)
  return { status: 204, headers: requestIds() }
}

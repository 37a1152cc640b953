import { randomUUID } from 'node:crypto'
import type { WireResponse } from '../service.js'
import { type Received, receive, receiveXml } from './body.js'
import { authorize, type Call, type Ground, mayDo } from './call.js'
import { ALGORITHMS, type Algorithm, headerOf } from './checksums.js'
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  noSuchKey,
  requestIds,
  S3Error,
} from './errors.js'
import type { Deed } from './events.js'
import {
  brokenCondition,
  checksumHeaders,
  checkWriteConditions,
  conditionsOf,
  keptHeaders,
  matches,
  objectHeaders,
  quoted,
  type Range,
  rangeOf,
} from './headers.js'
import { addFile, filesOf, findObject, type ObjectRow, putObjectRow, removeObjectRow } from './rows.js'
import { textOf, writeXml } from './xml.js'

export const LARGEST_PUT = 5 * 1024 ** 3

/** A body on disk under its final name, that no row names yet. */
export interface Stored extends Received {
  file: string
}

/** Takes the body to disk. Nothing stays of one that breaks off or is not what it was said to be. */
export async function storeBody(ground: Ground, call: Call, algorithm?: Algorithm): Promise<Stored> {
  const draft = await ground.files.draft()
  try {
    const received = await receive(ground, call, { write: draft.write, limit: LARGEST_PUT, algorithm })
    return { ...received, file: await draft.keep() }
  } catch (error) {
    await draft.drop()
    throw error
  }
}

/** Makes a stored body the object of a key, in one transaction. `check` may still refuse. */
export function recordObject(
  ground: Ground,
  deed: Deed,
  headers: string,
  stored: Stored,
  check: (existing: ObjectRow | undefined) => void = () => undefined,
): ObjectRow {
  const { store, clock } = ground.world
  const { bucket, key } = deed
  const { file, size, md5: etag, checksum } = stored
  const modified = clock.now()
  const row: ObjectRow = {
    bucket,
    key: Buffer.from(key),
    id: randomUUID(),
    size,
    etag,
    modified,
    headers,
    algorithm: checksum?.algorithm ?? null,
    checksum: checksum?.value.toString('base64') ?? null,
    checksum_type: checksum ? 'FULL_OBJECT' : null,
  }
  let replaced: string[]
  try {
    replaced = store.transaction(() => {
      check(findObject(store, bucket, key))
      const old = putObjectRow(store, row)
      addFile(store, {
        ...{ owner: row.id, number: 1, file, size, etag, modified },
        ...{ algorithm: row.algorithm, checksum: checksum?.value ?? null },
      })
      ground.events.record(deed, row)
      return old
    })
  } catch (error) {
    ground.files.discard([file])
    throw error
  }
  ground.files.discard(replaced)
  return row
}

export async function putObject(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'write')
  const headers = keptHeaders(call)
  const check = (existing: ObjectRow | undefined) => checkWriteConditions(call, existing)
  check(findObject(ground.world.store, call.bucket, call.key))
  const stored = await storeBody(ground, call)
  const object = recordObject(ground, call, headers, stored, check)
  return {
    status: 200,
    headers: {
      ...requestIds(),
      etag: quoted(object.etag),
      ...checksumHeaders(object),
      'content-length': '0',
    },
  }
}

/** The object, as far as this principal may know of it. @throws {S3Error} `AccessDenied`, `NoSuchKey` */
export function readable(ground: Ground, call: Call, bucket = call.bucket, key = call.key): ObjectRow {
  authorize(ground, call, 'get', key, bucket)
  const object = findObject(ground.world.store, bucket, key)
  if (object) return object
  // Who may not list must not learn which keys exist.
  throw mayDo(ground, call, 'list', key, bucket) ? noSuchKey(key) : accessDenied()
}

export async function getObject(ground: Ground, call: Call): Promise<WireResponse> {
  const { object, status, headers, range } = reading(ground, call)
  if (status === 304 || !object.size) return { status, headers }
  const { start, end } = range ?? { start: 0, end: object.size - 1 }
  const pieces = filesOf(ground.world.store, object.id)
  return { status, headers, body: ground.files.read(pieces, start, end) }
}

export async function headObject(ground: Ground, call: Call): Promise<WireResponse> {
  const { status, headers } = reading(ground, call)
  return { status, headers }
}

function reading(ground: Ground, call: Call) {
  const version = call.query.get('versionId')
  if (version !== null && version !== 'null') {
    throw invalidArgument('Invalid version id specified', 'versionId', version)
  }
  const object = readable(ground, call)
  const broken = brokenCondition(conditionsOf(call), object)
  if (broken === 'ifMatch' || broken === 'ifUnmodifiedSince') {
    throw new S3Error(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      {
        Condition: broken === 'ifMatch' ? 'If-Match' : 'If-Unmodified-Since',
      },
    )
  }
  const headers = objectHeaders(call, object)
  if (broken) {
    delete headers['content-type']
    return { object, status: 304, headers, range: undefined }
  }
  const part = call.query.get('partNumber')
  const range =
    part === null ? rangeOf(askedRange(call, object), object.size) : partRange(ground, object, part, headers)
  const length = range ? range.end - range.start + 1 : object.size
  headers['content-length'] = String(length)
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`
  else if (call.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED') {
    Object.assign(headers, checksumHeaders(object))
  }
  return { object, status: range ? 206 : 200, headers, range }
}

function askedRange(call: Call, object: ObjectRow): string | undefined {
  const ifRange = call.header('if-range')
  if (ifRange === undefined || matches(ifRange, object.etag)) return call.header('range')
  return Date.parse(ifRange) >= object.modified ? call.header('range') : undefined
}

function partRange(
  ground: Ground,
  object: ObjectRow,
  text: string,
  headers: Record<string, string>,
): Range | undefined {
  const files = filesOf(ground.world.store, object.id)
  const number = Number(text)
  if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text)
  }
  if (number > files.length) {
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      PartNumberRequested: number,
      ActualPartCount: files.length,
    })
  }
  if (object.etag.includes('-')) headers['x-amz-mp-parts-count'] = String(files.length)
  if (!object.size) return undefined
  const start = files.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0)
  return { start, end: start + files[number - 1]!.size - 1 }
}

export async function deleteObject(ground: Ground, call: Call): Promise<WireResponse> {
  authorize(ground, call, 'delete')
  const { store } = ground.world
  const files = store.transaction(() => {
    if (call.header('if-match') !== undefined) {
      checkWriteConditions(call, findObject(store, call.bucket, call.key))
    }
    return removeObject(ground, call, call.key)
  })
  ground.files.discard(files)
  return { status: 204, headers: requestIds() }
}

/** Within a transaction. Returns the files to discard. */
function removeObject(ground: Ground, call: Call, key: string): string[] {
  const { store } = ground.world
  const object = findObject(store, call.bucket, key)
  if (!object) return []
  ground.events.record(call, object)
  return removeObjectRow(store, call.bucket, object.key)
}

export async function deleteObjects(ground: Ground, call: Call): Promise<WireResponse> {
  const { store } = ground.world
  const checked = ['content-md5', 'x-amz-trailer', ...ALGORITHMS.map(headerOf)]
  if (checked.every((name) => call.header(name) === undefined)) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*')
  }
  const asked = await receiveXml(ground, call)
  const keys = asked.children.filter(({ name }) => name === 'Object').map((each) => textOf(each, 'Key'))
  if (asked.name !== 'Delete' || !keys.length || keys.length > 1000) throw malformedXml()
  const quiet = textOf(asked, 'Quiet') === 'true'
  const deleted: { Key: string }[] = []
  const failed: { Key: string; Code: string; Message: string }[] = []
  const files = store.transaction(() =>
    keys.flatMap((key) => {
      if (!key) throw malformedXml()
      if (!mayDo(ground, call, 'delete', key)) {
        failed.push({ Key: key, Code: 'AccessDenied', Message: 'Access Denied' })
        return []
      }
      if (!quiet) deleted.push({ Key: key })
      return removeObject(ground, call, key)
    }),
  )
  ground.files.discard(files)
  return {
    status: 200,
    headers: { ...requestIds(), 'content-type': 'application/xml' },
    body: writeXml('DeleteResult', { Deleted: deleted, Error: failed }),
  }
}

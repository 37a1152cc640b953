import type { WireResponse } from '../service.js'
import { authorize, authorizeRoot, type Call, type Ground } from './call.js'
import { elementOf } from './checksums.js'
import { isoTime, quoted } from './headers.js'
import { askedOf, limitOf, ownerOf, xml } from './listing.js'
import { uploadOf } from './multipart.js'
import { filesOf, keyText, type UploadRow } from './rows.js'

// What lies in unfinished uploads.

export async function listParts(ground: Ground, call: Call): Promise<WireResponse> {
  // On AWS whoever began an upload may look at it; here that is whoever may write the key.
  authorize(ground, call, 'write')
  const upload = uploadOf(ground, call)
  const most = limitOf(call, 'max-parts')
  const marker = limitOf(call, 'part-number-marker', 0, 10_000)
  const later = filesOf(ground.world.store, upload.id).filter(({ number }) => number > marker)
  const page = later.slice(0, most)
  const truncated = most > 0 && later.length > most
  return xml('ListPartsResult', {
    Bucket: call.bucket,
    Key: call.key,
    UploadId: upload.id,
    Initiator: ownerOf(ground),
    Owner: ownerOf(ground),
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: truncated,
    ChecksumAlgorithm: upload.algorithm ?? undefined,
    ChecksumType: upload.checksum_type ?? undefined,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: isoTime(part.modified),
      ETag: quoted(part.etag),
      Size: part.size,
      ...(part.algorithm && part.checksum
        ? { [elementOf(part.algorithm)]: Buffer.from(part.checksum).toString('base64') }
        : {}),
    })),
  })
}

export async function listMultipartUploads(ground: Ground, call: Call): Promise<WireResponse> {
  // No rule of defineStorage grants this one.
  authorizeRoot(call)
  const asked = askedOf(call, 'max-uploads')
  const keyMarker = call.query.get('key-marker') ?? ''
  const idMarker = call.query.get('upload-id-marker') ?? ''
  const all = ground.world.store
    .all<UploadRow>('SELECT * FROM s3_uploads WHERE bucket = ? ORDER BY key, started, id', call.bucket)
    .map((upload) => ({ ...upload, text: keyText(upload.key) }))
    .filter(({ text }) => text.startsWith(asked.prefix))
  const seen = all.findIndex(({ id, text }) => text === keyMarker && id === idMarker)
  const marker = Buffer.from(keyMarker)
  const later = seen >= 0 ? all.slice(seen + 1) : all.filter(({ key }) => Buffer.compare(key, marker) > 0)

  const uploads: typeof all = []
  const prefixes = new Set<string>()
  let last: (typeof all)[number] | undefined
  let truncated = false
  for (const upload of later) {
    const cut = asked.delimiter ? upload.text.indexOf(asked.delimiter, asked.prefix.length) : -1
    const prefix = cut < 0 ? undefined : upload.text.slice(0, cut + asked.delimiter.length)
    if (prefix === undefined || !prefixes.has(prefix)) {
      if (uploads.length + prefixes.size >= asked.most) {
        truncated = asked.most > 0
        break
      }
      if (prefix === undefined) uploads.push(upload)
      else prefixes.add(prefix)
    }
    last = upload
  }
  return xml('ListMultipartUploadsResult', {
    Bucket: call.bucket,
    KeyMarker: asked.encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: truncated && last ? asked.encode(last.text) : undefined,
    NextUploadIdMarker: truncated ? last?.id : undefined,
    Prefix: asked.encode(asked.prefix),
    Delimiter: asked.delimiter ? asked.encode(asked.delimiter) : undefined,
    EncodingType: asked.encodingType,
    MaxUploads: asked.most,
    IsTruncated: truncated,
    Upload: uploads.map((upload) => ({
      Key: asked.encode(upload.text),
      UploadId: upload.id,
      Initiator: ownerOf(ground),
      Owner: ownerOf(ground),
      StorageClass: 'STANDARD',
      Initiated: isoTime(upload.started),
      ChecksumAlgorithm: upload.algorithm ?? undefined,
      ChecksumType: upload.checksum_type ?? undefined,
    })),
    CommonPrefixes: [...prefixes].map((prefix) => ({ Prefix: asked.encode(prefix) })),
  })
}

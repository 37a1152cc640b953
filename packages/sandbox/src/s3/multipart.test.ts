import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, serve } from '../sandbox.js'

const Bucket = 'drive-bucket'
const MIB = 1024 * 1024
const dataDir = mkdtempSync(join(tmpdir(), 'backline-test-'))
let sandbox: Sandbox
let s3: S3Client
/** Sends and asks for no more checksums than it is told to. */
let plain: S3Client

beforeAll(async () => {
  const storages = [{ name: 'drive', isDefault: true, bucketName: Bucket, rules: [] }]
  sandbox = await serve({ extraOutputs: {}, storages }, { dataDir })
  const { url: endpoint, credentials } = sandbox
  const options = { endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 }
  s3 = new S3Client(options)
  plain = new S3Client({
    ...options,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
})
afterAll(async () => {
  s3.destroy()
  plain.destroy()
  await sandbox.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const filesOnDisk = () => readdirSync(join(dataDir, 'files', 's3'))

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}, client = plain) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))
  const upload = { Bucket, Key, UploadId }
  return {
    ...upload,
    async part(PartNumber: number, Body: Buffer | string, extra: object = {}): Promise<CompletedPart> {
      const sent = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...extra }))
      const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumSHA256, ChecksumCRC64NVME } = sent
      return { PartNumber, ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumSHA256, ChecksumCRC64NVME }
    },
    complete: (Parts: CompletedPart[], extra: object = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...extra })),
  }
}

test('parts in any order become one object whose ETag is the hash of hashes', async () => {
  const [one, two] = [randomBytes(5 * MIB), randomBytes(1000)]
  const upload = await begin('whole', { ContentType: 'video/mp4', Metadata: { a: 'b' } })
  const second = await upload.part(7, two)
  await upload.part(3, 'overwritten')
  const first = await upload.part(3, one)
  await upload.part(9, 'never named')
  const done = await upload.complete([first, second])
  const md5 = (data: Buffer) => createHash('md5').update(data).digest()
  expect(done.ETag).toBe(`"${md5(Buffer.concat([md5(one), md5(two)])).toString('hex')}-2"`)
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'whole' }))
  expect(got).toMatchObject({
    ContentType: 'video/mp4',
    Metadata: { a: 'b' },
    ContentLength: one.length + 1000,
  })
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Buffer.concat([one, two]))).toBe(true)
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'whole', PartNumber: 2 }))
  expect(part).toMatchObject({ PartsCount: 2, ContentLength: 1000 })
  expect(Buffer.from(await part.Body!.transformToByteArray()).equals(two)).toBe(true)
  expect(filesOnDisk()).toHaveLength(2)
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'whole' }))
  expect(filesOnDisk()).toEqual([])
})

test('what is said on completion must be true', async () => {
  const upload = await begin('strict')
  const [one, two] = [await upload.part(1, 'small'), await upload.part(2, 'last')]
  await expect(upload.complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' })
  await expect(upload.complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
  await expect(upload.complete([one, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' })
  await expect(upload.complete([{ ...one, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(upload.complete([{ ...one, PartNumber: 5 }])).rejects.toMatchObject({ name: 'InvalidPart' })
  await expect(upload.complete([])).rejects.toMatchObject({ name: 'MalformedXML' })
  await expect(upload.complete([one], { MpuObjectSize: 4 })).rejects.toMatchObject({ name: 'InvalidRequest' })
  await expect(upload.part(0, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' })
  await expect(upload.part(10_001, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' })
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'strict' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
  await upload.complete([one], { MpuObjectSize: 5 })
  await expect(upload.complete([one])).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await expect(upload.part(1, 'late')).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'strict' }))
  expect(filesOnDisk()).toEqual([])
})

test('an upload may refuse to replace what came before its completion', async () => {
  const upload = await begin('taken')
  const one = await upload.part(1, 'x')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'taken', Body: 'first' }))
  await expect(upload.complete([one], { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  })
  await plain.send(new AbortMultipartUploadCommand(upload))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'taken' }))
  expect(filesOnDisk()).toEqual([])
})

test('an aborted upload leaves nothing, and its parts still on the way are turned away', async () => {
  const upload = await begin('aborted')
  await upload.part(1, randomBytes(MIB))
  const late = upload.part(2, randomBytes(8 * MIB))
  await plain.send(new AbortMultipartUploadCommand(upload))
  await expect(late).rejects.toMatchObject({ name: 'NoSuchUpload' })
  await expect(plain.send(new AbortMultipartUploadCommand(upload))).rejects.toMatchObject({
    name: 'NoSuchUpload',
  })
  await expect(plain.send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' })
  expect(filesOnDisk()).toEqual([])
})

test('parts and uploads are listed, page by page', async () => {
  const upload = await begin('listed/a')
  const other = await begin('listed/b/c')
  for (const number of [1, 2, 4]) await upload.part(number, `part ${number}`)
  const page = await plain.send(new ListPartsCommand({ ...upload, MaxParts: 2 }))
  expect(page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 6],
    [2, 6],
  ])
  expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' })
  const rest = await plain.send(new ListPartsCommand({ ...upload, PartNumberMarker: '2' }))
  expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([4])
  const uploads = await plain.send(
    new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed/', Delimiter: '/' }),
  )
  expect(uploads.Uploads?.map(({ Key }) => Key)).toEqual(['listed/a'])
  expect(uploads.CommonPrefixes).toEqual([{ Prefix: 'listed/b/' }])
  const first = await plain.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }))
  expect(first.Uploads?.map(({ UploadId }) => UploadId)).toEqual([upload.UploadId])
  const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = first
  const second = await plain.send(new ListMultipartUploadsCommand({ Bucket, KeyMarker, UploadIdMarker }))
  expect(second.Uploads?.map(({ UploadId }) => UploadId)).toEqual([other.UploadId])
  for (const each of [upload, other]) await plain.send(new AbortMultipartUploadCommand(each))
})

test('a part can be copied from an object, whole or a range of it', async () => {
  const source = randomBytes(6 * MIB)
  await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: source }))
  const upload = await begin('patchwork')
  const copy = async (PartNumber: number, CopySourceRange?: string): Promise<CompletedPart> => {
    const input = { ...upload, PartNumber, CopySource: `${Bucket}/source`, CopySourceRange }
    const { CopyPartResult } = await plain.send(new UploadPartCopyCommand(input))
    return { PartNumber, ETag: CopyPartResult!.ETag }
  }
  await expect(copy(1, `bytes=0-${source.length}`)).rejects.toMatchObject({ name: 'InvalidArgument' })
  await upload.complete([await copy(1), await copy(2, 'bytes=10-19')])
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'patchwork' }))
  const expected = Buffer.concat([source, source.subarray(10, 20)])
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(expected)).toBe(true)
})

const MODES = [
  ['CRC32', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['SHA256', 'COMPOSITE'],
  ['CRC64NVME', 'FULL_OBJECT'],
] as const
test.each(MODES)(
  'a %s %s checksum is kept over parts, and the official client finds it right',
  async (ChecksumAlgorithm, ChecksumType) => {
    const body = randomBytes(5 * MIB + 12_345)
    const Key = `summed/${ChecksumAlgorithm}/${ChecksumType}`
    const upload = await begin(Key, { ChecksumAlgorithm, ChecksumType }, s3)
    const parts = [
      await upload.part(1, body.subarray(0, 5 * MIB), { ChecksumAlgorithm }),
      await upload.part(2, body.subarray(5 * MIB), { ChecksumAlgorithm }),
    ]
    const member = `Checksum${ChecksumAlgorithm}` as const
    if (ChecksumType === 'COMPOSITE') {
      const without = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
      await expect(upload.complete(without)).rejects.toMatchObject({ name: 'InvalidRequest' })
    }
    const swapped = parts.map((part, index) => ({ ...part, [member]: parts[1 - index]![member] }))
    await expect(upload.complete(swapped)).rejects.toMatchObject({ name: 'InvalidPart' })
    const done = await upload.complete(parts)
    expect(done.ChecksumType).toBe(ChecksumType)
    if (ChecksumType === 'COMPOSITE') expect(done[member]).toMatch(/=-2$/)
    else {
      const single = { Bucket, Key: 'single', Body: body, ChecksumAlgorithm }
      expect(done[member]).toBe((await s3.send(new PutObjectCommand(single)))[member])
    }
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(got[member]).toBe(done[member])
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true)
  },
)

test('a checksum of another kind than the upload’s, or of another whole, is refused', async () => {
  const upload = await begin('summed/wrong', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' })
  await expect(upload.part(1, 'x', { ChecksumAlgorithm: 'SHA256' })).rejects.toMatchObject({
    name: 'InvalidRequest',
  })
  const part = await upload.part(1, 'x')
  await expect(upload.complete([part], { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({
    name: 'BadDigest',
  })
  await plain.send(new AbortMultipartUploadCommand(upload))
  for (const [ChecksumAlgorithm, ChecksumType] of [
    ['SHA1', 'FULL_OBJECT'],
    ['CRC64NVME', 'COMPOSITE'],
  ] as const) {
    await expect(begin('x', { ChecksumAlgorithm, ChecksumType })).rejects.toMatchObject({
      name: 'InvalidRequest',
    })
  }
})

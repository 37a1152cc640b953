import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { afterAll, expect, test } from 'vitest'
import { serve } from '../sandbox.js'
import { killChildren, plan, startChild } from './child.fixture.js'

const Bucket = 'drive-bucket'
const MIB = 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'backline-test-'))
const dataDir = join(folder, 'data')
afterAll(() => {
  killChildren()
  rmSync(folder, { recursive: true, force: true })
})

test('killed in the middle of writes, it has everything it acknowledged and nothing by halves', async () => {
  const { child, url: endpoint, key: accessKeyId, secret: secretAccessKey } = await startChild(dataDir)
  const options = { region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 }
  const writer = new S3Client({ ...options, endpoint, credentials: { accessKeyId, secretAccessKey } })

  const md5 = (data: Uint8Array) => createHash('md5').update(data).digest('hex')
  const sent = new Map<string, Set<string>>()
  const acknowledged = new Map<string, string>()
  let running = true
  const keepWriting = async (lane: number) => {
    for (let round = 0; running; round++) {
      // Few keys, so that objects are replaced as well as made.
      const Key = `${lane}/${round % 3}`
      const big = lane === 0
      const body = randomBytes(big ? 11 * MIB : 50_000 + lane)
      const hash = md5(body)
      sent.set(Key, (sent.get(Key) ?? new Set()).add(hash))
      try {
        if (big) await new Upload({ client: writer, params: { Bucket, Key, Body: body } }).done()
        else await writer.send(new PutObjectCommand({ Bucket, Key, Body: body }))
        acknowledged.set(Key, hash)
      } catch {
        return
      }
    }
  }
  const lanes = [0, 1, 2, 3].map(keepWriting)
  await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(9)
  child.kill('SIGKILL')
  await once(child, 'exit')
  running = false
  await Promise.all(lanes)
  writer.destroy()

  const sandbox = await serve(plan, { dataDir })
  const reader = new S3Client({ ...options, endpoint: sandbox.url, credentials: sandbox.credentials })
  try {
    const { Contents = [] } = await reader.send(new ListObjectsV2Command({ Bucket }))
    expect(Contents.map(({ Key }) => Key)).toEqual(expect.arrayContaining([...acknowledged.keys()]))
    const read = new Map<string, string>()
    for (const { Key } of Contents) {
      const { Body } = await reader.send(new GetObjectCommand({ Bucket, Key }))
      read.set(Key!, md5(await Body!.transformToByteArray()))
    }
    // The last write of a lane may have been recorded without its answer having come through; then the key holds that one, whole.
    for (const [key, hash] of read)
      expect(sent.get(key)!.has(hash), `${key} holds something never sent`).toBe(true)
    const stale = [...acknowledged].filter(([key, hash]) => read.get(key) !== hash)
    const lastSent = (key: string) => [...sent.get(key)!].at(-1)
    expect(stale.filter(([key]) => read.get(key) !== lastSent(key))).toEqual([])
    // Nobody's files have been swept away: what is left belongs to objects and to uploads that can go on.
    expect(readdirSync(join(dataDir, 'files', 's3')).filter((file) => file.endsWith('.part'))).toEqual([])
  } finally {
    reader.destroy()
    await sandbox.stop()
  }
})

test('a disk that is full is an error with a name, and leaves what is there as it is', async () => {
  const full = join(folder, 'full')
  const { child, url: endpoint, key: accessKeyId, secret: secretAccessKey } = await startChild(full, 8 * 1024)
  const credentials = { accessKeyId, secretAccessKey }
  const s3 = new S3Client({
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    endpoint,
    credentials,
  })
  const put = (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  const files = () => readdirSync(join(full, 'files', 's3'))
  const small = randomBytes(1000)
  await put('kept', small)
  for (const key of ['kept', 'new']) {
    await expect(put(key, randomBytes(12 * MIB))).rejects.toMatchObject({
      ...{ name: 'InsufficientStorage', $metadata: { httpStatusCode: 507 } },
      message: expect.stringMatching(/disk of the sandbox is full/),
    })
  }
  await expect.poll(files).toHaveLength(1)
  await put('later', small)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'kept' }))
  expect(Buffer.from(await Body!.transformToByteArray()).equals(small)).toBe(true)
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  expect(Contents.map(({ Key }) => Key)).toEqual(['kept', 'later'])
  s3.destroy()
  child.kill('SIGTERM')
  await once(child, 'exit')
})

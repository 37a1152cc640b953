import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { defineBackend, defineFunction, defineStorage, type StorageAllow } from '@backline/schema/backend'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../sandbox.js'

let home: string
let sandbox: Sandbox
let s3: S3Client
let Bucket: string

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'backline-events-'))
  await start()
})
afterEach(async () => {
  s3.destroy()
  await sandbox.stop()
  rmSync(home, { recursive: true, force: true })
})

async function start() {
  const clerk = defineFunction({
    name: 'clerk',
    entry: fileURLToPath(new URL('./eventHandler.fixture.ts', import.meta.url)),
    environment: { SEEN: join(home, 'seen'), HOLD: join(home, 'hold') },
    timeoutSeconds: 30,
  })
  sandbox = await startSandbox({
    dataDir: join(home, 'data'),
    backend: defineBackend({
      clerk,
      storage: defineStorage({
        name: 'drive',
        access: (allow: StorageAllow) => ({
          'inbox/*': [allow.resource(clerk).to(['read'])],
          'done/*': [allow.resource(clerk).to(['write'])],
          'secret/*': [allow.guest.to(['read'])],
        }),
        triggers: { onUpload: clerk, onDelete: clerk },
      }),
    }),
  })
  const { url: endpoint, credentials, outputs } = sandbox
  Bucket = (outputs.storage as { bucket_name: string }).bucket_name
  s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true, maxAttempts: 1 })
}

interface Told {
  eventName: string
  eventSource: string
  awsRegion: string
  s3: {
    bucket: { name: string; arn: string }
    object: { key: string; size?: number; eTag?: string; sequencer: string }
  }
}

function seen(): Told[] {
  const lines = existsSync(join(home, 'seen')) ? readFileSync(join(home, 'seen'), 'utf8').split('\n') : []
  return lines.filter(Boolean).flatMap((line) => JSON.parse(line).Records)
}
const told = () => seen().map(({ eventName, s3 }) => `${eventName} ${s3.object.key}`)

const put = (Key: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ...more }))
const text = async (Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString()

test('functions are told of what was written, copied, put together and deleted, and of nothing else', async () => {
  await put('inbox/Grüße +1/a.txt')
  await expect(put('inbox/Grüße +1/a.txt', { IfNoneMatch: '*' })).rejects.toThrow()
  await s3.send(
    new CopyObjectCommand({
      Bucket,
      Key: 'inbox/b',
      CopySource: `${Bucket}/${encodeURIComponent('inbox/Grüße +1/a.txt')}`,
    }),
  )
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'inbox/c' }))
  const part = { Bucket, Key: 'inbox/c', UploadId, PartNumber: 1 }
  const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'part' }))
  await s3.send(
    new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
  )
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'inbox/b' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'inbox/never-there' }))
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'inbox/c' }] } }))

  await vi.waitFor(() => expect(seen().length).toBe(5), 30_000)
  expect(told().sort()).toEqual([
    'ObjectCreated:CompleteMultipartUpload inbox/c',
    'ObjectCreated:Copy inbox/b',
    'ObjectCreated:Put inbox/Gr%C3%BC%C3%9Fe+%2B1/a.txt',
    'ObjectRemoved:Delete inbox/b',
    'ObjectRemoved:Delete inbox/c',
  ])
  const first = seen().find(({ eventName }) => eventName === 'ObjectCreated:Put')
  expect(first).toMatchObject({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` },
      object: { size: 5, eTag: '5d41402abc4b2a76b9719d911017c592' },
    },
  })
  const order = seen().sort((one, other) => (one.s3.object.sequencer < other.s3.object.sequencer ? -1 : 1))
  expect(order.map(({ eventName }) => eventName.split(':')[1])).toEqual([
    ...['Put', 'Copy', 'CompleteMultipartUpload', 'Delete', 'Delete'],
  ])
})

test('a function may do with objects what it was granted, and finds the name of the bucket', async () => {
  await put('inbox/work')
  await vi.waitFor(async () => expect(await text('done/outcome')).toBe('AccessDenied'), 30_000)
  expect(await text('done/work')).toBe('HELLO')
  await expect(text('secret/work')).rejects.toMatchObject({ name: 'NoSuchKey' })
})

test('a function that fails is told three times, and holds up nobody', async () => {
  await put('inbox/fail')
  await put('inbox/fine')
  await vi.waitFor(() => expect(told().filter((each) => each.endsWith('fail')).length).toBe(3), 30_000)
  await put('inbox/later')
  await vi.waitFor(() => expect(told()).toContain('ObjectCreated:Put inbox/later'), 30_000)
  expect(told().filter((each) => each.endsWith('fail')).length).toBe(3)
  expect(told()).toContain('ObjectCreated:Put inbox/fine')
})

test('what a function was not told to its end when the sandbox stopped, the next sandbox tells', async () => {
  writeFileSync(join(home, 'hold'), '')
  await put('inbox/hold')
  await vi.waitFor(() => expect(seen().length).toBe(1), 30_000)
  s3.destroy()
  await sandbox.stop()
  rmSync(join(home, 'hold'))

  await start()
  await vi.waitFor(() => expect(seen().length).toBe(2), 30_000)
  expect(told()).toEqual(['ObjectCreated:Put inbox/hold', 'ObjectCreated:Put inbox/hold'])
})

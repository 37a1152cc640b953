import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { FileUpload, FileUploaded } from '@backline/core/internal'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, failure, megabytes, officialClient, startBucket } from './bucket.fixture.js'
import { isCancelError, uploadData } from './index.js'

let bucket: Bucket
let official: ReturnType<typeof officialClient>
let folder: string
let uri: string
const eight = megabytes(8)

beforeAll(async () => {
  bucket = await startBucket()
  official = officialClient(bucket)
  folder = await mkdtemp(join(tmpdir(), 'backline-phone-'))
  await writeFile(join(folder, 'film.mp4'), eight)
  uri = pathToFileURL(join(folder, 'film.mp4')).href
})
afterAll(async () => {
  official.s3.destroy()
  await rm(folder, { recursive: true })
  await bucket.sandbox.stop()
})

/** A program beside the app, as a phone's system has one: it knows an address, headers and a file, and nothing of us. */
function sendBySystem(from: string, { url, method, headers, signal, onProgress }: FileUpload) {
  return new Promise<FileUploaded>((resolve, reject) => {
    void stat(new URL(from)).then(({ size }) => {
      let sent = 0
      const call = request(url, { method, headers: { ...headers, 'content-length': size }, signal })
      call.on('error', reject)
      call.on('response', async (response) => {
        let body = ''
        for await (const chunk of response) body += chunk
        resolve({ status: response.statusCode!, headers: response.headers as Record<string, string>, body })
      })
      createReadStream(new URL(from))
        .on('data', (chunk) => onProgress((sent += chunk.length), size))
        .pipe(call)
    }, reject)
  })
}

/** A phone whose app reads nothing itself. */
function phone(uploadFile: typeof sendBySystem | undefined = sendBySystem, guest = false) {
  const { ctx } = bucket.watch({ guest })
  ctx.platform = {
    ...ctx.platform,
    openFile: async () => ({
      size: eight.length,
      name: 'film.mp4',
      read: () => Promise.reject(new Error('The app has read the file.')),
    }),
    uploadFile,
  }
  return ctx
}

test('a file is sent by the system, unread, with honest progress and all that was said of it', async () => {
  const progress: number[] = []
  const task = uploadData(
    {
      path: 'background/film.mp4',
      data: { uri, inBackground: true },
      options: {
        metadata: { kind: 'film' },
        contentDisposition: 'inline',
        onProgress: ({ transferredBytes, totalBytes }) => {
          expect(totalBytes).toBe(eight.length)
          progress.push(transferredBytes)
        },
      },
    },
    phone(),
  )
  task.pause()
  expect(task.state).toBe('IN_PROGRESS')
  expect(await task.result).toMatchObject({
    path: 'background/film.mp4',
    size: eight.length,
    contentType: 'video/mp4',
  })
  expect(progress.every((sent, index) => !index || sent > progress[index - 1]!)).toBe(true)
  expect(progress.at(-1)).toBe(eight.length)

  const stored = await official.read('background/film.mp4')
  expect(stored).toMatchObject({
    ContentType: 'video/mp4',
    ContentDisposition: 'inline',
    Metadata: { kind: 'film' },
  })
  expect(Buffer.from(await stored.Body!.transformToByteArray()).equals(eight)).toBe(true)
})

test('what is there is not overwritten where that was forbidden', async () => {
  const input = (path: string) => ({
    path,
    data: { uri, inBackground: true },
    options: { preventOverwrite: true },
  })
  await uploadData(input('background/once'), phone()).result
  expect(await failure(uploadData(input('background/once'), phone()).result)).toMatchObject({
    name: 'PreconditionFailed',
    status: 412,
  })
})

test('a canceled one leaves nothing, and a failed one says why', async () => {
  const task = uploadData(
    {
      path: 'background/never',
      data: { uri, inBackground: true },
      options: { onProgress: () => task.cancel() },
    },
    phone(),
  )
  expect(isCancelError(await failure(task.result))).toBe(true)
  expect(task.state).toBe('CANCELED')
  const head = new HeadObjectCommand({ Bucket: bucket.bucket, Key: 'background/never' })
  expect(await failure(official.s3.send(head))).toMatchObject({ name: 'NotFound' })

  const data = { uri, inBackground: true }
  const broken = phone(() => Promise.reject(new Error('no network')))
  expect(await failure(uploadData({ path: 'background/a', data }, broken).result)).toMatchObject({
    name: 'NetworkError',
    cause: { message: 'no network' },
  })
  const guest = phone(sendBySystem, true)
  expect(await failure(uploadData({ path: 'forbidden/a', data }, guest).result)).toMatchObject({
    name: 'AccessDenied',
  })
  const without = phone()
  without.platform = { ...without.platform, uploadFile: undefined }
  expect(await failure(uploadData({ path: 'background/a', data }, without).result)).toMatchObject({
    name: 'InvalidUploadSource',
    message: expect.stringContaining('in the background'),
  })
})

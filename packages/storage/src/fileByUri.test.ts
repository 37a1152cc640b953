import { mkdtemp, open as openFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Bucket,
  failure,
  megabytes,
  officialClient,
  startBucket,
  type Watched,
} from './bucket.fixture.js'
import { isCancelError, uploadData } from './index.js'

let bucket: Bucket
let official: ReturnType<typeof officialClient>
const twelve = megabytes(12)

beforeAll(async () => {
  bucket = await startBucket()
  official = officialClient(bucket)
})
afterAll(async () => {
  official.s3.destroy()
  await bucket.sandbox.stop()
})

/** Files of Node, opened as a phone opens its own. */
function phone(watched: Watched) {
  const reads: number[] = []
  let open = 0
  watched.ctx.platform = {
    ...watched.ctx.platform,
    async openFile(uri) {
      const handle = await openFile(new URL(uri))
      const { size, mtimeMs } = await handle.stat()
      open++
      return {
        size,
        lastModified: mtimeMs,
        async read(start, end) {
          reads.push(end - start)
          const bytes = new Uint8Array(end - start)
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
          return bytes.subarray(0, bytesRead)
        },
        close() {
          open--
          void handle.close()
        },
      }
    },
  }
  return { reads, open: () => open }
}

test('a file is uploaded by its URI, part by part and never read as a whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'backline-phone-'))
  const film = join(folder, 'film.mp4')
  await writeFile(film, twelve)
  const uri = pathToFileURL(film).href
  const watched = bucket.watch()
  const { reads, open } = phone(watched)
  const task = uploadData({ path: 'by-uri/film.mp4', data: { uri } }, watched.ctx)
  task.pause()
  expect(task.state).toBe('PAUSED')
  task.resume()
  expect(await task.result).toMatchObject({ size: twelve.length, contentType: 'video/mp4' })
  expect((await official.bytesOf('by-uri/film.mp4')).equals(twelve)).toBe(true)
  expect(Math.max(...reads)).toBe(5 * 1024 * 1024)

  await writeFile(film, 'short')
  const short = { uri, type: 'text/x-own' }
  const stored = await uploadData({ path: 'by-uri/short', data: short }, watched.ctx).result
  expect(stored).toMatchObject({ size: 5, contentType: 'text/x-own' })
  expect(watched.sent.filter(({ target }) => target.startsWith('by-uri/short'))).toHaveLength(1)

  const canceled = uploadData({ path: 'by-uri/never', data: { uri } }, watched.ctx)
  canceled.cancel()
  expect(isCancelError(await failure(canceled.result))).toBe(true)

  await rm(folder, { recursive: true })
  const missing = await failure(uploadData({ path: 'by-uri/gone', data: { uri } }, watched.ctx).result)
  expect(missing).toMatchObject({ name: 'InvalidUploadSource', cause: { code: 'ENOENT' } })
  const nowhere = await failure(uploadData({ path: 'by-uri/gone', data: { uri } }, bucket.watch().ctx).result)
  expect(nowhere).toMatchObject({ name: 'InvalidUploadSource', message: /opens no files by URI/ })
  expect(open()).toBe(0)
  expect(await official.unfinished()).toEqual([])
})

test.each([
  ['cut short', (film: string) => truncate(film, 6_000_000)],
  [
    'replaced by other bytes',
    (film: string) =>
      writeFile(
        film,
        twelve.map((byte) => byte ^ 1),
      ),
  ],
  ['removed', (film: string) => rm(film)],
])(
  'a file that is %s while it is read is an error, and never an object of two halves',
  async (what, change) => {
    const folder = await mkdtemp(join(tmpdir(), 'backline-phone-'))
    const film = join(folder, 'film.mp4')
    await writeFile(film, twelve)
    const watched = bucket.watch()
    const { open } = phone(watched)
    // Between the first part and those behind it.
    const { openFile: opening } = watched.ctx.platform
    let reads = 0
    watched.ctx.platform = {
      ...watched.ctx.platform,
      async openFile(uri) {
        const file = await opening!(uri)
        return {
          ...file,
          async read(start, end) {
            if (++reads === 5) await change(film)
            return file.read(start, end)
          },
        }
      },
    }
    const Key = `by-uri/${what}`
    const task = uploadData({ path: Key, data: { uri: pathToFileURL(film).href } }, watched.ctx)
    expect(await failure(task.result)).toMatchObject({ name: 'InvalidUploadSource' })
    expect(reads).toBeGreaterThanOrEqual(5)
    await expect(official.bytesOf(Key)).rejects.toMatchObject({ name: 'NoSuchKey' })
    expect(await official.unfinished()).toEqual([])
    expect(open()).toBe(0)
    await rm(folder, { recursive: true })
  },
)

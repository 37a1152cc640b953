import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  type Bucket,
  failure,
  megabytes,
  officialClient,
  partNumbers,
  refusal,
  startBucket,
} from './bucket.fixture.js'
import { isCancelError, list, uploadData } from './index.js'

let bucket: Bucket
let official: ReturnType<typeof officialClient>
const twelve = megabytes(12)

beforeAll(async () => {
  bucket = await startBucket()
})
beforeEach(async () => {
  await bucket.sandbox.reset()
  official = officialClient(bucket)
})
afterAll(() => bucket.sandbox.stop())

test('a small object goes in one request and comes back with all it was given', async () => {
  const { ctx, sent } = bucket.watch()
  const seen: unknown[] = []
  const options = {
    contentType: 'text/x-note',
    contentDisposition: { type: 'attachment', filename: 'Grüße.txt' } as const,
    contentEncoding: 'identity',
    cacheControl: 'max-age=60',
    metadata: { author: 'ada', title: 'Grüße 😀' },
    onProgress: (event: unknown) => seen.push(event),
  }
  const task = uploadData({ path: 'a/hello.txt', data: 'hello', options }, ctx)
  expect(task.state).toBe('IN_PROGRESS')
  const output = await task.result
  expect(task.state).toBe('SUCCESS')
  expect(sent).toHaveLength(1)
  expect(output).toEqual({
    path: 'a/hello.txt',
    eTag: '"5d41402abc4b2a76b9719d911017c592"',
    versionId: undefined,
    contentType: 'text/x-note',
    metadata: options.metadata,
    size: 5,
  })
  expect(seen).toEqual([{ transferredBytes: 5, totalBytes: 5 }])
  expect(await official.read('a/hello.txt')).toMatchObject({
    ContentType: 'text/x-note',
    ContentDisposition: `attachment; filename="Gr__e.txt"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt`,
    ContentEncoding: 'identity',
    CacheControl: 'max-age=60',
    Metadata: { author: 'ada', title: `=?UTF-8?B?${Buffer.from('Grüße 😀').toString('base64')}?=` },
  })
})

test.each([
  ['a string', 'grün', 'grün'],
  ['nothing', '', ''],
  ['an ArrayBuffer', new TextEncoder().encode('buffer').buffer, 'buffer'],
  ['a view of a part of a buffer', new TextEncoder().encode('[view]').subarray(1, 5), 'view'],
  ['a Blob', new Blob(['blob']), 'blob'],
  ['a File', new File(['file'], 'f.png', { type: 'image/png' }), 'file'],
])('%s can be uploaded', async (_, data, text) => {
  await uploadData({ path: 'kinds.bin', data }, bucket.watch().ctx).result
  expect((await official.bytesOf('kinds.bin')).toString()).toBe(text)
})

test('the type of an object is that of the file, else what its name says, else that of the blob', async () => {
  const { ctx } = bucket.watch()
  const typeOf = async (path: string, data: Blob | string) =>
    (await uploadData({ path, data }, ctx).result).contentType
  expect(await typeOf('a.txt', new File([''], 'x', { type: 'image/png' }))).toBe('image/png')
  expect(await typeOf('a.txt', new Blob([''], { type: 'image/png' }))).toBe('text/plain')
  expect(await typeOf('a', new Blob([''], { type: 'image/png' }))).toBe('image/png')
  expect(await typeOf('a', '')).toBe('application/octet-stream')
})

test('a large object goes in parts of 5 MiB, four at a time, and its progress only grows until it ends at the whole', async () => {
  const watched = bucket.watch()
  let running = 0
  let most = 0
  watched.intercept = ({ target }) => {
    if (target.includes('partNumber')) most = Math.max(most, ++running)
    return undefined
  }
  watched.afterwards = ({ target }) => {
    if (target.includes('partNumber')) running--
  }
  const data = megabytes(31)
  const seen: number[] = []
  const onProgress = ({
    transferredBytes,
    totalBytes,
  }: {
    transferredBytes: number
    totalBytes?: number
  }) => {
    expect(totalBytes).toBe(data.length)
    seen.push(transferredBytes)
  }
  const output = await uploadData({ path: 'large.bin', data, options: { onProgress } }, watched.ctx).result
  expect(output).toMatchObject({
    path: 'large.bin',
    size: data.length,
    eTag: expect.stringMatching(/^"\w{32}-7"$/),
  })
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(data.length)
  expect(most).toBe(4)
  expect(watched.sent).toHaveLength(9)
  expect((await official.bytesOf('large.bin')).equals(data)).toBe(true)
})

test('what is canceled right after it was started sends nothing', async () => {
  const { ctx, sent } = bucket.watch()
  for (const data of ['small', twelve]) {
    const task = uploadData({ path: 'never.bin', data }, ctx)
    task.cancel()
    expect(task.state).toBe('CANCELED')
    const error = await failure(task.result)
    expect(isCancelError(error)).toBe(true)
    expect(task.state).toBe('CANCELED')
  }
  expect(sent).toEqual([])
})

test('what is canceled on the way leaves neither an object nor parts', async () => {
  const { ctx, sent } = bucket.watch()
  const options = { onProgress: () => task.cancel('Changed my mind.') }
  const task = uploadData({ path: 'never.bin', data: megabytes(31), options }, ctx)
  const error = await failure(task.result)
  expect(isCancelError(error)).toBe(true)
  expect(error?.message).toBe('Changed my mind.')
  expect(task.state).toBe('CANCELED')
  expect(sent.at(-1)).toMatchObject({ method: 'DELETE', status: 204 })
  expect(await official.unfinished()).toEqual([])
  expect((await list({ path: '' }, ctx)).items).toEqual([])
})

test('an upload that is canceled while it is being begun is aborted too', async () => {
  const watched = bucket.watch()
  watched.afterwards = ({ target }) => {
    if (target.includes('uploads=')) task.cancel()
  }
  const task = uploadData({ path: 'never.bin', data: twelve }, watched.ctx)
  expect(isCancelError(await failure(task.result))).toBe(true)
  expect(await official.unfinished()).toEqual([])
})

test('a cancellation is told even where the network is dead', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  const watched = bucket.watch()
  watched.intercept = () => {
    task.cancel()
    return new Promise(() => {})
  }
  const task = uploadData({ path: 'never.bin', data: twelve }, watched.ctx)
  const told = failure(task.result)
  await vi.waitFor(() => expect(task.state).toBe('CANCELED'))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(isCancelError(await told)).toBe(true)
  vi.useRealTimers()
})

test('a paused upload sends nothing more, and goes on with what is missing', async () => {
  const { ctx, sent } = bucket.watch()
  let reached: (value?: unknown) => void = () => {}
  const progress = new Promise((resolve) => (reached = resolve))
  const task = uploadData({ path: 'paused.bin', data: megabytes(26), options: { onProgress: reached } }, ctx)
  await progress
  task.pause()
  expect(task.state).toBe('PAUSED')
  task.pause()
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = sent.filter(({ status }) => status === 200).length
  const count = sent.length
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(sent).toHaveLength(count)
  task.resume()
  expect(task.state).toBe('IN_PROGRESS')
  await task.result
  expect(task.state).toBe('SUCCESS')
  expect(sent.filter(({ status }) => status === 200).length - before).toBe(8 - before)
  expect((await official.bytesOf('paused.bin')).equals(megabytes(26))).toBe(true)
})

test('an upload can be paused before it has begun, resumed in the same breath, and canceled while paused', async () => {
  const { ctx } = bucket.watch()
  const task = uploadData({ path: 'a.bin', data: twelve }, ctx)
  task.pause()
  expect(task.state).toBe('PAUSED')
  setTimeout(() => {
    task.resume()
    task.pause()
    task.resume()
  }, 20)
  await task.result
  const other = uploadData({ path: 'b.bin', data: twelve }, ctx)
  other.pause()
  setTimeout(() => other.cancel(), 20)
  expect(isCancelError(await failure(other.result))).toBe(true)
  expect(await official.unfinished()).toEqual([])
  expect((await list({ path: '' }, ctx)).items.map(({ path }) => path)).toEqual(['a.bin'])
})

test('code that awaits the task and then its result, as v6 let it, finds the same result', async () => {
  const { ctx } = bucket.watch()
  const start = async () => uploadData({ path: 'awaited.txt', data: 'a' }, ctx)
  const task = (await start()) as unknown as ReturnType<typeof uploadData>
  expect(task.state).toBe('SUCCESS')
  const result = await task.result
  expect(result).toMatchObject({ path: 'awaited.txt', size: 1 })
  task.cancel()
  expect(Object.keys(result).filter((name) => /^(result|state|cancel)$/.test(name))).toEqual([])
})

test('a request of one piece is too short to be paused, and its task stays what it is when it has ended', async () => {
  const task = uploadData({ path: 'small.txt', data: 'small' }, bucket.watch().ctx)
  task.pause()
  expect(task.state).toBe('IN_PROGRESS')
  await task.result
  task.cancel()
  task.resume()
  expect(task.state).toBe('SUCCESS')
})

test('a part that fails for a moment is sent again', async () => {
  const { ctx } = bucket.watch()
  let ordered = false
  const onProgress = () => {
    if (!ordered) bucket.sandbox.failNext({ service: 's3', status: 503, times: 1 })
    ordered = true
  }
  await uploadData({ path: 'again.bin', data: twelve, options: { onProgress } }, ctx).result
  expect((await official.bytesOf('again.bin')).equals(twelve)).toBe(true)
})

test('a part that is refused stops its siblings, and what has arrived is dropped', async () => {
  const watched = bucket.watch()
  watched.intercept = ({ target }) =>
    target.includes('partNumber=2') ? refusal(403, 'AccessDenied') : undefined
  const task = uploadData({ path: 'refused.bin', data: megabytes(41) }, watched.ctx)
  const error = await failure(task.result)
  expect(error).toMatchObject({ name: 'AccessDenied', status: 403 })
  expect(task.state).toBe('ERROR')
  expect(partNumbers(watched.sent).length).toBeLessThan(9)
  expect(watched.sent.at(-1)).toMatchObject({ method: 'DELETE', status: 204 })
  expect(await official.unfinished()).toEqual([])
})

test('an answer to the last request that is lost does not lose the upload', async () => {
  const watched = bucket.watch()
  let lost = false
  watched.afterwards = ({ method, target }) => {
    if (lost || method !== 'POST' || !target.includes('uploadId')) return
    lost = true
    throw new TypeError('The connection was reset.')
  }
  const { eTag } = await uploadData({ path: 'lost.bin', data: twelve }, watched.ctx).result
  expect(eTag).toBe((await official.read('lost.bin')).ETag)
})

test('an error in an answer that says 200 is taken for an error, and tried again', async () => {
  const watched = bucket.watch()
  let failures = 0
  watched.intercept = ({ method, target }) =>
    method === 'POST' && target.includes('uploadId') && failures++ < 1
      ? refusal(200, 'InternalError')
      : undefined
  await uploadData({ path: 'late.bin', data: twelve }, watched.ctx).result
  failures = -5
  expect(await failure(uploadData({ path: 'never.bin', data: twelve }, watched.ctx).result)).toMatchObject({
    name: 'InternalError',
  })
  expect(await official.unfinished()).toEqual([])
})

test.each([
  ['small', 'one'],
  ['large', twelve],
])('a %s object that is there is not overwritten where that is prevented', async (_, data) => {
  const { ctx } = bucket.watch()
  await uploadData({ path: 'kept.bin', data: 'kept' }, ctx).result
  const error = await failure(
    uploadData({ path: 'kept.bin', data, options: { preventOverwrite: true } }, ctx).result,
  )
  expect(error).toMatchObject({ name: 'PreconditionFailed', status: 412 })
  expect((await official.bytesOf('kept.bin')).toString()).toBe('kept')
  expect(await official.unfinished()).toEqual([])
  await uploadData({ path: `new-${data.length}.bin`, data, options: { preventOverwrite: true } }, ctx).result
})

test.each([
  ['small', 'one'],
  ['large', twelve],
])('S3 keeps the CRC-32 of the whole of a %s object', async (_, data) => {
  const { ctx } = bucket.watch()
  await uploadData({ path: 'summed.bin', data, options: { checksumAlgorithm: 'crc-32' } }, ctx).result
  const head = await official.s3.send(
    new HeadObjectCommand({ Bucket: bucket.bucket, Key: 'summed.bin', ChecksumMode: 'ENABLED' }),
  )
  const { crc32 } = await import('node:zlib')
  const expected = Buffer.alloc(4)
  expected.writeUInt32BE(crc32(data))
  expect(head.ChecksumCRC32).toBe(expected.toString('base64'))
  expect(head.ChecksumType ?? 'FULL_OBJECT').toBe('FULL_OBJECT')
})

test('a device whose clock is two hours off pays with one refused request, once', async () => {
  const { ctx, sent } = bucket.watch({ now: () => Date.now() - 7_200_000 })
  await uploadData({ path: 'late.txt', data: 'one' }, ctx).result
  expect(sent).toHaveLength(2)
  await uploadData({ path: 'late.txt', data: twelve }, ctx).result
  expect(sent).toHaveLength(7)
  expect(sent.filter(({ status }) => status === 403)).toHaveLength(1)
})

test('credentials that end during an upload are replaced for the next part', async () => {
  const watched = bucket.watch({ guest: true })
  const keys = new Set<string>()
  let jumped = false
  watched.afterwards = ({ headers, target }) => {
    keys.add(/Credential=(\w+)/.exec(headers.authorization ?? '')![1]!)
    if (!jumped && target.includes('partNumber')) bucket.sandbox.clock.advance(2 * 3_600_000)
    jumped ||= target.includes('partNumber')
  }
  await uploadData({ path: 'guests/long.bin', data: megabytes(31) }, watched.ctx).result
  expect(keys.size).toBe(2)
  expect((await official.bytesOf('guests/long.bin')).equals(megabytes(31))).toBe(true)
})

test('data that cannot be uploaded, and a missing or doubled name, are refused with a reason', async () => {
  const { ctx, sent } = bucket.watch()
  for (const data of [undefined, null, 42, {}, ['a'], new Date()]) {
    expect(() => uploadData({ path: 'a', data: data as never }, ctx)).toThrow(
      expect.objectContaining({ name: 'InvalidUploadSource' }),
    )
  }
  const nameOf = async (input: object) =>
    (await failure(uploadData({ data: '', ...input } as never, ctx).result))?.name
  expect(await nameOf({})).toBe('InvalidStorageOperationInput')
  expect(await nameOf({ path: '' })).toBe('InvalidStorageOperationInput')
  expect(await nameOf({ path: 'a', key: 'a' })).toBe('InvalidStorageOperationInput')
  expect(await nameOf({ path: '/a' })).toBe('InvalidStoragePathInput')
  expect(await nameOf({ path: () => '/a' })).toBe('InvalidStoragePathInput')
  expect(await nameOf({ path: 'a/../b' })).toBe('InvalidStoragePathInput')
  expect(await nameOf({ path: 'a', options: { expectedBucketOwner: '1' } })).toBe('InvalidAWSAccountID')
  expect(sent).toEqual([])
})

function streamOf(...chunks: (Uint8Array | Error)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else if (chunk instanceof Error) controller.error(chunk)
      else controller.enqueue(chunk)
    },
  })
}

test.each([
  ['nothing', 0],
  ['less than a part', 1000],
  ['exactly two parts', 10 * 1024 * 1024],
  ['two parts and a byte', 10 * 1024 * 1024 + 1],
])('a stream of %s is uploaded while it is read', async (_, length) => {
  const { ctx } = bucket.watch()
  const data = megabytes(11).subarray(0, length)
  const seen: unknown[] = []
  const chunks = Array.from({ length: Math.ceil(length / 700_001) }, (_, index) =>
    data.subarray(index * 700_001, (index + 1) * 700_001),
  )
  const options = { onProgress: (event: { transferredBytes: number }) => seen.push(event) }
  const { size } = await uploadData({ path: 'stream.bin', data: streamOf(...chunks), options }, ctx)
  expect(size).toBe(length)
  expect((await official.bytesOf('stream.bin')).equals(data)).toBe(true)
  expect(seen.at(-1)).toEqual({ transferredBytes: length, totalBytes: undefined })
})

test('a stream goes on after a pause with the parts that had not arrived', async () => {
  const { ctx } = bucket.watch()
  const data = megabytes(26)
  const onProgress = () => {
    if (paused) return
    paused = true
    task.pause()
    setTimeout(() => task.resume(), 20)
  }
  let paused = false
  const task = uploadData({ path: 'stream.bin', data: streamOf(data), options: { onProgress } }, ctx)
  await task
  expect(paused).toBe(true)
  expect((await official.bytesOf('stream.bin')).equals(data)).toBe(true)
})

test('data that breaks off while it is read leaves nothing behind, and the error says so', async () => {
  const { ctx } = bucket.watch()
  const broken = uploadData({ path: 'a', data: streamOf(twelve, new Error('The disk is gone.')) }, ctx)
  expect(await failure(broken.result)).toMatchObject({ name: 'InvalidUploadSource' })
  const text = uploadData({ path: 'a', data: streamOf('text' as never) }, ctx)
  expect(await failure(text.result)).toMatchObject({ name: 'InvalidUploadSource' })
  // As browsers do once the file on disk has changed.
  const file = new File([twelve], 'gone.bin')
  let reads = 0
  const slice = file.slice.bind(file)
  file.slice = (...range) => {
    if (++reads > 4) throw new DOMException('The file could not be read.', 'NotReadableError')
    return slice(...range)
  }
  expect(await failure(uploadData({ path: 'a', data: file }, ctx).result)).toMatchObject({
    name: 'InvalidUploadSource',
  })
  const shrunk = { size: twelve.length, type: '', slice: () => new Blob(['x']), [Symbol.toStringTag]: 'Blob' }
  expect(await failure(uploadData({ path: 'a', data: shrunk as never }, ctx).result)).toMatchObject({
    name: 'InvalidUploadSource',
  })
  expect(await official.unfinished()).toEqual([])
  expect((await list({ path: '' }, ctx)).items).toEqual([])
})

test('bytes that change while they are being sent are an error, and never an object', async () => {
  const watched = bucket.watch()
  const data = megabytes(1)
  watched.intercept = () => {
    data[0]!++
    return undefined
  }
  const task = uploadData({ path: 'a', data }, watched.ctx)
  expect(await failure(task.result)).toMatchObject({ name: 'IntegrityError' })
  expect((await list({ path: '' }, watched.ctx)).items).toEqual([])
})

test('what was damaged on the way once is sent again', async () => {
  const watched = bucket.watch()
  let damaged = 0
  watched.intercept = ({ target }) =>
    target.includes('partNumber') && damaged++ < 2 ? refusal(400, 'BadDigest') : undefined
  await uploadData({ path: 'a', data: twelve }, watched.ctx)
  expect(damaged).toBeGreaterThan(2)
  expect((await official.bytesOf('a')).equals(twelve)).toBe(true)
})

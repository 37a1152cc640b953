import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bucket, megabytes, startBucket } from './bucket.fixture.js'
import { downloadData, isCancelError, uploadData } from './index.js'

let bucket: Bucket
const data = megabytes(6)
beforeAll(async () => {
  bucket = await startBucket()
  const { ctx } = bucket.watch()
  await uploadData({ path: 'large.bin', data }, ctx).result
  const options = { contentType: 'application/json', metadata: { who: 'Zoë', plain: 'yes' } }
  await uploadData({ path: 'small.json', data: '{"a":["ü"]}', options }, ctx).result
})
afterAll(() => bucket.sandbox.stop())

test('an object comes back with its properties, as text, as JSON and as a Blob, as often as wanted', async () => {
  const task = downloadData({ path: 'small.json' }, bucket.watch().ctx)
  expect(task.state).toBe('IN_PROGRESS')
  const { body, ...properties } = await task.result
  expect(task.state).toBe('SUCCESS')
  expect(properties).toEqual({
    path: 'small.json',
    size: 12,
    eTag: expect.stringMatching(/^"\w{32}"$/),
    lastModified: expect.any(Date),
    contentType: 'application/json',
    versionId: undefined,
    metadata: { who: 'Zoë', plain: 'yes' },
  })
  expect(await body.text()).toBe('{"a":["ü"]}')
  expect(await body.json()).toEqual({ a: ['ü'] })
  expect((await body.blob()).type).toBe('application/json')
})

test('an object comes back as a stream, and says how long it may be kept', async () => {
  const watched = bucket.watch()
  let answered: string | null = null
  const { fetch } = watched.ctx.platform
  watched.ctx.platform = {
    ...watched.ctx.platform,
    async fetch(input, init) {
      const response = await fetch(input, init)
      answered = response.headers.get('cache-control')
      return response
    },
  }
  const options = { cacheControl: 'no-store' }
  const { body } = await downloadData({ path: 'large.bin', options }, watched.ctx)
  expect(answered).toBe('no-store')
  const chunks: Uint8Array[] = []
  for await (const chunk of body.stream() as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(data)).toBe(true)
})

test('progress grows until it ends at the whole', async () => {
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
  const { body } = await downloadData({ path: 'large.bin', options: { onProgress } }, bucket.watch().ctx)
    .result
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(data.length)
})

test('a range has its first and its last byte', async () => {
  const options = { bytesRange: { start: 2, end: 4 } }
  const { body, size } = await downloadData({ path: 'small.json', options }, bucket.watch().ctx).result
  expect(await body.text()).toBe('a":')
  expect(size).toBe(3)
})

test('a canceled download stops, at once or on the way', async () => {
  const { ctx, sent } = bucket.watch()
  const early = downloadData({ path: 'large.bin' }, ctx)
  early.cancel('Not needed.')
  const error = await early.result.catch((reason) => reason)
  expect(isCancelError(error)).toBe(true)
  expect(error.message).toBe('Not needed.')
  expect(sent).toEqual([])

  const task = downloadData({ path: 'large.bin', options: { onProgress: () => task.cancel() } }, ctx)
  expect(isCancelError(await task.result.catch((reason) => reason))).toBe(true)
  expect(task.state).toBe('CANCELED')
})

test('a connection that breaks on the way is an error, not a short object', async () => {
  const watched = bucket.watch()
  watched.intercept = () => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array(10))
        controller.error(new TypeError('terminated'))
      },
    })
    return new Response(body, { headers: { 'content-length': '20' } })
  }
  const task = downloadData({ path: 'large.bin' }, watched.ctx)
  expect(await task.result.catch((reason) => reason)).toMatchObject({ name: 'NetworkError' })
  expect(task.state).toBe('ERROR')
})

/** Answers as S3 does, and breaks off after so many bytes. */
function broken(response: Response, bytes: number): Response {
  const reader = response.body!.getReader()
  let left = bytes
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) return controller.close()
      controller.enqueue(value.subarray(0, left))
      left -= value.length
      if (left <= 0) {
        controller.error(new TypeError('terminated'))
        void reader.cancel()
      }
    },
  })
  return new Response(body, response)
}

test('a download goes on by range wherever it breaks, with progress that only grows', async () => {
  const cuts = [100_000, 2_000_000, 1, 500_000]
  const ranges: (string | undefined)[] = []
  const base = bucket.watch()
  const { fetch } = base.ctx.platform
  base.ctx.platform = {
    ...base.ctx.platform,
    async fetch(input, init) {
      const response = await fetch(input, init)
      const headers = init!.headers as Record<string, string>
      ranges.push(headers.range)
      const cut = cuts.shift()
      return cut ? broken(response, cut) : response
    },
  }
  const seen: number[] = []
  const { body } = await downloadData(
    { path: 'large.bin', options: { onProgress: ({ transferredBytes }) => seen.push(transferredBytes) } },
    base.ctx,
  )
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
  expect(ranges).toHaveLength(5)
  expect(ranges[1]).toBe(`bytes=100000-${data.length - 1}`)
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(data.length)

  cuts.push(1000)
  const options = { bytesRange: { start: 1_000_000, end: 2_999_999 } }
  const range = await downloadData({ path: 'large.bin', options }, base.ctx)
  // From the first byte where the stream threw away what nobody had read yet.
  expect(ranges.at(-1)).toMatch(/^bytes=100[01]000-2999999$/)
  expect(Buffer.from(await (await range.body.blob()).arrayBuffer()).equals(data.subarray(1e6, 3e6))).toBe(
    true,
  )
})

test('an object that is changed while it is being fetched is not patched together', async () => {
  const { ctx } = bucket.watch()
  await uploadData({ path: 'changing.bin', data }, ctx)
  const { fetch } = ctx.platform
  let first = true
  ctx.platform = {
    ...ctx.platform,
    async fetch(input, init) {
      const response = await fetch(input, init)
      if (!first) return response
      first = false
      await uploadData({ path: 'changing.bin', data: 'short' }, bucket.watch().ctx)
      return broken(response, 1_000_000)
    },
  }
  expect(await downloadData({ path: 'changing.bin' }, ctx).catch((reason) => reason)).toMatchObject({
    name: 'PreconditionFailed',
  })
})

test('what was damaged on its way down is an error with a name', async () => {
  const { ctx } = bucket.watch()
  const { fetch } = ctx.platform
  ctx.platform = {
    ...ctx.platform,
    async fetch(input, init) {
      const response = await fetch(input, init)
      const bytes = new Uint8Array(await response.arrayBuffer())
      bytes[7]! ^= 1
      return new Response(bytes, response)
    },
  }
  expect(await downloadData({ path: 'small.json' }, ctx).catch((reason) => reason)).toMatchObject({
    name: 'IntegrityError',
  })
})

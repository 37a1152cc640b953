import { afterEach, expect, test, vi } from 'vitest'
import { type Bucket, megabytes, startBucket } from './bucket.fixture.js'
import { downloadData, isCancelError, uploadData } from './index.js'

let bucket: Bucket | undefined
afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  await bucket?.sandbox.stop()
})

/**
 * A browser's XMLHttpRequest on a connection that dies after the first bytes, `deaths` times. Phones have been seen to count more bytes
 * than there are.
 */
function browserOn(deaths: { left: number }, counted?: (bytes: number) => number) {
  return class {
    upload: { onprogress?: (event: object) => void } = {}
    responseType = ''
    status = 0
    response: ArrayBuffer | null = null
    onload?: () => void
    onabort?: () => void
    onloadend?: () => void
    #target = { method: '', url: '', headers: {} as Record<string, string> }
    #answered = new Headers()
    open(method: string, url: string) {
      Object.assign(this.#target, { method, url })
    }
    setRequestHeader(name: string, value: string) {
      this.#target.headers[name] = value
    }
    getAllResponseHeaders() {
      return [...this.#answered].map(([name, value]) => `${name}: ${value}\r\n`).join('')
    }
    abort() {
      this.onabort?.()
      this.onloadend?.()
    }
    async send(body: Uint8Array<ArrayBuffer>) {
      this.upload.onprogress?.({ loaded: 1, total: body.length, lengthComputable: true })
      if (deaths.left-- > 0) return
      const { url, ...init } = this.#target
      const response = await fetch(url, { ...init, body })
      this.#answered = response.headers
      this.status = response.status
      this.response = await response.arrayBuffer()
      if (counted) this.upload.onprogress?.({ loaded: counted(body.length) })
      this.onload?.()
      this.onloadend?.()
    }
  }
}

test('a connection on which nothing moves any more is given up, and the bytes are sent again', async () => {
  bucket = await startBucket()
  const deaths = { left: 1 }
  vi.stubGlobal('XMLHttpRequest', browserOn(deaths))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  const seen: number[] = []
  const options = {
    onProgress: ({ transferredBytes }: { transferredBytes: number }) => seen.push(transferredBytes),
  }
  const task = uploadData({ path: 'a', data: 'stalled' }, bucket.watch().ctx)
  await vi.waitFor(() => expect(deaths.left).toBe(0))
  await vi.advanceTimersByTimeAsync(60_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect((await task.result).size).toBe(7)

  const steady = await uploadData({ path: 'b', data: 'steady', options }, bucket.watch().ctx).result
  expect(steady.size).toBe(6)
  expect(seen).toEqual([1, 6])
})

test('a stalled upload can still be canceled', async () => {
  bucket = await startBucket()
  vi.stubGlobal('XMLHttpRequest', browserOn({ left: 9 }))
  const options = { onProgress: () => task.cancel() }
  const task = uploadData({ path: 'a', data: 'stalled', options }, bucket.watch().ctx)
  expect(isCancelError(await task.result.catch((error) => error))).toBe(true)
})

test('a part that stalls is sent again by itself, and the object is whole', async () => {
  bucket = await startBucket()
  const deaths = { left: 2 }
  vi.stubGlobal('XMLHttpRequest', browserOn(deaths))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  const data = megabytes(16)
  const { ctx, sent } = bucket.watch()
  const task = uploadData({ path: 'parts.bin', data }, ctx)
  await vi.waitFor(() => expect(deaths.left).toBeLessThan(0), 20_000)
  await vi.advanceTimersByTimeAsync(60_000)
  await vi.advanceTimersByTimeAsync(5_000)
  expect((await task.result).size).toBe(data.length)
  // The stalled ones were the browser's and are not among these: begun once, completed once, and nothing aborted.
  expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST'])
  const { body } = await downloadData({ path: 'parts.bin' }, ctx)
  expect(Buffer.from(await (await body.blob()).arrayBuffer()).equals(data)).toBe(true)
})

test('progress ends at the whole and never beyond it, whatever the platform counts', async () => {
  bucket = await startBucket()
  vi.stubGlobal(
    'XMLHttpRequest',
    browserOn({ left: 0 }, (bytes) => bytes + 4096),
  )
  for (const data of [new Uint8Array(1000), megabytes(12)]) {
    const seen: number[] = []
    const onProgress = ({ transferredBytes }: { transferredBytes: number }) => seen.push(transferredBytes)
    await uploadData({ path: 'counted.bin', data, options: { onProgress } }, bucket.watch().ctx)
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(data.length)
  }
})

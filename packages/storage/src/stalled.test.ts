import { afterEach, expect, test, vi } from 'vitest'
import { type Bucket, startBucket } from './bucket.fixture.js'
import { isCancelError, uploadData } from './index.js'

let bucket: Bucket | undefined
afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  await bucket?.sandbox.stop()
})

/** A browser's XMLHttpRequest on a connection that dies after the first bytes, `deaths` times. */
function browserOn(deaths: { left: number }) {
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

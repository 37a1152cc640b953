import { expect, test } from 'vitest'
import { fillIn } from './globals.js'

/** What engines of phones have of these: classes as React Native's, over the ones here. */
function bare() {
  const bytes = new WeakMap<object, Blob>()
  class BareBlob {
    size: number
    constructor(parts: string[]) {
      const whole = new Blob(parts)
      bytes.set(this, whole)
      this.size = whole.size
    }
  }
  class BareReader {
    result?: string
    error?: Error
    onload?: () => void
    onerror?: () => void
    readAsArrayBuffer() {
      throw new Error('FileReader.readAsArrayBuffer is not implemented')
    }
    async readAsDataURL(blob: BareBlob) {
      const whole = bytes.get(blob)
      if (!whole) return this.onerror?.()
      const text = btoa(String.fromCharCode(...new Uint8Array(await whole.arrayBuffer())))
      this.result = text && `data:application/octet-stream;base64,${text}`
      this.onload?.()
    }
  }
  class BareSignal {
    aborted = false
  }
  class BareController {
    signal = new BareSignal()
    abort() {
      this.signal.aborted = true
    }
  }
  return { Blob: BareBlob, FileReader: BareReader, AbortSignal: BareSignal, AbortController: BareController }
}

test('what an engine lacks is filled in', async () => {
  const home = bare() as unknown as typeof globalThis & Record<string, unknown>
  fillIn(home as never)
  expect(new home.TextDecoder().decode(new home.TextEncoder().encode('Füße').buffer)).toBe('Füße')
  expect(home.atob(home.btoa('ab'))).toBe('ab')

  const blob = new home.Blob(['Grüße'])
  expect(Object.prototype.toString.call(blob)).toBe('[object Blob]')
  expect(await blob.text()).toBe('Grüße')
  expect((await blob.arrayBuffer()).byteLength).toBe(7)
  expect(await new home.Blob([]).text()).toBe('')

  const controller = new home.AbortController()
  controller.signal.throwIfAborted()
  controller.abort(new RangeError('enough'))
  controller.abort('late')
  expect(controller.signal.reason).toBeInstanceOf(RangeError)
  expect(() => controller.signal.throwIfAborted()).toThrow('enough')
  const plain = new home.AbortController()
  plain.abort()
  expect(plain.signal.reason).toMatchObject({ name: 'AbortError' })
})

test('what is there stays as it is', () => {
  const { TextEncoder, atob } = globalThis
  const { throwIfAborted } = AbortSignal.prototype
  fillIn()
  expect(globalThis.TextEncoder).toBe(TextEncoder)
  expect(globalThis.atob).toBe(atob)
  expect(AbortSignal.prototype.throwIfAborted).toBe(throwIfAborted)
})

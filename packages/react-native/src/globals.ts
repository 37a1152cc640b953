import { bytesOfBase64, decodeUtf8, encodeUtf8, fromBase64, toBase64 } from './encoding.js'
import { notInstalled } from './errors.js'
import { wholeUrl } from './installed.js'
import { completeLanguage } from './language.js'

// What our packages take for granted in every engine, and some versions of React Native lack. What is there already stays.

/** The globals, as far as they may be missing. */
type Globals = Record<string, unknown> & {
  AbortController?: typeof AbortController
  AbortSignal?: typeof AbortSignal
  Blob?: typeof Blob
  FileReader?: typeof FileReader
}

/** @throws {ReactNativeError} `PackageNotInstalled` where nothing can be filled in. */
export function fillIn(home = globalThis as unknown as Globals): void {
  completeLanguage()
  home.TextEncoder ??= class {
    readonly encoding = 'utf-8'
    encode = (text = '') => encodeUtf8(text)
  }
  home.TextDecoder ??= class {
    readonly encoding = 'utf-8'
    decode = (data?: ArrayBufferView | ArrayBuffer) => decodeUtf8(viewOf(data))
  }
  home.btoa ??= (binary: unknown) => toBase64(String(binary))
  home.atob ??= (text: unknown) => fromBase64(String(text))
  completeSignals(home)
  completeBlobs(home)
  if (!hasWholeUrl()) {
    wholeUrl()
    if (!hasWholeUrl()) {
      throw notInstalled('react-native-url-polyfill', "React Native's own URL reads addresses only in part")
    }
  }
}

function viewOf(data: ArrayBufferView | ArrayBuffer = new Uint8Array()): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}

/** React Native's URL cannot be changed, except for its query, and knows http alone. */
function hasWholeUrl(): boolean {
  try {
    const url = new URL('app://host:81/a?b=c#d')
    url.pathname = '/e'
    url.search = 'f=g'
    return url.href === 'app://host:81/e?f=g#d' && url.hostname === 'host' && url.port === '81'
  } catch {
    return false
  }
}

/** Signals of React Native before 0.80 keep no reason and throw nothing. */
function completeSignals({ AbortController, AbortSignal }: Globals): void {
  const signal = AbortSignal?.prototype
  if (!signal || !AbortController || 'throwIfAborted' in signal) return
  const { abort } = AbortController.prototype
  AbortController.prototype.abort = function (reason?: unknown) {
    if (!this.signal.aborted) {
      const given = reason ?? Object.assign(new Error('The work was aborted.'), { name: 'AbortError' })
      Object.defineProperty(this.signal, 'reason', { value: given, configurable: true })
    }
    abort.call(this)
  }
  Object.defineProperty(signal, 'throwIfAborted', {
    configurable: true,
    writable: true,
    value(this: AbortSignal) {
      if (this.aborted) throw this.reason
    },
  })
}

/** Blobs of React Native can be cut and sent, but not read, and do not say what they are. */
function completeBlobs({ Blob, FileReader }: Globals): void {
  const blob = Blob?.prototype as (Blob & { [Symbol.toStringTag]?: string }) | undefined
  if (!blob || !FileReader) return
  const add = (name: string | symbol, value: unknown) => {
    if (!(name in blob)) Object.defineProperty(blob, name, { value, configurable: true, writable: true })
  }
  add(Symbol.toStringTag, 'Blob')
  add('arrayBuffer', function (this: Blob) {
    return readBlob(FileReader, this)
  })
  add('text', async function (this: Blob) {
    return new TextDecoder().decode(await this.arrayBuffer())
  })
}

function readBlob(Reader: typeof FileReader, blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new Reader()
    reader.onload = () => {
      const { result } = reader
      // An empty one has no comma in some versions.
      const [, base64 = ''] = typeof result === 'string' ? result.split(',') : []
      resolve(result instanceof ArrayBuffer ? result : (bytesOfBase64(base64).buffer as ArrayBuffer))
    }
    reader.onerror = () => reject(reader.error ?? new TypeError('The blob could not be read.'))
    try {
      reader.readAsArrayBuffer(blob)
    } catch {
      // It came late; this was always there.
      reader.readAsDataURL(blob)
    }
  })
}

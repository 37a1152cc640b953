import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'

// React Native's native side around a Hermes: what its modules ask for is done here. The engine's command line has no input but what is
// typed, so everything goes by lines.

interface BlobData {
  blobId: string
  offset: number
  size: number
}

interface RequestBody {
  string?: string
  base64?: string
  blob?: BlobData
}

/** What a file of so many bytes has in it on this device: native.js reckons the same. */
export function bytesOfFile(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => Math.imul(at + 1, 2_654_435_761) >>> 24)
}

/** What happens on a page that is opened beside the app: the address it leads back to, or nothing where it is closed. */
export type Visit = (url: string) => Promise<string | undefined>

export interface Phone {
  /** Calls what the bundle has put into `globalThis.__call`. */
  call<T>(name: string, ...args: unknown[]): Promise<T>
  /** The app goes behind another and is suspended, as the system does before long; or it comes back. */
  show(state: 'active' | 'background'): void
  /** What AsyncStorage keeps. */
  kept: Map<string, string>
  /** What the keychain keeps. */
  locked: Map<string, string>
  /** What was written to the console. */
  said: string[]
  /** Who sits before the browser. */
  visit?: Visit
  stop(): Promise<void>
}

/** Starts Hermes with these scripts, one after the other. What `kept` and `locked` hold was there before. */
export function startPhone(
  program: string,
  scripts: string[],
  kept = new Map<string, string>(),
  locked = new Map<string, string>(),
): Phone {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const said: string[] = []
  const timers = new Map<number, NodeJS.Timeout>()
  const requests = new Map<number, AbortController>()
  const sockets = new Map<number, WebSocket>()
  const blobs = new Map<string, Buffer>()
  const calls = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let lastCall = 0
  let isOver = false

  const type = (script: string) => {
    if (!isOver) child.stdin.write(`${script}\n`)
  }
  /** U+2028 would end a line, and what is not ASCII is safer escaped. */
  const quoted = (value: unknown) =>
    JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const tell = (message: object) =>
    type(
      `try { __native(${quoted(JSON.stringify(message))}) } catch (error) { print('Error', String(error.stack).replace(/\\n/g, ' | ')) }`,
    )
  /** What has come in while the app was suspended. */
  let held: object[] | undefined
  const later = (message: object) => (held ? void held.push(message) : tell(message))
  const emit = (name: string, ...args: unknown[]) => later({ kind: 'event', name, args })
  const answer = async (id: number, work: () => unknown) => {
    try {
      later({ kind: 'answer', id, value: (await work()) ?? null })
    } catch (error) {
      later({ kind: 'answer', id, error: String(error) })
    }
  }
  const bytesOf = ({ blobId, offset, size }: BlobData) =>
    (blobs.get(blobId) ?? Buffer.alloc(0)).subarray(offset, offset + size)

  async function send(
    method: string,
    url: string,
    id: number,
    headers: [string, string][],
    { string, base64, blob }: RequestBody,
    responseType: 'text' | 'base64' | 'blob',
  ) {
    const controller = new AbortController()
    requests.set(id, controller)
    const body = blob ? bytesOf(blob) : base64 !== undefined ? Buffer.from(base64, 'base64') : string
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: /^(GET|HEAD)$/i.test(method) ? undefined : (body as BodyInit),
        signal: controller.signal,
      })
      const total = Buffer.byteLength(body ?? '')
      if (total) {
        emit('didSendNetworkData', [id, Math.floor(total / 2), total])
        emit('didSendNetworkData', [id, total, total])
      }
      const bytes = Buffer.from(await response.arrayBuffer())
      emit('didReceiveNetworkResponse', [id, response.status, Object.fromEntries(response.headers), url])
      if (responseType === 'blob') {
        const blobId = `answer-${id}`
        blobs.set(blobId, bytes)
        const type = response.headers.get('content-type') ?? ''
        emit('didReceiveNetworkData', [id, { blobId, offset: 0, size: bytes.length, type }])
      } else {
        emit('didReceiveNetworkData', [id, bytes.toString(responseType === 'base64' ? 'base64' : 'utf8')])
      }
      emit('didCompleteNetworkResponse', [id, null, false])
    } catch (error) {
      if (!controller.signal.aborted) emit('didCompleteNetworkResponse', [id, String(error), false])
    }
    requests.delete(id)
  }

  function connect(url: string, protocols: string[] | null, _: object, id: number) {
    const socket = new WebSocket(url, protocols ?? [])
    sockets.set(id, socket)
    let failed = false
    socket.onopen = () => emit('websocketOpen', { id, protocol: socket.protocol })
    socket.onmessage = ({ data }) => emit('websocketMessage', { id, type: 'text', data })
    socket.onerror = () => {
      failed = true
      emit('websocketFailed', { id, message: 'The connection failed.' })
    }
    socket.onclose = ({ code, reason }) => {
      sockets.delete(id)
      if (!failed) emit('websocketClosed', { id, code, reason })
    }
  }

  /** A page in a tab over the app. Where it leads back into the app, the system hands its address over; the app is then in front again. */
  async function browse(url: string) {
    const back = await phone.visit?.(url)
    if (back) emit('url', { url: back })
    emit('appStateDidChange', { app_state: 'background' })
    emit('appStateDidChange', { app_state: 'active' })
  }

  const uploads = new Map<number, AbortController>()
  /** The system's own uploader. */
  async function upload(
    id: number,
    url: string,
    size: number,
    options: { httpMethod: string; headers: Record<string, string> },
  ) {
    const controller = new AbortController()
    uploads.set(id, controller)
    later({ kind: 'uploading', id, value: { bytesSent: Math.floor(size / 3), totalBytes: size } })
    const { httpMethod: method, headers } = options
    const response = await fetch(url, { method, headers, body: bytesOfFile(size), signal: controller.signal })
    const answered = Object.fromEntries(response.headers)
    return { status: response.status, headers: answered, body: await response.text() }
  }

  const modules: Record<string, Record<string, (...args: never[]) => unknown>> = {
    Timers: {
      setTimeout: (id: number, wait: number) =>
        timers.set(
          id,
          setTimeout(() => {
            timers.delete(id)
            later({ kind: 'timer', id })
          }, wait),
        ),
      setInterval: (id: number, wait: number) =>
        timers.set(
          id,
          setInterval(() => later({ kind: 'timer', id }), wait),
        ),
      clear: (id: number) => {
        clearTimeout(timers.get(id))
        timers.delete(id)
      },
    },
    Console: Object.fromEntries(
      ['log', 'info', 'warn', 'error', 'debug'].map((level) => [
        level,
        (text: string) => said.push(`${level}: ${text}`),
      ]),
    ),
    Networking: { sendRequest: send, abortRequest: (id: number) => requests.get(id)?.abort() },
    BlobModule: {
      addNetworkingHandler: () => {},
      createFromParts(parts: { type: 'blob' | 'string'; data: BlobData | string }[], blobId: string) {
        const all = parts.map(({ data }) => (typeof data === 'string' ? Buffer.from(data) : bytesOf(data)))
        blobs.set(blobId, Buffer.concat(all))
      },
      release: (blobId: string) => blobs.delete(blobId),
    },
    FileReaderModule: {
      readAsDataURL: (id: number, blob: BlobData & { type?: string }) =>
        answer(
          id,
          () => `data:${blob.type || 'application/octet-stream'};base64,${bytesOf(blob).toString('base64')}`,
        ),
      readAsText: (id: number, blob: BlobData) => answer(id, () => bytesOf(blob).toString('utf8')),
    },
    WebSocketModule: {
      connect,
      send: (text: string, id: number) => sockets.get(id)?.send(text),
      close: (code: number, reason: string, id: number) => sockets.get(id)?.close(code, reason),
    },
    RNAsyncStorage: {
      legacy_multiGet: (id: number, keys: string[]) =>
        answer(id, () => keys.map((key) => [key, kept.get(key) ?? null])),
      legacy_multiSet: (id: number, items: [string, string][]) =>
        answer(id, () => {
          for (const [key, value] of items) kept.set(key, value)
        }),
      legacy_multiRemove: (id: number, keys: string[]) =>
        answer(id, () => {
          for (const key of keys) kept.delete(key)
        }),
      legacy_clear: (id: number) => answer(id, () => kept.clear()),
      legacy_getAllKeys: (id: number) => answer(id, () => [...kept.keys()]),
    },
    Browser: {
      open: (id: number, url: string) => {
        void browse(url)
        return answer(id, () => ({ type: 'opened' }))
      },
      openTab: (id: number, url: string) => answer(id, async () => void (await browse(url))),
    },
    Uploader: {
      start: (id: number, task: number, url: string, size: number, options: never) =>
        answer(id, () => upload(task, url, size, options)),
      cancel: (task: number) => uploads.get(task)?.abort(),
    },
    Keychain: {
      get: (id: number, key: string) => answer(id, () => locked.get(key)),
      set: (id: number, key: string, value: string) => answer(id, () => void locked.set(key, value)),
      remove: (id: number, key: string) => answer(id, () => void locked.delete(key)),
    },
    RNCNetInfo: {
      configure: () => {},
      getCurrentState: (id: number) =>
        answer(id, () => ({ type: 'wifi', isConnected: true, isInternetReachable: true, details: {} })),
    },
    ExceptionsManager: {
      reportException: (exception: { message: string }) => said.push(`error: ${exception.message}`),
      updateExceptionMessage: () => {},
    },
    Host: {
      answer: (id: number, value: never) => {
        calls.get(id)?.resolve(value)
        calls.delete(id)
      },
      failure: (id: number, stack: string, name?: string) => {
        calls.get(id)?.reject(Object.assign(new Error(stack), name && { name }))
        calls.delete(id)
      },
    },
  }

  createInterface({ input: child.stdout, terminal: false }).on('line', (line) => {
    const at = line.indexOf('\u0001')
    if (at < 0) {
      // What a line comes to is echoed; only what went wrong is worth a look.
      if (/Error/.test(line)) said.push(line)
      // The native side itself was not understood: nobody would ever be answered.
      if (line.includes("'__native' doesn't exist")) child.kill()
      return
    }
    const { module, method, args } = JSON.parse(line.slice(at + 1))
    modules[module]![method]!(...(args as never[]))
  })
  child.once('exit', () => {
    isOver = true
    for (const { reject } of calls.values())
      reject(new Error(`Hermes has ended:\n${said.slice(-5).join('\n')}`))
  })

  for (const script of scripts)
    type(
      `try { (0, eval)(${quoted(script)}) } catch (error) { print('Error', error.stack.replace(/\\n/g, ' | ')) }; undefined`,
    )
  tell({ kind: 'random', value: randomBytes(96 * 1024).toString('base64') })

  const phone: Phone = {
    kept,
    locked,
    said,
    call(name, ...args) {
      const id = ++lastCall
      return new Promise((resolve, reject) => {
        calls.set(id, { resolve, reject })
        tell({ kind: 'call', id, name, args })
      })
    },
    show(state) {
      for (const message of held ?? []) tell(message)
      held = undefined
      emit('appStateDidChange', { app_state: state })
      if (state === 'background') held = []
    },
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      for (const socket of sockets.values()) socket.close()
      for (const request of requests.values()) request.abort()
      isOver = true
      child.stdin.end()
      child.kill('SIGKILL')
      await ended
    },
  }
  return phone
}

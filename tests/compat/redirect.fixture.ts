import { request } from 'node:http'
import type { Sandbox } from '@backline/sandbox'

// AWS's hosts, `https` and `wss` are wired into aws-amplify. These take their places in the test's process; what the client
// says, its Host header included, reaches the sandbox as it was signed.

/** A `fetch` for which every host of amazonaws.com is the sandbox. The built-in one cannot send a Host of our choice; node:http can. */
export const fetchFrom = (sandbox: Sandbox, original = globalThis.fetch) =>
  async function redirected(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const asked = new Request(input, { ...init, ...(init?.body ? { duplex: 'half' } : {}) })
    const url = new URL(asked.url)
    if (!url.hostname.endsWith('.amazonaws.com')) return original(asked)
    const body = Buffer.from(await asked.arrayBuffer())
    const headers = { ...Object.fromEntries(asked.headers), host: url.host }
    return new Promise((resolve, reject) => {
      const sent = request(
        `${sandbox.url}${url.pathname}${url.search}`,
        {
          method: asked.method,
          headers: body.length ? { ...headers, 'content-length': body.length } : headers,
          signal: asked.signal,
        },
        async (answer) => {
          const chunks = await answer.toArray()
          const status = answer.statusCode!
          const answered = Object.entries(answer.headers).map(
            ([name, value]) => [name, String(value)] as [string, string],
          )
          const bodiless = status === 204 || status === 304 || asked.method === 'HEAD'
          resolve(new Response(bodiless ? null : Buffer.concat(chunks), { status, headers: answered }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }

/** The sandbox speaks without TLS; the client forces it. */
export class PlainWebSocket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(String(address).replace(/^wss:/, 'ws:'), protocols)
  }
}

/** aws-amplify hashes the parts of an upload with it; Node has none. */
export class FileReader {
  result: string | ArrayBuffer | undefined
  onload: ((event: { target: FileReader }) => void) | undefined
  async readAsArrayBuffer(blob: Blob) {
    this.result = await blob.arrayBuffer()
    this.onload?.({ target: this })
  }
}

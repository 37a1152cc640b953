import type { Call } from './http.js'

/** How long nothing may move once bytes have begun to: an XMLHttpRequest on a dead connection would wait for ever. */
const PATIENCE = 60_000

/**
 * Sends a call so that it reports how many bytes are on their way: `request(ctx, { …, send: withProgress(onProgress) })`.
 * `fetch` cannot tell in browsers, so there this is an XMLHttpRequest, which is given up, and made again, when it has stopped moving;
 * elsewhere it reports when the service has it all, and the platform has limits of its own.
 */
export function withProgress(onProgress: (sent: number, total?: number) => void): NonNullable<Call['send']> {
  return async (ctx, url, init) => {
    if (typeof XMLHttpRequest !== 'undefined') return sendByXhr(url, init, onProgress)

    const response = await ctx.platform.fetch(url, init)
    const size = sizeOf(init.body)
    if (response.ok && size !== undefined) onProgress(size, size)
    return response
  }
}

function sizeOf(body: RequestInit['body']): number | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body).length
  if (body instanceof Blob) return body.size
  return (body as ArrayBuffer | null | undefined)?.byteLength
}

function sendByXhr(
  url: string,
  { method, headers, body, signal }: RequestInit,
  onProgress: (sent: number, total?: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    const abort = () => xhr.abort()
    let timer: ReturnType<typeof setTimeout> | undefined
    const fail = () => reject(new TypeError('The upload did not reach the service.'))
    xhr.open(method!, url)
    xhr.responseType = 'arraybuffer'
    for (const [name, value] of Object.entries(headers as Record<string, string>))
      xhr.setRequestHeader(name, value)

    xhr.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      clearTimeout(timer)
      timer = setTimeout(abort, PATIENCE)
      onProgress(loaded, lengthComputable ? total : undefined)
    }
    xhr.onerror = fail
    xhr.onabort = fail
    xhr.onloadend = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    xhr.onload = () => {
      const answer = new Headers()
      for (const line of xhr
        .getAllResponseHeaders()
        .trim()
        .split(/[\r\n]+/)) {
        const colon = line.indexOf(':')
        if (colon > 0) answer.append(line.slice(0, colon), line.slice(colon + 1).trim())
      }
      const empty = [204, 205, 304].includes(xhr.status)
      resolve(new Response(empty ? null : xhr.response, { status: xhr.status, headers: answer }))
    }
    if (signal?.aborted) return fail()
    signal?.addEventListener('abort', abort, { once: true })
    xhr.send(body as XMLHttpRequestBodyInit)
  })
}

import { learnTime, serverTime } from './clock.js'
import type { Context } from './context.js'
import { AmplifyError } from './errors.js'

export { serverTime } from './clock.js'

/** What is about to be sent. `authorize` may replace it by a signed copy. */
export interface HttpRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body?: BodyInit | Uint8Array | null
}

export interface Authorize {
  (ctx: Context, request: HttpRequest): Promise<HttpRequest>
  /** Learns the service's time from a refusal, where the `Date` header is hidden. */
  refused?(ctx: Context, response: Response): Promise<void>
}

export interface Call {
  method: string
  url: string | URL
  headers?: Record<string, string>
  body?: HttpRequest['body']
  /** Adds what proves who we are. Runs anew on every attempt, so a retry is signed with fresh time and credentials. */
  authorize?: Authorize
  /** Replaces `platform.fetch`, as {@link withProgress} does. */
  send?: (ctx: Context, url: string, init: RequestInit) => Promise<Response>
  /** May this be sent again when it is not known whether the service has done it? GET, HEAD, PUT and DELETE: yes by default; POST: no. */
  idempotent?: boolean
  /** Milliseconds until one attempt is given up. None by default. */
  timeout?: number
  /** Attempts in all; 3 by default, 1 turns retries off. */
  attempts?: number
  signal?: AbortSignal
}

/** Answers that say: not done, come again. Nothing has been applied, so even a POST may be repeated. */
const throttled = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|ProvisionedThroughput/

/** Longer than this we do not keep an app waiting: it gets the answer, `Retry-After` included. */
const longestWait = 20_000

/**
 * Sends a call: authorise, send, retry (full jitter, `Retry-After`), time out, abort, and learn the service's clock from
 * `Date` headers. Resolves with whatever the service answered at last, error statuses included.
 *
 * @throws {AmplifyError} `NetworkError` when nothing was answered, `AbortError` when `signal` fired, `TimeoutError`.
 */
export async function request(ctx: Context, call: Call): Promise<Response> {
  const repeatable = !(typeof ReadableStream !== 'undefined' && call.body instanceof ReadableStream)
  const idempotent = call.idempotent ?? !/POST|PATCH/.test(call.method)
  let left = repeatable ? (call.attempts ?? 3) : 1
  let skewed = false

  for (let attempt = 0; ; attempt++) {
    left--
    // Before it is signed: an answer to another call may teach us the time while this one waits for credentials.
    const assumed = serverTime(ctx)
    let request: HttpRequest = { ...call, url: new URL(call.url), headers: { ...call.headers } }
    if (call.authorize) request = await call.authorize(ctx, request)

    let wait: number | undefined
    try {
      const response = await sendOnce(ctx, call, request)
      const { status, headers } = response

      // A signature is refused when our clock is off. The refusal tells the time, so once more with that.
      if (call.authorize && !skewed && repeatable && status >= 400 && status < 404) {
        await call.authorize.refused?.(ctx, response)
        if (Math.abs(serverTime(ctx) - assumed) > 60_000) {
          skewed = true
          left++
          continue
        }
      }

      const refused = status === 429 || throttled.test(headers.get('x-amzn-errortype') ?? '')
      if (left < 1 || !(refused || (status >= 500 && status !== 501 && idempotent))) return response
      const retryAfter = headers.get('retry-after')
      if (retryAfter) {
        wait = Math.max(0, Number(retryAfter) * 1000 || Date.parse(retryAfter) - serverTime(ctx) || 0)
        if (wait > longestWait) return response
      }
    } catch (error) {
      if (left < 1 || !idempotent || call.signal?.aborted) throw error
    }
    wait ??= (ctx.platform.randomBytes(1)[0]! / 255) * Math.min(5_000, 200 * 2 ** attempt)
    await pause(wait, call.signal)
  }
}

async function sendOnce(
  ctx: Context,
  { signal, timeout, send }: Call,
  request: HttpRequest,
): Promise<Response> {
  if (signal?.aborted) throw aborted(signal)

  const url = request.url.href
  // Of our own, because AbortSignal.any and .timeout are missing on phones.
  const controller = new AbortController()
  const abort = () => controller.abort(signal!.reason)
  signal?.addEventListener('abort', abort, { once: true })
  const timer = timeout && setTimeout(() => controller.abort(), timeout)

  const { method, headers, body } = request
  // What streams need does the rest no harm.
  const init = { method, headers, body: body as BodyInit, signal: controller.signal, duplex: 'half' }

  const sent = ctx.platform.now()
  try {
    const response = await (send ? send(ctx, url, init) : ctx.platform.fetch(url, init))
    const received = ctx.platform.now()
    // `Date` has whole seconds, cut off; an answer from a cache would tell an old time.
    if (!response.headers.get('age')) {
      const date = Date.parse(response.headers.get('date') ?? '')
      learnTime(ctx, date + 500, (sent + received) / 2, 1_000 + (received - sent) / 2)
    }
    return response
  } catch (cause) {
    signal?.removeEventListener('abort', abort)
    if (signal?.aborted) throw aborted(signal)
    const { host } = request.url
    // Not by the caller, so by the timer.
    if (controller.signal.aborted)
      throw new AmplifyError('TimeoutError', `${host} did not answer within ${timeout} ms.`, { cause })
    throw new AmplifyError('NetworkError', `A network error has occurred: ${host} could not be reached.`, {
      cause,
    })
  } finally {
    clearTimeout(timer as ReturnType<typeof setTimeout>)
  }
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(aborted(signal!))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

function aborted(signal: AbortSignal): AmplifyError {
  return new AmplifyError('AbortError', 'The call was aborted.', { cause: signal.reason })
}

import type { Context } from './context.js'

/** What is about to be sent. `authorize` may replace it by a signed copy. */
export interface HttpRequest {
  method: string
  url: URL
  headers: Record<string, string>
  body?: BodyInit | Uint8Array | null
}

export interface Call {
  method: string
  url: string | URL
  headers?: Record<string, string>
  body?: HttpRequest['body']
  /** Adds what proves who we are. Runs anew on every attempt, so a retry is signed with fresh time and credentials. */
  authorize?: (ctx: Context, request: HttpRequest) => Promise<HttpRequest>
  /** May this be sent again when it is not known whether the service has done it? GET, HEAD, PUT and DELETE: yes by default; POST: no. */
  idempotent?: boolean
  /** Milliseconds until one attempt is given up. None by default. */
  timeout?: number
  /** Attempts in all; 3 by default, 1 turns retries off. */
  attempts?: number
  signal?: AbortSignal
  /** Upload progress in bytes; where the platform can tell. */
  onUploadProgress?: (sent: number, total?: number) => void
}

/**
 * Sends a call: authorise, send, retry (full jitter, `Retry-After`), time out, abort, and learn the service's clock from
 * `Date` headers. Resolves with whatever the service answered at last, error statuses included.
 *
 * @throws {AmplifyError} `NetworkError` when nothing was answered, `AbortError` when `signal` fired, `TimeoutError`.
 */
export declare function request(ctx: Context, call: Call): Promise<Response>

/** Milliseconds since 1970 by the services' clock, as far as learned from their answers. */
export declare function serverTime(ctx: Context): number

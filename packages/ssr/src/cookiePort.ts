import {
  type Cookie,
  parseCookies,
  removal,
  type SetCookieOptions,
  serializeCookie,
  withoutCookie,
} from './cookieHeader.js'
import { AmplifyServerContextError } from './errors.js'

// Where the cookies of a request come from, and where those of its answer go: one shape for every framework.

/** The types of `aws-amplify/adapter-core`'s `CookieStorage`. */
export declare namespace CookieStorage {
  type Adapter = CookiePort
  type Cookie = import('./cookieHeader.js').Cookie
  type SetCookieOptions = import('./cookieHeader.js').SetCookieOptions
}

/** What a framework has for cookies. Names and values are plain: whoever implements it spells them for the wire. */
export interface CookiePort {
  getAll(): Cookie[]
  get(name: string): Cookie | undefined
  set(name: string, value: string, options?: SetCookieOptions): void
  /** `options` are those that the cookie was set with, without which browsers keep it. */
  delete(name: string, options?: SetCookieOptions): void
}

/** The cookies of a `Cookie` header. `put` takes each change: the whole `Set-Cookie` line for a name, in the place of an earlier one. */
export function portOfHeader(
  header: string | null | undefined,
  put: (name: string, line: string) => void,
): CookiePort {
  let cookies: Cookie[] | undefined
  const all = () => (cookies ??= parseCookies(header))
  return {
    getAll: () => [...all()],
    get: (name) => all().find((cookie) => cookie.name === name),
    set: (name, value, options) => put(name, serializeCookie(name, value, options)),
    delete: (name, options = {}) => put(name, serializeCookie(name, '', removal(options))),
  }
}

/** Changes that wait for the response whose headers they belong to. After `seal` it has gone. */
export function portOfRequest(request: { headers: Headers }) {
  const lines = new Map<string, string>()
  let sealed = false
  const port = portOfHeader(request.headers.get('cookie'), (name, line) => {
    if (sealed) throw answerHasGone()
    lines.set(name, line)
  })
  return {
    port,
    lines,
    seal: () => {
      sealed = true
    },
  }
}

/** Puts the lines on a response: on itself where its headers may be changed, else on a copy. One line for each cookie, the newest. */
export function withCookies(response: Response, lines: ReadonlyMap<string, string>): Response {
  if (!lines.size) return response
  const put = (headers: Headers) => {
    for (const [name, line] of lines) putLine(headers, name, line)
    // A cache between us and the browser would hand one user's session to the next.
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store')
  }
  try {
    put(response.headers)
    return response
  } catch {
    // Response.redirect() and what came from fetch cannot be changed.
    const { body, status, statusText } = response
    const headers = new Headers(response.headers)
    put(headers)
    return new Response(body, { status, statusText, headers })
  }
}

/** One `Set-Cookie` line for this name, the other cookies' untouched. */
export function putLine(headers: Headers, name: string, line: string): void {
  const before = headers.getSetCookie()
  const others = withoutCookie(before, name)
  if (others.length < before.length) {
    headers.delete('set-cookie')
    for (const each of others) headers.append('set-cookie', each)
  }
  headers.append('set-cookie', line)
}

/** What `node:http` has, as far as it is needed here. */
export interface NodeRequest {
  headers: Record<string, string | string[] | undefined>
}
export interface NodeResponse {
  readonly headersSent: boolean
  getHeader(name: string): number | string | string[] | undefined
  setHeader(name: string, value: string[]): unknown
}

export function portOfNode({ headers }: NodeRequest, response: NodeResponse): CookiePort {
  const { cookie } = headers
  return portOfHeader(Array.isArray(cookie) ? cookie.join('; ') : cookie, (name, line) => {
    if (response.headersSent) throw answerHasGone()
    const before = response.getHeader('set-cookie') ?? []
    response.setHeader('set-cookie', [...withoutCookie([before].flat().map(String), name), line])
  })
}

export function answerHasGone(cause?: unknown): AmplifyServerContextError {
  return new AmplifyServerContextError({
    name: 'CookiesNotWritable',
    message: 'Cookies cannot be set any more, or not here: the answer has gone, or a component is rendering.',
    recoverySuggestion:
      'Sign in and out in an action, a route handler or a middleware, before the answer begins.',
    underlyingError: cause,
  })
}

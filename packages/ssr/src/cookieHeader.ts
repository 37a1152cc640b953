// Cookies as text: the `Cookie` header of a request and the `Set-Cookie` lines of its answer (RFC 6265), with names and values spelled as
// js-cookie spells them in the browser, so that both sides speak of the same cookie.

/** The attributes that a cookie is set with. */
export interface SetCookieOptions {
  domain?: string
  expires?: Date
  httpOnly?: boolean
  /** Seconds. */
  maxAge?: number
  path?: string
  /** `true` is `strict`, `false` says nothing. */
  sameSite?: boolean | 'lax' | 'strict' | 'none'
  secure?: boolean
}

export interface Cookie extends SetCookieOptions {
  name: string
  value?: string
}

/** How js-cookie writes a name: all that a name may hold stays as it is. */
export function encodeName(name: string): string {
  return encodeURIComponent(name)
    .replace(/%(2[346B]|5E|60|7C)/g, decodeURIComponent)
    .replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'))
}

/** How js-cookie writes a value. */
export function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(/%(2[346BF]|3[AC-F]|40|5[BDE]|60|7[BCD])/g, decodeURIComponent)
}

/** What stands for itself where it was not encoded, or badly. */
export function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return text
  }
}

/** All cookies of a `Cookie` header in their order, which is the browser's: the most specific path first. A name may come more than once. */
export function parseCookies(header: string | null | undefined): Required<Pick<Cookie, 'name' | 'value'>>[] {
  const cookies = []
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=')
    const name = part.slice(0, Math.max(at, 0)).trim()
    if (!name) continue
    const value = part.slice(at + 1).trim()
    cookies.push({ name: decoded(name), value: decoded(value.replace(/^"(.*)"$/, '$1')) })
  }
  return cookies
}

/** A `Set-Cookie` line. */
export function serializeCookie(
  name: string,
  value: string,
  { domain, expires, httpOnly, maxAge, path, sameSite, secure }: SetCookieOptions = {},
): string {
  const site = sameSite === true ? 'strict' : sameSite
  return [
    `${encodeName(name)}=${encodeValue(value)}`,
    domain && `Domain=${domain}`,
    path && `Path=${path}`,
    expires && `Expires=${expires.toUTCString()}`,
    maxAge !== undefined && `Max-Age=${Math.floor(maxAge)}`,
    httpOnly && 'HttpOnly',
    secure && 'Secure',
    site && `SameSite=${site[0]!.toUpperCase()}${site.slice(1)}`,
  ]
    .filter(Boolean)
    .join('; ')
}

/** The attributes that make a browser forget what was set with these. */
export function removal({ domain, path, httpOnly, secure, sameSite }: SetCookieOptions): SetCookieOptions {
  return { domain, path, httpOnly, secure, sameSite, expires: new Date(0), maxAge: 0 }
}

/** The lines without those that set a cookie of this name. */
export function withoutCookie(lines: readonly string[], name: string): string[] {
  return lines.filter((line) => !line.startsWith(`${encodeName(name)}=`))
}

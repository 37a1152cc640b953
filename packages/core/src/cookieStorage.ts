import type { CookieAttributes } from './cookies.js'
import type { KeyValueStorageInterface } from './platform.js'

export interface CookieStorageData {
  domain?: string
  path?: string
  /** Days until the cookie goes; a year by default. */
  expires?: number
  /** Over https only: true by default. */
  secure?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
}

/** Keeps the session in cookies, where a server that renders pages finds it. */
export class CookieStorage implements KeyValueStorageInterface {
  readonly domain?: string
  readonly path: string
  readonly expires?: number
  readonly secure?: boolean
  readonly sameSite?: 'strict' | 'lax' | 'none'

  /** @throws {Error} when `sameSite` is none of the three, or `none` without `secure`, which browsers refuse. */
  constructor(data: CookieStorageData = {}) {
    const { domain, path, sameSite } = data
    this.domain = domain
    this.path = path || '/'
    // A given `undefined` means something: a cookie that goes with the browser.
    this.expires = 'expires' in data ? data.expires : 365
    this.secure = 'secure' in data ? data.secure : true
    if ('sameSite' in data) {
      if (!sameSite || !['strict', 'lax', 'none'].includes(sameSite)) {
        throw new Error('The sameSite value of cookieStorage must be "lax", "strict" or "none".')
      }
      if (sameSite === 'none' && !this.secure) {
        throw new Error('sameSite "none" needs secure: browsers refuse such a cookie otherwise.')
      }
      this.sameSite = sameSite
    }
  }

  async setItem(key: string, value: string): Promise<void> {
    return (await this.cookies()).setItem(key, value)
  }
  async getItem(key: string): Promise<string | null> {
    return (await this.cookies()).getItem(key)
  }
  async removeItem(key: string): Promise<void> {
    return (await this.cookies()).removeItem(key)
  }
  async clear(): Promise<void> {
    return (await this.cookies()).clear()
  }

  private async cookies(): Promise<KeyValueStorageInterface> {
    const { path, expires, domain, secure, sameSite } = this
    const attributes: CookieAttributes = { path, expires, domain, secure }
    const { createCookieStore } = await import('./cookies.js')
    return createCookieStore(sameSite ? { ...attributes, sameSite } : attributes)
  }
}

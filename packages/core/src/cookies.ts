import Cookies from 'js-cookie'
import type { KeyValueStorageInterface } from './platform.js'

export interface CookieAttributes {
  domain?: string
  path?: string
  /** Days. */
  expires?: number
  secure?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
}

/** A store in cookies. Imported on demand, with js-cookie, so that apps without cookies never load it. */
export function createCookieStore(attributes: CookieAttributes): KeyValueStorageInterface {
  return {
    setItem: async (key, value) => void Cookies.set(key, value, attributes),
    getItem: async (key) => Cookies.get(key) ?? null,
    removeItem: async (key) => Cookies.remove(key, attributes),
    async clear() {
      for (const key of Object.keys(Cookies.get())) Cookies.remove(key, attributes)
    },
  }
}

import type { KeyValueStorageInterface } from './platform.js'

export interface CookieAttributes {
  domain?: string
  path?: string
  /** Days. */
  expires?: number
  secure?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
}

/** A store in cookies. js-cookie loads with the first one, so that apps without cookies never load it. */
export function createCookieStore(attributes: CookieAttributes): KeyValueStorageInterface {
  const load = async () => (await import('js-cookie')).default
  return {
    async setItem(key, value) {
      ;(await load()).set(key, value, attributes)
    },
    getItem: async (key) => (await load()).get(key) ?? null,
    removeItem: async (key) => (await load()).remove(key, attributes),
    async clear() {
      const cookies = await load()
      for (const key of Object.keys(cookies.get() ?? {})) cookies.remove(key, attributes)
    },
  }
}

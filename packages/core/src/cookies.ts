import { encodeName, encodeValue } from './cookieText.js'
import type { KeyValueStorageInterface } from './platform.js'

export interface CookieAttributes {
  domain?: string
  path?: string
  /** Days. */
  expires?: number
  secure?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
}

/** A store in cookies. Imported on demand, so that apps without cookies never load it. Where there is no document it keeps nothing. */
export function createCookieStore(attributes: CookieAttributes): KeyValueStorageInterface {
  const page = () => (typeof document === 'undefined' ? { cookie: '' } : document)

  const write = (name: string, value: string, expires = attributes.expires) => {
    const said = {
      path: '/',
      ...attributes,
      expires: expires !== undefined && new Date(Date.now() + expires * 86_400_000).toUTCString(),
    }
    page().cookie = [
      `${encodeName(name)}=${encodeValue(value)}`,
      ...Object.entries(said).flatMap(([name, value]) => {
        if (!value) return []
        // Nothing that is given may say more than its own attribute.
        return value === true ? name : `${name}=${value.split(';')[0]}`
      }),
    ].join('; ')
  }

  /** The first of a name is that of the most specific path. */
  const read = () => {
    const found = new Map<string, string>()
    for (const text of page().cookie.split('; ').reverse()) {
      const [name = '', ...value] = text.split('=')
      try {
        found.set(decodeURIComponent(name), decoded(value.join('=')))
      } catch {
        // Somebody else's.
      }
    }
    return found
  }

  return {
    setItem: async (key, value) => write(key, value),
    getItem: async (key) => read().get(key) ?? null,
    removeItem: async (key) => write(key, '', -1),
    async clear() {
      for (const key of read().keys()) write(key, '', -1)
    },
  }
}

/** Only what was encoded: a percent sign may stand for itself. */
function decoded(value: string): string {
  const text = value.startsWith('"') ? value.slice(1, -1) : value
  return text.replace(/(%[\dA-F]{2})+/gi, decodeURIComponent)
}

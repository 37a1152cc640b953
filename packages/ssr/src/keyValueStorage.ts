import type { KeyValueStorageInterface } from '@backline/core/internal'
import { encodeName, encodeValue, type SetCookieOptions } from './cookieHeader.js'
import type { CookiePort } from './cookiePort.js'
import { AmplifyServerContextError } from './errors.js'

/** A year, in seconds. */
export const DEFAULT_AUTH_TOKEN_COOKIES_MAX_AGE = 365 * 24 * 60 * 60

/** Browsers keep no more of one cookie, name and value together. */
const LARGEST = 4096

/** Says of what was read or is about to be written whether it counts. Only `getItem` is asked. */
export type KeyValueStorageMethodValidator = Partial<
  Record<keyof KeyValueStorageInterface, (key: string, value: string) => Promise<boolean>>
>

/**
 * A store in the cookies of a request and its answer. What was set is what is read from then on, though the request still says
 * otherwise. A cookie that came more than once counts as the first that is valid.
 *
 * @example
 * const storage = createKeyValueStorageFromCookieStorageAdapter({
 *   getAll: () => cookies.all(),
 *   get: (name) => cookies.find(name),
 *   set: (name, value, options) => cookies.put(name, value, options),
 *   delete: (name) => cookies.drop(name),
 * })
 *
 * @throws {AmplifyServerContextError} `CookieTooLarge` by `setItem`, for what browsers would drop
 */
export function createKeyValueStorageFromCookieStorageAdapter(
  cookieStorageAdapter: CookiePort,
  validator?: KeyValueStorageMethodValidator,
  setCookieOptions: SetCookieOptions = {},
): KeyValueStorageInterface {
  const changed = new Map<string, string | null>()
  const options: SetCookieOptions = { sameSite: 'lax', secure: true, path: '/', ...setCookieOptions }
  if (!options.expires && !options.maxAge) options.maxAge = DEFAULT_AUTH_TOKEN_COOKIES_MAX_AGE

  const isValid = async (key: string, value: string) =>
    !validator?.getItem || (await validator.getItem(key, value))
  const removeItem = async (key: string) => {
    cookieStorageAdapter.delete(key, options)
    changed.set(key, null)
  }
  return {
    async setItem(key, value) {
      const size = encodeName(key).length + encodeValue(value).length
      if (size > LARGEST) {
        throw new AmplifyServerContextError({
          name: 'CookieTooLarge',
          message: `The cookie ${key} would have ${size} bytes; browsers drop those of more than ${LARGEST}.`,
          recoverySuggestion:
            'Put fewer claims into the tokens of this user pool: groups and custom attributes take most.',
        })
      }
      cookieStorageAdapter.set(key, value, options)
      changed.set(key, value)
    },
    async getItem(key) {
      const now = changed.get(key)
      if (now !== undefined) return now
      const first = cookieStorageAdapter.get(key)?.value
      if (first && (await isValid(key, first))) return first
      for (const { name, value } of cookieStorageAdapter.getAll()) {
        if (name === key && value && value !== first && (await isValid(key, value))) return value
      }
      return null
    },
    removeItem,
    async clear() {
      for (const { name } of cookieStorageAdapter.getAll()) {
        if (/^(CognitoIdentityServiceProvider|com\.amplify)\./.test(name)) await removeItem(name)
      }
    },
  }
}

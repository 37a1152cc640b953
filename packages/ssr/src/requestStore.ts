import { decodeJWT, definiteRefusal, type KeyValueStorageInterface } from '@backline/core/internal'
import type { SetCookieOptions } from './cookieHeader.js'
import type { CookiePort } from './cookiePort.js'
import { AmplifyServerContextError } from './errors.js'
import { createKeyValueStorageFromCookieStorageAdapter } from './keyValueStorage.js'
import type { Refreshed, Refreshes } from './refreshes.js'
import { type TokenVerifier, tokensOfOneUser } from './tokenVerifier.js'

// The session of one request: in its cookies, believed only as far as the user pool has signed it, and refreshed once for all requests that
// came with the same cookies.

export interface RequestStore {
  store: KeyValueStorageInterface
  /** A platform's lock, which core holds around each refresh. */
  withLock<T>(name: string, patience: number, work: () => Promise<T>): Promise<T>
  /** From here on nothing is read or written. */
  close(): void
}

/** What requests of one user pool's client have in common. */
export interface Common {
  verifier: TokenVerifier
  refreshes: Refreshes
  /** What the services' answers have taught of the time; see core's clock. */
  clock: { offset: number; known: boolean }
}

export interface Shared extends Common {
  attributes: SetCookieOptions
  now(): number
}

const TOKENS = ['refreshToken', 'idToken', 'accessToken'] as const
/** Requests that come so soon after a refresh are answered with it, even where they ask for another. */
const TOGETHER = 10_000

/** @throws {AmplifyServerContextError} `ContextClosed`, always */
export function contextClosed(): never {
  throw new AmplifyServerContextError({
    name: 'ContextClosed',
    message: 'This context belonged to a request that is over.',
    recoverySuggestion: 'Use it inside of the operation that it was made for, and await everything in there.',
  })
}

export function createRequestStore(
  { verifier, refreshes, attributes, now }: Shared,
  port: CookiePort,
): RequestStore {
  const cookies = createKeyValueStorageFromCookieStorageAdapter(port, tokensOfOneUser(verifier), attributes)
  let at: 'open' | 'refreshing' | 'closed' = 'open'
  /** What a refresh has brought that could not be told the browser, or must not be. */
  const untold = new Map<string, string | null>()
  /** Why the last refresh failed, where it may do better next time. */
  let failure: unknown
  /** The refresh token was used up by somebody who may be the browser itself: what it has now is not ours to remove. */
  let mustKeep = false

  const opened = () => {
    if (at === 'closed') contextClosed()
  }
  const lives = (token: string | null) => {
    try {
      return !!token && ((verifier.known.get(token) ?? decodeJWT(token)).payload.exp ?? 0) * 1000 > now()
    } catch {
      return false
    }
  }

  const store: KeyValueStorageInterface = {
    async getItem(key) {
      opened()
      // What these two say is of the browser: its clock, and how it is to sign out. Here it would only help to pass off an old token.
      if (/\.(clockDrift|oauthMetadata)$/.test(key)) return null
      const value = untold.get(key) ?? (untold.has(key) ? null : await cookies.getItem(key))
      if (!value || !key.endsWith('.accessToken') || lives(value)) return value
      // A page may show who is there while it is offline. A server must not take an expired token for anybody.
      if (failure) throw failure
      const refreshToken = await store.getItem(key.replace(/accessToken$/, 'refreshToken'))
      return refreshToken && value
    },
    async setItem(key, value) {
      opened()
      if (key.endsWith('.clockDrift')) return
      try {
        await cookies.setItem(key, value)
        untold.delete(key)
      } catch (error) {
        if (at !== 'refreshing' || (error as Error).name === 'CookieTooLarge') throw error
        // The tokens are good for this request all the same, and the next one will be given them.
        untold.set(key, value)
      }
    },
    async removeItem(key) {
      opened()
      if (key.endsWith('.refreshToken')) {
        const token = await store.getItem(key)
        if (token) refreshes.forget(token)
      }
      const isThere = untold.get(key) ?? (await cookies.getItem(key)) ?? port.get(key)?.value
      if (isThere === undefined) return
      if (mustKeep) untold.set(key, null)
      else {
        try {
          await cookies.removeItem(key)
          untold.delete(key)
        } catch {
          // A component that renders may not. Nobody is signed in with it for the rest of this request; the next one finds out again.
          untold.set(key, null)
        }
      }
    },
    async clear() {
      opened()
      await cookies.clear()
    },
  }

  async function adopt(known: Refreshed): Promise<void> {
    const accessKey = [...known.items.keys()].find((key) => key.endsWith('.accessToken'))!
    const current = await cookies.getItem(accessKey)
    if (current === known.items.get(accessKey) || (lives(current) && now() - known.at > TOGETHER)) return
    for (const [key, value] of known.items) await store.setItem(key, value)
  }

  return {
    store,
    async withLock(name, patience, work) {
      // As core names the lock: `backline.refresh.<client>.<username>`.
      const user = name.replace(/^backline\.refresh\./, 'CognitoIdentityServiceProvider.')
      const keys = TOKENS.map((token) => `${user}.${token}`)
      const refreshToken = await store.getItem(keys[0]!)
      if (!refreshToken) return watched(work)

      return refreshes.inTurn(refreshToken, patience, async (known) => {
        at = 'refreshing'
        try {
          if (known) await adopt(known)
          const before = await store.getItem(keys[2]!)
          const result = await watched(work)
          const items = new Map<string, string>()
          for (const key of keys) {
            const value = await store.getItem(key)
            if (value) items.set(key, value)
          }
          const token = items.get(keys[2]!)
          if (token && token !== before) {
            const expires = (decodeJWT(token).payload.exp ?? 0) * 1000
            refreshes.remember(refreshToken, { items, at: now(), expires })
          }
          return result
        } finally {
          if (at === 'refreshing') at = 'open'
        }
      })
    },
    close() {
      at = 'closed'
    },
  }

  async function watched<T>(work: () => Promise<T>): Promise<T> {
    failure = undefined
    try {
      return await work()
    } catch (error) {
      const { name } = error as Error
      if (!definiteRefusal.test(name)) failure = error
      mustKeep = name.startsWith('RefreshTokenReuse')
      throw error
    }
  }
}

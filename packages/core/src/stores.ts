import type { Context } from './context.js'
import type { KeyValueStorageEvent, KeyValueStorageInterface } from './platform.js'

/** A store that lives as long as the program. */
export function createMemoryStore(): KeyValueStorageInterface {
  const items = new Map<string, string>()
  return {
    setItem: async (key, value) => void items.set(key, value),
    getItem: async (key) => items.get(key) ?? null,
    removeItem: async (key) => void items.delete(key),
    clear: async () => items.clear(),
  }
}

/** The page's own storage, if it has one and may touch it. */
export function webStorage(name: 'localStorage' | 'sessionStorage'): Storage | undefined {
  try {
    // Node has a localStorage of its own behind a flag, which warns when touched: only pages have one for us.
    return typeof document === 'undefined' ? undefined : globalThis[name]
  } catch {
    // Private windows and sandboxed frames throw on the mere look.
    return undefined
  }
}

/** What stands in for the page's storage where there is none. */
export function createMemoryStorage(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  }
}

/**
 * A store over `localStorage` or `sessionStorage`. Where there is none, or the browser forbids it (private windows, sandboxed
 * frames), items live in memory; an item that does not fit (quota) does too, so that a full disk signs nobody out.
 */
function createWebStore(name: 'localStorage' | 'sessionStorage'): KeyValueStorageInterface {
  const memory = new Map<string, string>()

  // Any access may throw, so each goes through here.
  function attempt<T>(work: (storage: Storage) => T): T | undefined {
    try {
      const storage = webStorage(name)
      return storage && work(storage)
    } catch {
      return undefined
    }
  }

  return {
    async setItem(key, value) {
      const kept = attempt((storage) => {
        storage.setItem(key, value)
        return true
      })
      if (kept) memory.delete(key)
      else {
        // An older value left in place would come back after a reload.
        attempt((storage) => storage.removeItem(key))
        memory.set(key, value)
      }
    },
    getItem: async (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    async removeItem(key) {
      memory.delete(key)
      attempt((storage) => storage.removeItem(key))
    },
    async clear() {
      memory.clear()
      attempt((storage) => storage.clear())
    },
    addListener(listener: (event: KeyValueStorageEvent) => Promise<void>) {
      const onStorage = (event: StorageEvent) => {
        if (event.storageArea === webStorage(name)) void listener(event)
      }
      if (typeof document === 'undefined') return () => {}
      addEventListener('storage', onStorage)
      return () => removeEventListener('storage', onStorage)
    },
  }
}

/** `localStorage`, or memory where there is none. */
export const defaultStorage: KeyValueStorageInterface = /* @__PURE__ */ createWebStore('localStorage')

/** `sessionStorage`, or memory where there is none. */
export const sessionStorage: KeyValueStorageInterface = /* @__PURE__ */ createWebStore('sessionStorage')

/** Where a context keeps what belongs to one tab and outlives a reload of it. */
export function tabStore({ platform }: Context): KeyValueStorageInterface {
  return platform.tabStore ?? sessionStorage
}

/** Memory, shared by everything in this program. */
export const sharedInMemoryStorage: KeyValueStorageInterface = /* @__PURE__ */ createMemoryStore()

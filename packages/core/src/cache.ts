import { createMemoryStorage, webStorage } from './stores.js'

export interface CacheConfig {
  /** Goes before each key. */
  keyPrefix: string
  capacityInBytes: number
  /** The largest item that is taken, in bytes. */
  itemMaxSize: number
  /** Milliseconds that an item lives. */
  defaultTTL: number
  /** How full the cache may stay once it was full: 0 to 1. */
  warningThreshold: number
  /** 1 to 5; 5 goes first. */
  defaultPriority: number
  /** `localStorage` by default. */
  storage?: Storage
}

export interface CacheItemOptions {
  /** 1 to 5; 5 goes first. */
  priority?: number
  /** Milliseconds since 1970. */
  expires?: number
  /** Called by `getItem` where there is no such item; what it returns is kept. */
  callback?(): unknown
}

// biome-ignore lint/suspicious/noExplicitAny: what the app put in is what it takes out; v6 types neither.
type CachedValue = any

interface Item {
  key: string
  data: CachedValue
  timestamp: number
  visitedTime: number
  priority: number
  expires: number
  type: string
  byteSize: number
}

const defaults: CacheConfig = {
  keyPrefix: 'aws-amplify-cache',
  capacityInBytes: 1_048_576,
  itemMaxSize: 210_000,
  defaultTTL: 259_200_000,
  defaultPriority: 5,
  warningThreshold: 0.8,
}

/** aws-amplify counts bytes under this key; we add them up. */
const reserved = 'CurSize'

/** A cache in `localStorage` that stays within its size: what matters least and was used longest ago goes first. */
export class StorageCache {
  private config: CacheConfig
  private fallback?: Storage

  constructor(config?: Partial<CacheConfig>) {
    this.config = sound({ ...defaults, ...config })
  }

  /** Changes the configuration, all but `keyPrefix`; returns it. */
  configure(config?: Partial<CacheConfig>): CacheConfig {
    if (config?.keyPrefix)
      console.warn('Cache: keyPrefix cannot change once a cache exists; use createInstance.')
    this.config = sound({ ...this.config, ...config, keyPrefix: this.config.keyPrefix })
    return this.config
  }

  /** Another cache beside this one. It needs a `keyPrefix` of its own. */
  createInstance(config: Partial<CacheConfig>): StorageCache {
    if (!config.keyPrefix || config.keyPrefix === defaults.keyPrefix) {
      console.error('Cache: createInstance needs a keyPrefix of its own; it gets one of the time.')
      return new StorageCache({ ...config, keyPrefix: `${Date.now()}` })
    }
    return new StorageCache(config)
  }

  async setItem(key: string, value: CachedValue, options: CacheItemOptions = {}): Promise<void> {
    if (!this.isValid(key)) return
    if (value === undefined) return warn('the value of an item cannot be undefined.')

    const { defaultPriority, defaultTTL, capacityInBytes, itemMaxSize, warningThreshold } = this.config
    const now = Date.now()
    const { priority = defaultPriority, expires = now + defaultTTL } = options
    if (!(priority >= 1 && priority <= 5)) return warn('the priority of an item is 1 to 5.')

    const at = this.config.keyPrefix + key
    const item: Item = {
      key: at,
      data: value,
      timestamp: now,
      visitedTime: now,
      priority,
      expires,
      type: typeof value,
      byteSize: 0,
    }
    item.byteSize = byteLength(JSON.stringify(item))
    if (item.byteSize > itemMaxSize)
      return warn(`"${key}" has ${item.byteSize} bytes, and ${itemMaxSize} are allowed.`)

    const storage = this.storage()
    storage.removeItem(at)
    const kept = this.items()
    let free = capacityInBytes - kept.reduce((sum, { byteSize }) => sum + byteSize, 0)
    if (free < item.byteSize) {
      // Down to the threshold, so that the next item does not have to clear up again.
      const wanted = Math.max(item.byteSize, (1 - warningThreshold) * capacityInBytes)
      kept.sort((a, b) => b.priority - a.priority || a.visitedTime - b.visitedTime)
      for (const { key, byteSize } of kept) {
        if (free >= wanted) break
        storage.removeItem(key)
        free += byteSize
      }
    }
    try {
      storage.setItem(at, JSON.stringify(item))
    } catch (error) {
      warn(`"${key}" could not be kept: ${error}`)
    }
  }

  async getItem(key: string, options?: CacheItemOptions): Promise<CachedValue> {
    if (!this.isValid(key)) return null

    const item = this.read(this.config.keyPrefix + key)
    if (item) {
      item.visitedTime = Date.now()
      try {
        this.storage().setItem(item.key, JSON.stringify(item))
      } catch {
        // Full: the item is there all the same.
      }
      return item.data
    }
    if (!options?.callback) return null
    const value = options.callback()
    if (value !== null) await this.setItem(key, value, options)
    return value
  }

  async removeItem(key: string): Promise<void> {
    if (this.isValid(key)) this.storage().removeItem(this.config.keyPrefix + key)
  }

  async clear(): Promise<void> {
    for (const key of this.keys()) this.storage().removeItem(key)
  }

  async getAllKeys(): Promise<string[]> {
    return this.keys().map((key) => key.slice(this.config.keyPrefix.length))
  }

  async getCurrentCacheSize(): Promise<number> {
    return this.items().reduce((sum, { byteSize }) => sum + byteSize, 0)
  }

  private storage(): Storage {
    return this.config.storage ?? webStorage('localStorage') ?? (this.fallback ??= createMemoryStorage())
  }

  private keys(): string[] {
    const storage = this.storage()
    const { keyPrefix } = this.config
    return Array.from({ length: storage.length }, (_, index) => storage.key(index)!).filter(
      (key) => key.startsWith(keyPrefix) && key !== keyPrefix + reserved,
    )
  }

  private items(): Item[] {
    return this.keys().flatMap((key) => this.read(key) ?? [])
  }

  /** An item, unless it is over its time or not one of ours; then it goes. */
  private read(key: string): Item | undefined {
    const text = this.storage().getItem(key)
    if (text === null) return undefined
    try {
      const item: Item = JSON.parse(text)
      if (item.expires > Date.now()) return item
    } catch {}
    this.storage().removeItem(key)
    return undefined
  }

  private isValid(key: string): boolean {
    if (key && key !== reserved) return true
    warn(`a key cannot be empty or "${reserved}".`)
    return false
  }
}

/** What makes no sense becomes the default, with a word. */
function sound(config: CacheConfig): CacheConfig {
  const { capacityInBytes, defaultPriority, warningThreshold } = config
  const reset = (key: keyof CacheConfig, why: string) => {
    console.error(`Cache: ${key} ${why}; it is set to its default.`)
    Object.assign(config, { [key]: defaults[key] })
  }
  if (!(capacityInBytes <= 5 * 1024 * 1024)) reset('capacityInBytes', 'is at most 5 MB')
  if (!(config.itemMaxSize <= config.capacityInBytes)) reset('itemMaxSize', 'is at most capacityInBytes')
  if (!(defaultPriority >= 1 && defaultPriority <= 5)) reset('defaultPriority', 'is 1 to 5')
  if (!(warningThreshold >= 0 && warningThreshold <= 1)) reset('warningThreshold', 'is 0 to 1')
  return config
}

const warn = (message: string) => console.warn(`Cache: ${message}`)
const byteLength = (text: string) => new TextEncoder().encode(text).length

/** The app's cache. */
export const Cache: StorageCache = /* @__PURE__ */ new StorageCache()

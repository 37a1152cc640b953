import type { AmplifyContext } from '@backline/core'
import {
  createMemoryStore,
  type KeyValueStorageInterface,
  OwnContext,
  type Platform,
  sessionState,
} from '@backline/core/internal'
import type { CookiePort } from './cookiePort.js'
import { contextClosed, createRequestStore, type RequestStore, type Shared } from './requestStore.js'

/** What the contexts of one runner have in common. */
export interface Home {
  shared: Shared
  /** Whose configuration, options and platform they have. */
  base: AmplifyContext
  /** Where guests of pages that are built ahead are kept. */
  guest: KeyValueStorageInterface
}

/** The context of one request. Its cookies are read when somebody asks who is there. */
export class RequestContext extends OwnContext {
  readonly #home: Home
  #cookies: (() => CookiePort) | null
  #session?: RequestStore

  constructor(home: Home, cookies: (() => CookiePort) | null) {
    super(home.base.config, home.base.options)
    this.#home = home
    this.#cookies = cookies
  }

  /** From here on nothing of the session is read or written. Whoever keeps the context keeps nothing of the user with it. */
  close(): void {
    this.#cookies &&= contextClosed
    if (!this.#session) return
    this.#session.close()
    this.#session = undefined
    this.platform = undefined
  }

  protected override makePlatform(): Platform {
    const { shared, base, guest } = this.#home
    sessionState(this).decoded = shared.verifier.known
    if (!this.#cookies) {
      const store = forNobody(guest)
      return { ...base.platform, store, tabStore: store }
    }
    this.#session = createRequestStore(shared, this.#cookies())
    const { store, withLock } = this.#session
    return { ...base.platform, store, tabStore: store, withLock }
  }

  protected override makeState(): Map<string, unknown> {
    return new Map([['clock', this.#home.shared.clock]])
  }
}

/** A guest of all pages that are built ahead, so that not each is another one; nothing else is kept between them. */
function forNobody(guest: KeyValueStorageInterface): KeyValueStorageInterface {
  const own = createMemoryStore()
  const of = (key: string) => (key.endsWith('.identityId') ? guest : own)
  return {
    setItem: (key, value) => of(key).setItem(key, value),
    getItem: (key) => of(key).getItem(key),
    removeItem: (key) => of(key).removeItem(key),
    clear: () => own.clear(),
  }
}

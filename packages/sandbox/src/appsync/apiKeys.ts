import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.js'
import type { Store } from '../store.js'

const DAY = 86_400_000
/** What Amplify gives where an API key is the default and nobody says how long. */
export const USUAL_DAYS = 7

/** The one API key of an API: the same after every start. */
export interface ApiKeys {
  /** Undefined where the backend has none. */
  current(): string | undefined
  isValid(key: string): boolean
  /** The plan says (anew) for how many days a key is good; undefined: no key. */
  plan(days: number | undefined): void
}

/** @param api the id of an Event API; none for the GraphQL API */
export function createApiKeys(store: Store, clock: Clock, api = ''): ApiKeys {
  store.migrate('appsync-keys', [
    'CREATE TABLE appsync_keys (id TEXT PRIMARY KEY, days REAL NOT NULL, expires INTEGER NOT NULL) STRICT',
    "ALTER TABLE appsync_keys ADD COLUMN api TEXT NOT NULL DEFAULT ''",
  ])
  let wanted = false
  const read = () =>
    store.get<{ id: string; days: number; expires: number }>('SELECT * FROM appsync_keys WHERE api = ?', api)

  return {
    current: () => (wanted ? read()?.id : undefined),
    isValid(key) {
      const known = wanted ? read() : undefined
      return known?.id === key && clock.now() < known.expires
    },
    plan(days) {
      wanted = days !== undefined
      if (days === undefined) return
      const known = read()
      // A key that has run out is renewed by deploying again; starting the sandbox is its deployment.
      if (known && known.days === days && clock.now() < known.expires) return
      const id = known?.id ?? `da2-${randomText(26)}`
      store.run(
        'INSERT OR REPLACE INTO appsync_keys VALUES (?, ?, ?, ?)',
        id,
        days,
        clock.now() + days * DAY,
        api,
      )
    },
  }
}

const randomText = (length: number) =>
  [...randomBytes(length)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('')

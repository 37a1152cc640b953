import type { Context } from './context.js'
import { defaultStorage, webStorage } from './stores.js'

// What waits for the network and must outlive the page: rows in IndexedDB, or in the platform's store where there is none.

/** Rows of one life of a page or an app. What another life left, and nobody looks after any more, can be taken over. */
export interface Journal<Row> {
  /** On its way to the disk when this returns, and there when the promise resolves. Rejects where there is no room. */
  put(key: number, row: Row): Promise<void>
  remove(key: number): void
  /** Hands over the rows of lives that are over, and later on those of lives that end. What `take` answers is the key of a row from now on. */
  orphans(take: (row: Row) => number): Promise<void>
}

/** Undefined where nothing outlives the program. */
export function openJournal<Row>(ctx: Context, name: string): Journal<Row> | undefined {
  const { store } = ctx.platform
  const page = webStorage('localStorage')
  if (globalThis.indexedDB) return indexedJournal(name, page && early<Row>(page, name))
  return store === defaultStorage && !page ? undefined : storeJournal(ctx, name)
}

/** Until the database is open, a page that is killed would take along what it was told: its own storage takes it at once. */
interface Early<Row> {
  write(rows: Row[]): void
  read(): Row[]
}

function early<Row>(storage: Storage, name: string): Early<Row> {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work()
    } catch {
      // No room: the database will be open in a moment.
      return undefined
    }
  }
  return {
    write: (rows) =>
      attempt(() => (rows.length ? storage.setItem(name, JSON.stringify(rows)) : storage.removeItem(name))),
    read: () => attempt(() => JSON.parse(storage.getItem(name) ?? '[]') as Row[]) ?? [],
  }
}

const ROWS = 'rows'

function indexedJournal<Row>(name: string, first: Early<Row> | undefined): Journal<Row> {
  const life = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`
  /** Rows that wait for the database to open. */
  const waiting = new Map<number, Row>()
  /** Rows of a life that was over before its database was open. */
  let left = first?.read() ?? []
  const writeEarly = () => first?.write([...left, ...waiting.values()])
  let database: IDBDatabase | undefined
  /** How many rows there are: while there are any, a lock says that somebody looks after them. */
  let rows = 0
  let release: (() => void) | undefined

  const opening = new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(ROWS)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const opened = opening.then((db) => {
    database = db
    const moved = write((store) => {
      for (const [key, row] of waiting) store.put(row, [life, key])
      for (const [key, row] of left.entries()) store.put(row, [`${life} left`, key])
    })
    waiting.clear()
    return moved.then(() => {
      left = []
      writeEarly()
    })
  })
  // Whoever puts is told; nobody else need be.
  opened.catch(() => undefined)

  function write(work: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database!.transaction(ROWS, 'readwrite')
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
      work(transaction.objectStore(ROWS))
      // Now, and not when the answers are in: the page may be gone by then.
      transaction.commit?.()
    })
  }

  function count(change: number) {
    rows += change
    if (!rows) {
      release?.()
      release = undefined
    } else if (!release) {
      release = () => undefined
      void globalThis.navigator?.locks?.request(`${name} ${life}`, () =>
        rows ? new Promise<void>((resolve) => (release = resolve)) : undefined,
      )
    }
  }

  /** Makes the rows of another life ours, in one step. */
  function adopt(other: string, take: (row: Row) => number): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database!.transaction(ROWS, 'readwrite')
      const store = transaction.objectStore(ROWS)
      const range = IDBKeyRange.bound([other, 0], [other, Number.MAX_SAFE_INTEGER])
      const found = store.getAll(range)
      found.onsuccess = () => {
        for (const row of found.result as Row[]) {
          count(1)
          store.put(row, [life, take(row)])
        }
        store.delete(range)
      }
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
    })
  }

  return {
    put(key, row) {
      count(1)
      if (database) return write((store) => store.put(row, [life, key]))
      waiting.set(key, row)
      writeEarly()
      return opened.then(() => undefined)
    },
    remove(key) {
      count(-1)
      if (database) write((store) => store.delete([life, key])).catch(() => undefined)
      else if (waiting.delete(key)) writeEarly()
    },
    async orphans(take) {
      await opened
      const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
        const request = database!.transaction(ROWS).objectStore(ROWS).getAllKeys()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const lives = new Set(keys.map((key) => (key as string[])[0]!))
      lives.delete(life)
      for (const other of lives) {
        const { locks } = globalThis.navigator
        const lock = `${name} ${other}`
        // A lock that is held says that the page is open, and sends its rows itself: or that it was, a moment ago.
        if (!locks) await adopt(other, take)
        else if (
          !(await locks.request(
            lock,
            { ifAvailable: true },
            async (free) => free && [await adopt(other, take)],
          ))
        )
          locks.request(lock, () => adopt(other, take)).catch(() => undefined)
      }
    },
  }
}

/** All rows under one key, written again as a whole; one writing at a time. */
function storeJournal<Row>({ platform: { store } }: Context, name: string): Journal<Row> {
  const rows = new Map<number, Row>()
  /** Rows of the life before that nobody has taken yet. */
  let left: Row[] | undefined
  let writing: Promise<void> | undefined
  let stale = false

  const read = async () => {
    const text = (await store.getItem(name)) ?? '[]'
    try {
      return (left ??= JSON.parse(text) as Row[])
    } catch {
      // Cut off while it was written.
      return (left = [])
    }
  }
  function save(): Promise<void> {
    stale = true
    writing ??= (async () => {
      const before = await read()
      while (stale) {
        stale = false
        await store.setItem(name, JSON.stringify([...before, ...rows.values()]))
      }
    })().finally(() => (writing = undefined))
    return writing
  }

  return {
    put(key, row) {
      rows.set(key, row)
      return save()
    },
    remove(key) {
      rows.delete(key)
      save().catch(() => undefined)
    },
    async orphans(take) {
      for (const row of (await read()).splice(0)) rows.set(take(row), row)
      await save()
    },
  }
}

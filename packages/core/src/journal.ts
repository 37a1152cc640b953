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
  if (globalThis.indexedDB) return indexedJournal(name, page)
  return store === defaultStorage && !page ? undefined : storeJournal(ctx, name)
}

const ROWS = 'rows'
/** Characters of the page's own storage that we take for a moment. It is the app's. */
const MOMENTARY = 256 * 1024

function indexedJournal<Row>(name: string, storage: Storage | undefined): Journal<Row> {
  const life = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`
  /**
   * Characters of the rows that are on their way to the database. When a process is killed the browser gives up its transactions, also those
   * that were told to commit; the page's own storage has a row at once.
   */
  const hurrying = new Map<number, number>()
  let hurried = 0
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
  })
  // Whoever puts is told; nobody else need be.
  opened.catch(() => undefined)

  function hurry(key: number, row: Row) {
    const text = JSON.stringify(row)
    if (!storage || hurried + text.length > MOMENTARY) return
    try {
      storage.setItem(`${name} ${life} ${key}`, text)
      hurrying.set(key, text.length)
      hurried += text.length
    } catch {
      // No room: the database has it in a moment.
    }
  }

  function arrived(key: number) {
    hurried -= hurrying.get(key) ?? 0
    if (hurrying.delete(key)) storage!.removeItem(`${name} ${life} ${key}`)
  }

  /** Names in the page's own storage of what other lives were hurrying with: of one, or of all. */
  const hurriedBy = (other = '') =>
    Object.keys(storage ?? {}).filter(
      (each) => each.startsWith(`${name} ${other}`) && !each.startsWith(`${name} ${life} `),
    )

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
      const names = hurriedBy(`${other} `)
      const transaction = database!.transaction(ROWS, 'readwrite')
      const store = transaction.objectStore(ROWS)
      const range = IDBKeyRange.bound([other, 0], [other, Number.MAX_SAFE_INTEGER])
      const keys = store.getAllKeys(range)
      const found = store.getAll(range)
      found.onsuccess = () => {
        const known = keys.result.map((key) => `${name} ${other} ${(key as [string, number])[1]}`)
        const late = names
          .filter((each) => !known.includes(each))
          .flatMap((each) => parsed<Row>(storage, each))
        for (const row of [...(found.result as Row[]), ...late]) {
          count(1)
          store.put(row, [life, take(row)])
        }
        store.delete(range)
      }
      transaction.oncomplete = () => {
        for (const each of names) storage!.removeItem(each)
        resolve()
      }
      transaction.onabort = () => reject(transaction.error)
    })
  }

  return {
    async put(key, row) {
      count(1)
      hurry(key, row)
      const work = (store: IDBObjectStore) => store.put(row, [life, key])
      await (database ? write(work) : opened.then(() => write(work)))
      arrived(key)
    },
    remove(key) {
      count(-1)
      arrived(key)
      const work = (store: IDBObjectStore) => store.delete([life, key])
      const removed = database ? write(work) : opened.then(() => write(work))
      removed.catch(() => undefined)
    },
    async orphans(take) {
      await opened
      const keys = await new Promise<IDBValidKey[]>((resolve, reject) => {
        const request = database!.transaction(ROWS).objectStore(ROWS).getAllKeys()
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const late = hurriedBy().map((each) => each.slice(name.length + 1).split(' ')[0]!)
      const lives = new Set([...keys.map((key) => (key as string[])[0]!), ...late])
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

/** None where it was cut off while it was written. */
function parsed<Row>(storage: Storage | undefined, name: string): Row[] {
  try {
    return [JSON.parse(storage!.getItem(name)!) as Row]
  } catch {
    return []
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

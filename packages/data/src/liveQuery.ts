// A list that stays true: subscribe first, read once every subscription is acknowledged, replay what came meanwhile.

import type { Observable } from 'rxjs'
import { answerError, type GraphQLFormattedError } from './errors.js'
import { observable } from './observable.js'
import type { Row } from './rows.js'

/** What is true now. Changes that come in the same turn of the event loop may share one. */
export interface Snapshot<Item> {
  /** A new array each time. */
  items: Item[]
  /** False while the first pages are being read. */
  isSynced: boolean
  /** Where fields or rows could not be read. */
  errors?: GraphQLFormattedError[]
}

type Kind = 'create' | 'update' | 'delete'

export interface Watcher {
  next(row: Row | null): void
  error(error: unknown): void
  live(): void
  gap(): void
}

interface Page {
  data: (Row | null)[] | null
  nextToken?: string | null
  errors?: GraphQLFormattedError[]
}

/** What a live query lives on. */
export interface LiveSource<Item> {
  /** The fields that identify a row. */
  keys: string[]
  page(nextToken: string | null, signal: AbortSignal): Promise<Page>
  watch: Partial<Record<Kind, (watcher: Watcher) => () => void>>
  belongs(row: Row): boolean
  compare?: (one: Row, other: Row) => number
  /** The row as the app gets it. */
  finish(row: Row): Item
}

interface Entry<Item> {
  row: Row
  item: Item
  /** Where it stood when last looked for: what came and went before it may have moved it. */
  at: number
}

type Key = unknown

/** The rows that belong, in their order, and what is known of those that were deleted. */
class Rows<Item> {
  #known = new Map<Key, Entry<Item>>()
  #order: Entry<Item>[] = []
  #items: Item[] = []
  /** Somebody has the array: the next change makes another. */
  #shown = false
  /** Versions of rows that were deleted: news older than that comes too late. */
  readonly #gone = new Map<Key, string>()
  readonly #source: LiveSource<Item>

  constructor(source: LiveSource<Item>) {
    this.#source = source
  }

  /** A new array after each change. */
  get items(): Item[] {
    this.#shown = true
    return this.#items
  }

  /** Undefined where the row does not say which it is. */
  keyOf(row: Row): Key | undefined {
    const [only, ...others] = this.#source.keys
    if (!others.length) return row[only!] ?? undefined
    const keys = this.#source.keys.map((key) => row[key] ?? undefined)
    return keys.includes(undefined) ? undefined : JSON.stringify(keys)
  }

  /** Takes in an event. Is there anything new to show? `unsure` where nobody can tell but who reads again. */
  apply(kind: Kind, row: Row): boolean | 'unsure' {
    const key = this.keyOf(row)!
    const known = this.#known.get(key)
    const version: string = row.updatedAt ?? ''
    // Newer than this event: it came late, or twice.
    if (version && version < (known?.row.updatedAt ?? '')) return false
    if (kind === 'delete') {
      this.#bury(key, version)
      return this.#remove(key, known)
    }
    const buried = this.#gone.get(key) ?? ''
    if (version && version < buried) return false
    // Versions are times. Of the same millisecond it may be the row that was deleted, late, or another in its place.
    if (version && version === buried) {
      this.#gone.delete(key)
      return 'unsure'
    }
    if (version && version === known?.row.updatedAt)
      return JSON.stringify(row) === JSON.stringify(known?.row) ? false : 'unsure'
    if (!this.#source.belongs(row)) return this.#remove(key, known)
    this.#put(key, row, known)
    return true
  }

  /** All rows as they were just read, except where events have told of newer ones. */
  replace(read: Iterable<Row>): void {
    const before = this.#known
    this.#known = new Map()
    this.#order = []
    for (const row of read) {
      const key = this.keyOf(row)
      if (key === undefined) continue
      const version: string = row.updatedAt ?? ''
      const newer = before.get(key)
      if (version && version <= (this.#gone.get(key) ?? '')) continue
      const stays = newer && (newer.row === row || newer.row.updatedAt > version)
      // A page may have a row that one before it had.
      const twin = this.#known.get(key)
      if (twin && version < (twin.row.updatedAt ?? '')) continue
      const entry = stays ? newer : { row, item: this.#source.finish(row), at: 0 }
      entry.at = twin?.at ?? this.#order.length
      this.#order[entry.at] = entry
      this.#known.set(key, entry)
    }
    const { compare } = this.#source
    if (compare) this.#order.sort((one, other) => compare(one.row, other.row))
    this.#items = this.#order.map(({ item }) => item)
    this.#shown = false
  }

  #put(key: Key, row: Row, known: Entry<Item> | undefined): void {
    const { compare } = this.#source
    const entry = { row, item: this.#source.finish(row), at: 0 }
    const stays = known && !compare?.(known.row, row)
    if (known) entry.at = this.#find(known)
    if (known && !stays) this.#remove(key, known)
    if (!stays) entry.at = compare ? this.#place(row, compare) : this.#order.length
    this.#order.splice(entry.at, stays ? 1 : 0, entry)
    this.#own().splice(entry.at, stays ? 1 : 0, entry.item)
    this.#known.set(key, entry)
  }

  #remove(key: Key, known: Entry<Item> | undefined): boolean {
    if (!known) return false
    this.#known.delete(key)
    const at = this.#find(known)
    this.#order.splice(at, 1)
    this.#own().splice(at, 1)
    return true
  }

  #find(entry: Entry<Item>): number {
    if (this.#order[entry.at] !== entry) entry.at = this.#order.indexOf(entry)
    return entry.at
  }

  /** After all that are not greater. */
  #place(row: Row, compare: (one: Row, other: Row) => number): number {
    let [from, to] = [0, this.#order.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (compare(this.#order[middle]!.row, row) > 0) to = middle
      else from = middle + 1
    }
    return from
  }

  #own(): Item[] {
    if (this.#shown) this.#items = this.#items.slice()
    this.#shown = false
    return this.#items
  }

  #bury(key: Key, version: string): void {
    this.#gone.delete(key)
    this.#gone.set(key, version)
    // What comes this late does not come.
    if (this.#gone.size > 1_000) this.#gone.delete(this.#gone.keys().next().value!)
  }
}

export function liveQuery<Item>(source: LiveSource<Item>): Observable<Snapshot<Item>> {
  return observable((subscriber) => {
    const watches = Object.entries(source.watch) as [Kind, (watcher: Watcher) => () => void][]
    const live = new Set<Kind>()
    const rows = new Rows(source)
    let state: 'joining' | 'reading' | 'synced' = 'joining'
    let waiting: [Kind, Row | null][] = []
    let everSynced = false
    let reading = new AbortController()
    let retry: ReturnType<typeof setTimeout> | undefined
    /** After an emission, until whoever listens has had a turn. */
    let resting: ReturnType<typeof setTimeout> | undefined
    let unshown = false

    function emit(isSynced: boolean, errors: GraphQLFormattedError[] = []) {
      unshown = false
      subscriber.next({ items: rows.items, isSynced, ...(errors.length ? { errors } : {}) })
    }

    /** A change alone is shown at once. Of many in a row the first is, and all that come before the next turn are shown together. */
    function changed() {
      if (resting) {
        unshown = true
        return
      }
      resting = setTimeout(() => {
        resting = undefined
        if (unshown) changed()
      })
      emit(true)
    }

    function fail(error: unknown) {
      if (unshown) emit(true)
      subscriber.error(error)
    }

    function hear(kind: Kind, row: Row | null) {
      const readable = row && rows.keyOf(row) !== undefined ? row : null
      if (state !== 'synced') waiting.push([kind, readable])
      else take(kind, readable)
    }

    function take(kind: Kind, row: Row | null) {
      // An event that could not be read says that something has changed, not what.
      const news = row ? rows.apply(kind, row) : 'unsure'
      if (news === 'unsure') read()
      else if (news) changed()
    }

    function stopReading() {
      reading.abort()
      reading = new AbortController()
      clearTimeout(retry)
    }

    async function read(attempt = 0): Promise<void> {
      stopReading()
      state = 'reading'
      const { signal } = reading
      const found: Row[] = []
      const errors: GraphQLFormattedError[] = []
      let nextToken: string | null = null
      do {
        const page: Page | undefined = await source.page(nextToken, signal).catch((error) => {
          if (!signal.aborted) fail(error)
          return undefined
        })
        if (!page || signal.aborted || subscriber.closed) return
        if (page.errors?.length && !page.data?.length) {
          // What is shown was true a moment ago: without an answer, ask again rather than give up.
          if (page.data || !everSynced) return fail(answerError({ data: page.data, errors: page.errors }))
          const longest = Math.min(30_000, 1000 * 2 ** attempt)
          retry = setTimeout(() => read(attempt + 1), Math.random() * longest)
          return
        }
        errors.push(...(page.errors ?? []))
        for (const row of page.data ?? []) if (row) found.push(row)
        nextToken = page.nextToken ?? null
        if (nextToken && !everSynced) {
          rows.replace(found)
          emit(false, errors)
        }
      } while (nextToken)
      synced(found, errors)
    }

    function synced(found: Row[], errors: GraphQLFormattedError[]) {
      rows.replace(found)
      state = 'synced'
      everSynced = true
      const replay = waiting
      waiting = []
      let unread = false
      for (const [kind, row] of replay) {
        // What it is unsure about was read after it happened, or is read now.
        if (!row || rows.apply(kind, row) === 'unsure') unread = true
      }
      emit(true, errors)
      if (unread && !subscriber.closed) read()
    }

    function joined() {
      if (state !== 'joining' || live.size < watches.length) return
      // What was heard while not everything could be heard may be undone already; the read has it all.
      waiting = []
      read()
    }

    const undo = watches.map(([kind, watch]) =>
      watch({
        next: (row) => hear(kind, row),
        error: fail,
        live() {
          live.add(kind)
          joined()
        },
        gap() {
          live.delete(kind)
          state = 'joining'
          stopReading()
        },
      }),
    )
    // A model without subscriptions is read once.
    joined()
    return () => {
      stopReading()
      clearTimeout(resting)
      for (const stop of undo) stop()
    }
  })
}

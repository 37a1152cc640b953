// A list that stays true: subscribe first, read once every subscription is acknowledged, replay what came meanwhile.

import { Observable } from 'rxjs'
import { answerError, type GraphQLFormattedError } from './errors.js'
import type { Row } from './rows.js'

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
  page(nextToken: string | null): Promise<Page>
  watch: Partial<Record<Kind, (watcher: Watcher) => () => void>>
  belongs(row: Row): boolean
  compare?: (one: Row, other: Row) => number
  /** The row as the app gets it. */
  finish(row: Row): Item
}

interface Entry<Item> {
  row: Row
  item: Item
}

export function liveQuery<Item>(source: LiveSource<Item>): Observable<Snapshot<Item>> {
  return new Observable((subscriber) => {
    const watches = Object.entries(source.watch) as [Kind, (watcher: Watcher) => () => void][]
    const live = new Set<Kind>()
    let entries = new Map<string, Entry<Item>>()
    /** Versions of rows that were deleted: news older than that comes too late. */
    const gone = new Map<string, string>()
    let state: 'joining' | 'reading' | 'synced' = 'joining'
    let waiting: [Kind, Row | null][] = []
    let everSynced = false
    let reading = 0
    let retry: ReturnType<typeof setTimeout> | undefined

    const keyOf = (row: Row) => JSON.stringify(source.keys.map((key) => row[key]))

    function emit(isSynced: boolean, errors: GraphQLFormattedError[] = []) {
      const list = [...entries.values()]
      if (source.compare) list.sort((one, other) => source.compare!(one.row, other.row))
      subscriber.next({ items: list.map(({ item }) => item), isSynced, ...(errors.length ? { errors } : {}) })
    }

    /** Is there anything new to show? */
    function apply(kind: Kind, row: Row): boolean {
      const key = keyOf(row)
      const known = entries.get(key)
      const version: string = row.updatedAt ?? ''
      if (kind === 'delete') {
        gone.set(key, version)
        return entries.delete(key)
      }
      if (version && (version <= (gone.get(key) ?? '') || version < (known?.row.updatedAt ?? '')))
        return false
      if (!source.belongs(row)) return entries.delete(key)
      entries.set(key, { row, item: source.finish(row) })
      return true
    }

    function hear(kind: Kind, row: Row | null) {
      if (state !== 'synced') waiting.push([kind, row])
      // An event that could not be read says that something has changed, not what.
      else if (!row) read()
      else if (apply(kind, row)) emit(true)
    }

    async function read(attempt = 0): Promise<void> {
      const mine = ++reading
      state = 'reading'
      const before = entries
      const found = new Map<string, Entry<Item>>()
      const errors: GraphQLFormattedError[] = []
      let nextToken: string | null = null
      do {
        const page: Page | undefined = await source.page(nextToken).catch((error) => {
          if (mine === reading) subscriber.error(error)
          return undefined
        })
        if (!page || mine !== reading || subscriber.closed) return
        if (page.errors?.length && !page.data?.length) {
          // What is shown was true a moment ago: without an answer, ask again rather than give up.
          if (page.data || !everSynced)
            return subscriber.error(answerError({ data: page.data, errors: page.errors }))
          retry = setTimeout(
            () => mine === reading && read(attempt + 1),
            Math.random() * Math.min(30_000, 1000 * 2 ** attempt),
          )
          return
        }
        errors.push(...(page.errors ?? []))
        for (const row of page.data ?? []) {
          if (!row) continue
          const key = keyOf(row)
          const version: string = row.updatedAt ?? ''
          const newer = before.get(key)
          // A read may lag behind the events that we have had.
          if (version && version <= (gone.get(key) ?? '')) continue
          found.set(key, newer && newer.row.updatedAt > version ? newer : { row, item: source.finish(row) })
        }
        nextToken = page.nextToken ?? null
        if (nextToken && !everSynced) {
          entries = found
          emit(false, errors)
        }
      } while (nextToken)
      entries = found
      state = 'synced'
      everSynced = true
      const replay = waiting
      waiting = []
      let unread = false
      for (const [kind, row] of replay) {
        if (row) apply(kind, row)
        else unread = true
      }
      emit(true, errors)
      if (unread && !subscriber.closed) read()
    }

    function joined() {
      if (state === 'joining' && live.size === watches.length) read()
    }

    const undo = watches.map(([kind, watch]) =>
      watch({
        next: (row) => hear(kind, row),
        error: (error) => subscriber.error(error),
        live() {
          live.add(kind)
          joined()
        },
        gap() {
          live.delete(kind)
          state = 'joining'
          reading++
        },
      }),
    )
    // A model without subscriptions is read once.
    joined()
    return () => {
      reading++
      clearTimeout(retry)
      for (const stop of undo) stop()
    }
  })
}

// For React 18 and later. Apart from the rest, so that nobody else needs React.

import { useMemo, useSyncExternalStore } from 'react'
import type { Observable } from 'rxjs'

/** What `observeQuery` tells. */
interface Told<Item> {
  items: Item[]
  isSynced: boolean
}

export interface LiveQuery<Item> {
  /** A new array whenever something has changed; rows that have not changed stay the same objects. */
  items: readonly Item[]
  /** Nothing has been read yet, or not everything. */
  isLoading: boolean
  isSynced: boolean
  /** It is over, and why. `retry` begins again. */
  error: unknown
  retry(): void
}

/**
 * The rows of a live query, now and after every change. It begins again when one of `dependencies` changes, as `useEffect` does; a
 * `query` that gives undefined waits.
 *
 * @example
 * const { items, isLoading, error } = useLiveQuery(
 *   () => client.models.Todo.observeQuery({ filter: { listId: { eq: listId } } }),
 *   [listId],
 * )
 */
export function useLiveQuery<Item>(
  query: () => Observable<Told<Item>> | undefined,
  dependencies: readonly unknown[],
): LiveQuery<Item> {
  // biome-ignore lint/correctness/useExhaustiveDependencies: they are the caller's
  const store = useMemo(() => createStore(query), dependencies)
  return useSyncExternalStore(store.watch, store.read, store.read)
}

/** One live query, which runs while somebody looks at it. */
function createStore<Item>(query: () => Observable<Told<Item>> | undefined) {
  const listeners = new Set<() => void>()
  let running: { unsubscribe(): void } | undefined
  let state: LiveQuery<Item> = { items: [], isLoading: true, isSynced: false, error: undefined, retry }

  function show(change: Partial<LiveQuery<Item>>) {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }

  function start() {
    running?.unsubscribe()
    running = query()?.subscribe({
      next: ({ items, isSynced }) => show({ items, isSynced, isLoading: !isSynced, error: undefined }),
      error: (error) => show({ error, isLoading: false, isSynced: false }),
    })
    if (!running && state.isLoading) show({ isLoading: false })
  }

  function retry() {
    if (!listeners.size) return
    show({ error: undefined, isLoading: true })
    start()
  }

  return {
    read: () => state,
    watch(listener: () => void) {
      listeners.add(listener)
      if (listeners.size === 1) start()
      return () => {
        listeners.delete(listener)
        if (listeners.size) return
        running?.unsubscribe()
        running = undefined
      }
    },
  }
}

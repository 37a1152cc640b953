import type { DataError, GraphQLFormattedError } from './errors.js'

export interface BatchOptions {
  /** How many are under way at once; 10 by default. */
  concurrency?: number
  /** Ends what is under way and starts nothing more. What was done stays done, and its result says so. */
  signal?: AbortSignal
  /** Called after each item. */
  onProgress?(progress: { done: number; failed: number; total: number }): void
}

/** What became of one item. */
export interface BatchResult<Item, Data> {
  item: Item
  /** What the service gave back, or null where it refused, or nothing was sent. */
  data: Data | null
  /** Why, in the words of the service; of an item that was never sent, an error of type `CanceledError`. */
  errors?: readonly Pick<GraphQLFormattedError, 'message' | 'errorType'>[]
}

interface Answer<Data> {
  data: Data | null
  errors?: readonly Pick<GraphQLFormattedError, 'message' | 'errorType'>[] | undefined
}

/**
 * Does the same with many rows, a few at once, and tells what became of each, in the order of the items. It never rejects.
 *
 * @example
 * const results = await batch(rows, (row, signal) => client.models.Todo.create(row, { signal }))
 * const failed = results.filter(({ errors }) => errors)
 */
export async function batch<Item, Data>(
  items: Iterable<Item>,
  work: (item: Item, signal: AbortSignal) => Promise<Answer<Data>>,
  { concurrency = 10, signal = new AbortController().signal, onProgress }: BatchOptions = {},
): Promise<BatchResult<Item, Data>[]> {
  const all = [...items]
  const results: BatchResult<Item, Data>[] = []
  const waiting = all.entries()
  let done = 0
  let failed = 0

  async function worker(): Promise<void> {
    for (const [at, item] of waiting) {
      const { data, errors } = await one(item)
      results[at] = { item, data, ...(errors?.length ? { errors } : {}) }
      done++
      if (errors?.length) failed++
      onProgress?.({ done, failed, total: all.length })
    }
  }

  async function one(item: Item): Promise<Answer<Data>> {
    if (signal.aborted)
      return { data: null, errors: [{ errorType: 'CanceledError', message: 'It was not sent.' }] }
    try {
      return await work(item, signal)
    } catch (error) {
      const { name = 'Error', message = String(error), errors } = error as Partial<DataError>
      return { data: null, errors: errors ?? [{ errorType: name, message }] }
    }
  }

  await Promise.all(Array.from({ length: Math.max(1, Math.min(concurrency, all.length)) }, worker))
  return results
}

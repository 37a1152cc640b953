// For TanStack Query 5, of any framework: options for `useQuery`, `useInfiniteQuery` and `useMutation` out of calls of a client. Nothing of
// that package is imported.

import type { Observable } from 'rxjs'

type Key = readonly unknown[]

/** What calls of a client give back. */
interface Call<Result> {
  orThrow(): Promise<Result>
}

/** What a query function is told, as far as it matters here. */
interface Told {
  signal: AbortSignal
}

export interface AnswerQueryOptions<Data> {
  queryKey: Key
  queryFn(context: Told): Promise<Data>
}

/**
 * One call as a query: its `data` are the call's, and an answer with errors is an error.
 *
 * @example
 * const { data: todo } = useQuery(answerQuery(['todo', id], (signal) => client.models.Todo.get({ id }, { signal })))
 */
export function answerQuery<Data>(
  queryKey: Key,
  call: (signal: AbortSignal) => Call<{ data: Data }>,
): AnswerQueryOptions<Data> {
  return { queryKey, queryFn: async ({ signal }) => (await call(signal).orThrow()).data }
}

/** One page of rows. */
export interface RowPage<Row> {
  data: Row[]
  nextToken?: string | null | undefined
}

export interface PagesQueryOptions<Row> {
  queryKey: Key
  queryFn(context: Told & { pageParam: unknown }): Promise<RowPage<Row>>
  initialPageParam: string | null
  getNextPageParam(last: RowPage<Row>): string | null
}

/**
 * A list, page by page, as an infinite query.
 *
 * @example
 * const { data, fetchNextPage, hasNextPage } = useInfiniteQuery(
 *   pagesQuery(['todos'], (nextToken, signal) => client.models.Todo.list({ limit: 20, nextToken, signal })),
 * )
 * const todos = data?.pages.flatMap((page) => page.data)
 */
export function pagesQuery<Row>(
  queryKey: Key,
  list: (nextToken: string | null, signal: AbortSignal) => Call<RowPage<Row>>,
): PagesQueryOptions<Row> {
  return {
    queryKey,
    queryFn: async ({ pageParam, signal }) => {
      const { data, nextToken } = await list(pageParam as string | null, signal).orThrow()
      return { data, nextToken }
    },
    initialPageParam: null,
    getNextPageParam: ({ nextToken }) => nextToken ?? null,
  }
}

/** A mutation: an answer with errors is an error. `useMutation(answerMutation((input) => client.models.Todo.create(input)))` */
export function answerMutation<Input, Data>(
  call: (input: Input) => Call<{ data: Data }>,
): { mutationFn(input: Input): Promise<Data> } {
  return { mutationFn: async (input) => (await call(input).orThrow()).data }
}

/** Of a `QueryClient`, what a live query needs. */
interface Cache {
  setQueryData(key: Key, data: unknown): unknown
  invalidateQueries(filters: { queryKey: Key; exact: true; refetchType: 'none' | 'active' }): Promise<void>
  getQueryCache(): {
    find(filters: { queryKey: Key; exact: true }): { getObserversCount(): number } | undefined
    subscribe(listener: () => void): () => void
  }
}

export interface LiveQueryOptions<Row> {
  queryKey: Key
  queryFn(context: Told & { client: Cache }): Promise<Row[]>
  staleTime: number
}

/**
 * A live query as a query: its data are the rows, kept up to date for as long as somebody looks at them.
 *
 * @example
 * const { data: todos } = useQuery(liveQuery(['todos'], () => client.models.Todo.observeQuery()))
 */
export function liveQuery<Row>(
  queryKey: Key,
  observe: () => Observable<{ items: Row[]; isSynced: boolean }>,
): LiveQueryOptions<Row> {
  return {
    queryKey,
    // It is never out of date: it says so itself when it ends.
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ client, signal }) =>
      new Promise((resolve, reject) => {
        const cache = client.getQueryCache()
        const watched = () => cache.find({ queryKey, exact: true })?.getObserversCount() !== 0
        let synced = false
        /** Read again, at once or when somebody looks. */
        const end = (refetchType: 'none' | 'active') => {
          stop()
          if (synced) client.invalidateQueries({ queryKey, exact: true, refetchType })
        }
        const subscription = observe().subscribe({
          next({ items, isSynced }) {
            if (synced) client.setQueryData(queryKey, items)
            else if (isSynced) {
              synced = true
              resolve(items)
            }
          },
          error(error) {
            reject(error)
            end('active')
          },
        })
        const unwatch = cache.subscribe(() => watched() || end('none'))
        const stop = () => {
          subscription.unsubscribe()
          unwatch()
        }
        signal.addEventListener('abort', () => synced || stop())
      }),
  }
}

// How the operations of a client are called, and how their answers are given back.

import type { Context } from '@backline/core/unsigned'
import type { GraphQLCall } from './authorization.js'
import { answerError, type GraphQLFormattedError, type GraphQLResponse } from './errors.js'
import { send } from './graphql.js'
import type { Selecting, Variables } from './operations.js'
import type { Listener } from './realtime.js'
import type { Row } from './rows.js'

/** What ends a call before its time. */
export interface Ending {
  signal?: AbortSignal | undefined
  /** Milliseconds until it is given up, retries included. The client's by default; 0 for none. */
  timeout?: number | undefined
}

/** Options of one call; those of the client where they say nothing. */
export interface CallOptions
  extends Pick<GraphQLCall, 'authMode' | 'authToken' | 'headers'>,
    Ending,
    Selecting {
  condition?: Row
  filter?: Row
  /** Rows to give back at most, and where there are so many that match, exactly. */
  limit?: number
  /** Rows to look at instead: one request, whatever comes of it. What `aws-amplify` means by `limit`. */
  scanLimit?: number
  nextToken?: string | null
  sortDirection?: 'ASC' | 'DESC'
}

export interface SingleResult {
  data: Row | null
  errors?: GraphQLFormattedError[]
  extensions?: Record<string, unknown>
}

export interface ListResult {
  /** Null where the service has not answered: no network, a timeout, a status of 500 or above. */
  data: (Row | null)[] | null
  nextToken?: string | null
  errors?: GraphQLFormattedError[]
  extensions?: Record<string, unknown>
}

/** A result to come. `orThrow` gives the same one, and rejects where it has errors. */
export type Answer<Result> = Promise<Result> & { orThrow(): Promise<Result> }
/** Awaited, it is a page; iterated over, the rows of all pages. */
export type ListAnswer = Answer<ListResult> & AsyncIterable<Row>

// biome-ignore lint/suspicious/noExplicitAny: the public types come from the schema
export type ModelOperations = Record<string, (...input: any[]) => any>
export type Models = Record<string, ModelOperations>

export interface Caller {
  context(): Context
  call(query: string, variables: Variables, options: CallOptions | undefined): GraphQLCall
  answer<Result extends { errors?: GraphQLFormattedError[] }>(
    work: (signal: AbortSignal) => Promise<Result>,
    ending?: Ending,
  ): Answer<Result>
}

type Read = (raw: Row | null) => Row | null

/** The one field that our operations ask for. */
export function firstOf({ data }: GraphQLResponse): Row | null {
  for (const field in data) return data[field] ?? null
  return null
}

const rest = ({ errors, extensions }: GraphQLResponse) => ({
  ...(errors?.length ? { errors } : {}),
  ...(extensions ? { extensions } : {}),
})

export function single(
  caller: Caller,
  operation: () => [query: string, variables: Variables],
  options: CallOptions | undefined,
  read: Read,
  pick = firstOf,
): Answer<SingleResult> {
  return caller.answer(async (signal) => {
    const answer = await send(caller.context(), { ...caller.call(...operation(), options), signal })
    return { data: read(pick(answer)), ...rest(answer) }
  }, options)
}

/** What of a list one request asks for: `limit` rows are looked at. */
export interface Paging {
  limit?: number | undefined
  nextToken?: string | null | undefined
}
export type ReadPage = (paging: Paging, signal: AbortSignal) => Promise<ListResult>

export function pageReader(
  caller: Caller,
  operation: (paging: Paging) => [query: string, variables: Variables],
  options: CallOptions | undefined,
  read: Read,
  pick = firstOf,
): ReadPage {
  return async (paging, signal) => {
    const answer = await send(caller.context(), { ...caller.call(...operation(paging), options), signal })
    const found = pick(answer)
    const items = found?.items as (Row | null)[] | undefined
    return {
      // No answer is not an empty table.
      data: items ? items.map(read) : answer.data === undefined ? null : [],
      nextToken: found?.nextToken ?? null,
      ...rest(answer),
    }
  }
}

/** Of many rows at once, this is as much as one request should bring. */
const many = 1_000

/** A list by its pages: one of them, as many as it takes to fill `limit`, or one row after the other. */
export function list(caller: Caller, read: ReadPage, options: CallOptions = {}): ListAnswer {
  const { limit, scanLimit, nextToken } = options
  const first = caller.answer(
    (signal) =>
      limit && !scanLimit
        ? gather(read, limit, nextToken, signal)
        : read({ limit: scanLimit, nextToken }, signal),
    options,
  )
  const more = (nextToken: string) =>
    caller.answer((signal) => read({ limit: scanLimit ?? many, nextToken }, signal), options)
  return Object.assign(first, {
    [Symbol.asyncIterator]: () => rowsOf(first, limit && !scanLimit ? undefined : more),
  })
}

/** Rows as they come. @throws {DataError} after the rows of a page that came with errors */
async function* rowsOf(
  first: Promise<ListResult>,
  more: ((nextToken: string) => Promise<ListResult>) | undefined,
): AsyncGenerator<Row> {
  let page = await first
  for (;;) {
    for (const row of page.data ?? []) if (row) yield row
    const { errors, nextToken } = page
    if (errors?.length) throw answerError({ data: page.data, errors })
    if (!nextToken || !more) return
    page = await more(nextToken)
  }
}

/**
 * Exactly `limit` rows where there are so many. The service counts the rows that it looks at, not those that match, and there is no token
 * for the middle of a page: a page with more matches than are missing is read again, shorter.
 */
async function gather(
  read: ReadPage,
  limit: number,
  nextToken: string | null | undefined,
  signal: AbortSignal,
): Promise<ListResult> {
  const rows: (Row | null)[] = []
  const errors: GraphQLFormattedError[] = []
  let token = nextToken
  let looked = 0
  for (let scan = limit; ; ) {
    const missing = limit - rows.length
    const page = await read({ limit: scan, nextToken: token }, signal)
    const { data } = page
    if (data && data.length > missing && scan > missing) {
      scan = Math.max(missing, Math.floor((scan * missing) / data.length))
      continue
    }
    rows.push(...(data ?? []))
    errors.push(...(page.errors ?? []))
    // What was not answered can be read on later.
    if (data) token = page.nextToken
    if (!data || !token || rows.length >= limit)
      return {
        ...page,
        data: data || rows.length ? rows : null,
        nextToken: token ?? null,
        ...(errors.length ? { errors } : {}),
      }
    looked += scan
    const left = limit - rows.length
    // As many as it takes where matches are as dense as so far.
    const wanted = rows.length ? Math.ceil((left * looked) / rows.length) : scan * 2
    scan = Math.max(left, Math.min(wanted, many))
  }
}

/** Subscribes, as soon as what it takes is loaded, until the returned function is called. */
export function subscribe(
  ctx: Context,
  call: GraphQLCall | Promise<GraphQLCall>,
  listener: Listener,
): () => void {
  let over = false
  let undo: (() => void) | undefined
  Promise.all([call, import('./live.js')]).then(
    ([ready, live]) => {
      if (!over) undo = live.subscribe(ctx, ready, listener)
    },
    (error) => over || listener.error(error),
  )
  return () => {
    over = true
    undo?.()
  }
}

// How the operations of a client are called, and how their answers are given back.

import type { Context } from '@backline/core/unsigned'
import type { GraphQLCall } from './authorization.js'
import type { GraphQLFormattedError, GraphQLResponse } from './errors.js'
import { send } from './graphql.js'
import type { Variables } from './operations.js'
import type { Listener } from './realtime.js'
import type { Row } from './rows.js'

/** Options of one call; those of the client where they say nothing. */
export interface CallOptions extends Pick<GraphQLCall, 'authMode' | 'authToken' | 'headers' | 'signal'> {
  selectionSet?: readonly string[]
  condition?: Row
  filter?: Row
  limit?: number
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

// biome-ignore lint/suspicious/noExplicitAny: the public types come from the schema
export type ModelOperations = Record<string, (...input: any[]) => any>
export type Models = Record<string, ModelOperations>

export interface Caller {
  context(): Context
  call(query: string, variables: Variables, options: CallOptions | undefined): GraphQLCall
  cancellable<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>
}

type Read = (raw: Row | null) => Row | null

/** The one field that our operations ask for. */
export const firstOf = ({ data }: GraphQLResponse): Row | null =>
  (Object.values(data ?? {})[0] as Row) ?? null

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
): Promise<SingleResult> {
  return caller.cancellable(async (signal) => {
    const answer = await send(caller.context(), { ...caller.call(...operation(), options), signal })
    return { data: read(pick(answer)), ...rest(answer) }
  }, options?.signal)
}

export function page(
  caller: Caller,
  operation: () => [query: string, variables: Variables],
  options: CallOptions | undefined,
  read: Read,
  pick = firstOf,
): Promise<ListResult> {
  return caller.cancellable(async (signal) => {
    const answer = await send(caller.context(), { ...caller.call(...operation(), options), signal })
    const found = pick(answer)
    const items = found?.items as (Row | null)[] | undefined
    return {
      // No answer is not an empty table.
      data: items ? items.map(read) : answer.data === undefined ? null : [],
      nextToken: found?.nextToken ?? null,
      ...rest(answer),
    }
  }, options?.signal)
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

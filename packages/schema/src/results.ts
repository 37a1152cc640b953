// What the operations of a client take beside their input, and what they give back.

import type { Observable } from 'rxjs'

export interface GraphQLFormattedError {
  readonly message: string
  /** The category, such as `Unauthorized` or `DynamoDB:ConditionalCheckFailedException`. */
  readonly errorType: string
  readonly errorInfo: null | { readonly [key: string]: unknown }
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  /** The field of the answer it is about. */
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly [key: string]: unknown }
}

export interface SingularResult<T> {
  data: T | null
  errors?: GraphQLFormattedError[]
  extensions?: { [key: string]: unknown }
}

export interface ListResult<T> {
  data: T[]
  /** Pass it to read on; nothing or null on the last page. */
  nextToken?: string | null
  errors?: GraphQLFormattedError[]
  extensions?: { [key: string]: unknown }
}

/** An answer to come. */
export interface SingularReturnValue<T> extends Promise<SingularResult<T>> {
  /** The same, rejecting with a `DataError` where there are errors: for query libraries. */
  orThrow(): Promise<SingularResult<T>>
}

/**
 * A page to come. Iterated over, the rows of all pages, read as they are needed, or as many as `limit` says; what could not be read is
 * thrown after the rows that came with it.
 *
 * @example
 * for await (const todo of client.models.Todo.list({ filter })) show(todo)
 */
export interface ListReturnValue<T> extends Promise<ListResult<T>>, AsyncIterable<T> {
  /** The same, rejecting with a `DataError` where there are errors: for query libraries. */
  orThrow(): Promise<ListResult<T>>
}

export type ObservedReturnValue<T> = Observable<T>
export type ObserveQueryReturnValue<T> = Observable<Snapshot<T>>

/** One state of a live query. */
export interface Snapshot<T> {
  items: T[]
  /** The first read is complete. */
  isSynced: boolean
}

export type AuthMode = 'apiKey' | 'iam' | 'identityPool' | 'oidc' | 'userPool' | 'lambda' | 'none'

/** What a headers function is told about the request. Subscriptions give no method. */
export interface RequestOptions {
  url: string
  queryString: string
  method?: string
}

export type CustomHeaders =
  | Record<string, string>
  | ((options?: RequestOptions) => Promise<Record<string, string>>)

export interface CallOptions {
  /** Whose rights the call uses, instead of the client's. */
  authMode?: AuthMode
  /** The token for `authMode: 'lambda'`, or a function that gives one: asked again after a 401 and for each new socket. */
  authToken?: string | (() => string | Promise<string>)
  headers?: CustomHeaders
  /** Which part of the lists of related rows that the selection set reads, by their path: `{ comments: { limit: 5 } }`. */
  relations?: { readonly [path: string]: RelationPage }
}

/** Which part of a list of related rows. */
export interface RelationPage {
  filter?: object
  sortDirection?: ModelSortDirection
  /** Rows looked at; 100 where nothing is said. */
  limit?: number
  /** Of the page before: `nextTokenOf(post.comments)`. */
  nextToken?: string | null
}

/** A request that can be given up. */
export interface Cancellable {
  signal?: AbortSignal
  /** Milliseconds until it is given up. */
  timeout?: number
}

export interface PageOptions {
  /** Rows to give back, as many as match where they are fewer: as much is read as that takes. */
  limit?: number
  /** Instead of `limit`: rows to look at, in one request, however few of them match. */
  scanLimit?: number
  nextToken?: string | null
}

export type ModelSortDirection = 'ASC' | 'DESC'

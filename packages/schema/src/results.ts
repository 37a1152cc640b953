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

export type SingularReturnValue<T> = Promise<SingularResult<T>>
export type ListReturnValue<T> = Promise<ListResult<T>>
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
}

/** A request that can be given up. */
export interface Cancellable {
  signal?: AbortSignal
}

export interface PageOptions {
  limit?: number
  nextToken?: string | null
}

export type ModelSortDirection = 'ASC' | 'DESC'

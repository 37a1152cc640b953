import type { AWSCredentials, Context } from '@backline/core/internal'
import type { AnalyticsError } from './errors.js'

/** One event that waits. Kept small: an app may have a hundred thousand of them. */
export interface Row {
  /** Counted by this life of the app, or whole where another life recorded it. */
  id: number | string
  /** What must stay in order among itself: a partition key, or nothing. */
  key: string
  /** As the outlet wrote it down. */
  data: string
}

/** What goes in one call. */
export interface Batch {
  /** A stream, or '' where the provider has but one place. */
  to: string
  /** As many as `pieces`. */
  rows: Row[]
  /** The rows as they go over the wire. */
  pieces: string[]
  /** Ids of the rows, the same whenever they are sent again. */
  ids: string[]
  /** Where a service asks for credentials: the owner's own, or undefined for those of whoever is there. */
  credentials(): Promise<AWSCredentials | undefined>
  /** The page may be gone before the answer comes. */
  keepalive: boolean
}

/** A row that a call did not take. */
export interface Refusal {
  index: number
  /** Refused for good. Without, it is sent again. */
  error?: AnalyticsError
}

/** Settings as an app may have written them. */
export interface Settings {
  bufferSize?: number
  flushSize?: number
  flushInterval?: number
  resendLimit?: number
}

/** A provider, as the buffer knows it. */
export interface Outlet {
  /** As in the configuration: `Kinesis`. */
  readonly name: string
  /** The service's own limits for one call. */
  readonly maxRecords: number
  readonly maxBytes: number
  /** Where nothing is configured; 100 where left out. */
  readonly flushSize?: number
  /** Does a call carry no signature? */
  readonly isUnsigned?: boolean
  settings(ctx: Context): Settings
  /** What an app with other settings must not pick up from this device. */
  place(ctx: Context): string
  /** A row as it goes over the wire, and how many bytes the service counts for it. */
  encode(ctx: Context, row: Row, id: string): { piece: string; bytes: number }
  /** Resolves with what was not taken. @throws {AmplifyError} where the call as a whole failed. */
  send(ctx: Context, batch: Batch): Promise<Refusal[]>
}

// The client on servers that hold a context per request: each operation takes that context first. Live things are left out: who renders a
// page is done before anything could change.
//
// C is the context, the rest as in client.ts.

import type {
  Client,
  GetOptions,
  IndexQueryOptions,
  KeyCondition,
  ListOptions,
  ModelEntry,
  MutationOptions,
} from './client.js'
import type { AnyRecord } from './fields.js'
import type { ListReturnValue, SingularReturnValue } from './results.js'
import type { Selected } from './selection.js'

/** What `generateClient` of `/data/server` returns, as far as it follows from the schema. `C` is the context that comes first. */
export interface ServerClient<Schema, C> {
  readonly models: ServerModels<Schema, C>
  readonly enums: Client<Schema>['enums']
  readonly queries: ContextFirst<Client<Schema>['queries'], C>
  readonly mutations: ContextFirst<Client<Schema>['mutations'], C>
  readonly generations: ContextFirst<Client<Schema>['generations'], C>
}

type ContextFirst<Calls, C> = {
  readonly [N in keyof Calls]: Calls[N] extends (...args: infer Args) => infer Answer
    ? (contextSpec: C, ...args: Args) => Answer
    : Calls[N]
}

type ServerModels<Schema, C> = [Schema] extends [never]
  ? Record<never, never>
  : 0 extends 1 & Schema
    ? // biome-ignore lint/suspicious/noExplicitAny: any comes of any
      any
    : {
        readonly [N in keyof Client<Schema>['models']]: ServerModel<
          Schema[N & keyof Schema],
          Client<Schema>['models'][N],
          C
        >
      }

type ServerModel<Entry, Operations, C> =
  Entry extends ModelEntry<infer T>
    ? Pick<ServerOperations<T, C>, keyof ServerOperations<T, C> & keyof Operations> &
        ServerQueries<T, Operations, C>
    : OfficialServerModel<Entry, Operations, C>

type Live = 'onCreate' | 'onUpdate' | 'onDelete' | 'observeQuery'

interface ServerOperations<T extends AnyRecord, C> {
  create<const P extends string = never>(
    contextSpec: C,
    input: T['create'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  update<const P extends string = never>(
    contextSpec: C,
    input: T['update'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  delete<const P extends string = never>(
    contextSpec: C,
    identifier: T['identifier'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  get<const P extends string = never>(
    contextSpec: C,
    identifier: T['identifier'],
    options?: GetOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  list<const P extends string = never>(
    contextSpec: C,
    options?: ListOptions<T, P> | (IndexQueryOptions<T, P> & KeyCondition<T, T['model']['~keys']>),
  ): ListReturnValue<Selected<T, P>>
}

type ServerQueries<T extends AnyRecord, Operations, C> = {
  [Q in Exclude<keyof Operations, keyof ServerOperations<T, C> | Live>]: <const P extends string = never>(
    contextSpec: C,
    input: FirstOf<Operations[Q]>,
    options?: IndexQueryOptions<T, P>,
  ) => ListReturnValue<Selected<T, P>>
}

type FirstOf<F> = F extends (first: infer First, ...rest: never) => unknown ? First : never

/** A model of `@aws-amplify/data-schema`: whole rows, whatever the selection set. */
type OfficialServerModel<Entry, Operations, C> = {
  [O in Exclude<keyof Operations, Live>]: Operations[O] extends (...args: infer Args) => infer Answer
    ? (contextSpec: C, ...args: Args) => WholeAnswer<Answer, Entry>
    : never
}

type WholeAnswer<Answer, Entry> = Entry extends { type: infer Row }
  ? Answer extends Promise<{ data: unknown[] }>
    ? ListReturnValue<Row>
    : SingularReturnValue<Row>
  : never

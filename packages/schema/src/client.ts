// The client as an app sees it: `Client<Schema>` is what `generateClient<Schema>()` of @backline/data returns.
// The data package implements these types and imports nothing else from here.
//
// S is the schema, N the name of a model, T its `ModelTypes`, P the paths of a selection set.

import type {
  ConversationMessage,
  ConversationRoute,
  ConversationRow,
  ConversationStreamEvent,
} from './conversationClient.js'
import type { AnyRecord } from './fields.js'
import type { CompositeKeyCondition, NumericKeyCondition, StringKeyCondition } from './filters.js'
import type { GeneratedSchema } from './generated.js'
import type { AnyIndex, OperationName } from './models.js'
import type { OfficialClient, OfficialSelected } from './official.js'
import type { OperationCalls, OperationEntry, OperationTypes, SubscriptionCalls } from './operationTypes.js'
import type {
  CallOptions,
  Cancellable,
  ListReturnValue,
  ModelSortDirection,
  ObservedReturnValue,
  ObserveQueryReturnValue,
  PageOptions,
  SingularReturnValue,
} from './results.js'
import type { Path, Selected, SelectedOf } from './selection.js'
import type { CustomTypeEntry, CustomTypes, EnumEntry, KeyValue, ModelTypes } from './values.js'

declare const types: unique symbol
declare const source: unique symbol

/** `Schema['Todo']` of a model. */
export interface ModelEntry<T extends AnyRecord> {
  readonly __entityType: 'model'
  /** A row. */
  type: T['type']
  /** What `create` takes. */
  createType: T['create']
  /** What `update` takes. */
  updateType: T['update']
  /** What `delete` takes. */
  deleteType: T['identifier']
  /** What `get` takes. */
  identifier: T['identifier']
  /** The enums and custom types written inside the model. */
  nestedTypes: T['nested']
  readonly [types]: T
}

/** `Schema['chat']` of a conversation route. */
export interface ConversationEntry {
  readonly __entityType: 'customConversation'
  type: ConversationRow
  messageType: ConversationMessage
  streamEventType: ConversationStreamEvent
}

type Entry<S extends AnyRecord, N extends string, D extends AnyRecord> = D['~kind'] extends 'model'
  ? ModelEntry<ModelTypes<S, N>>
  : D['~kind'] extends 'enum'
    ? EnumEntry<D['~enum']>
    : D['~kind'] extends 'custom'
      ? CustomTypeEntry<CustomTypes<S, D>>
      : D['~kind'] extends 'operation'
        ? OperationEntry<D['~operation'], OperationTypes<S, D>>
        : ConversationEntry

type Entries<S extends AnyRecord, Types extends AnyRecord> = {
  [N in keyof Types]: Entry<S, N & string, Types[N]>
}

/**
 * The types of a schema, by name.
 *
 * @example
 * export type Schema = ClientSchema<typeof schema>
 * type Todo = Schema['Todo']['type']
 */
export type ClientSchema<S extends { readonly '~types': object }> = Entries<S, S['~types']> & {
  readonly [source]?: S
}

/**
 * What a call with this selection set gives back, for one row.
 *
 * @example
 * const paths = ['title', 'comments.*'] as const
 * type PostWithComments = SelectionSet<Schema['Post']['type'], typeof paths>
 */
export type SelectionSet<Model, Paths extends readonly string[]> = Model extends {
  readonly [types]: infer T extends AnyRecord
}
  ? Selected<T, Paths[number]>
  : Model extends { readonly __entityType: 'model'; readonly __meta: object }
    ? OfficialSelected<Model, Paths[number]>
    : SelectedOf<Model, Paths[number]>

/** The part of a client that follows from the schema. */
export interface Client<Schema> {
  readonly models: Part<Schema, 'models'>
  readonly enums: Part<Schema, 'enums'>
  readonly queries: Part<Schema, 'queries'>
  readonly mutations: Part<Schema, 'mutations'>
  readonly subscriptions: Part<Schema, 'subscriptions'>
  readonly generations: Part<Schema, 'generations'>
  readonly conversations: Part<Schema, 'conversations'>
}

/** `any` where the schema's own type could not be found: what is not known cannot be wrong. */
type IfKnown<Schema, Then> = [Schema] extends [never]
  ? Record<never, never>
  : 0 extends 1 & Schema
    ? // biome-ignore lint/suspicious/noExplicitAny: any comes of any
      any
    : Then

/** Schemas are those of our builder, generated ones, and those of the official builder. */
type Part<Schema, P extends keyof Client<never>> = IfKnown<
  Schema,
  Schema extends { readonly [source]?: infer S extends AnyRecord }
    ? InferredClient<S>[P]
    : Schema extends GeneratedSchema<infer C extends AnyRecord>
      ? C[P]
      : OfficialClient<Schema & object>[P]
>

interface InferredClient<S extends AnyRecord> {
  readonly models: Models<S>
  readonly enums: Enums<S['~types']>
  readonly queries: OperationCalls<S, 'Query'>
  readonly mutations: OperationCalls<S, 'Mutation'>
  readonly subscriptions: SubscriptionCalls<S>
  readonly generations: OperationCalls<S, 'Generation'>
  readonly conversations: {
    readonly [N in keyof S['~types'] as S['~types'][N]['~kind'] extends 'conversation'
      ? N
      : never]: ConversationRoute
  }
}

export type Models<S extends AnyRecord> = {
  readonly [N in keyof S['~types'] as S['~types'][N]['~kind'] extends 'model' ? N : never]: Operations<
    ModelTypes<S, N & string>
  >
}

/** The operations of one model, less those it disables, and a query for each of its indexes. */
type Operations<T extends AnyRecord> = ([T['model']['~disabled']] extends [never]
  ? OperationsOf<T>
  : Omit<OperationsOf<T>, Disabled<T['model']['~disabled']>>) &
  ([T['model']['~index']] extends [never] ? unknown : IndexQueries<T, T['model']['~index']>)

type OperationsOf<T extends AnyRecord> = T['model']['~keys'] extends readonly [string]
  ? ModelOperations<T>
  : ModelOperations<T> & KeyedList<T, KeyCondition<T, T['model']['~keys']>>

type Disabled<Name extends OperationName> =
  | Name
  | (Name extends 'queries'
      ? 'list' | 'get' | 'observeQuery'
      : Name extends 'mutations'
        ? 'create' | 'update' | 'delete'
        : Name extends 'subscriptions'
          ? 'onCreate' | 'onUpdate' | 'onDelete' | 'observeQuery'
          : Name extends 'list'
            ? 'observeQuery'
            : never)

export interface SelectionOptions<T extends AnyRecord, P> extends CallOptions {
  /** The fields to read: names, `relation.name`, `relation.*`. Everything but relations when left out. */
  selectionSet?: readonly Path<T, P>[]
}

export interface FilterOptions<T extends AnyRecord, P> extends SelectionOptions<T, P> {
  filter?: T['filter']
}

export interface SubscriptionOptions<T extends AnyRecord, P> extends SelectionOptions<T, P> {
  filter?: T['subscriptionFilter']
}

export interface GetOptions<T extends AnyRecord, P> extends SelectionOptions<T, P>, Cancellable {}

export interface MutationOptions<T extends AnyRecord, P> extends SelectionOptions<T, P>, Cancellable {
  /**
   * What must be true of the stored row for the write to happen; otherwise the answer's `errors` say
   * `DynamoDB:ConditionalCheckFailedException`, and nothing is written.
   */
  condition?: T['filter']
}

export interface ListOptions<T extends AnyRecord, P> extends FilterOptions<T, P>, PageOptions, Cancellable {}

export interface IndexQueryOptions<T extends AnyRecord, P> extends ListOptions<T, P> {
  sortDirection?: ModelSortDirection
}

export interface LiveOptions<T extends AnyRecord, P> extends FilterOptions<T, P> {
  sortDirection?: ModelSortDirection
}

export interface ModelOperations<T extends AnyRecord> {
  create<const P extends string = never>(
    input: T['create'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  update<const P extends string = never>(
    input: T['update'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  delete<const P extends string = never>(
    identifier: T['identifier'],
    options?: MutationOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  get<const P extends string = never>(
    identifier: T['identifier'],
    options?: GetOptions<T, P>,
  ): SingularReturnValue<Selected<T, P>>
  list<const P extends string = never>(options?: ListOptions<T, P>): ListReturnValue<Selected<T, P>>
  onCreate<const P extends string = never>(
    options?: SubscriptionOptions<T, P>,
  ): ObservedReturnValue<Selected<T, P>>
  onUpdate<const P extends string = never>(
    options?: SubscriptionOptions<T, P>,
  ): ObservedReturnValue<Selected<T, P>>
  onDelete<const P extends string = never>(
    options?: SubscriptionOptions<T, P>,
  ): ObservedReturnValue<Selected<T, P>>
  /** A live query: the rows that match, now and after every change. */
  observeQuery<const P extends string = never>(
    options?: FilterOptions<T, P>,
  ): ObserveQueryReturnValue<Selected<T, P>>
}

/** A model with sort keys also reads one partition, in order: `list` once, `observeQuery` for good. */
export interface KeyedList<T extends AnyRecord, Key> {
  list<const P extends string = never>(
    options: IndexQueryOptions<T, P> & Key,
  ): ListReturnValue<Selected<T, P>>
  observeQuery<const P extends string = never>(
    options: LiveOptions<T, P> & Key,
  ): ObserveQueryReturnValue<Selected<T, P>>
}

type IndexQueries<T extends AnyRecord, Index extends AnyIndex> = {
  [I in Index as QueryName<T['name'], I>]: IndexQuery<
    T,
    KeyCondition<T, readonly [I['~partition'], ...I['~sort']]>
  >
}

/** The query of a secondary index. */
export type IndexQuery<T extends AnyRecord, Key> = <const P extends string = never>(
  input: Key,
  options?: IndexQueryOptions<T, P>,
) => ListReturnValue<Selected<T, P>>

type QueryName<N extends string, I extends AnyIndex> = [I['~query']] extends [never]
  ? `list${N}By${Capitalize<I['~partition']>}${AndNames<I['~sort']>}`
  : I['~query'] extends string
    ? I['~query']
    : never

type AndNames<Names extends readonly string[]> = Names extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? `And${Capitalize<First>}${AndNames<Rest>}`
  : ''

/** The partition key's value, and a condition on the sort keys. */
export type KeyCondition<T extends AnyRecord, Keys extends readonly string[]> = Keys extends readonly [
  infer Partition extends string,
  ...infer Sort extends readonly string[],
]
  ? { [K in Partition]: KeyValue<T['schema'], T['fields'][K]> } & SortCondition<T, Sort>
  : never

type SortCondition<T extends AnyRecord, Sort extends readonly string[]> = Sort extends readonly []
  ? unknown
  : Sort extends readonly [infer One extends string]
    ? { [K in One]?: KeyConditionOn<KeyValue<T['schema'], T['fields'][K]>> }
    : {
        [K in Joined<Sort>]?: CompositeKeyCondition<{
          [S in Sort[number]]: KeyValue<T['schema'], T['fields'][S]>
        }>
      }

type KeyConditionOn<Value> = [Value] extends [number]
  ? NumericKeyCondition
  : StringKeyCondition<Value & string>

/** `['name', 'joinedAt']` → `nameJoinedAt` */
type Joined<Names extends readonly string[]> = Names extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? `${First}${JoinedRest<Rest>}`
  : ''
type JoinedRest<Names extends readonly string[]> = Names extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? `${Capitalize<First>}${JoinedRest<Rest>}`
  : ''

/** The schema's enums by name; those written inside a type are named after it, `Customer.level` is `CustomerLevel`. */
export type Enums<Types extends AnyRecord> = {
  readonly [N in keyof Types as Types[N]['~kind'] extends 'enum' ? N : never]: EnumValues<Types[N]['~enum']>
} & NestedEnums<Types>

export interface EnumValues<Value> {
  values(): Value[]
}

type NestedEnums<Types extends AnyRecord> = {
  readonly [E in NestedEnum<Types> as E extends { name: infer N extends string } ? N : never]: E extends {
    value: infer V
  }
    ? EnumValues<V>
    : never
}

type NestedEnum<Types extends AnyRecord> = {
  [N in keyof Types & string]: Types[N]['~kind'] extends 'model' | 'custom'
    ? EnumsWithin<Types[N]['~fields'], Capitalize<N>>
    : Types[N]['~kind'] extends 'operation'
      ? EnumsWithin<Types[N]['~fields'], Capitalize<N>> | ReturnedEnums<Types[N]['~returns'], Capitalize<N>>
      : never
}[keyof Types & string]

type ReturnedEnums<R extends AnyRecord, N extends string> = R['~kind'] extends 'enum'
  ? { name: `${N}ReturnType`; value: R['~enum'] }
  : R['~kind'] extends 'custom'
    ? EnumsWithin<R['~fields'], `${N}ReturnType`>
    : never

type EnumsWithin<F extends AnyRecord, Before extends string> = {
  [K in keyof F & string]: F[K]['~kind'] extends 'enum'
    ? { name: `${Before}${Capitalize<K>}`; value: F[K]['~enum'] }
    : F[K]['~kind'] extends 'custom'
      ? EnumsWithin<F[K]['~fields'], `${Before}${Capitalize<K>}`>
      : never
}[keyof F & string]

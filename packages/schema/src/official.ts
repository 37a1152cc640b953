// Schemas of the official `@aws-amplify/data-schema`: `generateClient<Schema>()` takes them too, so that an app may keep
// its backend's builder. They are known by their shape alone; nothing of that package is imported. The official types
// bring what a model, its inputs and its paths are; operations, options and results are ours.
//
// E is the schema's entry of a model, Flat its fields with relations laid out, P the paths of a selection set.

import type { ConversationRoute } from './conversationClient.js'
import type { AnyRecord } from './fields.js'
import type {
  BooleanFilter,
  EnumFilter,
  EnumListFilter,
  NumericFilter,
  StringFilter,
  SubscriptionBooleanFilter,
  SubscriptionNumericFilter,
  SubscriptionStringFilter,
} from './filters.js'
import type { OperationCall, SubscriptionCall } from './operationTypes.js'
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
import type { Pretty } from './values.js'

/** What a client of such a schema has. */
export interface OfficialClient<Schema extends AnyRecord> {
  readonly models: OfficialModels<Schema>
  readonly enums: OfficialEnums<Schema>
  readonly queries: OfficialCalls<Schema, 'customQuery'>
  readonly mutations: OfficialCalls<Schema, 'customMutation'>
  readonly subscriptions: OfficialSubscriptions<Schema>
  readonly generations: OfficialCalls<Schema, 'customGeneration'>
  readonly conversations: {
    readonly [N in keyof Schema as Schema[N] extends { __entityType: 'customConversation' }
      ? N
      : never]: ConversationRoute
  }
}

type OfficialModels<Schema extends AnyRecord> = {
  readonly [N in keyof Schema as Schema[N] extends { __entityType: 'model' } ? N : never]: Omit<
    OfficialOperations<Schema[N], Schema[N]['__meta']['flatModel']>,
    keyof Schema[N]['__meta']['disabledOperations']
  > &
    OfficialIndexQueries<Schema[N], Schema[N]['__meta']['flatModel']>
}

type OfficialEnums<Schema extends AnyRecord> = {
  readonly [N in keyof Schema as Schema[N] extends { __entityType: 'enum' } ? N : never]: {
    values(): Schema[N]['type'][]
  }
} & OfficialNestedEnums<NestedEnum<Schema>>

/** Those written inside a model are named after it. Of those inside custom types the official types say nothing. */
type OfficialNestedEnums<E extends { name: string; value: unknown }> = {
  readonly [N in E['name']]: { values(): Extract<E, { name: N }>['value'][] }
}

type NestedEnum<Schema extends AnyRecord> = {
  [N in keyof Schema & string]: Schema[N] extends { __entityType: 'model'; nestedTypes: infer Nested }
    ? {
        [K in keyof Nested & string]: Nested[K] extends { __entityType: 'enum'; type: infer Value }
          ? { name: `${Capitalize<N>}${Capitalize<K>}`; value: Value }
          : never
      }[keyof Nested & string]
    : never
}[keyof Schema & string]

/** Custom operations, of which the official types say what they take and what they answer. */
type OfficialCalls<Schema extends AnyRecord, Kind extends string> = {
  readonly [N in keyof Schema as Schema[N] extends { __entityType: Kind } ? N : never]: OperationCall<{
    args: Schema[N]['args']
    answer: Whole<Schema[N]['type']>
  }>
}

type OfficialSubscriptions<Schema extends AnyRecord> = {
  readonly [N in keyof Schema as Schema[N] extends { __entityType: 'customSubscription' }
    ? N
    : never]: SubscriptionCall<{ args: Schema[N]['args']; answer: Whole<Schema[N]['type']> }>
}

interface Selection<Flat extends AnyRecord, P> extends CallOptions {
  selectionSet?: readonly FlatPath<Flat, P>[]
}

interface Filtered<E extends AnyRecord, Flat extends AnyRecord, P> extends Selection<Flat, P> {
  filter?: FlatFilter<E['type']>
}

interface Mutated<E extends AnyRecord, Flat extends AnyRecord, P> extends Selection<Flat, P>, Cancellable {
  /** What must be true of the stored row for the write to happen. */
  condition?: FlatFilter<E['type']>
}

interface Listed<E extends AnyRecord, Flat extends AnyRecord, P>
  extends Filtered<E, Flat, P>,
    PageOptions,
    Cancellable {}

interface Subscribed<E extends AnyRecord, Flat extends AnyRecord, P> extends Selection<Flat, P> {
  filter?: FlatSubscriptionFilter<E['type']>
}

interface OfficialOperations<E extends AnyRecord, Flat extends AnyRecord> {
  create<const P extends string = never>(
    input: E['createType'],
    options?: Mutated<E, Flat, P>,
  ): SingularReturnValue<FlatSelected<E, Flat, P>>
  update<const P extends string = never>(
    input: E['updateType'],
    options?: Mutated<E, Flat, P>,
  ): SingularReturnValue<FlatSelected<E, Flat, P>>
  delete<const P extends string = never>(
    identifier: E['deleteType'],
    options?: Mutated<E, Flat, P>,
  ): SingularReturnValue<FlatSelected<E, Flat, P>>
  get<const P extends string = never>(
    identifier: E['identifier'],
    options?: Selection<Flat, P> & Cancellable,
  ): SingularReturnValue<FlatSelected<E, Flat, P>>
  list<const P extends string = never>(
    options?: Listed<E, Flat, P> & ListKeys<E['__meta']['listOptionsPkParams']>,
  ): ListReturnValue<FlatSelected<E, Flat, P>>
  onCreate<const P extends string = never>(
    options?: Subscribed<E, Flat, P>,
  ): ObservedReturnValue<FlatSelected<E, Flat, P>>
  onUpdate<const P extends string = never>(
    options?: Subscribed<E, Flat, P>,
  ): ObservedReturnValue<FlatSelected<E, Flat, P>>
  onDelete<const P extends string = never>(
    options?: Subscribed<E, Flat, P>,
  ): ObservedReturnValue<FlatSelected<E, Flat, P>>
  observeQuery<const P extends string = never>(
    options?: Filtered<E, Flat, P> & ListKeys<E['__meta']['listOptionsPkParams']>,
  ): ObserveQueryReturnValue<FlatSelected<E, Flat, P>>
}

/** A direction needs a partition. Which of the keys it is, the official types do not say. */
type ListKeys<Keys> = unknown extends Keys ? unknown : Keys & { sortDirection?: ModelSortDirection }

type OfficialIndexQueries<E extends AnyRecord, Flat extends AnyRecord> = {
  [Q in keyof E['secondaryIndexes']]: <const P extends string = never>(
    input: E['secondaryIndexes'][Q]['input'],
    options?: Listed<E, Flat, P> & { sortDirection?: ModelSortDirection },
  ) => ListReturnValue<FlatSelected<E, Flat, P>>
}

// Lists and null do not count on the way down.
type Within<Value> =
  NonNullable<Value> extends readonly (infer Item)[] ? NonNullable<Item> : NonNullable<Value>
type IsObject<Value> = Within<Value> extends Record<string, unknown> ? true : false

type FlatPath<Flat extends AnyRecord, P> = P extends keyof Flat
  ? IsObject<Flat[P]> extends true
    ? NoInfer<FlatOffers<Flat>>
    : P
  : NoInfer<FlatDeep<Flat, P, P, ''>>

type FlatDeep<
  Flat extends AnyRecord,
  P,
  Whole,
  Before extends string,
> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof Flat
    ? IsObject<Flat[Head]> extends true
      ? Rest extends '*'
        ? Whole
        : FlatDeep<Within<Flat[Head]>, Rest, Whole, `${Before}${Head}.`>
      : `${Before}${FlatOffers<Flat>}`
    : `${Before}${FlatOffers<Flat>}`
  : P extends keyof Flat
    ? IsObject<Flat[P]> extends true
      ? `${Before}${FlatOffers<Flat>}`
      : Whole
    : `${Before}${FlatOffers<Flat>}`

type FlatOffers<Flat extends AnyRecord> = {
  [K in keyof Flat & string]: IsObject<Flat[K]> extends true ? `${K}.*` | `${K}.` : K
}[keyof Flat & string]

/** Rows have every field, null where there is no value. */
type Whole<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends readonly (infer Item)[]
    ? Whole<Item>[]
    : Value extends object
      ? { [K in keyof Value]-?: Whole<Exclude<Value[K], undefined>> }
      : Value

/** What paths select of a model whose entry is given instead of a row. */
export type OfficialSelected<Entry extends AnyRecord, P> = FlatPicked<Entry['__meta']['flatModel'], P>

type FlatSelected<E extends AnyRecord, Flat extends AnyRecord, P> = [P] extends [never]
  ? Whole<E['type']>
  : FlatPicked<Flat, P>

type FlatPicked<Flat, P> = Pretty<{
  readonly [K in (P extends `${infer Head}.${string}` ? Head : P) & keyof Flat]: FlatValue<
    Flat[K],
    P extends `${K & string}.${infer Rest}` ? Rest : never
  >
}>

type FlatValue<Value, P> = [P] extends [never]
  ? Whole<Exclude<Value, undefined>>
  : NonNullable<Value> extends readonly (infer Item)[]
    ? (FlatBelow<NonNullable<Item>, P> | Extract<Item, null>)[] | Extract<Value, null>
    : FlatBelow<NonNullable<Value>, P> | Extract<Value, null>

type FlatBelow<Flat, P> = '*' extends P
  ? [Exclude<P, '*'>] extends [never]
    ? FlatStored<Flat>
    : Pretty<FlatStored<Flat> & FlatPicked<Flat, Exclude<P, '*'>>>
  : FlatPicked<Flat, P>

type FlatStored<Flat> = Whole<{
  [K in keyof Flat as IsObject<Flat[K]> extends true ? never : K]: Flat[K]
}>

type Filterable<Type> = {
  [K in keyof Type]-?: NonNullable<Type[K]> extends (...args: never) => unknown ? never : K
}[keyof Type]

type FlatFilter<Type> = {
  [K in Filterable<Type>]?: boolean extends Type[K]
    ? BooleanFilter
    : number extends Type[K]
      ? NumericFilter
      : TextFilter<NonNullable<Type[K]>>
} & FlatLogic<Type>

/** Enums are unions of their values here, and compared for equality only. */
type TextFilter<Value> = Value extends string
  ? string extends Value
    ? StringFilter
    : EnumFilter<Value>
  : Value extends readonly (infer Item)[]
    ? string extends Item
      ? StringFilter
      : Extract<Item, string> extends never
        ? StringFilter
        : EnumListFilter<Extract<Item, string>>
    : StringFilter

interface FlatLogic<Type> {
  and?: FlatFilter<Type> | FlatFilter<Type>[]
  or?: FlatFilter<Type> | FlatFilter<Type>[]
  not?: FlatFilter<Type>
}

type FlatSubscriptionFilter<Type> = {
  [K in Filterable<Type>]?: boolean extends Type[K]
    ? SubscriptionBooleanFilter
    : number extends Type[K]
      ? SubscriptionNumericFilter
      : SubscriptionStringFilter
} & FlatSubscriptionLogic<Type>

interface FlatSubscriptionLogic<Type> {
  and?: FlatSubscriptionFilter<Type> | FlatSubscriptionFilter<Type>[]
  or?: FlatSubscriptionFilter<Type> | FlatSubscriptionFilter<Type>[]
  not?: FlatSubscriptionFilter<Type>
}

// The values of a schema: rows, inputs, filters. All types of a model are members of one interface, `ModelTypes<S, N>`,
// so each is worked out at most once and only when somebody touches it. A relation is a name until a value or a path
// goes through it.
//
// S is the schema, N the name of a model, M its `Model`, F its fields, R its rules, D the definition of a field.

import type { AnyRecord } from './fields.js'
import type { EnumFilter, EnumListFilter, StringFilter, SubscriptionStringFilter } from './filters.js'
import type {
  CallOptions,
  Cancellable,
  ListReturnValue,
  ModelSortDirection,
  PageOptions,
  SingularReturnValue,
} from './results.js'
import type { AnyRule } from './rules.js'

/** All there is to know about a model. */
export interface ModelTypes<
  S extends AnyRecord,
  N extends string,
  M extends AnyRecord = S['~types'][N],
  F extends AnyRecord = M['~fields'],
  R extends AnyRule = RulesOf<S, M>,
> {
  readonly schema: S
  readonly name: N
  readonly model: M
  readonly fields: F
  /** What a row has beside its written fields. */
  readonly ownNames: M['~systemNames'] | Exclude<R['~one'] | R['~many'], keyof F>
  readonly own: SystemFields<M> & RuleFields<R, F>
  /** What operations give back: every field present, relations as functions. */
  readonly row: Pretty<Present<S, F, keyof F> & SystemFields<M> & RuleFields<R, F>>
  /** What `*` selects: the same without the relations. */
  readonly stored: Pretty<
    Present<S, F, M['~requiredNames'] | M['~optionalNames']> & SystemFields<M> & RuleFields<R, F>
  >
  /** `Schema['X']['type']`: like a row, but what may be null may also be missing. */
  readonly type: Pretty<
    Given<S, F, Exclude<keyof F, M['~optionalNames']>> &
      MaybeGiven<S, F, M['~optionalNames']> &
      SystemFields<M> &
      Partial<RuleFields<R, F>>
  >
  readonly create: Pretty<
    Given<S, F, Exclude<M['~requiredNames'], M['~generatedKey'] | M['~defaultedNames']>> &
      MaybeGiven<S, F, M['~optionalNames'] | M['~defaultedNames']> & {
        [K in M['~generatedKey']]?: string
      } & Partial<RuleFields<R, F>>
  >
  readonly update: Pretty<
    Identifier<S, F, M['~keys'][number]> &
      MaybeGiven<S, F, Exclude<M['~requiredNames'] | M['~optionalNames'], M['~keys'][number]>> &
      Partial<RuleFields<R, F>>
  >
  readonly identifier: Identifier<S, F, M['~keys'][number]>
  readonly filter: Filters<S, F, M['~requiredNames'] | M['~optionalNames']> & {
    [K in M['~systemNames'] | R['~one'] | R['~many']]?: StringFilter
  } & Logic<S, N>
  readonly subscriptionFilter: SubscriptionFilters<S, F, M['~requiredNames'] | M['~optionalNames']> & {
    [K in M['~systemNames'] | R['~one'] | R['~many']]?: SubscriptionStringFilter
  } & SubscriptionLogic<S, N>
  /** Names that are a selection by themselves. */
  readonly leaves: M['~leafNames'] | M['~systemNames'] | R['~one'] | R['~many']
  /** The enums and custom types written inside it. */
  readonly nested: NestedTypes<S, F>
  /** What selects all of it from outside. */
  readonly all: '*'
  /** What an editor offers in a selection set, one level deep. */
  readonly offers:
    | M['~systemNames']
    | R['~one']
    | R['~many']
    | { [K in keyof F & string]: Offer<S, F[K], K> }[keyof F & string]
}

/** The same of a custom type, as far as it has it. */
export interface CustomTypes<S extends AnyRecord, M extends AnyRecord, F extends AnyRecord = M['~fields']> {
  readonly schema: S
  readonly model: M
  readonly fields: F
  readonly ownNames: never
  readonly own: unknown
  readonly row: Pretty<Present<S, F, keyof F>>
  readonly stored: Pretty<Present<S, F, keyof F>>
  readonly type: Pretty<Given<S, F, M['~requiredNames']> & MaybeGiven<S, F, M['~optionalNames']>>
  readonly leaves: M['~leafNames']
  readonly all: '*'
  readonly offers: { [K in keyof F & string]: Offer<S, F[K], K> }[keyof F & string]
}

/** `Schema['OrderStatus']` of an enum. */
export interface EnumEntry<Value> {
  readonly __entityType: 'enum'
  type: Value
}

/** `Schema['Address']` of a custom type. */
export interface CustomTypeEntry<T extends AnyRecord> {
  readonly __entityType: 'customType'
  type: T['type']
}

type NestedTypes<S extends AnyRecord, F extends AnyRecord> = {
  [K in keyof F as F[K]['~kind'] extends 'enum' | 'custom' ? K : never]: F[K]['~kind'] extends 'enum'
    ? EnumEntry<F[K]['~enum']>
    : CustomTypeEntry<CustomTypes<S, F[K]>>
}

/** What a path runs into where there is nothing below. */
export interface NoFields {
  readonly fields: Record<never, never>
  readonly leaves: never
  readonly all: never
  readonly offers: never
}

/** Flattens an intersection, so that editors show one object. */
export type Pretty<T> = { [K in keyof T]: T[K] } & {}

/** A model's own rules or else the schema's, and those of its fields. */
export type RulesOf<S extends AnyRecord, M extends AnyRecord> =
  | ([M['~rules']] extends [never] ? S['~rules'] : M['~rules'])
  | M['~fieldRules']

/** The fields that rules add to a model. Those written in it are what they were written as. */
type RuleFields<R extends AnyRule, F extends AnyRecord> = {
  [K in Exclude<R['~one'], keyof F>]: string | null
} & { [K in Exclude<R['~many'], keyof F>]: string[] | null }

type SystemFields<M extends AnyRecord> = { readonly [K in M['~systemNames']]: string }

/** Values as they come back, by name: `K extends keyof F` lets "go to definition" find the field in the schema. */
export type Present<S extends AnyRecord, F extends AnyRecord, K extends keyof F> = {
  [X in K]: F[X]['~plain'] extends true ? F[X]['~value'] : PresentValue<S, F[X]>
}

export type PresentValue<S extends AnyRecord, D extends AnyRecord> = D['~kind'] extends 'relation'
  ? Lazy<S, D>
  : D['~kind'] extends 'ref'
    ? Listed<D, PresentNamed<S, S['~types'][D['~to']]>>
    : CustomTypes<S, D>['row'] | null

type PresentNamed<S extends AnyRecord, T extends AnyRecord> = T['~kind'] extends 'enum'
  ? T['~enum']
  : CustomTypes<S, T>['row']

/** Values as they are given or kept, where what may be null may be missing. */
type Given<S extends AnyRecord, F extends AnyRecord, K extends keyof F> = {
  [X in K]: F[X]['~plain'] extends true ? F[X]['~value'] : GivenValue<S, F[X]>
}
type MaybeGiven<S extends AnyRecord, F extends AnyRecord, K extends keyof F> = {
  [X in K]?: F[X]['~plain'] extends true ? F[X]['~value'] : GivenValue<S, F[X]>
}

export type GivenValue<S extends AnyRecord, D extends AnyRecord> = D['~kind'] extends 'relation'
  ? Lazy<S, D>
  : D['~kind'] extends 'ref'
    ? Listed<D, GivenNamed<S, S['~types'][D['~to']]>>
    : CustomTypes<S, D>['type'] | null

export type GivenNamed<S extends AnyRecord, T extends AnyRecord> = T['~kind'] extends 'enum'
  ? T['~enum']
  : CustomTypes<S, T>['type']

/** A value of a ref, or the list of them. */
export type Listed<D extends AnyRecord, Value> = D['~isList'] extends true
  ? (Value | D['~itemNull'])[] | D['~null']
  : Value | D['~null']

type Lazy<S extends AnyRecord, D extends AnyRecord> = D['~isMany'] extends true
  ? LazyMany<ModelTypes<S, D['~to']>>
  : LazyOne<ModelTypes<S, D['~to']>>

/** Reads the related row. */
export type LazyOne<T extends AnyRecord> = (
  options?: CallOptions & Cancellable,
) => SingularReturnValue<T['row']>

interface RelatedOptions<Filter> extends PageOptions, Cancellable {
  filter?: Filter
  sortDirection?: ModelSortDirection
}

/** Reads the related rows, a page at a time. */
export type LazyMany<T extends AnyRecord> = (
  options?: CallOptions & RelatedOptions<T['filter']>,
) => ListReturnValue<T['row']>

type Identifier<S extends AnyRecord, F extends AnyRecord, K extends string> = {
  [X in K]: X extends keyof F ? KeyValue<S, F[X]> : string
}

/** The value of a field in a key, which is never null. */
export type KeyValue<S extends AnyRecord, D extends AnyRecord> = D['~plain'] extends true
  ? NonNullable<D['~value']>
  : GivenNamed<S, S['~types'][D['~to']]>

type Filters<S extends AnyRecord, F extends AnyRecord, K extends keyof F> = {
  [X in K]?: F[X]['~plain'] extends true ? F[X]['~filter'] : RefFilter<S, F[X]>
}

type RefFilter<S extends AnyRecord, D extends AnyRecord> = D['~kind'] extends 'ref'
  ? S['~types'][D['~to']]['~kind'] extends 'enum'
    ? D['~isList'] extends true
      ? EnumListFilter<S['~types'][D['~to']]['~enum']>
      : EnumFilter<S['~types'][D['~to']]['~enum']>
    : never
  : never

type SubscriptionFilters<S extends AnyRecord, F extends AnyRecord, K extends keyof F> = {
  [X in K]?: F[X]['~plain'] extends true
    ? F[X]['~liveFilter']
    : RefFilter<S, F[X]> extends never
      ? never
      : SubscriptionStringFilter
}

interface Logic<S extends AnyRecord, N extends string> {
  and?: ModelTypes<S, N>['filter'] | ModelTypes<S, N>['filter'][]
  or?: ModelTypes<S, N>['filter'] | ModelTypes<S, N>['filter'][]
  not?: ModelTypes<S, N>['filter']
}

interface SubscriptionLogic<S extends AnyRecord, N extends string> {
  and?: ModelTypes<S, N>['subscriptionFilter'] | ModelTypes<S, N>['subscriptionFilter'][]
  or?: ModelTypes<S, N>['subscriptionFilter'] | ModelTypes<S, N>['subscriptionFilter'][]
  not?: ModelTypes<S, N>['subscriptionFilter']
}

type Offer<S extends AnyRecord, D extends AnyRecord, K extends string> = D['~plain'] extends true
  ? K
  : D['~kind'] extends 'ref'
    ? S['~types'][D['~to']]['~kind'] extends 'enum'
      ? K
      : `${K}.*` | `${K}.`
    : `${K}.*` | `${K}.`

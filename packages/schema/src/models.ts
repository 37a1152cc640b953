// Models as they are written: a.model({...}).identifier([...]).secondaryIndexes(...).authorization(...).

import type { IndexProjection } from './definition.js'
import { SchemaError } from './errors.js'
import type { AnyRecord, FieldData, Fields, NamesWith } from './fields.js'
import {
  type AllowCallback,
  type AnyRule,
  type AnyRules,
  type RuleDefinition,
  type RulesIn,
  readRules,
} from './rules.js'

export type OperationName =
  | 'queries'
  | 'mutations'
  | 'subscriptions'
  | 'list'
  | 'get'
  | 'create'
  | 'update'
  | 'delete'
  | 'onCreate'
  | 'onUpdate'
  | 'onDelete'

/* Methods of models, indexes and relations are those of no one in particular: `This` is found by the compiler where one of
   them is called. What a generic interface declares is made anew for each of its types. */

interface IndexMethods {
  sortKeys<This extends AnyRecord, const S extends readonly (keyof This['~on'])[]>(
    this: This,
    fields: S,
  ): SecondaryIndex<This['~on'], This['~partition'], S, This['~query']>
  /** The name of the query, instead of `list<Model>By<Field>`. */
  queryField<This extends AnyRecord, const Q extends string | null>(
    this: This,
    name: Q,
  ): SecondaryIndex<This['~on'], This['~partition'], This['~sort'], Q>
  /** The name of the index in DynamoDB. */
  name<This>(this: This, name: string): This
  /** Which fields the index holds, instead of all: its keys only, or these beside them. */
  projection<This>(this: This, type: 'ALL' | 'KEYS_ONLY'): This
  projection<This extends AnyRecord>(
    this: This,
    type: 'INCLUDE',
    fields: readonly (keyof This['~on'])[],
  ): This
}

/** A secondary index on fields of `On`. `Query` is the name of its query, `null` for none. */
export interface SecondaryIndex<
  On extends AnyRecord,
  Partition,
  Sort = readonly [],
  Query extends string | null = never,
> extends IndexMethods {
  readonly '~on': On
  readonly '~partition': Partition
  readonly '~sort': Sort
  readonly '~query': Query
}

/** Begins an index on a field. */
export type IndexOn<F extends AnyRecord> = <P extends keyof F>(
  field: P & F[P]['~key'],
) => SecondaryIndex<F, P>

export interface AnyIndex {
  readonly '~partition': string
  readonly '~sort': readonly string[]
  readonly '~query': string | null
}

/** The names as given, or never where one of them is of a field that cannot be part of a key. */
type KeyNames<F extends AnyRecord, Names extends readonly string[]> = {
  readonly [I in keyof Names]: Names[I] & F[Names[I]]['~key']
}

/** `'text'`, `'text,number'` */
type KeyKinds<F extends AnyRecord, Keys extends readonly string[]> = Keys extends readonly [
  infer First extends string,
  ...infer Rest extends readonly string[],
]
  ? Rest extends readonly []
    ? KeyKind<F, First>
    : `${KeyKind<F, First>},${KeyKinds<F, Rest>}`
  : string

type IdKind<F extends AnyRecord> = 'id' extends keyof F ? F['id']['~keyKind'] & string : 'text'

type GeneratedKey<Kind> = Kind extends 'text' ? 'id' : never

/** A generated `id` is text. */
export type KeyKind<F extends AnyRecord, K extends string> = K extends keyof F
  ? F[K]['~keyKind'] & string
  : K extends 'id'
    ? 'text'
    : 'missing'

interface ModelMethods {
  readonly '~kind': 'model'
  /** Which fields identify a row, instead of a generated `id`: the partition key, then the sort keys. */
  identifier<This extends AnyRecord, const K extends readonly (keyof This['~fields'] & string)[]>(
    this: This,
    fields: K & KeyNames<This['~fields'], K>,
  ): Model<This['~fields'], K, This['~index'], This['~rules'], This['~disabled']>
  /** Further ways to find rows by the value of a field. Each becomes a query of the client. */
  secondaryIndexes<This extends AnyRecord, I extends readonly AnyIndex[]>(
    this: This,
    callback: (index: IndexOn<This['~fields']>) => I,
  ): Model<This['~fields'], This['~keys'], I[number], This['~rules'], This['~disabled']>
  /** Who may do what with the rows. */
  authorization<This extends AnyRecord, R extends AnyRules>(
    this: This,
    callback: AllowCallback<R>,
  ): Model<This['~fields'], This['~keys'], This['~index'], RulesIn<R>, This['~disabled']>
  /** Leaves operations out of the API. */
  disableOperations<This extends AnyRecord, const D extends OperationName>(
    this: This,
    operations: readonly D[],
  ): Model<This['~fields'], This['~keys'], This['~index'], This['~rules'], D>
}

export interface Model<
  F extends AnyRecord,
  Keys extends readonly string[] = readonly ['id'],
  Index extends AnyIndex = never,
  Rules extends AnyRule = never,
  Disabled extends string = never,
> extends ModelMethods {
  readonly '~fields': F
  readonly '~keys': Keys
  readonly '~index': Index
  readonly '~rules': Rules
  readonly '~disabled': Disabled
  /* Resolved once per model, whoever asks. */
  readonly '~requiredNames': NamesWith<F, '~required'>
  readonly '~optionalNames': NamesWith<F, '~optional'>
  /** Those `create` need not be given although they are required. */
  readonly '~defaultedNames': NamesWith<F, '~defaulted'>
  readonly '~leafNames': NamesWith<F, '~leaf'>
  readonly '~fieldRules': F[keyof F]['~rules']
  /** Its relations: to rows that point at its own, and to rows that its own point at, by which fields. */
  readonly '~downs': F[keyof F]['~down']
  readonly '~ups': F[keyof F]['~up']
  readonly '~references': F[keyof F]['~references']
  readonly '~keyKinds': Keys extends readonly ['id'] ? IdKind<F> : KeyKinds<F, Keys>
  /** Of the fields that hold the keys of others; unknown where one relation goes by several. */
  readonly '~referenceKinds': F[F[keyof F]['~references']]['~keyKind']
  readonly '~systemNames': Exclude<Keys[number] | 'createdAt' | 'updatedAt', keyof F>
  /** The key that `create` makes up where it is not given: an `id`, unless it is a number. */
  readonly '~generatedKey': Keys extends readonly ['id'] ? GeneratedKey<IdKind<F>> : never
}

export interface IndexData {
  readonly partition: string
  readonly sort: readonly string[]
  readonly name?: string
  readonly queryField?: string | null
  readonly projection?: IndexProjection
}

/** What a model was built to, before its names are resolved. Kept in `data`, frozen. */
export interface ModelData {
  readonly kind: 'model'
  readonly fields: Readonly<Record<string, { readonly data: FieldData }>>
  readonly identifier: readonly string[]
  readonly indexes: readonly IndexData[]
  readonly rules: readonly RuleDefinition[]
  readonly disabled: readonly OperationName[]
  /** The table of an SQL database, where the model was renamed. */
  readonly originalName?: string
}

export function model<F extends Fields>(fields: F): Model<F> {
  return modelOf({
    kind: 'model',
    fields: Object.freeze({ ...fields }) as never,
    identifier: Object.freeze(['id']),
    indexes: [],
    rules: [],
    disabled: [],
  }) as unknown as Model<F>
}

export function modelOf(data: ModelData): { readonly data: ModelData } {
  return Object.freeze({
    data: Object.freeze(data),
    identifier: (fields: readonly string[]) => {
      if (!Array.isArray(fields) || fields.length === 0)
        throw new SchemaError("identifier() needs at least one field: identifier(['customerId']).")
      return modelOf({ ...data, identifier: Object.freeze([...fields]) })
    },
    secondaryIndexes: (callback: (index: typeof indexOn) => readonly { data: IndexData }[]) =>
      modelOf({ ...data, indexes: Object.freeze(callback(indexOn).map((index) => index.data)) }),
    authorization: (callback: AllowCallback<AnyRules>) => modelOf({ ...data, rules: readRules(callback) }),
    disableOperations: (operations: readonly OperationName[]) => {
      for (const operation of operations)
        if (!disableable.includes(operation))
          throw new SchemaError(
            `"${operation}" is not an operation that can be disabled. There are: ${disableable.join(', ')}.`,
          )
      return modelOf({ ...data, disabled: Object.freeze([...operations]) })
    },
  })
}

const disableable: readonly string[] = [
  'queries',
  'mutations',
  'subscriptions',
  'list',
  'get',
  'create',
  'update',
  'delete',
  'onCreate',
  'onUpdate',
  'onDelete',
] satisfies OperationName[]

function indexOn(partition: string) {
  return indexOf({ partition, sort: [] })
}

function indexOf(data: IndexData): { readonly data: IndexData } {
  return Object.freeze({
    data: Object.freeze(data),
    sortKeys: (sort: readonly string[]) => indexOf({ ...data, sort: Object.freeze([...sort]) }),
    queryField: (queryField: string | null) => indexOf({ ...data, queryField }),
    name: (name: string) => indexOf({ ...data, name }),
    projection: (type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE', fields: readonly string[] = []) => {
      const { projection: _, ...rest } = data
      if (type === 'ALL') return indexOf(rest)
      if (type !== 'KEYS_ONLY' && type !== 'INCLUDE')
        throw new SchemaError(`"${type}" is not a projection. There are: ALL, KEYS_ONLY, INCLUDE.`)
      return indexOf({
        ...rest,
        projection: Object.freeze(
          type === 'INCLUDE' ? { type, fields: Object.freeze([...fields]) } : { type },
        ),
      })
    },
  })
}

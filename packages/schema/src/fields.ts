// Fields as they are written: a.string().required(), a.ref('Address').array(), a.hasMany('Post', 'authorId').
//
// To the compiler a field is a named interface with facts under `~` names, which exist in types only. They are read by
// indexed access where somebody asks, never inferred; see docs/decisions on the type design.

import { SchemaError } from './errors.js'
import type {
  BooleanFilter,
  EnumFilter,
  NumericFilter,
  StringFilter,
  SubscriptionBooleanFilter,
  SubscriptionNumericFilter,
  SubscriptionStringFilter,
} from './filters.js'
import {
  type AllowCallback,
  type AnyRule,
  type AnyRules,
  type RuleDefinition,
  type RulesIn,
  readRules,
} from './rules.js'
import {
  type NumericValidator,
  readValidation,
  type StringValidator,
  type ValidationRule,
} from './validation.js'

export type ScalarName =
  | 'ID'
  | 'String'
  | 'Int'
  | 'Float'
  | 'Boolean'
  | 'AWSDate'
  | 'AWSTime'
  | 'AWSDateTime'
  | 'AWSTimestamp'
  | 'AWSEmail'
  | 'AWSJSON'
  | 'AWSPhone'
  | 'AWSURL'
  | 'AWSIPAddress'

/** What an `a.json()` field holds. Objects of any interface may go in. */
export type Json = null | string | number | boolean | object | Json[]

/** A builder value. Checks look at this one property, so that none of them walks a whole model. */
export interface Buildable<Kind extends string = string> {
  readonly '~kind': Kind
}

/**
 * Definitions by name, read by indexed access. `any` because that is the one constraint the compiler does not check
 * property by property; nothing typed so is ever handed to an app.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyRecord = Record<string, any>

/** What is no model has no relations. */
export interface Unrelated {
  readonly '~downs': never
  readonly '~ups': never
  readonly '~keyKinds': never
  readonly '~referenceKinds': never
}

/** `Yes` keeps a name it is intersected with, `No` drops it. */
export type Yes = unknown
export type No = never

export interface AnyField extends Buildable<'scalar' | 'enum' | 'custom' | 'ref' | 'relation'> {}
export type Fields = Record<string, AnyField>

/** What a scalar is, shared by all fields of its family. */
export interface Family<
  Filter = unknown,
  LiveFilter = unknown,
  Key = unknown,
  Validator = unknown,
  KeyKind = unknown,
> {
  readonly filter: Filter
  readonly liveFilter: LiveFilter
  readonly key: Key
  /** What `validate` offers. */
  readonly validator: Validator
  /** Keys of one kind may hold each other. */
  readonly keyKind: KeyKind
}
/** Everything that travels as a string. */
export interface StringFamily extends Family<StringFilter, SubscriptionStringFilter, Yes, never, 'text'> {}
/** Strings that may be anything, and so can be validated. */
export interface TextFamily
  extends Family<StringFilter, SubscriptionStringFilter, Yes, StringValidator, 'text'> {}
export interface NumberFamily
  extends Family<NumericFilter, SubscriptionNumericFilter, Yes, NumericValidator, 'number'> {}
export interface TimestampFamily
  extends Family<NumericFilter, SubscriptionNumericFilter, Yes, never, 'number'> {}
export interface BooleanFamily
  extends Family<BooleanFilter, SubscriptionBooleanFilter, No, never, 'no key'> {}
export interface JsonFamily extends Family<StringFilter, SubscriptionStringFilter, No, never, 'no key'> {}

/** A field whose value is known without looking at the rest of the schema. */
interface Plain<Value, Rules extends AnyRule> {
  readonly '~plain': true
  readonly '~value': Value
  readonly '~rules': Rules
}

export interface ScalarField<F extends Family, Value, HasDefault = No, Rules extends AnyRule = never>
  extends Buildable<'scalar'>,
    Plain<Value, Rules> {
  readonly '~filter': F['filter']
  readonly '~liveFilter': F['liveFilter']
  readonly '~key': F['key']
  readonly '~keyKind': F['keyKind']
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': Yes
  readonly '~required': null extends Value ? No : Yes
  readonly '~optional': null extends Value ? Yes : No
  readonly '~defaulted': HasDefault
  /** Every row has a value. */
  required(): ScalarField<F, NonNullable<Value>, HasDefault, Rules>
  /** A list. `required()` before it is about the items, after it about the list. */
  array(): ListField<F, Value, null, Rules>
  /** What `create` stores when the field is not given. Without a value PostgreSQL makes one up. */
  default(value?: NonNullable<Value>): ScalarField<F, Value, Yes, Rules>
  /** What the value must be, beyond its type: `validate((value) => value.minLength(3, 'Too short'))`. */
  validate(callback: (value: F['validator']) => unknown): ScalarField<F, Value, HasDefault, Rules>
  /** Rules of this field alone, instead of the model's. */
  authorization<R extends AnyRules>(callback: AllowCallback<R>): ScalarField<F, Value, HasDefault, RulesIn<R>>
}

export interface ListField<F extends Family, Item, Null, Rules extends AnyRule = never>
  extends Buildable<'scalar'>,
    Plain<Item[] | Null, Rules> {
  readonly '~filter': F['filter']
  readonly '~liveFilter': F['liveFilter']
  readonly '~key': No
  readonly '~keyKind': 'no key'
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': Yes
  readonly '~required': null extends Null ? No : Yes
  readonly '~optional': null extends Null ? Yes : No
  readonly '~defaulted': No
  required(): ListField<F, Item, never, Rules>
  authorization<R extends AnyRules>(callback: AllowCallback<R>): ListField<F, Item, Null, RulesIn<R>>
}

/* What all enums have alike is known before any of them: the compiler makes nothing of it per enum, as long as nothing
   here, and nothing that this extends, is generic. */
interface AnyEnum extends Unrelated {
  readonly '~kind': 'enum'
  readonly '~plain': true
  readonly '~rules': never
  readonly '~liveFilter': SubscriptionStringFilter
  readonly '~key': Yes
  readonly '~keyKind': 'enum'
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': Yes
  readonly '~required': No
  readonly '~optional': Yes
  readonly '~defaulted': No
}

export interface EnumType<Value extends string> extends AnyEnum {
  readonly '~value': Value | null
  readonly '~enum': Value
  readonly '~filter': EnumFilter<Value>
}

export interface CustomType<F extends AnyRecord> extends Buildable<'custom'>, Unrelated {
  readonly '~plain': false
  readonly '~fields': F
  readonly '~rules': never
  readonly '~key': No
  readonly '~keyKind': 'no key'
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': No
  readonly '~required': No
  readonly '~optional': Yes
  readonly '~defaulted': No
  /* Resolved once per custom type, whoever asks. */
  readonly '~requiredNames': NamesWith<F, '~required'>
  readonly '~optionalNames': NamesWith<F, '~optional'>
  readonly '~leafNames': NamesWith<F, '~leaf'>
  readonly '~systemNames': never
}

/** Names of the fields for which a fact is `Yes`. */
export type NamesWith<F extends AnyRecord, Fact extends string> = { [K in keyof F]: K & F[K][Fact] }[keyof F]

/** An enum or a custom type of the schema, by name. */
export interface RefField<To extends string, Null, Rules extends AnyRule = never> extends Buildable<'ref'> {
  readonly '~plain': false
  readonly '~to': To
  readonly '~isList': false
  readonly '~null': Null
  readonly '~rules': Rules
  readonly '~key': Yes
  readonly '~keyKind': 'enum'
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': No
  readonly '~required': null extends Null ? No : Yes
  readonly '~optional': null extends Null ? Yes : No
  readonly '~defaulted': No
  required(): RefField<To, never, Rules>
  array(): RefListField<To, Null, null, Rules>
  /** Of a model, what a subscription hears of: `a.subscription().for(a.ref('Order').mutations(['create']))`. */
  mutations(operations: readonly MutationName[]): MutationsOf<To>
  authorization<R extends AnyRules>(callback: AllowCallback<R>): RefField<To, Null, RulesIn<R>>
}

export type MutationName = 'create' | 'update' | 'delete'

/** Mutations of a model. */
export interface MutationsOf<To extends string> extends Buildable<'mutations'> {
  readonly '~to': To
}

export interface RefListField<To extends string, ItemNull, Null, Rules extends AnyRule = never>
  extends Buildable<'ref'> {
  readonly '~plain': false
  readonly '~to': To
  readonly '~isList': true
  readonly '~itemNull': ItemNull
  readonly '~null': Null
  readonly '~rules': Rules
  readonly '~key': No
  readonly '~keyKind': 'no key'
  readonly '~down': never
  readonly '~up': never
  readonly '~references': never
  readonly '~leaf': No
  readonly '~required': null extends Null ? No : Yes
  readonly '~optional': null extends Null ? Yes : No
  readonly '~defaulted': No
  required(): RefListField<To, ItemNull, never, Rules>
  authorization<R extends AnyRules>(callback: AllowCallback<R>): RefListField<To, ItemNull, Null, RulesIn<R>>
}

/** What a field was built to, before its names are resolved. Every builder value keeps it in `data`, frozen. */
export type FieldData =
  | {
      readonly kind: 'scalar'
      readonly scalar: ScalarName
      readonly isRequired: boolean
      readonly isArray: boolean
      readonly isArrayRequired: boolean
      readonly default?: unknown
      /** `default()` without a value: the database makes one up. */
      readonly isGenerated?: true
      readonly validation?: readonly ValidationRule[]
      readonly rules: readonly RuleDefinition[]
    }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'custom'; readonly fields: Readonly<Record<string, { readonly data: FieldData }>> }
  | {
      readonly kind: 'ref'
      readonly to: string
      readonly isRequired: boolean
      readonly isArray: boolean
      readonly isArrayRequired: boolean
      readonly rules: readonly RuleDefinition[]
      readonly mutations?: readonly MutationName[]
    }
  | {
      readonly kind: 'relation'
      readonly relation: 'hasMany' | 'hasOne' | 'belongsTo'
      readonly to: string
      readonly references: readonly string[]
      readonly isValueRequired: boolean
      readonly isRequired: boolean
      readonly rules: readonly RuleDefinition[]
    }

/** What a field of one kind was built to. */
export type Data<Kind extends FieldData['kind']> = Extract<FieldData, { kind: Kind }>

/** Nothing said about a field. */
export const bare = {
  isRequired: false,
  isArray: false,
  isArrayRequired: false,
  rules: Object.freeze([]),
} as const

/** A maker of scalar fields: `scalarField('AWSEmail')` is what `a.email()` gives. */
export function scalarField<F extends Family, Value>(scalar: ScalarName): ScalarField<F, Value | null> {
  return scalarOf({ kind: 'scalar', scalar, ...bare }) as unknown as ScalarField<F, Value | null>
}

function scalarOf(data: Data<'scalar'>): { readonly data: FieldData } {
  return Object.freeze({
    data: Object.freeze(data),
    required: () =>
      scalarOf(data.isArray ? { ...data, isArrayRequired: true } : { ...data, isRequired: true }),
    array: () => scalarOf({ ...data, isArray: true }),
    default: (...[value]: [unknown?]) =>
      scalarOf({ ...data, default: value, ...(value === undefined && { isGenerated: true }) }),
    validate: (callback: (validator: never) => unknown) =>
      scalarOf({ ...data, validation: readValidation(callback) }),
    authorization: (callback: AllowCallback<AnyRules>) => scalarOf({ ...data, rules: readRules(callback) }),
  })
}

export function enumType<const Value extends string>(values: readonly Value[]): EnumType<Value> {
  if (!Array.isArray(values))
    throw new SchemaError("a.enum() takes a list of names: a.enum(['DRAFT', 'PAID']).")
  return buildable({ kind: 'enum', values: Object.freeze([...values]) }) as unknown as EnumType<Value>
}

export function customType<F extends Record<string, NestableField>>(fields: F): CustomType<F> {
  return buildable({
    kind: 'custom',
    fields: Object.freeze({ ...fields }) as never,
  }) as unknown as CustomType<F>
}

/** Relations belong to models only. */
export interface NestableField extends Buildable<'scalar' | 'enum' | 'custom' | 'ref'> {}

export function refTo<const To extends string>(to: To): RefField<To, null> {
  return refOf({ kind: 'ref', to, ...bare }) as unknown as RefField<To, null>
}

function refOf(data: Data<'ref'>): { readonly data: FieldData } {
  return Object.freeze({
    data: Object.freeze(data),
    required: () => refOf(data.isArray ? { ...data, isArrayRequired: true } : { ...data, isRequired: true }),
    array: () => refOf({ ...data, isArray: true }),
    mutations: (mutations: readonly MutationName[]) => {
      for (const mutation of mutations)
        if (!['create', 'update', 'delete'].includes(mutation))
          throw new SchemaError(
            `"${mutation}" is not a mutation of a model. There are: create, update, delete.`,
          )
      return refOf({ ...data, mutations: Object.freeze([...mutations]) })
    },
    authorization: (callback: AllowCallback<AnyRules>) => refOf({ ...data, rules: readRules(callback) }),
  })
}

function buildable(data: FieldData): { readonly data: FieldData } {
  return Object.freeze({ data: Object.freeze(data) })
}

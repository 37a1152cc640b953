// What a schema says, with nothing left to look up: every type named, every default filled in. The SDL, the model
// introspection and the sandbox's AppSync are all made from this; it is plain frozen data.

import type { FieldData, ScalarName } from './fields.js'
import type { ModelData, OperationName } from './models.js'
import type { RuleDefinition } from './rules.js'

export interface SchemaDefinition {
  readonly models: Readonly<Record<string, ModelDefinition>>
  readonly customTypes: Readonly<Record<string, CustomTypeDefinition>>
  readonly enums: Readonly<Record<string, EnumDefinition>>
  /** All names in the order of the SDL: as written, custom types last, then what was written inline. */
  readonly order: readonly string[]
}

export interface ModelDefinition {
  readonly name: string
  /** As in `listTodos`. */
  readonly pluralName: string
  /** Those written and then those implied, by name. */
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** The fields that identify a row: the partition key, then the sort keys. */
  readonly keys: readonly string[]
  readonly indexes: readonly IndexDefinition[]
  /** The rules that count: the model's own, or else the schema's. */
  readonly rules: readonly RuleDefinition[]
  /** As written; `queries`, `mutations` and `subscriptions` stand for all of theirs. */
  readonly disabled: readonly OperationName[]
}

export interface CustomTypeDefinition {
  readonly name: string
  readonly fields: Readonly<Record<string, FieldDefinition>>
}

export interface EnumDefinition {
  readonly name: string
  readonly values: readonly string[]
}

export interface IndexDefinition {
  /** Of the index in DynamoDB. */
  readonly name: string
  /** The name was written, not made up. */
  readonly isNamed: boolean
  /** Of the query, null where there is none. */
  readonly queryField: string | null
  readonly partition: string
  readonly sort: readonly string[]
}

interface AnyFieldDefinition {
  readonly name: string
  /** A value, or each item of a list, is never null. */
  readonly isRequired: boolean
  readonly isArray: boolean
  readonly isArrayRequired: boolean
  /** Rules of this field alone. Empty where the model's count. */
  readonly rules: readonly RuleDefinition[]
  /** Not written, but there: a generated `id`, `createdAt` and `updatedAt`, the field an owner or group rule names. */
  readonly implied?: 'key' | 'timestamp' | 'rule'
}

export interface ScalarFieldDefinition extends AnyFieldDefinition {
  readonly kind: 'scalar'
  readonly type: ScalarName
  readonly default?: unknown
}

export interface NamedFieldDefinition extends AnyFieldDefinition {
  readonly kind: 'enum' | 'custom'
  /** The name of the enum or custom type. */
  readonly type: string
}

export interface RelationFieldDefinition extends AnyFieldDefinition {
  readonly kind: 'relation'
  /** The name of the related model. */
  readonly type: string
  readonly relation: 'hasMany' | 'hasOne' | 'belongsTo'
  /** The fields on the `belongsTo` side that hold the other side's keys. */
  readonly references: readonly string[]
}

export type FieldDefinition = ScalarFieldDefinition | NamedFieldDefinition | RelationFieldDefinition

/** What `a.schema({...})` was given, before names are resolved. */
export interface SchemaData {
  readonly types: Readonly<Record<string, { readonly data: ModelData | FieldData }>>
  readonly rules: readonly RuleDefinition[]
  /** Read by `@aws-amplify/backend`, which deploys schemas for several databases. */
  readonly configuration: { readonly database: { readonly engine: 'dynamodb' } }
}

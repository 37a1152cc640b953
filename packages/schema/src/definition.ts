// What a schema says, with nothing left to look up: every type named, every default filled in. The SDL, the model
// introspection and the sandbox's AppSync are all made from this; it is plain frozen data.

import type { AiRouteData, ConversationData, ToolData } from './ai.js'
import type { SchemaError } from './errors.js'
import type { FieldData, ScalarName } from './fields.js'
import type { EntryPath } from './handlers.js'
import type { ModelData, OperationName } from './models.js'
import type { OperationData, OperationKind } from './operations.js'
import type { ResourceAccess, RuleDefinition } from './rules.js'
import type { ValidationRule } from './validation.js'

export interface SchemaDefinition {
  readonly models: Readonly<Record<string, ModelDefinition>>
  readonly customTypes: Readonly<Record<string, CustomTypeDefinition>>
  readonly enums: Readonly<Record<string, EnumDefinition>>
  /** What custom types become where an operation takes them, such as `AddressInput`. */
  readonly inputs: Readonly<Record<string, CustomTypeDefinition>>
  /** Custom queries, mutations and subscriptions, and generation routes, by the name of their field. */
  readonly operations: Readonly<Record<string, OperationDefinition>>
  /** Conversation routes, by the name of their mutation. */
  readonly conversations: Readonly<Record<string, ConversationDefinition>>
  /** Functions that may call the API under a role of their own. */
  readonly access: readonly ResourceAccess[]
  /** All names of models, custom types and enums in the order of the SDL: as written, custom types last, then what was written inline. */
  readonly order: readonly string[]
  /** Those of them that were written inside another type or an operation, and named after it. */
  readonly inline: readonly string[]
}

export type DatabaseEngine = 'dynamodb' | 'mysql' | 'postgresql'

export interface ModelDefinition {
  readonly name: string
  /** The database that its rows are in. */
  readonly engine: DatabaseEngine
  /** As the table of an SQL database is called, where the model was renamed. */
  readonly originalName?: string
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
  /** Those of the operations that return it, of which AppSync wants to be told. */
  readonly rules: readonly RuleDefinition[]
}

/**
 * A custom operation: one field of `Query` (a query, a generation route), `Mutation` or `Subscription`.
 *
 * `transform()` says the same in the official tools' words: handlers that are functions in the SDL as
 * `@function(name)`, with what `defineFunction` returned under that name in `lambdaFunctions` or, where the name was
 * written, in `functions` of defineData; custom handlers in `jsFunctions`; sources as `@aws_subscribe(mutations)`.
 */
export interface OperationDefinition {
  readonly name: string
  readonly operation: OperationKind
  /** By name. Custom types are `input`s here. */
  readonly arguments: Readonly<Record<string, FieldDefinition>>
  /** The answer. Its `name` is the operation's. */
  readonly returns: AnswerDefinition
  readonly handler: HandlerDefinition
  /** The rules that count: the operation's own, or else the schema's. */
  readonly rules: readonly RuleDefinition[]
  /** The fields of `Mutation` whose answers a subscription hears: `announce`, `createOrder`. */
  readonly sources: readonly string[]
}

/** Steps run one after the other. */
export type HandlerDefinition =
  | { readonly kind: 'function'; readonly steps: readonly FunctionStep[] }
  | { readonly kind: 'custom'; readonly steps: readonly CustomStep[] }
  | { readonly kind: 'inlineSql'; readonly statement: string }
  | { readonly kind: 'sqlReference'; readonly entry: EntryPath }
  | ({ readonly kind: 'generation' } & AiRouteData)
  /** A subscription that passes on what it hears. */
  | { readonly kind: 'none' }

export interface FunctionStep {
  /** As in `@function(name)`: the name in `functions` of defineData, or one made up for `definition`. */
  readonly name: string
  /** What `defineFunction(…)` returned, unless a name was given. */
  readonly definition?: object
  /** Called and not waited for: the answer is an `EventInvocationResponse`. */
  readonly isAsync: boolean
}

export interface CustomStep {
  /** `NONE_DS`; a model's table, `OrderTable`; or a data source that the backend added under this name. */
  readonly dataSource: string
  /** The file that exports `request` and `response`. */
  readonly entry: EntryPath
}

/**
 * A conversation route: the mutation that sends a message, with the models `Conversation<Name>` and
 * `ConversationMessage<Name>` and the subscription `onCreateAssistantResponse<Name>`.
 */
export interface ConversationDefinition extends AiRouteData {
  readonly name: string
  readonly tools: readonly ToolData[]
  /** A function of the app's own in the place of the default one, and its name in `lambdaFunctions`. */
  readonly handler?: { readonly name: string; readonly definition: { readonly eventVersion: string } }
  /** Always one, of the owner. */
  readonly rules: readonly RuleDefinition[]
}

export interface EnumDefinition {
  readonly name: string
  readonly values: readonly string[]
}

export type IndexProjection =
  | { readonly type: 'KEYS_ONLY' }
  | { readonly type: 'INCLUDE'; readonly fields: readonly string[] }

export interface IndexDefinition {
  /** Of the index in DynamoDB. */
  readonly name: string
  /** The name was written, not made up. */
  readonly isNamed: boolean
  /** Which fields it holds: all where left out. */
  readonly projection?: IndexProjection
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
  /** The database makes up a value. */
  readonly isGenerated?: true
  readonly validation?: readonly ValidationRule[]
}

export interface NamedFieldDefinition extends AnyFieldDefinition {
  readonly kind: 'enum' | 'custom' | 'input'
  /** The name of the enum, custom type or input. */
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

/** The answer of an operation that gives back rows of a model. */
export interface RowDefinition extends AnyFieldDefinition {
  readonly kind: 'model'
  /** The name of the model. */
  readonly type: string
}

export type AnswerDefinition = ScalarFieldDefinition | NamedFieldDefinition | RowDefinition

export type FieldDefinition = ScalarFieldDefinition | NamedFieldDefinition | RelationFieldDefinition

/** What a schema is made of, before names are resolved. */
export type TypeData = ModelData | FieldData | OperationData | ConversationData

/** What `a.schema({...})` was given, before names are resolved. */
export interface SchemaData {
  readonly types: Readonly<Record<string, { readonly data: TypeData }>>
  readonly rules: readonly RuleDefinition[]
  readonly access: readonly ResourceAccess[]
  /** Read by `@aws-amplify/backend`, which deploys schemas for several databases. */
  readonly configuration: SchemaConfiguration
  /** What is wrong with it unless it is combined with the schema that it refers to. */
  readonly missing?: SchemaError
}

export interface SchemaConfiguration {
  readonly database: {
    readonly engine: DatabaseEngine
    /** An SQL database's name in the deployed stack, its connection and the files of its statements. */
    readonly [more: string]: unknown
  }
}

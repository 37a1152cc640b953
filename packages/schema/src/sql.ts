// Schemas for SQL databases: what `ampx generate schema-from-database` writes, and what an app says about it afterwards.
// The official tools deploy them; the sandbox speaks to a database that is there.

import type { DatabaseEngine, SchemaConfiguration, SchemaData } from './definition.js'
import { SchemaError } from './errors.js'
import type { AnyRecord, Buildable, Unrelated } from './fields.js'
import { type Model, type ModelData, modelOf } from './models.js'
import type { BelongsToField, HasManyField, HasOneField } from './relationFields.js'
import {
  type AllowCallback,
  type AnyRule,
  type AnyRules,
  type RuleDefinition,
  type RulesIn,
  readRules,
  readSchemaRules,
  type SchemaAllowCallback,
} from './rules.js'
import { begin, type Schema, type SchemaType, schema, schemaOf } from './schema.js'
import type { Transformed } from './transformed.js'

/** The database of a schema, as `configure()` takes it. */
export interface DatabaseConfiguration<Engine extends DatabaseEngine = DatabaseEngine> {
  database: {
    engine: Engine
    /** A name for it in the deployed stack. */
    identifier?: string
    connectionUri?: unknown
    sslCert?: unknown
    vpcConfig?: object
    [more: string]: unknown
  }
}

/** Sets the rules of a model and its fields. */
export interface ModelToAuthorize<M extends AnyRecord> {
  authorization<R extends AnyRules>(callback: AllowCallback<R>): unknown
  readonly fields: {
    readonly [K in keyof M['~fields']]: {
      authorization<R extends AnyRules>(callback: AllowCallback<R>): unknown
    }
  }
}

type RelationField =
  | BelongsToField<string, string, AnyRule>
  | HasOneField<string, string, AnyRule>
  | HasManyField<string, string, AnyRule>

/** Says how a model is related to others. */
export interface ModelToRelate<N extends string> {
  relationships<R extends Record<string, RelationField>>(relations: R): { readonly [K in N]: R }
}

type ModelNames<Types extends AnyRecord> = {
  [N in keyof Types & string]: Types[N]['~kind'] extends 'model' ? N : never
}[keyof Types & string]

/** A table has the columns it has, and no timestamps beside them. */
type Tables<Types extends AnyRecord> = {
  [N in keyof Types]: Types[N]['~kind'] extends 'model'
    ? Types[N] & { readonly '~systemNames': never }
    : Types[N]
}

/** A schema for an SQL database. Each step gives a new one. */
export interface SqlSchema<Types extends AnyRecord = AnyRecord, Rules extends AnyRule = AnyRule>
  extends Omit<Schema<Types, Rules>, 'authorization' | '~types'> {
  readonly '~types': Tables<Types>
  /** Rules for every model and operation that has none of its own. */
  authorization<R extends AnyRules>(callback: SchemaAllowCallback<R>): SqlSchema<Types, RulesIn<R>>
  /** Rules of models and fields: `setAuthorization((models) => [models.Post.authorization((allow) => [allow.owner()])])`. */
  setAuthorization(
    callback: (
      models: { readonly [N in ModelNames<Types>]: ModelToAuthorize<Types[N]> },
      schema: { authorization<R extends AnyRules>(callback: SchemaAllowCallback<R>): unknown },
    ) => unknown,
  ): SqlSchema<Types, Rules>
  /** Relations: `setRelationships((models) => [models.Post.relationships({ author: a.belongsTo('Author', 'authorId') })])`. */
  setRelationships<const R extends readonly Record<string, Record<string, RelationField>>[]>(
    callback: (models: { readonly [N in ModelNames<Types>]: ModelToRelate<N> }) => R,
  ): SqlSchema<Related<Types, R[number]>, Rules>
  /** Other names for models than their tables have: `renameModels(() => [['post', 'Post']])`. */
  renameModels<const Names extends readonly (readonly [keyof Types & string, string])[]>(
    callback: () => Names,
  ): SqlSchema<Renamed<Types, Names[number]>, Rules>
  /** Custom types, enums and operations beside the tables. */
  addToSchema<More extends Record<string, AddedType>>(types: More): SqlSchema<Types & More, Rules>
  addQueries<More extends Record<string, AddedOperation>>(types: More): SqlSchema<Types & More, Rules>
  addMutations<More extends Record<string, AddedOperation>>(types: More): SqlSchema<Types & More, Rules>
  addSubscriptions<More extends Record<string, AddedOperation>>(types: More): SqlSchema<Types & More, Rules>
}

interface AddedType extends Buildable<'enum' | 'custom' | 'operation' | 'conversation'> {}
interface AddedOperation extends Buildable<'operation'>, Unrelated {}

/** Every relation that was given for a model joins its fields. */
type Related<Types extends AnyRecord, Given> = {
  [N in keyof Types]: RelationsOf<Given, N> extends infer More
    ? [More] extends [never]
      ? Types[N]
      : Types[N] extends Model<infer F, infer Keys, infer Index, infer Rules, infer Disabled>
        ? Model<F & More, Keys, Index, Rules, Disabled>
        : Types[N]
    : never
}
type RelationsOf<Given, N> = Given extends unknown ? (N extends keyof Given ? Given[N] : never) : never

type Renamed<Types extends AnyRecord, Names extends readonly [string, string]> = {
  [N in keyof Types as N extends Names[0] ? Extract<Names, readonly [N, string]>[1] : N]: Types[N]
}

/** For another database than DynamoDB: `configure({ database: { engine: 'postgresql', … } }).schema({ … })`. */
export function configure(configuration: DatabaseConfiguration<'dynamodb'>): { schema: typeof schema }
export function configure(configuration: DatabaseConfiguration<'mysql' | 'postgresql'>): {
  schema<Types extends Record<string, SchemaType>>(types: Types): SqlSchema<Types, never>
}
export function configure(configuration: DatabaseConfiguration): { schema: never } {
  const engine = configuration?.database?.engine
  if (engine === 'dynamodb') return Object.freeze({ schema: schema as never })
  if (engine !== 'mysql' && engine !== 'postgresql')
    throw new SchemaError('configure() needs a database whose engine is dynamodb, mysql or postgresql.')
  const fixed: SchemaConfiguration = Object.freeze({ database: Object.freeze({ ...configuration.database }) })
  return Object.freeze({
    schema: ((types: Record<string, SchemaType>) => sqlSchemaOf(begin(types, fixed))) as never,
  })
}

type Types = SchemaData['types']

function sqlSchemaOf(data: SchemaData): object {
  const withTypes = (types: Types) =>
    sqlSchemaOf({ ...begin(types as never, data.configuration), rules: data.rules, access: data.access })
  const add = (more: Types) => {
    for (const [name, type] of Object.entries(more))
      if ((type.data as { kind?: string } | undefined)?.kind === 'model')
        throw new SchemaError(
          `"${name}" is a model, and the models of an SQL schema are its tables. Add types and operations.`,
          { type: name },
        )
    return withTypes({ ...data.types, ...more })
  }
  return Object.freeze({
    data,
    transform: (): Transformed => (schemaOf(data) as { transform(): Transformed }).transform(),
    authorization: (callback: (allow: never) => unknown) =>
      sqlSchemaOf({ ...data, ...readSchemaRules(callback) }),
    setAuthorization: (callback: (models: object, schema: object) => unknown) => {
      const set = authorize(data)
      callback(set.models, set.schema)
      return set.done(withTypes)
    },
    setRelationships: (callback: (models: object) => readonly Record<string, Record<string, unknown>>[]) => {
      const given = callback(
        eachModel(data.types, (name) => ({ relationships: (relations: object) => ({ [name]: relations }) })),
      )
      const types = { ...data.types }
      for (const [name, relations] of given.flatMap((one) => Object.entries(one)))
        types[name] = modelWith(types, name, (model) => ({
          ...model,
          fields: Object.freeze({ ...model.fields, ...relations }) as ModelData['fields'],
        }))
      return withTypes(types)
    },
    renameModels: (callback: () => readonly (readonly [string, string])[]) =>
      withTypes(rename(data.types, callback())),
    addToSchema: add,
    addQueries: add,
    addMutations: add,
    addSubscriptions: add,
  })
}

/** What `setAuthorization` hands out, and what was said to it. */
function authorize(data: SchemaData) {
  const types = { ...data.types }
  let { rules, access } = data
  const change = (name: string, to: (model: ModelData) => ModelData) => {
    types[name] = modelWith(types, name, to)
  }
  return {
    models: eachModel(data.types, (name, model) => ({
      authorization: (callback: (allow: never) => unknown) => {
        const rules = readRules(callback)
        change(name, (old) => ({ ...old, rules }))
      },
      fields: Object.fromEntries(
        Object.keys(model.fields).map((field) => [
          field,
          {
            authorization: (callback: (allow: never) => unknown) => {
              const rules = readRules(callback)
              change(name, (old) => ({ ...old, fields: withFieldRules(old.fields, field, rules) }))
            },
          },
        ]),
      ),
    })),
    schema: {
      authorization: (callback: (allow: never) => unknown) => {
        ;({ rules, access } = readSchemaRules(callback))
      },
    },
    done: (make: (types: Types) => object) => {
      const made = make(types) as { data: SchemaData }
      return sqlSchemaOf({ ...made.data, rules, access })
    },
  }
}

function withFieldRules(
  fields: ModelData['fields'],
  name: string,
  rules: readonly RuleDefinition[],
): ModelData['fields'] {
  const field = fields[name]!
  return Object.freeze({
    ...fields,
    [name]: { data: Object.freeze({ ...field.data, rules }) as typeof field.data },
  })
}

function rename(types: Types, names: readonly (readonly [string, string])[]): Types {
  const renamed = new Map<string, { data: SchemaData['types'][string]['data'] }>(Object.entries(types))
  for (const [from, to] of names) {
    const type = renamed.get(from)
    if (type?.data.kind !== 'model')
      throw new SchemaError(`renameModels() names "${from}", which is not a model of the schema.`, {
        type: from,
      })
    if (typeof to !== 'string' || !to)
      throw new SchemaError(`renameModels() needs a name for "${from}".`, { type: from })
    renamed.delete(from)
    renamed.set(to, modelOf({ ...type.data, originalName: type.data.originalName ?? from }))
  }
  return Object.freeze(Object.fromEntries(renamed))
}

function eachModel<Made>(types: Types, make: (name: string, model: ModelData) => Made): Record<string, Made> {
  return Object.fromEntries(
    Object.entries(types).flatMap(([name, { data }]) =>
      data.kind === 'model' ? [[name, make(name, data)]] : [],
    ),
  )
}

function modelWith(types: Types, name: string, change: (model: ModelData) => ModelData) {
  const data = types[name]?.data
  if (data?.kind !== 'model') throw new SchemaError(`"${name}" is not a model of the schema.`, { type: name })
  return modelOf(change(data))
}

// `a.schema({...})`, and the definition of what it returns.

import type { SchemaData, SchemaDefinition } from './definition.js'
import { SchemaError } from './errors.js'
import type { AnyRecord, Buildable } from './fields.js'
import { resolve } from './resolve.js'
import { type AllowCallback, type AnyRule, readRules } from './rules.js'
import { toSdl } from './sdl.js'

/** What a schema is made of. */
export interface SchemaType extends Buildable<'model' | 'enum' | 'custom'> {}

/** A schema, whatever is in it. */
export interface AnySchema {
  readonly '~types': object
  readonly '~rules': AnyRule
}

export interface Schema<Types extends AnyRecord = AnyRecord, Rules extends AnyRule = AnyRule> {
  readonly '~types': Types
  readonly '~rules': Rules
  /** Rules for every model that has none of its own. */
  authorization<R extends AnyRule>(callback: AllowCallback<R>): Schema<Types, R>
  /** The schema in the directives of Amplify's GraphQL transformer: what `@aws-amplify/backend` deploys. */
  transform(): Transformed
}

/** The parts of an API as `@aws-amplify/backend` takes them. */
export interface Transformed {
  schema: string
  functionSlots: never[]
  jsFunctions: never[]
  functionSchemaAccess: never[]
  lambdaFunctions: Record<string, never>
  customSqlDataSourceStrategies: never[]
}

/**
 * A backend's data: models, custom types and enums by name.
 *
 * @example
 * const schema = a.schema({
 *   Todo: a.model({ content: a.string() }).authorization((allow) => [allow.owner()]),
 * })
 *
 * @throws {SchemaError} where the parts do not fit together
 */
export function schema<Types extends Record<string, SchemaType>>(types: Types): Schema<Types, never> {
  for (const [name, type] of Object.entries(types))
    if (
      !['model', 'enum', 'custom'].includes(
        (type as { data?: { kind?: string } } | undefined)?.data?.kind ?? '',
      )
    )
      throw new SchemaError(
        `"${name}" is not a model, custom type or enum. Make it with a.model(), a.customType() or a.enum().`,
        {
          type: name,
        },
      )
  const data: SchemaData = Object.freeze({
    types: Object.freeze({ ...types }) as unknown as SchemaData['types'],
    rules: Object.freeze([]),
    configuration: Object.freeze({ database: Object.freeze({ engine: 'dynamodb' }) }),
  })
  // Here, so that the stack of the error leads to the line of the schema.
  resolve(data)
  return schemaOf(data) as unknown as Schema<Types, never>
}

function schemaOf(data: SchemaData): object {
  const made = {
    data,
    authorization: (callback: AllowCallback<AnyRule>) =>
      schemaOf(Object.freeze({ ...data, rules: readRules(callback) })),
    transform: (): Transformed => ({
      schema: toSdl(definitionOf(made as unknown as AnySchema)),
      functionSlots: [],
      jsFunctions: [],
      functionSchemaAccess: [],
      lambdaFunctions: {},
      customSqlDataSourceStrategies: [],
    }),
  }
  return Object.freeze(made)
}

/**
 * What a schema says, as plain data with every name resolved.
 *
 * @throws {SchemaError} where a model has no authorization rule, or a rule names a field it cannot use
 */
export function definitionOf(schema: AnySchema): SchemaDefinition {
  const data = (schema as unknown as { data?: SchemaData } | undefined)?.data
  if (data?.configuration?.database?.engine !== 'dynamodb' || !Array.isArray(data.rules))
    throw new SchemaError('This is not a schema of Backline: it is not what a.schema({...}) returned.')
  const definition = resolve(data)
  for (const { name, rules } of Object.values(definition.models))
    if (rules.length === 0)
      throw new SchemaError(
        `The model ${name} has no authorization rules, so nobody could use it. Add .authorization((allow) => [...]) to it or to the schema.`,
        { type: name },
      )
  return definition
}

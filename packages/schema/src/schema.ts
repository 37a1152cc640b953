// `a.schema({...})`, and the definition of what it returns.

import { checkOperationRules } from './checkOperations.js'
import type { SchemaConfiguration, SchemaData, SchemaDefinition } from './definition.js'
import { SchemaError } from './errors.js'
import type { AnyRecord, Buildable } from './fields.js'
import type { Checked } from './relations.js'
import { resolve } from './resolve.js'
import {
  type AnyRule,
  type AnyRules,
  type RulesIn,
  readSchemaRules,
  type SchemaAllowCallback,
} from './rules.js'
import { type Transformed, transformed } from './transformed.js'

/** What a schema is made of. */
export interface SchemaType extends Buildable<'model' | 'enum' | 'custom' | 'operation' | 'conversation'> {}

/** A schema, whatever is in it. */
export interface AnySchema {
  readonly '~types': object
  readonly '~rules': AnyRule
}

export interface Schema<Types extends AnyRecord = AnyRecord, Rules extends AnyRule = AnyRule> {
  readonly '~types': Types
  readonly '~rules': Rules
  /** Rules for every model and operation that has none of its own. */
  authorization<R extends AnyRules>(callback: SchemaAllowCallback<R>): Schema<Types, RulesIn<R>>
  /** The schema in the directives of Amplify's GraphQL transformer: what `@aws-amplify/backend` deploys. */
  transform(): Transformed
}

/**
 * A backend's data: models, custom types, enums and operations by name.
 *
 * @example
 * const schema = a.schema({
 *   Todo: a.model({ content: a.string() }).authorization((allow) => [allow.owner()]),
 * })
 *
 * @throws {SchemaError} where the parts do not fit together
 */
export function schema<Types extends Record<string, SchemaType>>(
  types: Types & Checked<Types>,
): Schema<Types, never> {
  return schemaOf(begin(types, dynamodb)) as unknown as Schema<Types, never>
}

const dynamodb: SchemaConfiguration = /* @__PURE__ */ Object.freeze({
  database: /* @__PURE__ */ Object.freeze({ engine: 'dynamodb' }),
})

/** The types of a schema, looked at where the stack of an error leads to the line of the schema. */
export function begin(types: Record<string, SchemaType>, configuration: SchemaConfiguration): SchemaData {
  const kinds = ['model', 'enum', 'custom', 'operation', 'conversation']
  for (const [name, type] of Object.entries(types))
    if (!kinds.includes((type as { data?: { kind?: string } } | undefined)?.data?.kind ?? ''))
      throw new SchemaError(
        `"${name}" is not a model, custom type, enum or operation. Make it with a.model(), a.customType(), a.enum(), a.query() and so on.`,
        { type: name },
      )
  const data: SchemaData = Object.freeze({
    types: Object.freeze({ ...types }) as unknown as SchemaData['types'],
    rules: Object.freeze([]),
    access: Object.freeze([]),
    configuration,
  })
  return Object.freeze({ ...data, ...complaint(data) })
}

/** A name that is missing may be another schema's, with which this one is combined later: the error waits until then. */
function complaint(data: SchemaData): { missing?: SchemaError } {
  try {
    resolve([data])
    return {}
  } catch (error) {
    // Its stack is looked at now, where it leads to the line of the schema.
    if (error instanceof SchemaError && error.isUnknown && error.stack) return { missing: error }
    throw error
  }
}

/** A schema that is part of others has their types at hand. */
export function schemaOf(data: SchemaData, among?: { parts: readonly SchemaData[]; at: number }): object {
  const made = {
    data,
    authorization: (callback: (allow: never) => unknown) =>
      schemaOf(Object.freeze({ ...data, ...readSchemaRules(callback) })),
    transform: (): Transformed =>
      transformed(among ? definitionFrom(among.parts, among.at) : definitionOf(made as unknown as AnySchema)),
  }
  return Object.freeze(made)
}

/**
 * What a schema says, as plain data with every name resolved.
 *
 * @throws {SchemaError} where a model has no authorization rule, or a rule names a field it cannot use
 */
export function definitionOf(schema: AnySchema): SchemaDefinition {
  const { data, schemas } = (schema ?? {}) as unknown as {
    data?: SchemaData
    schemas?: readonly { data: SchemaData }[]
  }
  if (Array.isArray(schemas)) return definitionFrom(schemas.map((each) => dataOf(each.data)))
  const own = dataOf(data)
  if (own.missing) throw own.missing
  return definitionFrom([own])
}

function dataOf(data: SchemaData | undefined): SchemaData {
  if (!data?.configuration?.database?.engine || !Array.isArray(data.rules) || !Array.isArray(data.access))
    throw new SchemaError('This is not a schema of Backline: it is not what a.schema({...}) returned.')
  return data
}

function definitionFrom(parts: readonly SchemaData[], only?: number): SchemaDefinition {
  const definition = resolve(parts, only)
  for (const { name, rules } of Object.values(definition.models))
    if (rules.length === 0)
      throw new SchemaError(
        `The model ${name} has no authorization rules, so nobody could use it. Add .authorization((allow) => [...]) to it or to the schema.`,
        { type: name },
      )
  checkOperationRules(definition)
  return definition
}

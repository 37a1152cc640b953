// What a schema may not say. Every message names the type and the field and says what to write instead.

import type {
  DatabaseEngine,
  FieldDefinition,
  ModelDefinition,
  RelationFieldDefinition,
  SchemaDefinition,
} from './definition.js'
import { SchemaError } from './errors.js'

/** Names become GraphQL names. https://spec.graphql.org/October2021/#Name */
export function checkName(name: string, owner?: string): void {
  const at = owner === undefined ? { type: name } : { type: owner, field: name }
  const whole = owner === undefined ? `"${name}"` : `"${name}" of ${owner}`
  if (!/^[_A-Za-z][_0-9A-Za-z]*$/.test(name) || name.startsWith('__'))
    throw new SchemaError(
      `${whole} cannot be a name: use letters, digits and underscores, not beginning with a digit or "__".`,
      at,
    )
  if (owner === undefined && ['Query', 'Mutation', 'Subscription'].includes(name))
    throw new SchemaError(`A type cannot be named "${name}": GraphQL keeps that name for itself.`, at)
}

export function checkDefinition(schema: SchemaDefinition): void {
  for (const { name, values } of Object.values(schema.enums)) checkEnum(name, values)
  for (const { name, fields, engine } of Object.values(schema.models))
    for (const field of Object.values(fields)) checkDefault(name, field, engine)
  for (const { name, fields } of Object.values(schema.customTypes))
    for (const field of Object.values(fields)) checkDefault(name, field)
  const queries = new Map<string, string>()
  for (const model of Object.values(schema.models)) {
    checkKeys(model)
    checkIndexes(model, queries)
    for (const field of Object.values(model.fields)) {
      checkWord(model, field)
      if (field.kind === 'relation') checkRelation(schema, model, field)
    }
  }
}

function checkWord({ name: type }: ModelDefinition, { name: field }: FieldDefinition): void {
  if (['and', 'or', 'not'].includes(field))
    throw new SchemaError(
      `${type}.${field} cannot be a field of a model: filters combine conditions by that word. Rename it.`,
      { type, field },
    )
}

function checkEnum(type: string, values: readonly string[]): void {
  if (values.length === 0) throw new SchemaError(`The enum ${type} has no values.`, { type })
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'string' || !/^[_A-Za-z][_0-9A-Za-z]*$/.test(value) || value.startsWith('__'))
      throw new SchemaError(
        `"${value}" cannot be a value of the enum ${type}: use letters, digits and underscores, not beginning with a digit.`,
        { type },
      )
    if (['true', 'false', 'null'].includes(value))
      throw new SchemaError(
        `"${value}" cannot be a value of the enum ${type}: GraphQL keeps it for itself.`,
        { type },
      )
    if (values.indexOf(value) !== at)
      throw new SchemaError(`The enum ${type} has the value "${value}" twice.`, { type })
  }
}

function checkDefault(type: string, field: FieldDefinition, engine?: DatabaseEngine): void {
  if (field.kind !== 'scalar' || !('default' in field)) return
  if (field.isGenerated && engine === 'postgresql' && field.type === 'Int') return
  const at = { type, field: field.name }
  if (field.isArray)
    throw new SchemaError(`${type}.${field.name} is a list, which cannot have a default.`, at)
  const value = field.default
  if (value === undefined || value === null)
    throw new SchemaError(
      `default() of ${type}.${field.name} needs a value; only PostgreSQL generates one, for integers. Leave default() out.`,
      at,
    )
  const isRight =
    field.type === 'Int' || field.type === 'AWSTimestamp'
      ? Number.isInteger(value)
      : field.type === 'Float'
        ? typeof value === 'number' && Number.isFinite(value)
        : field.type === 'Boolean'
          ? typeof value === 'boolean'
          : field.type === 'AWSJSON' || typeof value === 'string'
  if (!isRight)
    throw new SchemaError(
      `The default of ${type}.${field.name} is ${JSON.stringify(value)}, which is no ${field.type}.`,
      at,
    )
}

function checkKeys(model: ModelDefinition): void {
  const type = model.name
  for (const [at, key] of model.keys.entries()) {
    const field = fieldOf(model, key)
    if (!field)
      throw new SchemaError(`${type} is identified by "${key}", which is not a field of it.`, {
        type,
        field: key,
      })
    checkWritten(model, field, `${type} is identified by`, 'a.datetime().required()')
    if (model.keys.indexOf(key) !== at)
      throw new SchemaError(`The identifier of ${type} names "${key}" twice.`, { type, field: key })
    // An index may be by an enum.
    if (!canBeKey(field) || field.kind !== 'scalar')
      throw new SchemaError(
        `${type}.${key} cannot be part of the identifier: its parts are strings and numbers, not ${describe(field)}.`,
        { type, field: key },
      )
    if (!field.isRequired && !(field.kind === 'scalar' && field.type === 'ID'))
      throw new SchemaError(
        `${type}.${key} is part of the identifier, so every row needs it: add .required() to the field.`,
        { type, field: key },
      )
  }
}

/** A deployment knows the times of a row only where the schema says them. */
function checkWritten(
  { name: type }: ModelDefinition,
  field: FieldDefinition,
  use: string,
  as: string,
): void {
  if (field.implied !== 'timestamp') return
  throw new SchemaError(
    `${use} "${field.name}", which is added to its rows by itself. Add ${field.name}: ${as} to ${type}.`,
    { type, field: field.name },
  )
}

function checkIndexes(model: ModelDefinition, queries: Map<string, string>): void {
  const type = model.name
  const names = new Set<string>()
  for (const { partition, sort, name, queryField } of model.indexes) {
    for (const key of [partition, ...sort]) {
      const field = fieldOf(model, key)
      if (!field || field.implied === 'rule')
        throw new SchemaError(`A secondary index of ${type} is on "${key}", which is not a field of it.`, {
          type,
          field: key,
        })
      checkWritten(model, field, `A secondary index of ${type} is on`, 'a.datetime()')
      if (!canBeKey(field))
        throw new SchemaError(
          `${type}.${key} cannot be part of a secondary index: keys are strings, numbers and enums, not ${describe(field)}.`,
          { type, field: key },
        )
    }
    if (new Set([partition, ...sort]).size !== sort.length + 1)
      throw new SchemaError(`The secondary index "${name}" of ${type} names a field twice.`, {
        type,
        field: partition,
      })
    if (model.keys.length === 1 && partition === model.keys[0])
      throw new SchemaError(
        `A secondary index of ${type} begins with "${partition}", which is its whole identifier, so it finds one row at most. Leave it out, or begin with another field.`,
        { type, field: partition },
      )
    if (!/^[\w.-]{3,255}$/.test(name))
      throw new SchemaError(
        `A secondary index of ${type} is named ${JSON.stringify(name)}: use 3 to 255 letters, digits, "_", "-" and ".".`,
        { type, field: partition },
      )
    if (names.has(name))
      throw new SchemaError(
        `Two secondary indexes of ${type} are named "${name}". Give one of them another name with .name().`,
        { type, field: partition },
      )
    names.add(name)
    if (queryField === null) continue
    const other = queries.get(queryField)
    if (other !== undefined)
      throw new SchemaError(
        `The secondary indexes of ${other} and ${type} both make a query "${queryField}". Rename one with .queryField().`,
        { type, field: partition },
      )
    queries.set(queryField, type)
  }
}

/**
 * A relation is written on both sides with the same reference fields, which live on the `belongsTo` side and hold the
 * other side's keys.
 */
function checkRelation(
  schema: SchemaDefinition,
  model: ModelDefinition,
  field: RelationFieldDefinition,
): void {
  const at = { type: model.name, field: field.name }
  const here = `${model.name}.${field.name}`
  const target = Object.hasOwn(schema.models, field.type) ? schema.models[field.type] : undefined
  if (!target) {
    const alike = schema.order.find((name) => name.toLowerCase() === field.type.toLowerCase())
    throw new SchemaError(
      `${here} is related to "${field.type}", which is not a model of the schema.${alike && alike !== field.type ? ` Did you mean "${alike}"?` : ''}`,
      { ...at, isUnknown: true },
    )
  }

  const isChild = field.relation === 'belongsTo'
  const [child, parent] = isChild ? [model, target] : [target, model]
  for (const reference of field.references)
    if (!fieldOf(child, reference))
      throw new SchemaError(
        `${here} goes by the reference field "${reference}", which ${child.name} does not have. Add ${reference}: a.id() to ${child.name}.`,
        at,
      )

  const wanted = isChild ? ['hasMany', 'hasOne'] : ['belongsTo']
  const others = Object.values(target.fields).filter(
    (other): other is RelationFieldDefinition =>
      other.kind === 'relation' &&
      other.type === model.name &&
      wanted.includes(other.relation) &&
      other.references.join() === field.references.join(),
  )
  const written =
    field.references.length === 1 ? `'${field.references[0]}'` : `['${field.references.join("', '")}']`
  if (others.length === 0)
    throw new SchemaError(
      `${here} has no other side. Add a.${wanted.join(' or a.')}('${model.name}', ${written}) to ${target.name}, with the same reference fields.`,
      at,
    )
  if (others.length > 1)
    throw new SchemaError(
      `${here} has several other sides: ${others.map((other) => `${target.name}.${other.name}`).join(', ')}. Give each relation its own reference fields.`,
      at,
    )

  if (parent.keys.length !== field.references.length)
    throw new SchemaError(
      `${here} goes by ${count(field.references)}, but ${parent.name} is identified by ${count(parent.keys)}. There must be one reference field for each.`,
      at,
    )
  for (const [index, reference] of field.references.entries()) {
    const key = fieldOf(parent, parent.keys[index]!)
    const held = fieldOf(child, reference)!
    if (key && typeOfKey(key) !== typeOfKey(held))
      throw new SchemaError(
        `${here} goes by ${child.name}.${reference}, which is ${describe(held)}, but holds ${parent.name}.${key.name}, which is ${describe(key)}.`,
        at,
      )
  }
}

function fieldOf(model: ModelDefinition, name: string): FieldDefinition | undefined {
  return Object.hasOwn(model.fields, name) ? model.fields[name] : undefined
}

function canBeKey(field: FieldDefinition): boolean {
  if (field.isArray) return false
  return field.kind === 'enum' || (field.kind === 'scalar' && !['Boolean', 'AWSJSON'].includes(field.type))
}

/** Ids and strings may hold each other. */
function typeOfKey(field: FieldDefinition): string {
  return field.type === 'ID' ? 'String' : field.type
}

function describe(field: FieldDefinition): string {
  const type =
    field.kind === 'scalar'
      ? field.type
      : `the ${field.kind === 'custom' ? 'custom type' : field.kind === 'enum' ? 'enum' : 'relation to'} ${field.type}`
  return field.isArray && field.kind !== 'relation' ? `a list of ${type}` : type
}

function count(names: readonly string[]): string {
  return `${names.length} field${names.length === 1 ? '' : 's'} (${names.join(', ')})`
}

// Models and custom types as generated types have them.

import type {
  FieldDefinition,
  IndexDefinition,
  ModelDefinition,
  ScalarFieldDefinition,
  SchemaDefinition,
} from './definition.js'
import {
  block,
  mayBeNull,
  nameOf,
  object,
  type Property,
  quote,
  scalarOf,
  typeOf,
  union,
} from './generateValues.js'
import { capital } from './resolveFields.js'

/** Properties of what is given, where what may be null may be missing. */
export function given(fields: readonly FieldDefinition[]): Property[] {
  return fields.map((field) => ({
    name: field.name,
    type: typeOf(field, 'type'),
    isOptional: mayBeNull(field),
  }))
}

function present(fields: readonly FieldDefinition[]): Property[] {
  return fields.map((field) => ({ name: field.name, type: typeOf(field, 'row') }))
}

/** The interfaces of a custom type. */
export function customType(
  name: string,
  fields: readonly FieldDefinition[],
  definition: SchemaDefinition,
): string {
  return [
    block(`${name}$Type`, given(fields)),
    block(`${name}$Row`, present(fields)),
    block(`${name}$Types`, [
      ...common(name, fields, `${name}$Row`, definition),
      { name: 'row', type: `${name}$Row` },
      { name: 'stored', type: `${name}$Row` },
      { name: 'type', type: `${name}$Type` },
    ]),
  ].join('\n\n')
}

/** What models and custom types have alike: how paths go through them. */
function common(
  name: string,
  fields: readonly FieldDefinition[],
  own: string,
  definition: SchemaDefinition,
): Property[] {
  const isLeaf = ({ kind }: FieldDefinition) => kind === 'scalar' || kind === 'enum'
  const leaves = fields.filter(isLeaf).map((field) => field.name)
  const branches = fields.filter((field) => !isLeaf(field))
  return [
    { name: 'schema', type: 'unknown' },
    { name: 'name', type: quote(name) },
    { name: 'fields', type: object(branches.map((field) => ({ name: field.name, type: branch(field) }))) },
    { name: 'ownNames', type: union(leaves.map(quote)) },
    { name: 'own', type: own },
    { name: 'leaves', type: union(leaves.map(quote)) },
    { name: 'all', type: quote('*') },
    {
      name: 'offers',
      type: union([
        ...leaves.map(quote),
        ...branches.flatMap((field) => [quote(`${field.name}.*`), quote(`${field.name}.`)]),
      ]),
    },
    { name: 'nested', type: object(nestedTypes(name, fields, definition)) },
  ]
}

function branch(field: FieldDefinition): string {
  if (field.kind === 'relation') return `${field.isArray ? 'ToMany' : 'ToOne'}<${field.type}$Types>`
  const nothing = (isThere: boolean) => (isThere ? 'never' : 'null')
  return field.isArray
    ? `NestedList<${field.type}$Types, ${nothing(field.isRequired)}, ${nothing(field.isArrayRequired)}>`
    : `Nested<${field.type}$Types, ${nothing(field.isRequired)}>`
}

/** Enums and custom types that were written inside, which are named after where they were. */
function nestedTypes(
  owner: string,
  fields: readonly FieldDefinition[],
  definition: SchemaDefinition,
): Property[] {
  return fields.flatMap((field): Property | [] => {
    if (field.kind !== 'enum' && field.kind !== 'custom') return []
    if (!definition.inline.includes(field.type) || field.type !== `${capital(owner)}${capital(field.name)}`)
      return []
    return {
      name: field.name,
      type: field.kind === 'enum' ? `EnumEntry<${field.type}$Type>` : `CustomTypeEntry<${field.type}$Types>`,
    }
  })
}

/** The interfaces of a model. */
export function modelTypes(model: ModelDefinition, definition: SchemaDefinition): string {
  const { name, keys } = model
  const all = Object.values(model.fields)
  const written = all.filter((field) => !field.implied && field.kind !== 'relation')
  const relations = all.filter((field) => field.kind === 'relation')
  const fixed = all.filter(({ implied }) => implied === 'key' || implied === 'timestamp')
  const ruled = all.filter(({ implied }) => implied === 'rule')
  const lazy = relations.map((field) => ({
    name: field.name,
    type: `${field.isArray ? 'LazyMany' : 'LazyOne'}<${field.type}$Types>`,
  }))
  const system = fixed.map((field) => ({ name: field.name, type: 'string', isReadOnly: true }))
  const isKey = (field: FieldDefinition) => keys.includes(field.name)
  const key = keys.map((each) => ({ name: each, type: keyValue(model.fields[each]) }))
  const generatesKey = keys.join() === 'id' && key[0]?.type === 'string'
  return [
    block(`${name}$Stored`, [...present(written), ...system, ...present(ruled)]),
    block(`${name}$Row extends ${name}$Stored`, lazy),
    block(`${name}$Type`, [...given(written), ...lazy, ...system, ...given(ruled)]),
    block(`${name}$Create`, [
      ...given(written)
        .filter((property) => !(generatesKey && property.name === 'id'))
        .map((property) => ({
          ...property,
          isOptional: property.isOptional || hasDefault(model.fields[property.name]),
        })),
      ...(generatesKey ? [{ name: 'id', type: 'string', isOptional: true }] : []),
      ...given(ruled),
    ]),
    block(`${name}$Update`, [
      ...key,
      ...given(written.filter((field) => !isKey(field))).map((property) => ({
        ...property,
        isOptional: true,
      })),
      ...given(ruled),
    ]),
    filter(`${name}$Filter`, [...written, ...fixed, ...ruled], filterOf),
    filter(`${name}$LiveFilter`, [...written, ...fixed, ...ruled], liveFilterOf),
    block(`${name}$Types`, [
      ...common(name, [...written, ...fixed, ...ruled, ...relations], `${name}$Stored`, definition),
      ...(['Row', 'Stored', 'Type', 'Create', 'Update', 'Filter'] as const).map((kind) => ({
        name: kind.toLowerCase(),
        type: `${name}$${kind}`,
      })),
      { name: 'subscriptionFilter', type: `${name}$LiveFilter` },
      { name: 'identifier', type: object(key) },
    ]),
    `export type ${name}$Operations = ${operationsOf(model)}`,
  ].join('\n\n')
}

function hasDefault(field: FieldDefinition | undefined): boolean {
  return field?.kind === 'scalar' && 'default' in field
}

function keyValue(field: FieldDefinition | undefined): string {
  return field ? nameOf(field, 'type') : 'string'
}

function filter(
  name: string,
  fields: readonly FieldDefinition[],
  of: (field: FieldDefinition) => string,
): string {
  return block(name, [
    ...fields.map((field) => ({ name: field.name, type: of(field), isOptional: true })),
    { name: 'and', type: `${name} | ${name}[]`, isOptional: true },
    { name: 'or', type: `${name} | ${name}[]`, isOptional: true },
    { name: 'not', type: name, isOptional: true },
  ])
}

function filterOf(field: FieldDefinition): string {
  if (field.kind === 'enum') return `${field.isArray ? 'EnumListFilter' : 'EnumFilter'}<${field.type}$Type>`
  return field.kind === 'scalar' ? `${family(field)}Filter` : 'never'
}

function liveFilterOf(field: FieldDefinition): string {
  if (field.kind === 'enum') return 'SubscriptionStringFilter'
  return field.kind === 'scalar' ? `Subscription${family(field)}Filter` : 'never'
}

function family({ type }: ScalarFieldDefinition): 'Boolean' | 'Numeric' | 'String' {
  const value = scalarOf(type)
  return value === 'boolean' ? 'Boolean' : value === 'number' ? 'Numeric' : 'String'
}

/** What each name that a model can disable takes away. */
const disables: Record<string, readonly string[]> = {
  queries: ['list', 'get', 'observeQuery'],
  mutations: ['create', 'update', 'delete'],
  subscriptions: ['onCreate', 'onUpdate', 'onDelete', 'observeQuery'],
  list: ['list', 'observeQuery'],
}

function operationsOf(model: ModelDefinition): string {
  const types = `${model.name}$Types`
  const without = [...new Set(model.disabled.flatMap((name) => disables[name] ?? [name]))]
  const [partition = 'id', ...sort] = model.keys
  const all = [
    `ModelOperations<${types}>`,
    ...(sort.length > 0 ? [`KeyedList<${types}, ${keyCondition(model, partition, sort)}>`] : []),
  ].join(' & ')
  const queries = model.indexes.flatMap(({ queryField, ...index }: IndexDefinition) =>
    queryField === null
      ? []
      : {
          name: queryField,
          type: `IndexQuery<${types}, ${keyCondition(model, index.partition, index.sort)}>`,
        },
  )
  return [
    without.length > 0 ? `Omit<${all}, ${union(without.map(quote))}>` : all,
    ...(queries.length > 0 ? [object(queries)] : []),
  ].join(' & ')
}

function keyCondition(model: ModelDefinition, partition: string, sort: readonly string[]): string {
  const valueOfKey = (name: string) => keyValue(model.fields[name])
  const [first] = sort
  const conditions: Property[] =
    first === undefined
      ? []
      : sort.length === 1
        ? [{ name: first, type: condition(valueOfKey(first)), isOptional: true }]
        : [
            {
              name: `${first}${sort.slice(1).map(capital).join('')}`,
              type: `CompositeKeyCondition<${object(sort.map((name) => ({ name, type: valueOfKey(name) })))}>`,
              isOptional: true,
            },
          ]
  return object([{ name: partition, type: valueOfKey(partition) }, ...conditions])
}

function condition(value: string): string {
  if (value === 'number') return 'NumericKeyCondition'
  return value === 'string' ? 'StringKeyCondition' : `StringKeyCondition<${value}>`
}

// GraphQL operations of a model as AppSync's schema for Amplify names and types them.
// See https://docs.amplify.aws/react/build-a-backend/data/ and the official introspection, `packages/schema/src/shop.introspection.json`.

import { DataError } from './errors.js'
import {
  type Field,
  fieldsOf,
  type Index,
  type Introspection,
  keysOf,
  type Model,
  type Operation,
  settingsOf,
} from './introspection.js'
import { type Row, writeFilter } from './rows.js'
import { selectionText } from './selection.js'

type Types = Record<string, string>
export type Variables = Record<string, unknown>

export const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** Sort keys are one argument; several are joined: `nameJoinedAt`. */
export const joined = (names: string[]) => names.map((name, at) => (at ? capital(name) : name)).join('')

const typeName = (field: Field | undefined) => {
  const type = field?.type ?? 'String'
  return typeof type === 'string' ? type : 'enum' in type ? type.enum : 'String'
}

/** Conditions on a key are typed by how DynamoDB stores it: everything that is not a number, a boolean or an id is a string. */
function keyCondition(field: Field | undefined): string {
  const stored = typeof field?.type === 'string' ? field.type : 'String'
  const name = /^(ID|Int|Float|Boolean)$/.test(stored) ? stored : stored === 'AWSTimestamp' ? 'Int' : 'String'
  return `Model${name}KeyConditionInput`
}

function sortKeyArgument(model: Model, indexName: string, sortKeys: string[]): Types {
  if (!sortKeys.length) return {}
  return {
    [joined(sortKeys)]: sortKeys[1]
      ? `Model${capital(model.name)}${indexName}CompositeKeyConditionInput`
      : keyCondition(model.fields[sortKeys[0]!]),
  }
}

/** One operation on one field: `types` are the variables of its arguments, `nested` those inside the selection. */
export function document(
  kind: string,
  field: string,
  types: Types,
  selection: string,
  nested: Types,
): string {
  const variables = Object.entries({ ...types, ...nested }).map(([name, type]) => `$${name}: ${type}`)
  const passed = Object.keys(types).map((name) => `${name}: $${name}`)
  const inner = selection && ` { ${selection} }`
  return `${kind}${group(variables)} { ${field}${group(passed)}${inner} }`
}

const group = (parts: string[]) => (parts.length ? `(${parts})` : '')

/** A list as AppSync pages it. */
const page = (selection: string) => `items { ${selection} } nextToken __typename`

const pagingTypes = (name: string): Types => ({
  filter: `Model${capital(name)}FilterInput`,
  sortDirection: 'ModelSortDirection',
  limit: 'Int',
  nextToken: 'String',
})

const getTypes = (model: Model) =>
  Object.fromEntries(keysOf(model).map((key) => [key, `${typeName(model.fields[key])}!`]))

/** What is read: the fields, and of lists of rows inside them which part. */
export interface Selecting {
  selectionSet?: readonly string[] | undefined
  /** By the path of the list, such as `orders.lines`. */
  relations?: Record<string, RelationPage> | undefined
}

/** Which part of a list of related rows. */
export interface RelationPage {
  filter?: Row
  sortDirection?: 'ASC' | 'DESC'
  /** Rows looked at; 100 by default. */
  limit?: number
  /** Of the page before: `nextTokenOf(row.todos)`. */
  nextToken?: string | null
}

/** Selections that have the same text have the same id. */
export function selectionId({ selectionSet, relations = {} }: Selecting = {}): string {
  const pages = Object.entries(relations).map(([path, page]) => [path, ...namesIn(page)])
  return `${selectionSet ?? ''} ${pages.join(' ')}`
}

/** The variables of the lists inside a selection: `nested0limit` is the limit of the first. */
export function nestedVariables(
  introspection: Introspection,
  { name: typeName }: Model,
  { relations = {} }: Selecting = {},
): Variables {
  const variables: Variables = {}
  for (const [at, [path, page]] of Object.entries(relations).entries()) {
    const model = introspection.models[targetOf(introspection, typeName, path)]
    for (const name of namesIn(page))
      variables[`nested${at}${name}`] =
        name === 'filter' && model ? writeFilter(introspection, model, page.filter) : page[name]
  }
  return variables
}

const namesIn = (page: RelationPage) =>
  (['filter', 'sortDirection', 'limit', 'nextToken'] as const).filter((name) => (page[name] ?? null) !== null)

/** The text of a selection, and the types of the variables in it. */
export function selected(
  introspection: Introspection,
  typeName: string,
  { selectionSet, relations = {} }: Selecting = {},
): { selection: string; nested: Types } {
  const passed: Record<string, string> = {}
  const nested: Types = {}
  for (const [at, [path, page]] of Object.entries(relations).entries()) {
    const types = pagingTypes(targetOf(introspection, typeName, path))
    const names = namesIn(page)
    for (const name of names) nested[`nested${at}${name}`] = types[name]!
    passed[path] = names.length ? `(${names.map((name) => `${name}: $nested${at}${name}`)})` : ''
  }
  try {
    return { selection: selectionText(introspection, typeName, selectionSet, passed), nested }
  } catch (cause) {
    throw new DataError('InvalidSelectionSet', (cause as Error).message, { cause })
  }
}

/** The model that a path of relations leads to. */
function targetOf(introspection: Introspection, typeName: string, path: string): string {
  return path.split('.').reduce((at, name) => {
    const type = fieldsOf(introspection, at)[name]?.type
    return type && typeof type === 'object' && 'model' in type ? type.model : ''
  }, typeName)
}

/** The text of an operation on a model: `conditional` where a mutation has a condition, or a list one on its sort keys. */
export function operationText(
  introspection: Introspection,
  model: Model,
  operation: Operation,
  selecting?: Selecting,
  conditional = false,
): string {
  const { selection, nested } = selected(introspection, model.name, selecting)
  const name = capital(model.name)
  if (operation === 'get') return document('query', `get${name}`, getTypes(model), selection, nested)
  if (operation === 'list') {
    const { isCustomPrimaryKey, primaryKeyFieldName, sortKeyFieldNames } = model.primaryKeyInfo
    const types: Types = isCustomPrimaryKey
      ? {
          [primaryKeyFieldName]: typeName(model.fields[primaryKeyFieldName]),
          sortDirection: 'ModelSortDirection',
          // Tables of SQL databases have no such argument.
          ...((conditional || settingsOf(model).timestamps !== null) &&
            sortKeyArgument(model, 'Primary', sortKeyFieldNames)),
        }
      : {}
    Object.assign(types, { filter: `Model${name}FilterInput`, limit: 'Int', nextToken: 'String' })
    return document('query', `list${capital(model.pluralName)}`, types, page(selection), nested)
  }
  if (operation.startsWith('on'))
    return document(
      'subscription',
      operation + name,
      { filter: `ModelSubscription${name}FilterInput` },
      selection,
      nested,
    )
  const types: Types = { input: `${capital(operation)}${name}Input!` }
  if (conditional) types.condition = `Model${name}ConditionInput`
  return document('mutation', operation + name, types, selection, nested)
}

/** The text of a query on a secondary index. */
export function indexText(
  introspection: Introspection,
  model: Model,
  index: Index,
  selecting?: Selecting,
): string {
  const { selection, nested } = selected(introspection, model.name, selecting)
  const [partition, ...sortKeys] = index.fields
  const types: Types = {
    [partition!]: `${typeName(model.fields[partition!])}!`,
    ...sortKeyArgument(model, capital(index.name), sortKeys),
    ...pagingTypes(model.name),
  }
  return document('query', index.queryField, types, page(selection), nested)
}

/**
 * The text that reads a relation through its parent. The service answers it from the index that every relation has; a list of the
 * other model with a filter would read that whole table, and its first page may be empty.
 */
export function relationText(
  introspection: Introspection,
  model: Model,
  field: Field,
  selecting?: Selecting,
): string {
  const target = (field.type as { model: string }).model
  const { selection, nested } = selected(introspection, target, selecting)
  const list = field.isArray
  const types: Types = list ? pagingTypes(target) : {}
  const passed = list ? `(${Object.keys(types).map((name) => `${name}: $${name}`)})` : ''
  const inner = `${field.name}${passed} { ${list ? page(selection) : selection} }`

  const keys: string[] = []
  for (const [key, type] of Object.entries(getTypes(model))) {
    types[parentVariable(key)] = type
    keys.push(`${key}: $${parentVariable(key)}`)
  }
  const variables = Object.entries({ ...types, ...nested }).map(([name, type]) => `$${name}: ${type}`)
  return `query(${variables}) { get${capital(model.name)}(${keys}) { ${inner} } }`
}

/** A key may be called `limit`. */
export const parentVariable = (key: string) => `parent${capital(key)}`

/** What a list or an index query sends, out of what the caller gave. */
export function pageVariables(model: Model, keys: string[], given: Variables): Variables {
  const [partition, ...sortKeys] = keys
  const names = [partition!, joined(sortKeys), 'filter', 'sortDirection', 'limit', 'nextToken']
  if (given.sortDirection && given[partition!] === undefined)
    throw new DataError(
      'InvalidSortDirection',
      `sortDirection sorts rows of one partition: ${model.name} needs a value for "${partition}" with it.`,
      {
        recoverySuggestion:
          'Give the partition key, query an index with sort keys, or sort the rows after reading them.',
      },
    )
  return Object.fromEntries(
    names
      .filter((name) => name && given[name] !== undefined && given[name] !== null)
      .map((name) => [name, given[name]]),
  )
}

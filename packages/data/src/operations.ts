// GraphQL operations of a model as AppSync's schema for Amplify names and types them.
// See https://docs.amplify.aws/react/build-a-backend/data/ and the reference schema in `fixtures/`.

import { DataError } from './errors.js'
import {
  type Field,
  type Index,
  type Introspection,
  keysOf,
  type Model,
  type Operation,
} from './introspection.js'
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

function document(kind: string, field: string, types: Types, selection: string): string {
  const names = Object.keys(types)
  const variables = names.map((name) => `$${name}: ${types[name]}`)
  const passed = names.map((name) => `${name}: $${name}`)
  return `${kind}(${variables}) { ${field}(${passed}) { ${selection} } }`
}

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

function selected(introspection: Introspection, typeName: string, selectionSet?: readonly string[]): string {
  try {
    return selectionText(introspection, typeName, selectionSet)
  } catch (cause) {
    throw new DataError('InvalidSelectionSet', (cause as Error).message, { cause })
  }
}

/** The text of an operation on a model. */
export function operationText(
  introspection: Introspection,
  model: Model,
  operation: Operation,
  selectionSet?: readonly string[],
  conditional = false,
): string {
  const selection = selected(introspection, model.name, selectionSet)
  const name = capital(model.name)
  if (operation === 'get') return document('query', `get${name}`, getTypes(model), selection)
  if (operation === 'list') {
    const { isCustomPrimaryKey, primaryKeyFieldName, sortKeyFieldNames } = model.primaryKeyInfo
    const types: Types = isCustomPrimaryKey
      ? {
          [primaryKeyFieldName]: typeName(model.fields[primaryKeyFieldName]),
          sortDirection: 'ModelSortDirection',
          ...sortKeyArgument(model, 'Primary', sortKeyFieldNames),
        }
      : {}
    Object.assign(types, { filter: `Model${name}FilterInput`, limit: 'Int', nextToken: 'String' })
    return document('query', `list${capital(model.pluralName)}`, types, page(selection))
  }
  if (operation.startsWith('on'))
    return document(
      'subscription',
      operation + name,
      { filter: `ModelSubscription${name}FilterInput` },
      selection,
    )
  const types: Types = { input: `${capital(operation)}${name}Input!` }
  if (conditional) types.condition = `Model${name}ConditionInput`
  return document('mutation', operation + name, types, selection)
}

/** The text of a query on a secondary index. */
export function indexText(
  introspection: Introspection,
  model: Model,
  index: Index,
  selectionSet?: readonly string[],
): string {
  const [partition, ...sortKeys] = index.fields
  const types: Types = {
    [partition!]: `${typeName(model.fields[partition!])}!`,
    ...sortKeyArgument(model, capital(index.name), sortKeys),
    ...pagingTypes(model.name),
  }
  return document('query', index.queryField, types, page(selected(introspection, model.name, selectionSet)))
}

/**
 * The text that reads a relation through its parent. The service answers it from the index that every relation has; a list of the
 * other model with a filter would read that whole table, and its first page may be empty.
 */
export function relationText(introspection: Introspection, model: Model, field: Field): string {
  const target = (field.type as { model: string }).model
  const selection = selected(introspection, target)
  const list = field.isArray
  const types: Types = list ? pagingTypes(target) : {}
  const passed = list ? `(${Object.keys(types).map((name) => `${name}: $${name}`)})` : ''
  const inner = `${field.name}${passed} { ${list ? page(selection) : selection} }`

  const keys: string[] = []
  for (const [key, type] of Object.entries(getTypes(model))) {
    types[parentVariable(key)] = type
    keys.push(`${key}: $${parentVariable(key)}`)
  }
  const variables = Object.entries(types).map(([name, type]) => `$${name}: ${type}`)
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

import { isDeepStrictEqual } from 'node:util'
import type { Item } from './rules.js'

// Two languages of comparison that share their operators: DynamoDB's (filters of lists, conditions of mutations, where an
// attribute may be missing) and AppSync's for subscriptions (`in`, `notIn`).
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

export type Filter = Record<string, unknown>

/** Does the row pass? Everything named side by side must hold. */
export function passes(item: Item, filter: Filter | null | undefined): boolean {
  for (const [name, wanted] of Object.entries(filter ?? {})) {
    if (wanted === null || wanted === undefined) continue
    if (name === 'and') {
      if (!asList(wanted).every((each) => passes(item, each))) return false
    } else if (name === 'or') {
      const branches = asList(wanted)
      if (branches.length > 0 && !branches.some((each) => passes(item, each))) return false
    } else if (name === 'not') {
      if (Object.keys(wanted).length > 0 && passes(item, wanted as Filter)) return false
    } else {
      for (const [operator, operand] of Object.entries(wanted)) {
        if (!compare(operator, item[name], operand)) return false
      }
    }
  }
  return true
}

// A single object where a list is expected is a list of one, as everywhere in GraphQL.
const asList = (value: unknown) => (Array.isArray(value) ? value : [value]).filter(Boolean) as Filter[]

function compare(operator: string, value: unknown, operand: unknown): boolean {
  switch (operator) {
    case 'eq':
      return value !== undefined && isDeepStrictEqual(value, operand)
    case 'ne':
      return !isDeepStrictEqual(value, operand)
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return inOrder(operator, value, operand)
    case 'between': {
      const [low, high] = operand as [unknown, unknown]
      return inOrder('ge', value, low) && inOrder('le', value, high)
    }
    case 'beginsWith':
      return typeof value === 'string' && typeof operand === 'string' && value.startsWith(operand)
    case 'contains':
      return contains(value, operand)
    case 'notContains':
      return !contains(value, operand)
    case 'in':
      return Array.isArray(operand) && operand.some((each) => isDeepStrictEqual(each, value))
    case 'notIn':
      return Array.isArray(operand) && !operand.some((each) => isDeepStrictEqual(each, value))
    case 'attributeExists':
      return operand === null || (value !== undefined) === operand
    case 'attributeType':
      return operand === null || typeOf(value) === operand
    case 'size':
      return Object.entries((operand as Filter | null) ?? {}).every(([each, size]) =>
        compare(each, sizeOf(value), size),
      )
    default:
      return false
  }
}

function contains(value: unknown, operand: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => isDeepStrictEqual(each, operand))
  return typeof value === 'string' && typeof operand === 'string' && value.includes(operand)
}

function inOrder(operator: string, value: unknown, operand: unknown): boolean {
  const difference = order(value, operand)
  if (difference === undefined) return false
  if (operator === 'lt') return difference < 0
  if (operator === 'le') return difference <= 0
  return operator === 'gt' ? difference > 0 : difference >= 0
}

/** Values of one type have an order: numbers by value, text by its UTF-8 bytes. */
function order(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other))
  return undefined
}

function typeOf(value: unknown): string | undefined {
  if (value === null) return '_null'
  if (Array.isArray(value)) return 'list'
  return { string: 'string', number: 'number', boolean: 'bool', object: 'map' }[typeof value as string]
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined
}

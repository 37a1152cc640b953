// Would the service's filter let this row through? The meaning of DynamoDB's filter expressions, which is what AppSync makes of a
// model filter: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

import { utf8 } from '@backline/core/bytes'

type Row = Record<string, unknown>
export type Filter = Record<string, unknown>

/** Conditions beside each other must all hold; `and`, `or` and `not` nest. */
export function matches(row: Row, filter: Filter | null | undefined): boolean {
  return Object.entries(filter ?? {}).every(([name, condition]) => {
    if (condition === undefined || condition === null) return true
    const several = list(condition) as Filter[]
    // AppSync drops a group without members, so that it neither passes nor stops anything.
    if (name === 'and') return several.every((inner) => matches(row, inner))
    if (name === 'or') return !several.length || several.some((inner) => matches(row, inner))
    if (name === 'not') return !several.every((inner) => matches(row, inner))
    return Object.entries(condition as Row).every(([operator, wanted]) =>
      holds(row[name] ?? undefined, operator, wanted),
    )
  })
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

function holds(value: unknown, operator: string, wanted: unknown): boolean {
  if (wanted === undefined) return true
  switch (operator) {
    case 'eq':
      return equal(value, wanted)
    case 'ne':
      // True of a missing attribute too.
      return !equal(value, wanted)
    case 'gt':
      return compare(value, wanted) > 0
    case 'ge':
      return compare(value, wanted) >= 0
    case 'lt':
      return compare(value, wanted) < 0
    case 'le':
      return compare(value, wanted) <= 0
    case 'between': {
      const [low, high] = list(wanted)
      return compare(value, low) >= 0 && compare(value, high) <= 0
    }
    case 'beginsWith':
      return typeof value === 'string' && value.startsWith(String(wanted))
    case 'contains':
      return contains(value, wanted)
    case 'notContains':
      return !contains(value, wanted)
    case 'in':
      return list(wanted).some((one) => equal(value, one))
    case 'notIn':
      return !list(wanted).some((one) => equal(value, one))
    case 'attributeExists':
      return (value !== undefined) === wanted
    case 'attributeType':
      return typeNames(value).includes(String(wanted))
    case 'size': {
      const size =
        typeof value === 'string' ? utf8(value).length : Array.isArray(value) ? value.length : undefined
      return Object.entries(wanted as Row).every(
        ([inner, bound]) => size !== undefined && holds(size, inner, bound),
      )
    }
    default:
      // An operator we do not know is the service's business: it has let the row through.
      return true
  }
}

function equal(value: unknown, wanted: unknown): boolean {
  if (Array.isArray(value) && Array.isArray(wanted))
    return value.length === wanted.length && value.every((one, at) => equal(one, wanted[at]))
  return (value ?? null) === wanted
}

/** Less than, equal to or more than 0. Only values of the same type have an order: all others give NaN, which compares as false. */
export function compare(value: unknown, wanted: unknown): number {
  if (typeof value === 'number' && typeof wanted === 'number') return value - wanted
  if (typeof value !== 'string' || typeof wanted !== 'string') return Number.NaN
  // As DynamoDB does, by the bytes of UTF-8, whose order is that of the code points, and not JavaScript's.
  let at = 0
  while (at < value.length && value[at] === wanted[at]) at++
  return (value.codePointAt(at) ?? -1) - (wanted.codePointAt(at) ?? -1)
}

const contains = (value: unknown, wanted: unknown) =>
  typeof value === 'string' ? value.includes(String(wanted)) : Array.isArray(value) && value.includes(wanted)

function typeNames(value: unknown): string[] {
  if (value === undefined) return ['_null']
  if (typeof value === 'boolean') return ['bool']
  if (Array.isArray(value)) return ['list', 'stringSet', 'numberSet', 'binarySet']
  return [typeof value === 'object' ? 'map' : typeof value]
}

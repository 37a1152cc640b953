import { isDeepStrictEqual } from 'node:util'
import type { Item } from './rules.js'

// Filters that a subscription's resolver sets with `extensions.setSubscriptionFilter`:
// https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html

interface FieldFilter {
  fieldName: string
  operator: string
  value: unknown
}

export interface EnhancedFilter {
  /** One group must hold; a group holds where all of its filters do. */
  filterGroup?: { filters?: FieldFilter[] }[]
}

/** @throws {Error} that says what is wrong with it. */
export function readEnhancedFilter(value: unknown): EnhancedFilter | undefined {
  if (value === null || value === undefined) return undefined
  const { filterGroup } = value as EnhancedFilter
  if (!Array.isArray(filterGroup)) throw new Error('A subscription filter needs a filterGroup.')
  if (filterGroup.length > 10) throw new Error('A subscription filter has at most 10 groups.')
  for (const group of filterGroup as unknown[]) {
    const { filters } = (group ?? {}) as { filters?: unknown }
    if (!Array.isArray(filters)) throw new Error('A group of a subscription filter needs a list of filters.')
    for (const each of filters as (Partial<FieldFilter> | null)[]) checkFilter(each ?? {})
  }
  return value as EnhancedFilter
}

function checkFilter({ fieldName, operator = 'undefined', value }: Partial<FieldFilter>) {
  if (typeof fieldName !== 'string') throw new Error('A subscription filter needs a fieldName.')
  if (!Object.hasOwn(OPERATORS, operator))
    throw new Error(`A subscription filter has no operator ${operator}.`)
  const most = MOST_VALUES[operator]
  if (most !== undefined && Array.isArray(value) && value.length > most)
    throw new Error(`The operator ${operator} takes at most ${most} values, not ${value.length}.`)
}

const MOST_VALUES: Record<string, number> = { containsAny: 20, in: 5, notIn: 5 }

export function fits({ filterGroup = [] }: EnhancedFilter, event: Item): boolean {
  return filterGroup.some(({ filters = [] }) =>
    filters.every(({ fieldName, operator, value }) => {
      const found = fieldName
        .split('.')
        .reduce<unknown>((at, part) => (at as Record<string, unknown> | null | undefined)?.[part], event)
      return OPERATORS[operator]!(found, value)
    }),
  )
}

const contains = (value: unknown, operand: unknown): boolean =>
  Array.isArray(value)
    ? value.some((each) => isDeepStrictEqual(each, operand))
    : typeof value === 'string' && value.includes(String(operand))

const inOrder = (holds: (difference: number) => boolean) => (value: unknown, operand: unknown) => {
  if (typeof value === 'number' && typeof operand === 'number') return holds(value - operand)
  if (typeof value !== 'string' || typeof operand !== 'string') return false
  return holds(Buffer.compare(Buffer.from(value), Buffer.from(operand)))
}

const atLeast = inOrder((difference) => difference >= 0)
const atMost = inOrder((difference) => difference <= 0)
const asList = (operand: unknown) => (Array.isArray(operand) ? operand : [operand])

const OPERATORS: Record<string, (value: unknown, operand: unknown) => boolean> = {
  eq: (value, operand) => isDeepStrictEqual(value ?? null, operand),
  ne: (value, operand) => !isDeepStrictEqual(value ?? null, operand),
  lt: inOrder((difference) => difference < 0),
  le: atMost,
  gt: inOrder((difference) => difference > 0),
  ge: atLeast,
  beginsWith: (value, operand) => typeof value === 'string' && value.startsWith(String(operand)),
  contains,
  notContains: (value, operand) => !contains(value, operand),
  containsAny: (value, operand) => asList(operand).some((each) => contains(value, each)),
  in: (value, operand) => asList(operand).some((each) => isDeepStrictEqual(each, value)),
  notIn: (value, operand) => !asList(operand).some((each) => isDeepStrictEqual(each, value)),
  between: (value, operand) => {
    const [low, high] = asList(operand)
    return atLeast(value, low) && atMost(value, high)
  },
}

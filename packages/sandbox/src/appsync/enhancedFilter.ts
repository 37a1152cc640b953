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
  const fields = new Set<unknown>()
  for (const group of filterGroup as unknown[]) {
    const { filters } = (group ?? {}) as { filters?: unknown }
    if (!Array.isArray(filters)) throw new Error('A group of a subscription filter needs a list of filters.')
    for (const each of filters as (Partial<FieldFilter> | null)[]) {
      checkFilter(each ?? {})
      fields.add(each?.fieldName)
    }
  }
  checkSize(filterGroup.length, fields.size)
  return value as EnhancedFilter
}

/** The filter of a model's subscription becomes one of these, and may be no larger: `or` makes groups, `and` multiplies them. */
export function checkModelFilter(filter: Item): void {
  const fields = new Set<string>()
  const groupsIn = (each: Item): number =>
    Object.entries(each)
      .filter(([, wanted]) => wanted !== null && wanted !== undefined)
      .reduce((product, [name, wanted]) => {
        if (name === 'or')
          return product * asList(wanted).reduce((sum: number, part) => sum + groupsIn(part), 0)
        if (name === 'and') return asList(wanted).reduce((all: number, part) => all * groupsIn(part), product)
        fields.add(name)
        for (const [operator, value] of Object.entries(wanted as Item)) checkValues(operator, value)
        return product
      }, 1)
  checkSize(groupsIn(filter), fields.size)
}

const MOST_GROUPS = 10
const MOST_FIELDS = 5

function checkSize(groups: number, fields: number) {
  if (groups > MOST_GROUPS) throw new Error(`A subscription filter has at most ${MOST_GROUPS} groups.`)
  // In the service's words, as far as they are known.
  if (fields > MOST_FIELDS)
    throw new Error(`Filters exceed maximum attributes limit ${MOST_FIELDS} for subscription`)
}

function checkFilter({ fieldName, operator = 'undefined', value }: Partial<FieldFilter>) {
  if (typeof fieldName !== 'string') throw new Error('A subscription filter needs a fieldName.')
  if (!Object.hasOwn(OPERATORS, operator))
    throw new Error(`A subscription filter has no operator ${operator}.`)
  checkValues(operator, value)
}

function checkValues(operator: string, value: unknown) {
  const most = MOST_VALUES[operator]
  if (most !== undefined && Array.isArray(value) && value.length > most)
    throw new Error(`subscription exceeds maximum value limit ${most} for operator \`${operator}\`.`)
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

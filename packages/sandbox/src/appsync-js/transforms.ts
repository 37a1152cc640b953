import { toAttribute } from './attributes.js'

// Runs inside the context of a resolver: `util.transform`. https://docs.aws.amazon.com/appsync/latest/devguide/built-in-util-js.html

type Filter = Record<string, unknown>

export interface Expression {
  expression: string
  expressionNames: Record<string, string>
  expressionValues: Record<string, unknown>
}

const COMPARES: Record<string, string> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' }

/** A filter of a list, or a condition of a mutation, in DynamoDB's language. */
export function toExpression(filter: Filter): Expression {
  const expressionNames: Record<string, string> = {}
  const expressionValues: Record<string, unknown> = {}
  let names = 0
  let values = 0
  const nameOf = (field: string) => {
    const known = Object.keys(expressionNames).find((key) => expressionNames[key] === field)
    if (known) return known
    const key = `#${field.replace(/\W/g, '_')}${names++ || ''}`
    expressionNames[key] = field
    return key
  }
  const placeOf = (value: unknown) => {
    const key = `:v${values++}`
    expressionValues[key] = toAttribute(value)
    return key
  }
  const write = (each: Filter): string =>
    Object.entries(each)
      .filter(([, wanted]) => wanted !== null && wanted !== undefined)
      .map(([name, wanted]) => {
        if (name === 'and' || name === 'or') {
          const parts = (Array.isArray(wanted) ? wanted : [wanted]) as Filter[]
          return `(${parts.map((part) => `(${write(part)})`).join(` ${name.toUpperCase()} `)})`
        }
        if (name === 'not') return `(NOT (${write(wanted as Filter)}))`
        return Object.entries(wanted as Filter)
          .map(([operator, operand]) => `(${compare(nameOf(name), operator, operand)})`)
          .join(' AND ')
      })
      .join(' AND ')
  const compare = (name: string, operator: string, operand: unknown): string => {
    if (COMPARES[operator]) return `${name} ${COMPARES[operator]} ${placeOf(operand)}`
    switch (operator) {
      case 'between': {
        const [low, high] = operand as unknown[]
        return `${name} BETWEEN ${placeOf(low)} AND ${placeOf(high)}`
      }
      case 'in':
        return `${name} IN (${(operand as unknown[]).map(placeOf).join(', ')})`
      case 'beginsWith':
        return `begins_with(${name}, ${placeOf(operand)})`
      case 'contains':
        return `contains(${name}, ${placeOf(operand)})`
      case 'notContains':
        return `NOT contains(${name}, ${placeOf(operand)})`
      case 'attributeExists':
        return operand === true ? `attribute_exists(${name})` : `attribute_not_exists(${name})`
      case 'attributeType':
        return `attribute_type(${name}, ${placeOf(operand)})`
      case 'size':
        return Object.entries(operand as Filter)
          .map(([each, size]) => compare(`size(${name})`, each, size))
          .join(' AND ')
      default:
        throw new Error(`The filter's operator ${operator} is not known.`)
    }
  }
  return { expression: write(filter), expressionNames, expressionValues }
}

interface SubscriptionFilter {
  filterGroup: { filters: { fieldName: string; operator: string; value: unknown }[] }[]
}

/** `{ a: { eq: 1 }, or: [...] }` as groups of which one must hold whole: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html */
export function toSubscriptionFilter(
  filter: Filter,
  ignored: string[] = [],
  rules: Filter = {},
): SubscriptionFilter {
  type Group = SubscriptionFilter['filterGroup'][number]['filters']
  const both = (one: Group[], other: Group[]): Group[] =>
    one.flatMap((left) => other.map((right) => [...left, ...right]))
  const groups = (each: Filter): Group[] =>
    Object.entries(each)
      .filter(([name, wanted]) => wanted !== null && wanted !== undefined && !ignored.includes(name))
      .reduce<Group[]>(
        (found, [name, wanted]) => {
          const parts = (Array.isArray(wanted) ? wanted : [wanted]) as Filter[]
          if (name === 'and') return parts.reduce((sum, part) => both(sum, groups(part)), found)
          if (name === 'or') return both(found, parts.flatMap(groups))
          const filters = Object.entries(wanted as Filter).map(([operator, value]) => ({
            fieldName: name,
            operator,
            value,
          }))
          return both(found, [filters])
        },
        [[]],
      )
  const all = both(groups(filter), groups(rules)).filter((filters) => filters.length > 0)
  return { filterGroup: all.map((filters) => ({ filters })) }
}

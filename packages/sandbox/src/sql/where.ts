import type { Knex } from 'knex'
import { Fault } from '../appsync/fault.js'
import type { Filter } from '../appsync/filter.js'
import type { Definition, Model } from '../appsync/sdl.js'
import type { Field } from '../appsync/sdlFields.js'
import { toColumn } from './values.js'

// Filters of lists and conditions of mutations as SQL. They mean what they mean on DynamoDB: a row without a value is not equal to one.

/** Narrows a query to the rows that pass. */
export function narrow(
  query: Knex.QueryBuilder,
  filter: Filter | null | undefined,
  model: Model,
  definition: Definition,
): void {
  // Nothing within brackets passes everything.
  query.whereRaw('1 = 1')
  for (const [name, wanted] of Object.entries(filter ?? {})) {
    if (wanted === null || wanted === undefined) continue
    const within = (each: Filter) => (inner: Knex.QueryBuilder) => narrow(inner, each, model, definition)
    if (name === 'and') {
      for (const each of asList(wanted)) query.where(within(each))
    } else if (name === 'or') {
      const branches = asList(wanted)
      if (branches.length > 0)
        query.where((inner) => {
          for (const each of branches) inner.orWhere(within(each))
        })
    } else if (name === 'not') {
      if (Object.keys(wanted).length > 0) query.whereNot(within(wanted as Filter))
    } else {
      const field = model.fields.get(name)!
      for (const [operator, operand] of Object.entries(wanted))
        compare(query, field, operator, operand, model, definition)
    }
  }
}

// A single object where a list is expected is a list of one, as everywhere in GraphQL.
const asList = (value: unknown) => (Array.isArray(value) ? value : [value]).filter(Boolean) as Filter[]

const SIGNS: Readonly<Record<string, string>> = { eq: '=', lt: '<', le: '<=', gt: '>', ge: '>=' }

/** What may be asked of an array. */
const OF_LISTS: ReadonlySet<string> = new Set(['contains', 'notContains', 'size', 'attributeExists'])
const PASSED_BY_NOTHING: ReadonlySet<string> = new Set([
  'ne',
  'notContains',
  'attributeExists',
  'attributeType',
])

function compare(
  query: Knex.QueryBuilder,
  field: Field,
  operator: string,
  operand: unknown,
  { table }: Model,
  definition: Definition,
): void {
  const { engine } = table!.database
  const column = columnOf(field)
  if (field.type.list && !OF_LISTS.has(operator))
    throw new Fault(
      'InvalidArgumentsError',
      `${field.name} is a list, which is asked by ${[...OF_LISTS].join(', ')}, not by ${operator}.`,
    )
  // A comparison with nothing is neither true nor false in SQL; here it is false, and so true after `not`.
  if (operand !== null && !PASSED_BY_NOTHING.has(operator)) query.whereNotNull(column)
  const value = (given: unknown) => toColumn(given, field, engine, definition)
  const text = engine === 'mysql' ? '??' : '??::text'
  const like = (pattern: string) => query.whereRaw(`${text} LIKE ?`, [column, pattern])
  const holds = (inner: Knex.QueryBuilder) => {
    if (!field.type.list) inner.whereRaw(`${text} LIKE ?`, [column, `%${escaped(operand)}%`])
    else if (engine === 'mysql') inner.whereRaw('JSON_CONTAINS(??, ?)', [column, JSON.stringify(operand)])
    else inner.whereRaw('? = ANY(??)', [operand as Knex.RawBinding, column])
  }
  switch (operator) {
    case 'ne':
      if (operand === null) query.whereNotNull(column)
      else query.where((inner) => inner.whereNot(column, value(operand) as Knex.Value).orWhereNull(column))
      return
    case 'between': {
      const bounds = operand as unknown[]
      if (bounds.length !== 2)
        throw new Fault('InvalidArgumentsError', `between needs two values, not ${bounds.length}.`)
      query.whereBetween(column, bounds.map(value) as [Knex.Value, Knex.Value])
      return
    }
    case 'beginsWith':
      like(`${escaped(operand)}%`)
      return
    case 'contains':
      query.where(holds)
      return
    case 'notContains':
      query.where((inner) => inner.whereNot(holds).orWhereNull(column))
      return
    case 'attributeExists':
      if (operand === true) query.whereNotNull(column)
      else if (operand === false) query.whereNull(column)
      return
    case 'size':
      for (const [each, size] of Object.entries((operand as Filter | null) ?? {})) {
        const [sign, list] =
          each === 'ne' ? ['<>', [size]] : each === 'between' ? ['BETWEEN', size] : [SIGNS[each], [size]]
        const length = !field.type.list
          ? `CHAR_LENGTH(${text})`
          : engine === 'mysql'
            ? 'JSON_LENGTH(??)'
            : 'cardinality(??)'
        query.whereRaw(`${length} ${sign} ${each === 'between' ? '? AND ?' : '?'}`, [
          column,
          ...(list as number[]),
        ])
      }
      return
    case 'attributeType':
      throw new Fault(
        'InvalidArgumentsError',
        `A column of a table cannot be asked for its attributeType: ${field.name}.`,
      )
    default:
      if (operand === null) query.whereNull(column)
      else query.where(column, SIGNS[operator]!, value(operand) as Knex.Value)
  }
}

/** The column of a field. */
export const columnOf = ({ column, name }: Field): string => column ?? name

const escaped = (text: unknown) => String(text).replace(/[\\%_]/g, '\\$&')

import type { Knex } from 'knex'
import type { CustomOperation } from '../appsync/operations.js'
import type { Item } from '../appsync/rules.js'
import type { Definition } from '../appsync/sdl.js'
import type { Field } from '../appsync/sdlFields.js'
import type { DatabasePlan } from '../plan.js'
import type { Tables } from './tables.js'
import { toColumn, toField } from './values.js'
import { columnOf } from './where.js'

// `a.handler.inlineSql` and `a.handler.sqlReference`: statements whose `:names` are the arguments of the operation.

/** @throws {Error} where no database of the plan has the operation */
export function statementOf(
  { root, name, args, type, handler }: CustomOperation,
  definition: Definition,
  databases: readonly DatabasePlan[],
  tables: Tables,
): (given: Item) => Promise<unknown> {
  const operation = `${root}.${name}`
  const database = databases.find(({ statements }) => operation in statements)
  const statement = (handler.kind === 'sql' && handler.statement) || database?.statements[operation]
  if (!database || !statement)
    throw new Error(`${operation} has a statement of SQL as handler, but its schema is of no SQL database.`)
  const fields = definition.models.get(type.name)?.fields ?? definition.customTypes.get(type.name)
  const shown = (row: Item): unknown => {
    if (fields) return asItem(row, [...fields.values()], definition)
    return toField(Object.values(row)[0], { type: { ...type, list: false } }, definition) ?? null
  }
  return async (given) => {
    const bindings = Object.fromEntries(
      args.map((each) => [each.name, toColumn(given[each.name], each, database.engine, definition)]),
    )
    const rows = await tables.query(database, (knex) => run(knex, database, statement, bindings as never))
    if (type.list) return rows.map(shown)
    return rows[0] ? shown(rows[0]) : null
  }
}

async function run(
  knex: Knex,
  { engine }: DatabasePlan,
  statement: string,
  bindings: Record<string, Knex.Value>,
): Promise<Item[]> {
  // Operators such as `?` of PostgreSQL are no places for values.
  const text = engine === 'postgresql' ? statement.replaceAll('?', '\\?') : statement
  const result = await knex.raw(text, bindings)
  const rows = engine === 'postgresql' ? result.rows : result[0]
  return Array.isArray(rows) ? rows : []
}

/** By names of fields, or of their columns. */
function asItem(row: Item, fields: readonly Field[], definition: Definition): Item {
  return Object.fromEntries(
    fields
      .filter(({ relation }) => !relation)
      .map((field) => [field.name, toField(row[field.name] ?? row[columnOf(field)], field, definition)]),
  )
}

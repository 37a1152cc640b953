import type { Knex } from 'knex'
import { Fault } from '../appsync/fault.js'
import type { Filter } from '../appsync/filter.js'
import type { Page } from '../appsync/items.js'
import type { Access, Item } from '../appsync/rules.js'
import type { Definition, Model } from '../appsync/sdl.js'
import type { Field } from '../appsync/sdlFields.js'
import { toColumn, toField } from './values.js'
import { columnOf, narrow } from './where.js'

// The rows of a model in its table.

export interface Wanted {
  /** What these fields hold. */
  equal?: Item
  filter?: Filter | null
  access: Access
  limit: number
  nextToken?: string | null
  /** Fields to order by, before the key. */
  order?: readonly string[]
  descending?: boolean
}

export interface Rows {
  /** To be locked until the transaction ends, where `lock`. */
  get(key: Item, options?: { lock?: boolean; condition?: Filter }): Promise<Item | undefined>
  list(wanted: Wanted): Promise<Page>
  /** Resolves with the row as the database has made it. */
  insert(item: Item): Promise<Item>
  update(key: Item, changes: Item): Promise<void>
  remove(key: Item): Promise<void>
}

/** How many rows are looked at at once where only some of them are for the caller to see. */
const STRETCH = 500

export function rowsOf(knex: Knex, model: Model, definition: Definition): Rows {
  const { name: table, database } = model.table!
  const stored = [...model.fields.values()].filter(({ relation }) => !relation)
  const field = (name: string): Field => model.fields.get(name)!

  const read = (row: Record<string, unknown>): Item =>
    Object.fromEntries(
      stored
        .map((each) => [each.name, toField(row[columnOf(each)], each, definition)] as const)
        .filter(([, value]) => value !== undefined),
    )
  const written = (item: Item): Record<string, Knex.Value> =>
    Object.fromEntries(
      Object.entries(item)
        .filter(([name]) => model.fields.has(name))
        .map(([name, value]) => [
          columnOf(field(name)),
          toColumn(value, field(name), database.engine, definition) as Knex.Value,
        ]),
    )
  const keyOf = (item: Item) => written(Object.fromEntries(model.key.map((name) => [name, item[name]])))
  const select = () => knex(table).select(stored.map(columnOf))

  const rows: Rows = {
    async get(key, { lock, condition } = {}) {
      const query = select().where(keyOf(key)).first()
      narrow(query, condition, model, definition)
      const row = await (lock ? query.forUpdate() : query)
      return row && read(row)
    },
    async list({ equal = {}, filter, access, limit, nextToken, order = [], descending }) {
      if (access === 'none') return { items: [], nextToken: null }
      if (!(limit >= 1)) throw new Fault('InvalidArgumentsError', `limit must be 1 or more, not ${limit}.`)
      const direction = descending ? 'desc' : 'asc'
      const columns = [...new Set([...order, ...model.key])].map((name) => columnOf(field(name)))
      const size = access === 'all' ? limit + 1 : Math.max(STRETCH, limit + 1)
      const items: Item[] = []
      let offset = readToken(nextToken)
      for (;;) {
        const query = select().where(written(equal)).limit(size).offset(offset)
        narrow(query, filter, model, definition)
        for (const column of columns) query.orderBy(column, direction)
        const found = await query
        for (const row of found) {
          const item = read(row)
          const isSeen = access === 'all' || access(item)
          if (isSeen && items.length === limit) return { items, nextToken: writeToken(offset) }
          offset++
          if (isSeen) items.push(item)
        }
        if (found.length < size) return { items, nextToken: null }
      }
    },
    async insert(item) {
      if (database.engine === 'postgresql') {
        const [row] = await knex(table).insert(written(item)).returning(stored.map(columnOf))
        return read(row)
      }
      const [made] = await knex(table).insert(written(item))
      // A key that is left out is one that MySQL has counted up.
      const row = await rows.get(Object.fromEntries(model.key.map((name) => [name, item[name] ?? made])))
      if (row) return row
      throw new Fault(
        'InvalidArgumentsError',
        `Give ${model.key.join(', ')}: MySQL makes it by a default of the table, and does not tell which.`,
      )
    },
    async update(key, changes) {
      const values = written(changes)
      if (Object.keys(values).length > 0) await knex(table).where(keyOf(key)).update(values)
    },
    async remove(key) {
      await knex(table).where(keyOf(key)).delete()
    },
  }
  return rows
}

const writeToken = (offset: number) => Buffer.from(JSON.stringify({ offset })).toString('base64url')

function readToken(token: string | null | undefined): number {
  if (token === null || token === undefined) return 0
  try {
    const { offset } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { offset?: unknown }
    if (Number.isSafeInteger(offset) && (offset as number) >= 0) return offset as number
  } catch {
    // Not a token of ours: said below.
  }
  throw new Fault('InvalidArgumentsError', 'Invalid pagination token given.')
}

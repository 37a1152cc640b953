import { createHash } from 'node:crypto'
import type { SQLInputValue } from 'node:sqlite'
import type { Store } from '../store.js'
import { whyRefused } from './itemSize.js'
import type { Item } from './rules.js'
import type { Definition, Index, Model } from './sdl.js'

// The tables behind the models: DynamoDB's meaning of keys, indexes, pages and conditions, on SQLite.
// One row per item, and one per index it is in. Keys are kept as they are, text or number, so that SQLite orders them as
// DynamoDB does (text by its UTF-8 bytes); several sort keys are one text joined by `#`, as the official resolvers write them.

export interface Page {
  items: Item[]
  nextToken: string | null
}

export interface Paging {
  limit: number
  nextToken?: string | null
  descending?: boolean
  /** Applied to what was read, after the limit. */
  keep?: (item: Item) => boolean
}

export interface SortCondition {
  operator: string
  values: SQLInputValue[]
}

export interface Items {
  get(model: Model, key: Item): Item | undefined
  /** @throws {ConditionFailed} where the key is taken. */
  insert(model: Model, item: Item): void
  replace(model: Model, item: Item): void
  remove(model: Model, key: Item): void
  scan(model: Model, paging: Paging): Page
  query(model: Model, index: Index, partition: unknown, conditions: SortCondition[], paging: Paging): Page
  /** Brings what is stored in line with a (new) definition: nothing is lost, keys and indexes are made anew where they changed. */
  adopt(definition: Definition): void
  clear(): void
}

export class ConditionFailed extends Error {}
/** The request cannot be meant: a token of another query, a limit of zero. */
export class BadRequest extends Error {}

/** The name of the primary key where an index is expected. */
export const PRIMARY = ''

/** DynamoDB ends a page after a megabyte, whatever the limit. */
const PAGE_BYTES = 1024 * 1024
/** More rows than fit into one, so that nobody's limit reads the whole table into memory. */
const PAGE_ROWS = 20_000

interface Row {
  seq: number
  range: string | number
  item: string
}

export function createItems(store: Store): Items {
  store.migrate('appsync', [
    `CREATE TABLE appsync_items (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, hash ANY NOT NULL, range ANY NOT NULL, item TEXT NOT NULL,
       UNIQUE (model, hash, range)
     ) STRICT;
     CREATE INDEX appsync_items_by_model ON appsync_items (model, seq);
     CREATE TABLE appsync_indexed (
       model TEXT NOT NULL, name TEXT NOT NULL, hash ANY NOT NULL, range ANY NOT NULL,
       seq INTEGER NOT NULL REFERENCES appsync_items (seq) ON DELETE CASCADE,
       PRIMARY KEY (model, name, hash, range, seq)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX appsync_indexed_by_item ON appsync_indexed (seq);
     CREATE TABLE appsync_shapes (model TEXT PRIMARY KEY, shape TEXT NOT NULL) STRICT;`,
  ])
  let indexes = new Map<string, Index[]>()

  const find = (model: Model, key: Item) =>
    store.get<Row>(
      'SELECT seq, range, item FROM appsync_items WHERE model = ? AND hash = ? AND range = ?',
      model.name,
      keyValue(key[model.key[0]!]) ?? '',
      sortValue(key, model.key.slice(1)) ?? '',
    )

  function refuseEmptyKeys(model: Model, item: Item) {
    for (const name of [
      model.key,
      ...(indexes.get(model.name) ?? []).map((each) => [each.partition, ...each.sorts]),
    ].flat()) {
      if (item[name] === '') {
        throw new BadRequest(
          `One or more parameter values are not valid. The value of the key attribute ${name} cannot be an empty string.`,
        )
      }
    }
  }

  function index(model: Model, seq: number | bigint, item: Item) {
    for (const each of indexes.get(model.name) ?? []) {
      const hash = keyValue(item[each.partition])
      const range = sortValue(item, each.sorts)
      // As in DynamoDB, an index holds only the rows that have its keys.
      if (hash === undefined || range === undefined) continue
      store.run('INSERT INTO appsync_indexed VALUES (?, ?, ?, ?, ?)', model.name, each.name, hash, range, seq)
    }
  }

  return {
    get(model, key) {
      const row = find(model, key)
      return row && (JSON.parse(row.item) as Item)
    },
    insert(model, item) {
      refuseEmptyKeys(model, item)
      refuseTooLarge(item, 'Item size')
      const row = store.get<{ seq: number }>(
        'INSERT INTO appsync_items (model, hash, range, item) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq',
        model.name,
        keyValue(item[model.key[0]!]) ?? '',
        sortValue(item, model.key.slice(1)) ?? '',
        JSON.stringify(item),
      )
      if (!row) throw new ConditionFailed()
      index(model, row.seq, item)
    },
    replace(model, item) {
      refuseEmptyKeys(model, item)
      refuseTooLarge(item, 'Item size to update')
      const row = find(model, item)
      if (!row) throw new ConditionFailed()
      store.run('UPDATE appsync_items SET item = ? WHERE seq = ?', JSON.stringify(item), row.seq)
      store.run('DELETE FROM appsync_indexed WHERE seq = ?', row.seq)
      index(model, row.seq, item)
    },
    remove(model, key) {
      const row = find(model, key)
      if (row) store.run('DELETE FROM appsync_items WHERE seq = ?', row.seq)
    },
    scan(model, paging) {
      const after = readToken(paging.nextToken, model.name, 1)[0] ?? 0
      const rows = store.all<Row>(
        'SELECT seq, range, item FROM appsync_items WHERE model = ? AND seq > ? ORDER BY seq LIMIT ?',
        model.name,
        after,
        pageSize(paging),
      )
      return page(rows, paging, model.name, ({ seq }) => [seq])
    },
    query(model, { name }, partition, conditions, paging) {
      const hash = keyValue(partition)
      if (hash === undefined) return { items: [], nextToken: null }
      const [from, named] =
        name === PRIMARY
          ? ['appsync_items k', '']
          : ['appsync_indexed k JOIN appsync_items i ON i.seq = k.seq', 'AND k.name = ?']
      const item = name === PRIMARY ? 'k.item' : 'i.item'
      const [beyond, direction] = paging.descending ? ['<', 'DESC'] : ['>', 'ASC']
      const scope = [model.name, name, hash, direction].join('/')
      const token = readToken(paging.nextToken, scope, 2)
      const where = conditions.map((each) => `AND ${sqlOf(each)}`).join(' ')
      const after = token.length > 0 ? `AND (k.range, k.seq) ${beyond} (?, ?)` : ''
      const rows = store.all<Row>(
        `SELECT k.seq, k.range, ${item} FROM ${from} WHERE k.model = ? ${named} AND k.hash = ? ${where} ${after}
         ORDER BY k.range ${direction}, k.seq ${direction} LIMIT ?`,
        model.name,
        ...(name === PRIMARY ? [] : [name]),
        hash,
        ...conditions.flatMap((each) => each.values),
        ...token,
        pageSize(paging),
      )
      return page(rows, paging, scope, ({ range, seq }) => [range, seq])
    },
    adopt(definition) {
      const models = [...definition.models.values()].filter(({ table }) => !table)
      indexes = new Map(models.map((model) => [model.name, indexesOf(model, definition)]))
      store.transaction(() => {
        for (const model of models) {
          const shape = JSON.stringify([model.key, indexes.get(model.name)])
          const known = store.get<{ shape: string }>(
            'SELECT shape FROM appsync_shapes WHERE model = ?',
            model.name,
          )
          if (known?.shape === shape) continue
          store.run('INSERT OR REPLACE INTO appsync_shapes VALUES (?, ?)', model.name, shape)
          if (known) rekey(store, model, index)
        }
      })
    },
    clear() {
      store.run('DELETE FROM appsync_items')
    },
  }
}

function refuseTooLarge(item: Item, what: string) {
  const why = whyRefused(item)
  if (why === 'size') throw new BadRequest(`${what} has exceeded the maximum allowed size`)
  if (why === 'depth') throw new BadRequest('Nesting Levels have exceeded supported limits')
}

/** The indexes that are declared, and those that relations need. */
export function indexesOf(model: Model, definition: Definition): Index[] {
  const relations = [...definition.models.values()].flatMap((owner) =>
    [...owner.fields.values()].flatMap((field) =>
      field.relation && field.relation.kind !== 'belongsTo' && field.relation.model === model.name
        ? [relationIndex(owner.name, field.name, field.relation.references)]
        : [],
    ),
  )
  return [...model.indexes, ...relations]
}

export function relationIndex(owner: string, field: string, references: string[]): Index {
  return { name: `gsi-${owner}.${field}`, partition: references[0]!, sorts: references.slice(1) }
}

function rekey(store: Store, model: Model, index: (model: Model, seq: number, item: Item) => void) {
  const rows = store.all<Row>(
    'SELECT seq, range, item FROM appsync_items WHERE model = ? ORDER BY seq',
    model.name,
  )
  store.run('DELETE FROM appsync_indexed WHERE model = ?', model.name)
  // Out of the way first, so that old and new keys cannot meet.
  store.run("UPDATE appsync_items SET hash = 'unkeyed/' || seq, range = '' WHERE model = ?", model.name)
  for (const row of rows) {
    const item = JSON.parse(row.item) as Item
    const hash = keyValue(item[model.key[0]!])
    const range = sortValue(item, model.key.slice(1))
    // A row without the new key, or with one that is taken, stays: it is listed, though no key gets it.
    if (hash !== undefined && range !== undefined) {
      store.run('UPDATE OR IGNORE appsync_items SET hash = ?, range = ? WHERE seq = ?', hash, range, row.seq)
    }
    index(model, row.seq, item)
  }
}

/** A value as a key; undefined: it cannot be one. */
export function keyValue(value: unknown): string | number | undefined {
  if (typeof value === 'boolean') return String(value)
  return typeof value === 'string' || typeof value === 'number' ? value : undefined
}

/** The sort key of an item: nothing, one value, or several joined. */
export function sortValue(item: Item, sorts: string[]): string | number | undefined {
  if (sorts.length === 0) return ''
  if (sorts.length === 1) return keyValue(item[sorts[0]!])
  const values = sorts.map((name) => keyValue(item[name]))
  return values.includes(undefined) ? undefined : values.join('#')
}

function sqlOf({ operator }: SortCondition): string {
  switch (operator) {
    case 'eq':
      return 'k.range = ?'
    case 'lt':
      return 'k.range < ?'
    case 'le':
      return 'k.range <= ?'
    case 'gt':
      return 'k.range > ?'
    case 'ge':
      return 'k.range >= ?'
    case 'between':
      return 'k.range BETWEEN ? AND ?'
    case 'beginsWith':
      return 'substr(k.range, 1, length(?)) = ?'
    default:
      throw new BadRequest(`A key cannot be compared by ${operator}.`)
  }
}

function pageSize({ limit }: Paging): number {
  if (!(limit >= 1)) {
    throw new BadRequest(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    )
  }
  return Math.min(limit, PAGE_ROWS)
}

function page(rows: Row[], paging: Paging, scope: string, position: (row: Row) => (string | number)[]): Page {
  let bytes = 0
  let read = 0
  const items: Item[] = []
  for (const row of rows) {
    const item = JSON.parse(row.item) as Item
    read++
    if (!paging.keep || paging.keep(item)) items.push(item)
    bytes += row.item.length
    if (bytes >= PAGE_BYTES) break
  }
  // DynamoDB stops at the limit without looking whether more follows: the last page may be empty.
  const more = read < rows.length || read === pageSize(paging)
  return { items, nextToken: more ? writeToken(scope, position(rows[read - 1]!)) : null }
}

const mark = (scope: string) => createHash('sha256').update(scope).digest('base64url').slice(0, 12)

const writeToken = (scope: string, position: (string | number)[]) =>
  Buffer.from(JSON.stringify([mark(scope), ...position])).toString('base64url')

function readToken(token: string | null | undefined, scope: string, length: number): (string | number)[] {
  if (token === null || token === undefined) return []
  try {
    const [of, ...position] = JSON.parse(Buffer.from(token, 'base64url').toString()) as (string | number)[]
    const sound = position.length === length && position.every((each) => keyValue(each) !== undefined)
    if (of === mark(scope) && sound) return position
  } catch {
    // Not a token of ours: said below.
  }
  throw new BadRequest('Invalid pagination token given.')
}

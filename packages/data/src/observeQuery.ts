// The live query of a model: what it reads and watches, and how it tells which rows belong to it.

import type { Observable } from 'rxjs'
import type { CallOptions, ReadPage } from './caller.js'
import { type Introspection, keysOf, type Model, type Operation, operationsOf } from './introspection.js'
import { liveQuery, type Snapshot, type Watcher } from './liveQuery.js'
import { compare, matches } from './match.js'
import { joined } from './operations.js'
import { type Row, readRow, writeCondition, writeFilter } from './rows.js'
import { fieldsIn, widened } from './subscriptionFilter.js'

export interface Observed {
  introspection: Introspection
  model: Model
  /** The keys by which `list` reads; none where that is just the `id`. */
  listKeys: string[]
  listReader(options: Row & CallOptions, read: (raw: Row | null) => Row | null): ReadPage
  watch(operation: Operation, options: CallOptions, watcher: Watcher): () => void
  /** The row with its lazy relations. */
  relate(row: Row, options: CallOptions): Row
}

/** Everything is read, so it is read in large pages. */
const pageSize = 1_000

export function observe(observed: Observed, options: Row & CallOptions): Observable<Snapshot<Row>> {
  const { introspection, model, listKeys, listReader, watch, relate } = observed
  const { selectionSet, filter: given, ...others } = options
  const keys = keysOf(model)
  const filter = writeFilter(introspection, model, given) as Row | undefined
  const keyValue = (name: string) =>
    writeCondition(model.fields[name], options[name], `${model.name}.${name}`)

  // What it takes to tell rows apart, to order them, and to know whether they still match.
  const needed = [...keys, ...(model.fields.updatedAt ? ['updatedAt'] : []), ...fieldsIn(filter)]
  const { narrow, ...selected } = widened(selectionSet, needed)

  const [partition = '', ...sortKeys] = listKeys
  const bound = !!partition && options[partition] !== undefined
  const sort = joined(sortKeys)
  const offered = operationsOf(model)
  const read = listReader({ ...options, ...selected }, (raw) => readRow(introspection, model.name, raw))
  return liveQuery<Row>({
    keys,
    page: (nextToken, signal) => read({ limit: pageSize, nextToken }, signal),
    watch: Object.fromEntries(
      (['onCreate', 'onUpdate', 'onDelete'] as const)
        .filter((operation) => offered.includes(operation))
        .map((operation) => [
          operation.slice(2).toLowerCase(),
          // No filter: on the service's side it would hide the update by which a row stops matching.
          (watcher: Watcher) => watch(operation, { ...others, ...selected }, watcher),
        ]),
    ),
    belongs: (row) =>
      matches(row, filter) &&
      (!bound || row[partition] === keyValue(partition)) &&
      (sortKeys.length !== 1 || !options[sort] || matches(row, { [sort]: keyValue(sort) })),
    ...(bound && sortKeys.length ? { compare: by(sortKeys, options.sortDirection === 'DESC' ? -1 : 1) } : {}),
    finish(row) {
      const item = narrow?.(row) ?? relate(row, options)
      // The app may change what it gets.
      return item === row ? { ...row } : item
    },
  })
}

const by = (names: string[], sign: 1 | -1) => (one: Row, other: Row) => {
  const name = names.find((field) => one[field] !== other[field])
  return name === undefined ? 0 : compare(one[name], other[name]) * sign
}

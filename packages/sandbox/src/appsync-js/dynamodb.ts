import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { BadRequest, type Items, PRIMARY, type SortCondition } from '../appsync/items.js'
import type { Item } from '../appsync/rules.js'
import type { Index, Model } from '../appsync/sdl.js'
import { primaryIndex } from '../appsync/servedKeys.js'
import type { Store } from '../store.js'
import { fromAttributes } from './attributes.js'
import {
  type Condition,
  ExpressionError,
  holds,
  type Operand,
  projected,
  readCondition,
  type WrittenExpression,
} from './expressions.js'
import { updated } from './updates.js'

// The DynamoDB data source of AppSync's JavaScript resolvers, on the sandbox's tables:
// https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-dynamodb.html
// Deliberately not here: versioned data sources and their conflict resolution.

/** An error of a data source, which the response handler finds in `ctx.error`, beside what was found. */
export class SourceError extends Error {
  readonly type: string
  readonly result: unknown
  constructor(type: string, message: string, result: unknown = null) {
    super(message)
    this.type = type
    this.result = result
  }
}

export interface Tables {
  items: Items
  store: Store
  now(): number
  /** By any of its names. @throws {SourceError} */
  table(name: string): Model
}

interface Conditional extends WrittenExpression {
  equalsIgnore?: string[]
  conditionalCheckFailedHandler?: { strategy?: string }
}

interface Request {
  operation: string
  key?: Item
  attributeValues?: Item
  update?: WrittenExpression
  condition?: Conditional
  query?: WrittenExpression
  filter?: WrittenExpression
  projection?: WrittenExpression
  index?: string
  limit?: number
  nextToken?: string | null
  scanIndexForward?: boolean
  totalSegments?: number
  segment?: number
  lastSync?: number
  tables?: Record<string, unknown>
  transactItems?: (Request & { table: string })[]
}

/** What one request gives to `ctx.result`. @throws {SourceError} */
export function callDynamoDb(tables: Tables, model: Model, request: Request): unknown {
  try {
    return tables.store.transaction(() => run(tables, model, request))
  } catch (error) {
    if (error instanceof ExpressionError)
      throw new SourceError(
        'DynamoDB:DynamoDbException',
        `Invalid expression: ${error.message} (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
      )
    if (error instanceof BadRequest) throw new SourceError('DynamoDB:DynamoDbException', error.message)
    throw error
  }
}

function run(tables: Tables, model: Model, request: Request): unknown {
  const { items } = tables
  switch (request.operation) {
    case 'GetItem': {
      const found = items.get(model, keyOf(model, request))
      return found ? projected(found, request.projection) : null
    }
    case 'PutItem':
      return putItem(tables, model, request)
    case 'UpdateItem':
      return updateItem(tables, model, request)
    case 'DeleteItem':
      return deleteItem(tables, model, request)
    case 'Query':
      return query(tables, model, request)
    case 'Scan':
      return scan(tables, model, request)
    case 'Sync':
      return { ...scan(tables, model, request), startedAt: tables.now() }
    case 'BatchGetItem':
      return batch(tables, request, 'unprocessedKeys', (table, each, { projection }) => {
        const found = items.get(table, keyOf(table, { key: each }))
        return found ? projected(found, projection) : null
      })
    case 'BatchPutItem':
      return batch(tables, request, 'unprocessedItems', (table, each) => {
        const item = fromAttributes(each)
        checkKnown(table)
        save(items, table, item)
        return item
      })
    case 'BatchDeleteItem':
      return batch(tables, request, 'unprocessedKeys', (table, each) => {
        const key = keyOf(table, { key: each })
        items.remove(table, key)
        return key
      })
    case 'TransactGetItems':
      return {
        items: transacted(request).map((each) => {
          const table = tables.table(each.table)
          const found = items.get(table, keyOf(table, each))
          return found ? projected(found, each.projection) : null
        }),
        cancellationReasons: null,
      }
    case 'TransactWriteItems':
      return transactWrite(tables, transacted(request))
    default:
      throw new SourceError(
        'MalformedRequest',
        `The operation ${request.operation} is none that DynamoDB has.`,
      )
  }
}

function keyOf(model: Model, { key }: Pick<Request, 'key'>): Item {
  const item = fromAttributes(key ?? {})
  // A table that is made elsewhere has the key that requests name.
  if (model.key.length === 0) model.key.push(...Object.keys(item))
  for (const name of model.key) {
    if (item[name] === undefined || item[name] === null)
      throw new SourceError(
        'DynamoDB:DynamoDbException',
        `The provided key element does not match the schema: ${name} is missing (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
      )
  }
  return item
}

function checkKnown({ title, key }: Model) {
  if (key.length > 0) return
  throw new SourceError(
    'UnsupportedOperation',
    `The table ${title} is made elsewhere: the sandbox learns its key from the first request that names one.`,
  )
}

function save(items: Items, model: Model, item: Item) {
  if (items.get(model, item)) items.replace(model, item)
  else items.insert(model, item)
}

const passes = (condition: Conditional | undefined, item: Item | undefined) =>
  !condition?.expression || holds(readCondition(condition), item ?? {})

const conditionFailed = (existing: Item | undefined) =>
  new SourceError(
    'DynamoDB:ConditionalCheckFailedException',
    `The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
    existing ?? null,
  )

/** A condition that fails is forgiven where what was wanted is there already. */
function isThere({ equalsIgnore = [] }: Conditional, existing: Item | undefined, wanted: Item): boolean {
  if (!existing) return false
  const bare = (item: Item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => !equalsIgnore.includes(name)))
  return isDeepStrictEqual(bare(existing), bare(wanted))
}

function putItem({ items }: Tables, model: Model, request: Request): Item {
  const key = keyOf(model, request)
  const item = { ...fromAttributes(request.attributeValues ?? {}), ...key }
  const existing = items.get(model, key)
  if (!passes(request.condition, existing)) {
    if (isThere(request.condition!, existing, item)) return existing!
    throw conditionFailed(existing)
  }
  save(items, model, item)
  return item
}

function updateItem({ items }: Tables, model: Model, request: Request): Item {
  const key = keyOf(model, request)
  const existing = items.get(model, key)
  if (!passes(request.condition, existing)) throw conditionFailed(existing)
  const item = { ...updated({ ...existing, ...key }, request.update ?? { expression: '' }), ...key }
  save(items, model, item)
  return item
}

function deleteItem({ items }: Tables, model: Model, request: Request): Item | null {
  const key = keyOf(model, request)
  const existing = items.get(model, key)
  if (!passes(request.condition, existing)) {
    if (!existing) return null
    throw conditionFailed(existing)
  }
  items.remove(model, key)
  return existing ?? null
}

const LIMIT = 1_000_000

function keeping({ filter, lastSync, totalSegments, segment }: Request) {
  const condition = filter?.expression ? readCondition(filter) : undefined
  let row = 0
  return (item: Item) =>
    (!totalSegments || row++ % totalSegments === (segment ?? 0)) &&
    (!lastSync || Date.parse(String(item.updatedAt)) >= lastSync) &&
    (!condition || holds(condition, item))
}

function scan({ items }: Tables, model: Model, request: Request) {
  const { limit = LIMIT, nextToken } = request
  const page = items.scan(model, { limit, nextToken, keep: keeping(request) })
  return {
    ...page,
    items: page.items.map((item) => projected(item, request.projection)),
    scannedCount: page.items.length,
  }
}

function query({ items }: Tables, model: Model, request: Request) {
  if (!request.query?.expression)
    throw new SourceError('MalformedRequest', 'Query needs a query with its expression.')
  if (!request.index) checkKnown(model)
  const index: Index = request.index
    ? model.indexes.find(({ name }) => name === request.index)!
    : { ...primaryIndex(model), name: PRIMARY }
  if (!index)
    throw new SourceError(
      'DynamoDB:DynamoDbException',
      `The table does not have the specified index: ${request.index} (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
    )
  const { partition, conditions } = keyConditions(readCondition(request.query), index)
  const { limit = LIMIT, nextToken, scanIndexForward = true } = request
  const page = items.query(model, index, partition, conditions, {
    limit,
    nextToken,
    descending: !scanIndexForward,
    keep: keeping(request),
  })
  return {
    ...page,
    items: page.items.map((item) => projected(item, request.projection)),
    scannedCount: page.items.length,
  }
}

const OPERATORS: Record<string, string> = {
  '=': 'eq',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  BETWEEN: 'between',
}

/** The partition's value, and what is asked of the sort key: `id = :id AND begins_with(#sort, :text)`. */
function keyConditions(condition: Condition, { partition, sorts }: Index) {
  const parts =
    condition.kind === 'and'
      ? condition.parts.flatMap((each) => (each.kind === 'and' ? each.parts : [each]))
      : [condition]
  const range = sorts.join('#')
  let hash: unknown
  const conditions: SortCondition[] = []
  for (const part of parts) {
    const [name, operator, values] = keyCondition(part)
    if (name === partition && operator === 'eq') hash = values[0]
    else if (name === range || sorts[0] === name) {
      const all = values as (string | number)[]
      conditions.push({ operator, values: operator === 'beginsWith' ? [all[0]!, all[0]!] : all })
    } else throw new ExpressionError(`Query key condition not supported: ${name} is no key of this index.`)
  }
  if (hash === undefined) throw new ExpressionError(`Query condition missed key schema element: ${partition}`)
  return { partition: hash, conditions }
}

function keyCondition(part: Condition): [name: string, operator: string, values: unknown[]] {
  const value = (operand: Operand | undefined) => (operand?.kind === 'value' ? operand.value : undefined)
  const name = (operand: Operand | undefined) => (operand?.kind === 'path' ? String(operand.path[0]) : '')
  if (part.kind === 'call' && part.name === 'begins_with')
    return [name(part.args[0]), 'beginsWith', [value(part.args[1])]]
  if (part.kind === 'compare' && OPERATORS[part.operator])
    return [name(part.left), OPERATORS[part.operator]!, part.right.map(value)]
  throw new ExpressionError('Invalid operator used in KeyConditionExpression')
}

type OfTable = { keys?: Item[]; projection?: WrittenExpression }

function batch(
  tables: Tables,
  request: Request,
  unprocessed: string,
  work: (table: Model, each: Item, options: OfTable) => unknown,
) {
  const data: Record<string, unknown[]> = {}
  const left: Record<string, unknown[]> = {}
  for (const [name, given] of Object.entries(request.tables ?? {})) {
    const table = tables.table(name)
    const options = (Array.isArray(given) ? { keys: given } : given) as OfTable
    data[name] = (options.keys ?? []).map((each) => work(table, each, options))
    left[name] = []
  }
  return { data, [unprocessed]: left }
}

function transacted({ transactItems = [] }: Request) {
  if (transactItems.length === 0 || transactItems.length > 100)
    throw new SourceError(
      'MalformedRequest',
      `A transaction has from 1 to 100 items, not ${transactItems.length}.`,
    )
  return transactItems
}

function transactWrite(tables: Tables, requests: (Request & { table: string })[]) {
  const checks = requests.map((each) => {
    const table = tables.table(each.table)
    const existing = tables.items.get(table, keyOf(table, each))
    return { table, existing, passed: passes(each.condition, existing) }
  })
  if (checks.some(({ passed }) => !passed)) {
    const cancellationReasons = checks.map(({ passed, existing }) =>
      passed
        ? { type: 'None', message: 'None', item: null }
        : {
            type: 'ConditionalCheckFailed',
            message: 'The conditional request failed',
            item: existing ?? null,
          },
    )
    throw new SourceError(
      'DynamoDB:TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${cancellationReasons.map(({ type }) => type).join(', ')}] (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
      { keys: null, cancellationReasons },
    )
  }
  for (const [i, { condition: _, ...each }] of requests.entries()) {
    const { table } = checks[i]!
    if (each.operation === 'PutItem') putItem(tables, table, each)
    else if (each.operation === 'UpdateItem') updateItem(tables, table, each)
    else if (each.operation === 'DeleteItem') deleteItem(tables, table, each)
    else if (each.operation !== 'ConditionCheck')
      throw new SourceError('MalformedRequest', `A transaction cannot hold ${each.operation}.`)
  }
  return { keys: requests.map(({ key }) => fromAttributes(key ?? {})), cancellationReasons: null }
}

import { AttributeSet, toAttribute, toAttributes } from './attributes.js'
import { toExpression } from './transforms.js'

// Runs inside the context of a resolver, in the place of `@aws-appsync/utils/dynamodb`:
// https://docs.aws.amazon.com/appsync/latest/devguide/built-in-modules.html

type Values = Record<string, unknown>
type Condition = Values | undefined

const condition = (filter: Condition) => (filter ? { condition: toExpression(filter) } : {})

interface ReadOptions {
  key: Values
  consistentRead?: boolean
  projection?: string[]
}

function projected(fields: string[] | undefined) {
  if (!fields) return {}
  const expressionNames = Object.fromEntries(fields.map((field, i) => [`#p${i}`, field]))
  return { projection: { expression: Object.keys(expressionNames).join(', '), expressionNames } }
}

export const get = ({ key, consistentRead, projection }: ReadOptions) => ({
  operation: 'GetItem',
  key: toAttributes(key),
  consistentRead,
  ...projected(projection),
})

export const put = ({
  key,
  item,
  condition: filter,
}: {
  key: Values
  item: Values
  condition?: Condition
}) => ({
  operation: 'PutItem',
  key: toAttributes(key),
  attributeValues: toAttributes(item),
  ...condition(filter),
})

export const remove = ({ key, condition: filter }: { key: Values; condition?: Condition }) => ({
  operation: 'DeleteItem',
  key: toAttributes(key),
  ...condition(filter),
})

interface Change {
  $change: string
  value?: unknown
  index?: number
}

const change = ($change: string) => (value: unknown, index?: number) => ({ $change, value, index })

/** What `update` can do to a field beside setting it. */
export const operations = {
  add: change('add'),
  remove: () => ({ $change: 'remove' }),
  replace: change('replace'),
  increment: (by = 1) => ({ $change: 'increment', value: by }),
  decrement: (by = 1) => ({ $change: 'decrement', value: by }),
  append: change('append'),
  prepend: change('prepend'),
  updateListItem: change('updateListItem'),
}

export function update({
  key,
  update: fields,
  condition: filter,
}: {
  key: Values
  update: Values
  condition?: Condition
}) {
  const expressionNames: Record<string, string> = {}
  const expressionValues: Values = {}
  const sets: string[] = []
  const removes: string[] = []
  for (const [i, [field, given]] of Object.entries(fields).entries()) {
    const name = `#u${i}`
    const value = `:u${i}`
    const {
      $change,
      value: operand,
      index,
    } = (
      typeof given === 'object' && given !== null && '$change' in given
        ? given
        : { $change: 'replace', value: given }
    ) as Change
    if (given === undefined) continue
    expressionNames[name] = field
    if ($change === 'remove') {
      removes.push(name)
      continue
    }
    expressionValues[value] = toAttribute(operand)
    if ($change === 'increment' || $change === 'decrement') {
      expressionValues[`${value}z`] = toAttribute(0)
      sets.push(`${name} = if_not_exists(${name}, ${value}z) ${$change === 'increment' ? '+' : '-'} ${value}`)
    } else if ($change === 'append' || $change === 'prepend') {
      expressionValues[`${value}z`] = toAttribute([])
      const known = `if_not_exists(${name}, ${value}z)`
      sets.push(
        `${name} = list_append(${$change === 'append' ? `${known}, ${value}` : `${value}, ${known}`})`,
      )
    } else if ($change === 'updateListItem') sets.push(`${name}[${index}] = ${value}`)
    else sets.push(`${name} = ${value}`)
  }
  const expression = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removes.length > 0 ? `REMOVE ${removes.join(', ')}` : '',
  ]
  return {
    operation: 'UpdateItem',
    key: toAttributes(key),
    update: { expression: expression.filter(Boolean).join(' '), expressionNames, expressionValues },
    ...condition(filter),
  }
}

interface ListOptions {
  index?: string
  limit?: number
  nextToken?: string | null
  filter?: Condition
  consistentRead?: boolean
  scanIndexForward?: boolean
  projection?: string[]
  totalSegments?: number
  segment?: number
}

const listed = ({ filter, projection, ...rest }: ListOptions) => ({
  ...rest,
  ...projected(projection),
  ...(filter ? { filter: toExpression(filter) } : {}),
})

export const query = ({ query: by, ...rest }: ListOptions & { query: Values }) => ({
  operation: 'Query',
  query: toExpression(by),
  ...listed(rest),
})

export const scan = (options: ListOptions = {}) => ({ operation: 'Scan', ...listed(options) })

export const sync = ({ lastSync, basePartitionKey, deltaIndexName, ...rest }: ListOptions & Values) => ({
  operation: 'Sync',
  lastSync,
  basePartitionKey,
  deltaIndexName,
  ...listed(rest),
})

type Tables = Record<string, Values>

const keysOf = (tables: Tables) =>
  Object.fromEntries(
    Object.entries(tables).map(([name, { keys, projection, ...rest }]) => [
      name,
      {
        ...rest,
        keys: (keys as Values[]).map(toAttributes),
        ...projected(projection as string[] | undefined),
      },
    ]),
  )

export const batchGet = ({ tables }: { tables: Tables }) => ({
  operation: 'BatchGetItem',
  tables: keysOf(tables),
})

const written = (tables: Record<string, Values[]>) =>
  Object.fromEntries(Object.entries(tables).map(([name, items]) => [name, items.map(toAttributes)]))

export const batchPut = ({ tables }: { tables: Record<string, Values[]> }) => ({
  operation: 'BatchPutItem',
  tables: written(tables),
})

export const batchDelete = ({ tables }: { tables: Record<string, Values[]> }) => ({
  operation: 'BatchDeleteItem',
  tables: written(tables),
})

export const transactGet = ({ items }: { items: (ReadOptions & { table: string })[] }) => ({
  operation: 'TransactGetItems',
  transactItems: items.map(({ table, ...rest }) => ({ table, ...get(rest), operation: undefined })),
})

/** `putItem`, `updateItem`, `deleteItem` and `conditionCheck`, each with its table. */
export const transactWrite = ({ items }: { items: Record<string, Values & { table: string }>[] }) => ({
  operation: 'TransactWriteItems',
  transactItems: items.map((each) => {
    const [[kind, options] = []] = Object.entries(each)
    const { table, condition: filter, ...rest } = options ?? { table: '' }
    const checked = { key: rest.key, condition: filter } as never
    if (kind === 'putItem') return { table, ...put({ ...rest, condition: filter } as never) }
    if (kind === 'updateItem') return { table, ...update({ ...rest, condition: filter } as never) }
    if (kind === 'deleteItem') return { table, ...remove(checked) }
    return { table, ...remove(checked), operation: 'ConditionCheck' }
  }),
})

export const toStringSet = (values: string[]) => new AttributeSet('SS', values)
export const toNumberSet = (values: number[]) => new AttributeSet('NS', values)
export const toBinarySet = (values: string[]) => new AttributeSet('BS', values)

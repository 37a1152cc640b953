import type { GraphQLSchema } from 'graphql'
import { type Arguments, attach, type Call, type House } from './calls.js'
import { Fault, faults, refused } from './fault.js'
import { type Filter, passes } from './filter.js'
import { PRIMARY, type SortCondition } from './items.js'
import type { Access, Guard, Item } from './rules.js'
import type { Index, Model } from './sdl.js'
import { upperFirst } from './sdlFields.js'
import { primaryIndex, sortArgument } from './servedKeys.js'

// `getTodo`, `listTodos` and the queries of indexes.

const LIMIT = 100

export function attachQueries(schema: GraphQLSchema, model: Model, guard: Guard, house: House) {
  const primary = primaryIndex(model)
  attach(schema, 'Query', `get${model.title}`, (_, args, call) =>
    readOne(model, guard, house, args, call, ['Query', `get${model.title}`]),
  )
  const list = `list${upperFirst(model.plural)}`
  attach(schema, 'Query', list, (_, args, call) => {
    const partition = args[primary.partition]
    const sort = sortArgument(model, primary)
    const page = paging(readable(guard, call, 'list', ['Query', list]), args)
    if (model.keyChosen && partition !== undefined && partition !== null) {
      return faults(() =>
        house.items.query(
          model,
          { ...primary, name: PRIMARY },
          partition,
          conditions(primary, sort && args[sort.name]),
          page,
        ),
      )
    }
    for (const name of [sort?.name, 'sortDirection']) {
      if (name && args[name] !== undefined && args[name] !== null) {
        throw new Fault(
          'InvalidArgumentsError',
          `When providing argument '${name}' you must also provide arguments ${primary.partition}`,
        )
      }
    }
    return faults(() => house.items.scan(model, page))
  })
  for (const index of model.indexes) {
    const { queryField } = index
    if (!queryField) continue
    const sort = sortArgument(model, index)
    attach(schema, 'Query', queryField, (_, args, call) => {
      const page = paging(readable(guard, call, 'list', ['Query', queryField]), args)
      return faults(() =>
        house.items.query(
          model,
          index,
          args[index.partition],
          conditions(index, sort && args[sort.name]),
          page,
        ),
      )
    })
  }
}

export function readable(
  guard: Guard,
  call: Call,
  operation: 'get' | 'list' | 'any',
  [type, field]: [string, string],
): Access {
  const access = guard.read(call.caller, operation)
  if (access === 'none') throw refused(field, type)
  return access
}

export function readOne(
  model: Model,
  guard: Guard,
  house: House,
  key: Item,
  call: Call,
  place: [string, string],
): Item | null | Promise<Item | null> {
  const access = readable(guard, call, place[0] === 'Query' ? 'get' : 'any', place)
  const shown = (item: Item | undefined) => {
    if (!item) return null
    if (access !== 'all' && access !== 'none' && !access(item)) throw refused(place[1], place[0])
    return item
  }
  return model.table
    ? house.rows(model, (rows) => rows.get(key)).then(shown)
    : shown(house.items.get(model, key))
}

export function paging(access: Access, args: Arguments) {
  const filter = args.filter as Filter | null | undefined
  return {
    limit: (args.limit as number | null | undefined) ?? LIMIT,
    nextToken: args.nextToken as string | null | undefined,
    descending: args.sortDirection === 'DESC',
    keep: (item: Item) => (typeof access !== 'function' || access(item)) && passes(item, filter),
  }
}

function conditions(index: Index, argument: unknown): SortCondition[] {
  return Object.entries((argument as Record<string, unknown> | null | undefined) ?? {})
    .filter(([, operand]) => operand !== null && operand !== undefined)
    .map(([operator, operand]) => {
      const value = (each: unknown) =>
        index.sorts.length > 1 ? joined(index.sorts, each as Item) : (each as string | number)
      if (operator === 'between') {
        const bounds = operand as unknown[]
        if (bounds.length !== 2)
          throw new Fault('InvalidArgumentsError', `between needs two values, not ${bounds.length}.`)
        return { operator, values: bounds.map(value) }
      }
      const text = value(operand)
      return { operator, values: operator === 'beginsWith' ? [text, text] : [text] }
    })
}

/** What is given of a composite key, in order, up to the first part left out. */
function joined(sorts: string[], parts: Item): string {
  const gap = sorts.findIndex((name) => parts[name] === undefined || parts[name] === null)
  return (gap < 0 ? sorts : sorts.slice(0, gap)).map((name) => parts[name]).join('#')
}

import { randomUUID } from 'node:crypto'
import type { GraphQLError, GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import { GraphQLObjectType } from 'graphql'
import type { Clock } from '../clock.js'
import type { Store } from '../store.js'
import { Fault, refused } from './fault.js'
import { type Filter, passes } from './filter.js'
import {
  BadRequest,
  ConditionFailed,
  type Items,
  type Page,
  PRIMARY,
  relationIndex,
  type SortCondition,
  sortValue,
} from './items.js'
import { type Access, type Caller, createGuard, type Guard, type Item, Refused } from './rules.js'
import type { Definition, Index, Model } from './sdl.js'
import { type Field, upperFirst } from './sdlFields.js'
import { primaryIndex, sortArgument } from './served.js'

/** What every resolver is handed beside its arguments. */
export interface Call {
  caller: Caller
  /** Of the request, by names in lower case. */
  headers: Record<string, string>
  /** Errors beside those that made a field null. */
  errors: GraphQLError[]
  /** Subscriptions that are to end, as resolvers say it. */
  invalidations: unknown[]
}

export const createCall = (caller: Caller, headers: Record<string, string> = {}): Call => ({
  caller,
  headers,
  errors: [],
  invalidations: [],
})

export interface House {
  definition: Definition
  items: Items
  store: Store
  clock: Clock
}

interface Attached extends House {
  /** Rows that came out of a mutation: what they show goes to subscribers too, so it is held back more. */
  fromMutation: WeakSet<object>
}

type Arguments = Record<string, unknown>
type Resolve = GraphQLFieldResolver<Item, Call, Arguments>

const LIMIT = 100

/** Puts life into the served schema. */
export function attachResolvers(schema: GraphQLSchema, parts: House): Map<string, Guard> {
  const house: Attached = { ...parts, fromMutation: new WeakSet() }
  const guards = new Map(
    [...house.definition.models.values()].map((model) => [model.name, createGuard(model)]),
  )
  for (const model of house.definition.models.values()) {
    const guard = guards.get(model.name)!
    attachQueries(schema, model, guard, house)
    attachMutations(schema, model, guard, house)
    attachFields(schema, model, guards, house)
  }
  return guards
}

export function attach(schema: GraphQLSchema, type: string, field: string, resolve: Resolve) {
  const object = schema.getType(type)
  const found = object instanceof GraphQLObjectType ? object.getFields()[field] : undefined
  if (!found) return
  const checked: Resolve = (item, args, call, info) => {
    refuseDenied(call.caller, type, field)
    return resolve(item, args, call, info)
  }
  found.resolve = checked as GraphQLFieldResolver<unknown, unknown>
}

/** A Lambda authorizer may take single fields from its caller: `Mutation.createTodo`, or an ARN that ends in `/types/Todo/fields/note`. */
export function refuseDenied(caller: Caller, type: string, field: string): void {
  if (caller.mode !== 'lambda') return
  const isDenied = caller.deniedFields.some(
    (each) => each === `${type}.${field}` || each.endsWith(`/types/${type}/fields/${field}`),
  )
  if (isDenied) throw refused(field, type)
}

// ---- queries

function attachQueries(schema: GraphQLSchema, model: Model, guard: Guard, house: Attached) {
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

function readable(
  guard: Guard,
  call: Call,
  operation: 'get' | 'list' | 'any',
  [type, field]: [string, string],
): Access {
  const access = guard.read(call.caller, operation)
  if (access === 'none') throw refused(field, type)
  return access
}

function readOne(
  model: Model,
  guard: Guard,
  { items }: House,
  key: Item,
  call: Call,
  place: [string, string],
): Item | null {
  const access = readable(guard, call, place[0] === 'Query' ? 'get' : 'any', place)
  const item = items.get(model, key)
  if (!item) return null
  if (access !== 'all' && access !== 'none' && !access(item)) throw refused(place[1], place[0])
  return item
}

function paging(access: Access, args: Arguments) {
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

// ---- mutations

function attachMutations(
  schema: GraphQLSchema,
  model: Model,
  guard: Guard,
  { items, store, clock, fromMutation }: Attached,
) {
  const run = (
    verb: 'create' | 'update' | 'delete',
    work: (input: Item, call: Call, condition?: Filter) => Item,
  ) => {
    const field = `${verb}${model.title}`
    attach(schema, 'Mutation', field, (_, args, call) => {
      const item = mutate(field, () =>
        store.transaction(() =>
          work({ ...(args.input as Item) }, call, args.condition as Filter | undefined),
        ),
      )
      fromMutation.add(item)
      return item
    })
  }
  const now = () => new Date(clock.now()).toISOString()

  run('create', (input, { caller }, condition) => {
    const at = now()
    for (const name of model.key) if (input[name] === null) delete input[name]
    const item: Item = {
      ...(model.fields.get('id')?.type.name === 'ID' ? { id: randomUUID() } : {}),
      createdAt: at,
      updatedAt: at,
      ...defaults(model),
      ...guard.create(caller, input),
    }
    if (!passes({}, condition)) throw new ConditionFailed()
    items.insert(model, item)
    return item
  })
  run('update', (input, { caller }, condition) => {
    const existing = items.get(model, input)
    guard.update(caller, input, existing)
    if (!existing || !passes(existing, condition)) throw new ConditionFailed()
    checkCompositeKeys(model, input)
    const item: Item = { ...existing, updatedAt: now(), ...input }
    // Setting to null removes the attribute, as the official resolvers do.
    for (const [name, value] of Object.entries(input)) if (value === null) delete item[name]
    items.replace(model, item)
    return item
  })
  run('delete', (input, { caller }, condition) => {
    const existing = items.get(model, input)
    guard.delete(caller, existing)
    if (!existing || !passes(existing, condition)) throw new ConditionFailed()
    items.remove(model, input)
    return existing
  })
}

function defaults(model: Model): Item {
  const item: Item = {}
  for (const field of model.fields.values()) {
    if (field.default !== undefined) item[field.name] = defaultValue(field, field.default)
  }
  return item
}

function defaultValue({ type }: Field, text: string): unknown {
  switch (type.name) {
    case 'Int':
    case 'AWSTimestamp':
    case 'Float':
      return Number(text)
    case 'Boolean':
      return text === 'true'
    case 'AWSJSON':
      return JSON.parse(text)
    default:
      return text
  }
}

/** Part of a composite sort key alone would leave the index with half a key. */
function checkCompositeKeys(model: Model, input: Item) {
  for (const { name, sorts } of model.indexes) {
    if (sorts.length < 2 || !sorts.some((sort) => sort in input)) continue
    const missing = sorts.find((sort) => !(sort in input))
    if (missing) {
      throw new Fault(
        'InvalidArgumentsError',
        `When updating any part of the composite sort key for @index '${name}', you must provide all fields for the key. Missing key: '${missing}'.`,
      )
    }
  }
}

function mutate(field: string, work: () => Item): Item {
  try {
    return faults(work)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    throw error.fields.length > 0 ? new Fault('Unauthorized', error.message) : refused(field, 'Mutation')
  }
}

function faults<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof ConditionFailed) {
      throw new Fault(
        'DynamoDB:ConditionalCheckFailedException',
        `The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
      )
    }
    if (error instanceof BadRequest) throw new Fault('DynamoDB:DynamoDbException', error.message)
    throw error
  }
}

// ---- fields

function attachFields(schema: GraphQLSchema, model: Model, guards: Map<string, Guard>, house: Attached) {
  const guard = guards.get(model.name)!
  const owners = new Set(model.rules.flatMap((rule) => (rule.allow === 'owner' ? rule.ownerField : [])))
  for (const field of model.fields.values()) {
    const { name, relation } = field
    const isProtected = guard.isProtected(name)
    const value = relation
      ? relationResolver(model, field, guards, house)
      : owners.has(name)
        ? ownerName(name)
        : undefined
    if (!isProtected && !value) continue
    attach(schema, model.name, name, (item, args, call, info) => {
      if (isProtected) {
        if (!guard.field(call.caller, name, item)) throw refused(name, model.name)
        // The answer of a mutation is what subscribers get, and they were not asked about this field.
        if (house.fromMutation.has(item) && model.subscriptions.size > 0 && !field.type.required) return null
      }
      return value ? value(item, args, call, info) : item[name]
    })
  }
}

/** An owner is stored as `sub::username`; clients see the last part. */
function ownerName(name: string): Resolve {
  const last = (value: unknown) => (typeof value === 'string' ? value.split('::').at(-1) : value)
  return (item) => {
    const value = item[name]
    return Array.isArray(value) ? value.map(last) : last(value)
  }
}

function relationResolver(model: Model, field: Field, guards: Map<string, Guard>, house: Attached): Resolve {
  const { kind, model: otherName, references } = field.relation!
  const other = house.definition.models.get(otherName)!
  const guard = guards.get(otherName)!
  const place: [string, string] = [model.name, field.name]
  const empty: Page = { items: [], nextToken: null }
  // Rows of a model that others may read would reach subscribers of this one.
  const heldBack = (item: Item) =>
    house.fromMutation.has(item) &&
    model.subscriptions.size > 0 &&
    guard.readers !== guards.get(model.name)!.readers

  if (kind === 'belongsTo') {
    return (item, _, call) => {
      const key = Object.fromEntries(other.key.map((name, i) => [name, item[references[i]!]]))
      if (heldBack(item) || Object.values(key).some((each) => each === undefined || each === null))
        return null
      return readOne(other, guard, house, key, call, place)
    }
  }
  const index = relationIndex(model.name, field.name, references)
  const find = (item: Item, page: ReturnType<typeof paging>) => {
    const values = Object.fromEntries(references.map((name, i) => [name, item[model.key[i]!]]))
    const range = sortValue(values, index.sorts)
    if (range === undefined) return empty
    return faults(() =>
      house.items.query(
        other,
        index,
        values[index.partition],
        range === '' ? [] : [{ operator: 'eq', values: [range] }],
        page,
      ),
    )
  }
  if (kind === 'hasMany') {
    return (item, args, call) =>
      heldBack(item) ? null : find(item, paging(readable(guard, call, 'any', place), args))
  }
  return (item, _, call) => {
    if (heldBack(item)) return null
    const access = readable(guard, call, 'any', place)
    const found = find(item, paging('all', { limit: 1 })).items[0]
    if (found && typeof access === 'function' && !access(found)) throw refused(place[1], place[0])
    return found ?? null
  }
}

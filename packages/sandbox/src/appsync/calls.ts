import { type GraphQLError, type GraphQLFieldResolver, GraphQLObjectType, type GraphQLSchema } from 'graphql'
import type { Clock } from '../clock.js'
import type { Tables } from '../sql/tables.js'
import type { Store } from '../store.js'
import { refused } from './fault.js'
import type { Items } from './items.js'
import type { Caller, Item } from './rules.js'
import type { Definition } from './sdl.js'
import { createSpending, type Spending } from './spending.js'

// What every resolver is handed, and how one is put into the served schema.

/** What every resolver is handed beside its arguments. */
export interface Call {
  caller: Caller
  /** Of the request, by names in lower case. */
  headers: Record<string, string>
  /** That resolvers want the answer to have. */
  answerHeaders: Record<string, string>
  /** Errors beside those that made a field null. */
  errors: GraphQLError[]
  /** Subscriptions that are to end, as resolvers say it. */
  invalidations: unknown[]
  spending: Spending
}

export const createCall = (caller: Caller, headers: Record<string, string> = {}): Call => ({
  caller,
  headers,
  answerHeaders: {},
  errors: [],
  invalidations: [],
  spending: createSpending(),
})

/** `rows` and `transaction` are for models whose rows are a table, `items` are those of all others. */
export interface House extends Tables {
  definition: Definition
  items: Items
  store: Store
  clock: Clock
}

export interface Attached extends House {
  /** Rows that came out of a mutation: what they show goes to subscribers too, so it is held back more. */
  fromMutation: WeakSet<object>
}

export type Arguments = Record<string, unknown>
export type Resolve = GraphQLFieldResolver<Item, Call, Arguments>

export function attach(schema: GraphQLSchema, type: string, field: string, resolve: Resolve) {
  const object = schema.getType(type)
  const found = object instanceof GraphQLObjectType ? object.getFields()[field] : undefined
  if (!found) return
  const checked: Resolve = (item, args, call, info) => {
    refuseDenied(call.caller, type, field)
    return call.spending.resolve(info, () => resolve(item, args, call, info))
  }
  found.resolve = checked as GraphQLFieldResolver<unknown, unknown>
}

export function refuseDenied(caller: Caller, type: string, field: string): void {
  if (isDenied(caller, type, field)) throw refused(field, type)
}

/** A Lambda authorizer may take single fields from its caller: `Mutation.createTodo`, or an ARN that ends in `/types/Todo/fields/note`. */
export function isDenied(caller: Caller, type: string, field: string): boolean {
  if (caller.mode !== 'lambda') return false
  return caller.deniedFields.some(
    (each) => each === `${type}.${field}` || each.endsWith(`/types/${type}/fields/${field}`),
  )
}

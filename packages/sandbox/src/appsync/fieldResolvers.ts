import type { GraphQLSchema } from 'graphql'
import { wanted } from '../sql/resolvers.js'
import { type Attached, attach, type Resolve } from './calls.js'
import { faults, refused } from './fault.js'
import { type Page, relationIndex, sortValue } from './items.js'
import { paging, readable, readOne } from './queryResolvers.js'
import type { Guard, Item } from './rules.js'
import type { Model } from './sdl.js'
import type { Field } from './sdlFields.js'

// Fields of rows that are more than what is stored: protected ones, owners, and relations.

export function attachFields(
  schema: GraphQLSchema,
  model: Model,
  guards: Map<string, Guard>,
  house: Attached,
) {
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
  if (other.table) return tableRelation(model, field, other, guard, house, heldBack)
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

/** The rows of a table that refer to one of another. */
function tableRelation(
  model: Model,
  { name, relation }: Field,
  other: Model,
  guard: Guard,
  house: Attached,
  heldBack: (item: Item) => boolean,
): Resolve {
  const place: [string, string] = [model.name, name]
  return async (item, args, call) => {
    if (heldBack(item)) return null
    const access = readable(guard, call, 'any', place)
    const equal = Object.fromEntries(relation!.references.map((each, i) => [each, item[model.key[i]!]]))
    const isOne = relation!.kind === 'hasOne'
    const page = await house.rows(other, (rows) =>
      rows.list(isOne ? { equal, access: 'all', limit: 1 } : { ...wanted(access, args), equal }),
    )
    if (!isOne) return page
    const [found] = page.items
    if (found && typeof access === 'function' && !access(found)) throw refused(name, model.name)
    return found ?? null
  }
}

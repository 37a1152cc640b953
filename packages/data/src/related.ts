// How a relation of a row is read: by its key where it holds one, else through its parent, which the service answers from an index.

import {
  type CallOptions,
  firstOf,
  type ListResult,
  type Paging,
  pageReader,
  type SingleResult,
  single,
} from './caller.js'
import type { GraphQLResponse } from './errors.js'
import { keysOf } from './introspection.js'
import { nestedVariables, parentVariable, relationText, type Variables } from './operations.js'
import type { Relation } from './relations.js'
import { type Row, writeFilter } from './rows.js'

/** The one row at the other end. */
export async function relatedRow(relation: Relation, options: CallOptions): Promise<SingleResult> {
  const { caller, related, field, models, row } = relation
  const { get } = models[related.name] ?? {}
  const { connectionType, targetNames = [] } = field.association ?? {}
  if (connectionType === 'BELONGS_TO' && get) {
    const key = Object.fromEntries(keysOf(related).map((name, at) => [name, row[targetNames[at]!]]))
    const none = Object.values(key).some((value) => value === undefined || value === null)
    return none ? { data: null } : get(key, options)
  }
  const reading = throughParent(relation, options)
  if (!reading) return firstRow(relation, options)
  const found = await single(caller, () => reading.operation({}), options, reading.finish, reading.pick)
  return reading.parentIsGone() ? firstRow(relation, options, found) : found
}

/** A page of the rows at the other end. */
export async function relatedPage(
  relation: Relation,
  options: CallOptions,
  paging: Paging,
  signal: AbortSignal,
): Promise<ListResult> {
  const byList = () => {
    const { limit: scanLimit, nextToken } = paging
    return listed(relation, { ...options, limit: undefined, scanLimit, nextToken, signal } as CallOptions)
  }
  const reading = throughParent(relation, options)
  if (!reading) return (await byList()) ?? { data: [], nextToken: null }
  const { operation, finish, pick } = reading
  const page = await pageReader(relation.caller, operation, options, finish, pick)(paging, signal)
  return (reading.parentIsGone() && (await byList())) || page
}

/** What is asked of the parent, and how the answer is understood; undefined where the parent cannot be read. */
function throughParent(relation: Relation, options: CallOptions) {
  const { introspection, model, related, field, models, finish, row } = relation
  if (!models[model.name]?.get) return undefined
  let gone = false
  return {
    operation(paging: Paging): [string, Variables] {
      const key = Object.fromEntries(keysOf(model).map((name) => [parentVariable(name), row[name]]))
      const { filter, sortDirection } = options
      const given = field.isArray
        ? { filter: writeFilter(introspection, related, filter), sortDirection, ...paging }
        : {}
      const nested = nestedVariables(introspection, related, options)
      const nextToken = paging.nextToken ?? undefined
      return [relationText(introspection, model, field, options), { ...given, nextToken, ...nested, ...key }]
    },
    pick(answer: GraphQLResponse) {
      const parent = firstOf(answer)
      gone = !parent && !answer.errors?.length
      return (parent?.[field.name] as Row) ?? null
    },
    finish: (raw: Row | null) => finish(related, raw, options),
    /** Whoever belonged to a row that was deleted is still there. */
    parentIsGone: () => gone,
  }
}

/** The relation as a list of the other model with a filter: it reads that whole table, so it is for where nothing else works. */
async function listed(
  { model, related, field, models, row }: Relation,
  options: CallOptions,
): Promise<ListResult | undefined> {
  // Fields over there that point here. Older schemas name the relation instead.
  const pointers = (field.association?.associatedWith ?? []).flatMap(
    (pointer) => related.fields[pointer]?.association?.targetNames ?? [pointer],
  )
  const list = models[related.name]?.list
  if (!list || !pointers.length) return undefined
  const keys = keysOf(model)
  const filter = { and: pointers.map((pointer, at) => ({ [pointer]: { eq: row[keys[at]!] } })) }
  return list({ ...options, filter: options.filter ? { and: [...filter.and, options.filter] } : filter })
}

/** The one row may be on any page. */
async function firstRow(
  relation: Relation,
  options: CallOptions,
  otherwise: SingleResult = { data: null },
): Promise<SingleResult> {
  const found = await listed(relation, { ...options, limit: 1 })
  if (!found) return otherwise
  const { data, errors } = found
  return { data: data?.[0] ?? null, ...(errors ? { errors } : {}) }
}

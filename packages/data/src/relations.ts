// Lazy relations: functions on a row that read what it belongs to, and what belongs to it.

import {
  type Answer,
  type Caller,
  type CallOptions,
  firstOf,
  type ListAnswer,
  type ListResult,
  list,
  type Models,
  type Paging,
  pageReader,
  type SingleResult,
  single,
} from './caller.js'
import type { GraphQLResponse } from './errors.js'
import { type Field, type Introspection, keysOf, type Model } from './introspection.js'
import { nestedVariables, parentVariable, relationText, type Variables } from './operations.js'
import { type Finish, type Row, writeFilter } from './rows.js'

type Reader = (options: CallOptions) => Answer<SingleResult> | ListAnswer
/** Makes of a row a copy with a function for each relation. They use the authorization that read the row, unless told otherwise. */
export type Relate = (row: Row, options: CallOptions | undefined) => Row

/** What all rows of a model share, worked out once: a row costs no more than its functions. */
export function relationsOf(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  models: Models,
  finish: Finish,
): { none: boolean; relate: Relate } {
  const relations = Object.values(model.fields).flatMap((field) => {
    const { name, type } = field
    const related =
      typeof type === 'string' || !('model' in type) ? undefined : introspection.models[type.model]
    const of = related && reader(caller, introspection, model, related, field, models, finish)
    // The row in scope of one function, not of one in another: rows are made by the thousand.
    const lazy =
      of && ((row: Row, given: CallOptions) => (options?: CallOptions) => of(row)({ ...given, ...options }))
    return lazy ? [{ name, lazy }] : []
  })
  return {
    none: !relations.length,
    relate(row, { authMode, authToken, headers } = {}) {
      const given = { authMode, authToken, headers }
      const whole = { ...row }
      for (const { name, lazy } of relations) whole[name] = lazy(row, given)
      return whole
    },
  }
}

function reader(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  related: Model,
  field: Field,
  models: Models,
  finish: Finish,
): ((row: Row) => Reader) | undefined {
  const { get } = models[related.name] ?? {}
  const { connectionType, targetNames = [] } = field.association ?? {}
  if (connectionType === 'BELONGS_TO' && get)
    return (row) => (options) => {
      const key = Object.fromEntries(keysOf(related).map((name, at) => [name, row[targetNames[at]!]]))
      const none = Object.values(key).some((value) => value === undefined || value === null)
      return none ? caller.answer(async (): Promise<SingleResult> => ({ data: null })) : get(key, options)
    }

  const listedBy = listed(model, related, field, models)
  if (models[model.name]?.get)
    return (row) => throughParent(caller, introspection, model, related, field, finish, row, listedBy?.(row))
  return (
    listedBy &&
    ((row) => (options) => {
      const byList = listedBy(row)
      return field.isArray ? byList(options) : firstRow(caller, byList, options)
    })
  )
}

/** As a selection of the row that it is a relation of, which reads an index. */
function throughParent(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  related: Model,
  field: Field,
  finish: Finish,
  row: Row,
  byList: ((options: CallOptions) => ListAnswer) | undefined,
): Reader {
  const parentKeys = keysOf(model)
  const operation =
    (options: CallOptions) =>
    (paging: Paging = {}): [string, Variables] => {
      const key = Object.fromEntries(parentKeys.map((name) => [parentVariable(name), row[name]]))
      const { filter, sortDirection } = options
      const given = field.isArray
        ? { filter: writeFilter(introspection, related, filter), sortDirection, ...paging }
        : {}
      const nested = nestedVariables(introspection, related, options)
      const variables = { ...given, nextToken: paging.nextToken ?? undefined, ...nested, ...key }
      return [relationText(introspection, model, field, options), variables]
    }

  return (options) => {
    let parentIsGone = false
    const pick = (answer: GraphQLResponse) => {
      const parent = firstOf(answer)
      parentIsGone = !parent && !answer.errors?.length
      return (parent?.[field.name] as Row) ?? null
    }
    const read = (raw: Row | null) => finish(related, raw, options)
    if (field.isArray) {
      const readPage = pageReader(caller, operation(options), options, read, pick)
      return list(
        caller,
        async (paging, signal) => {
          const page = await readPage(paging, signal)
          // Whoever belonged to a row that was deleted is still there.
          if (!parentIsGone || !byList) return page
          const { limit, nextToken } = paging
          return byList({ ...options, limit: undefined, scanLimit: limit, nextToken, signal } as CallOptions)
        },
        options,
      )
    }
    return caller.answer(async (signal) => {
      const inner = { ...options, signal }
      const found = await single(caller, operation(options), inner, read, pick)
      return parentIsGone && byList ? firstRow(caller, byList, inner) : found
    }, options)
  }
}

/** The relation as a list of the other model with a filter: it reads that whole table, so it is for where nothing else works. */
function listed(
  model: Model,
  related: Model,
  field: Field,
  models: Models,
): ((row: Row) => (options: CallOptions) => ListAnswer) | undefined {
  // Fields over there that point here. Older schemas name the relation instead.
  const pointers = (field.association?.associatedWith ?? []).flatMap(
    (pointer) => related.fields[pointer]?.association?.targetNames ?? [pointer],
  )
  const { list: listAll } = models[related.name] ?? {}
  if (!listAll || !pointers.length) return undefined
  const keys = keysOf(model)
  return (row) => {
    const filter = { and: pointers.map((pointer, at) => ({ [pointer]: { eq: row[keys[at]!] } })) }
    return (options) =>
      listAll({ ...options, filter: options.filter ? { and: [...filter.and, options.filter] } : filter })
  }
}

/** The one row may be on any page. */
function firstRow(
  caller: Caller,
  byList: (options: CallOptions) => ListAnswer,
  options: CallOptions,
): Answer<SingleResult> {
  return caller.answer(async (signal): Promise<SingleResult> => {
    const { data, errors }: ListResult = await byList({ ...options, limit: 1, signal })
    return { data: data?.[0] ?? null, ...(errors ? { errors } : {}) }
  }, options)
}

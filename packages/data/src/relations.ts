// Lazy relations: functions on a row that read what it belongs to, and what belongs to it.

import {
  type Caller,
  type CallOptions,
  firstOf,
  type ListResult,
  type Models,
  page,
  type SingleResult,
  single,
} from './caller.js'
import type { GraphQLResponse } from './errors.js'
import { type Field, type Introspection, keysOf, type Model } from './introspection.js'
import { parentVariable, relationText, type Variables } from './operations.js'
import type { Row } from './rows.js'

/** A copy of the row with a function for each relation. They use the authorization that read the row, unless told otherwise. */
export function withRelations(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  models: Models,
  finish: (model: Model, row: Row | null, options: CallOptions | undefined) => Row | null,
  row: Row,
  { authMode, authToken, headers }: CallOptions = {},
): Row {
  const whole = { ...row }
  for (const field of Object.values(model.fields)) {
    const { type } = field
    if (typeof type === 'string' || !('model' in type)) continue
    const related = introspection.models[type.model]
    const read = related && reader(caller, introspection, model, related, field, models, finish, row)
    if (read)
      whole[field.name] = (options?: CallOptions) => read({ authMode, authToken, headers, ...options })
  }
  return whole
}

type Reader = (options: CallOptions) => Promise<SingleResult | ListResult>

function reader(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  related: Model,
  field: Field,
  models: Models,
  finish: (model: Model, row: Row | null, options: CallOptions | undefined) => Row | null,
  row: Row,
): Reader | undefined {
  const { get, list } = models[related.name] ?? {}
  const { connectionType, targetNames = [], associatedWith = [] } = field.association ?? {}
  const parentKeys = keysOf(model)

  if (connectionType === 'BELONGS_TO' && get) {
    const key = Object.fromEntries(keysOf(related).map((name, at) => [name, row[targetNames[at]!]]))
    const none = Object.values(key).some((value) => value === undefined || value === null)
    return (options) => (none ? Promise.resolve({ data: null }) : get(key, options))
  }

  // Fields over there that point here. Older schemas name the relation instead.
  const pointers = associatedWith.flatMap((name) => related.fields[name]?.association?.targetNames ?? [name])
  const filter = { and: pointers.map((name, at) => ({ [name]: { eq: row[parentKeys[at]!] } })) }
  const byList: Reader | undefined =
    list && pointers.length
      ? (given) =>
          caller.cancellable(async (signal): Promise<SingleResult | ListResult> => {
            const options = {
              ...given,
              signal,
              filter: given.filter ? { and: [...filter.and, given.filter] } : filter,
            }
            if (field.isArray) return list(options)
            // The one row may be on any page.
            let found: ListResult
            let nextToken: string | null = null
            do {
              found = (await list({ ...options, nextToken })) as ListResult
              nextToken = found.nextToken ?? null
            } while (nextToken && !found.data?.length && !found.errors)
            const { data, errors } = found
            return { data: data?.[0] ?? null, ...(errors ? { errors } : {}) }
          }, given.signal)
      : undefined
  if (!models[model.name]?.get) return byList

  const operation = (options: CallOptions) => (): [string, Variables] => {
    const { filter, limit, nextToken, sortDirection } = options
    const key = Object.fromEntries(parentKeys.map((name) => [parentVariable(name), row[name]]))
    const paging = field.isArray ? { filter, limit, nextToken: nextToken ?? undefined, sortDirection } : {}
    return [relationText(introspection, model, field), { ...paging, ...key }]
  }
  return (given) =>
    caller.cancellable(async (signal): Promise<SingleResult | ListResult> => {
      const options = { ...given, signal }
      let parentIsGone = false
      const pick = (answer: GraphQLResponse) => {
        const parent = firstOf(answer)
        parentIsGone = !parent && !answer.errors?.length
        return (parent?.[field.name] as Row) ?? null
      }
      const read = (raw: Row | null) => finish(related, raw, options)
      const run = field.isArray ? page : single
      const result = await run(caller, operation(options), options, read, pick)
      // Whoever belonged to a row that was deleted is still there.
      return parentIsGone && byList ? byList(options) : result
    }, given.signal)
}

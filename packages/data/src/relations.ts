// Lazy relations: functions on a row that read what it belongs to, and what belongs to it.

import {
  type Caller,
  type CallOptions,
  type ListResult,
  list,
  type Models,
  type SingleResult,
} from './caller.js'
import type { Field, Introspection, Model } from './introspection.js'
import type { Finish, Row } from './rows.js'

/** A relation of one row, and what it takes to read it. */
export interface Relation {
  caller: Caller
  introspection: Introspection
  model: Model
  related: Model
  field: Field
  models: Models
  finish: Finish
  row: Row
}

/** A copy of the row with a function for each relation. They use the authorization that read the row, unless told otherwise. */
export function withRelations(
  of: Omit<Relation, 'related' | 'field'>,
  { authMode, authToken, headers }: CallOptions = {},
): Row {
  const { introspection, model, models, row } = of
  const whole = { ...row }
  for (const field of Object.values(model.fields)) {
    const { type } = field
    const related = typeof type === 'object' && 'model' in type && introspection.models[type.model]
    // Where nothing of either model can be read, neither can what is between them.
    if (!related || !(models[model.name]?.get || models[related.name]?.list || models[related.name]?.get))
      continue
    const relation = { ...of, related, field }
    whole[field.name] = (options?: CallOptions) =>
      read(relation, { authMode, authToken, headers, ...options })
  }
  return whole
}

function read(relation: Relation, options: CallOptions) {
  const { caller, field } = relation
  // Loaded with the first relation that is read.
  const load = () => import('./related.js')
  return field.isArray
    ? list(
        caller,
        async (paging, signal): Promise<ListResult> =>
          (await load()).relatedPage(relation, options, paging, signal),
        options,
      )
    : caller.answer(
        async (signal): Promise<SingleResult> => (await load()).relatedRow(relation, { ...options, signal }),
        options,
      )
}

import { randomUUID } from 'node:crypto'
import type { GraphQLSchema } from 'graphql'
import { type Attached, attach, type Call } from './calls.js'
import { Fault, faults, refused } from './fault.js'
import { type Filter, passes } from './filter.js'
import { ConditionFailed } from './items.js'
import { type Guard, type Item, Refused } from './rules.js'
import type { Model } from './sdl.js'
import type { Field } from './sdlFields.js'

// `createTodo`, `updateTodo` and `deleteTodo`: what is stored, each in a transaction.

export function attachMutations(
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

/** What fields hold that are not given. */
export function defaults(model: Model): Item {
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
    throw mutationFault(field, error)
  }
}

/** A refusal, as whoever called the mutation is told of it. */
export function mutationFault(field: string, error: unknown): unknown {
  if (!(error instanceof Refused)) return error
  return error.fields.length > 0 ? new Fault('Unauthorized', error.message) : refused(field, 'Mutation')
}

import { randomUUID } from 'node:crypto'
import type { GraphQLSchema } from 'graphql'
import { type Arguments, type Attached, attach, type Call } from '../appsync/calls.js'
import { Fault } from '../appsync/fault.js'
import type { Filter } from '../appsync/filter.js'
import { defaults, mutationFault } from '../appsync/mutationResolvers.js'
import { paging, readable, readOne } from '../appsync/queryResolvers.js'
import type { Access, Guard, Item } from '../appsync/rules.js'
import type { Model } from '../appsync/sdl.js'
import { upperFirst } from '../appsync/sdlFields.js'
import { primaryIndex, sortArgument } from '../appsync/servedKeys.js'
import type { Wanted } from './rows.js'

// Queries and mutations of a model whose rows are a table. Who may do what is decided where it is for every model.

/** What a list's arguments ask for. */
export const wanted = (access: Access, args: Arguments): Omit<Wanted, 'equal' | 'order'> => ({
  ...paging(access, args),
  access,
  filter: args.filter as Filter | null | undefined,
})

export function attachTableQueries(schema: GraphQLSchema, model: Model, guard: Guard, house: Attached): void {
  attach(schema, 'Query', `get${model.title}`, (_, args, call) =>
    readOne(model, guard, house, args, call, ['Query', `get${model.title}`]),
  )
  const list = `list${upperFirst(model.plural)}`
  const { partition } = primaryIndex(model)
  attach(schema, 'Query', list, (_, args, call) => {
    const access = readable(guard, call, 'list', ['Query', list])
    const isGiven = args[partition] !== undefined && args[partition] !== null
    const equal = isGiven ? { [partition]: args[partition] } : {}
    return house.rows(model, (rows) => rows.list({ ...wanted(access, args), equal }))
  })
  for (const index of model.indexes) {
    const { queryField } = index
    if (!queryField) continue
    const sort = sortArgument(model, index)
    attach(schema, 'Query', queryField, (_, args, call) => {
      const asked = wanted(readable(guard, call, 'list', ['Query', queryField]), args)
      const equal = { [index.partition]: args[index.partition] }
      const filter = { and: [asked.filter, ...conditionsOn(index.sorts, sort && args[sort.name])] }
      return house.rows(model, (rows) => rows.list({ ...asked, equal, filter, order: index.sorts }))
    })
  }
}

/** What narrows an index, as filters: of several sort fields, what each is equal to. */
function conditionsOn(sorts: readonly string[], argument: unknown): Filter[] {
  if (argument === null || argument === undefined) return []
  if (sorts.length === 1) return [{ [sorts[0]!]: argument }]
  const { eq, ...more } = argument as Record<string, Record<string, unknown>>
  const [other] = Object.keys(more)
  if (other)
    throw new Fault(
      'InvalidArgumentsError',
      `The key of an index of a table is compared by eq, not by ${other}.`,
    )
  return Object.entries(eq ?? {}).map(([name, value]) => ({ [name]: { eq: value } }))
}

export function attachTableMutations(
  schema: GraphQLSchema,
  model: Model,
  guard: Guard,
  house: Attached,
): void {
  const run = (
    verb: 'create' | 'update' | 'delete',
    work: (input: Item, call: Call, condition: Filter | undefined) => Promise<Item>,
  ) => {
    const field = `${verb}${model.title}`
    attach(schema, 'Mutation', field, async (_, args, call) => {
      try {
        const item = await work(
          { ...(args.input as Item) },
          call,
          (args.condition as Filter | null) ?? undefined,
        )
        house.fromMutation.add(item)
        return item
      } catch (error) {
        throw mutationFault(field, error)
      }
    })
  }

  run('create', (input, { caller }) => {
    for (const name of model.key) if (input[name] === null) delete input[name]
    const id = model.fields.get('id')
    const isOurs = id?.type.name === 'ID' && !id.isFilledIn
    const item = {
      ...(isOurs ? { id: randomUUID() } : {}),
      ...defaults(model),
      ...guard.create(caller, input),
    }
    return house.transaction(model, (rows) => rows.insert(item))
  })
  run('update', (input, { caller }, condition) =>
    house.transaction(model, async (rows) => {
      const existing = await rows.get(input, { lock: true })
      guard.update(caller, input, existing)
      if (!existing || (condition && !(await rows.get(input, { condition })))) throw conditionFailed()
      const changes = Object.fromEntries(Object.entries(input).filter(([name]) => !model.key.includes(name)))
      await rows.update(input, changes)
      return (await rows.get(input))!
    }),
  )
  run('delete', (input, { caller }, condition) =>
    house.transaction(model, async (rows) => {
      const existing = await rows.get(input, { lock: true })
      guard.delete(caller, existing)
      if (!existing || (condition && !(await rows.get(input, { condition })))) throw conditionFailed()
      await rows.remove(input)
      return existing
    }),
  )
}

const conditionFailed = () => new Fault('ConditionalCheckFailedException', 'The conditional request failed')

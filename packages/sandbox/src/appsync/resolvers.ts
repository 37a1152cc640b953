import type { GraphQLSchema } from 'graphql'
import { attachTableMutations, attachTableQueries } from '../sql/resolvers.js'
import type { Attached, House } from './calls.js'
import { attachFields } from './fieldResolvers.js'
import { attachMutations } from './mutationResolvers.js'
import { attachQueries } from './queryResolvers.js'
import { createGuard, type Guard } from './rules.js'

/** Puts life into the served schema. */
export function attachResolvers(schema: GraphQLSchema, parts: House): Map<string, Guard> {
  const house: Attached = { ...parts, fromMutation: new WeakSet() }
  const guards = new Map(
    [...house.definition.models.values()].map((model) => [model.name, createGuard(model)]),
  )
  for (const model of house.definition.models.values()) {
    const guard = guards.get(model.name)!
    const [queries, mutations] = model.table
      ? [attachTableQueries, attachTableMutations]
      : [attachQueries, attachMutations]
    queries(schema, model, guard, house)
    mutations(schema, model, guard, house)
    attachFields(schema, model, guards, house)
  }
  return guards
}

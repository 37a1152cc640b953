import type { GraphQLSchema } from 'graphql'
import type { Engine } from '../appsync/execution.js'
import type { Items } from '../appsync/items.js'
import type { Guard, Item } from '../appsync/rules.js'
import type { Definition } from '../appsync/sdl.js'
import type { DataPlan } from '../plan.js'
import type { World } from '../service.js'
import type { Model } from './model.js'

/** What AI routes are made of. */
export interface AiHouse {
  definition: Definition
  plan: DataPlan
  schema: GraphQLSchema
  engine: Engine
  guards: Map<string, Guard>
  items: Items
  world: World
  model: Model
  /** Tells the subscribers of a field. */
  publish(field: string, payload: Item): void
}

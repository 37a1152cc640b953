import { buildASTSchema, type GraphQLSchema, parse, validateSchema } from 'graphql'
import { attachConversation } from '../ai/conversations.js'
import { attachGeneration } from '../ai/generations.js'
import { modelOf } from '../ai/remoteModels.js'
import type { Functions } from '../functions.js'
import type { DataPlan } from '../plan.js'
import type { World } from '../service.js'
import { createPools } from '../sql/pool.js'
import { createTables } from '../sql/tables.js'
import { attachOperations, type Pipeline, pipelineOf } from './customResolvers.js'
import { createEngine, type Engine } from './execution.js'
import { introspect } from './introspection.js'
import type { Items } from './items.js'
import type { CustomOperation } from './operations.js'
import { attachResolvers } from './resolvers.js'
import type { Guard, Item } from './rules.js'
import { teachScalars } from './scalars.js'
import { type Definition, type Model, readDefinition } from './sdl.js'
import { upperFirst } from './sdlFields.js'
import { printServed } from './served.js'
import type { Provider } from './servedDirectives.js'
import { createSources } from './sources.js'

/** One schema, ready to be served. A reload makes another. */
export interface Backend {
  readonly definition: Definition
  readonly schema: GraphQLSchema
  readonly engine: Engine
  readonly guards: Map<string, Guard>
  readonly plan: DataPlan
  readonly subscriptions: Map<string, Subscribable>
  /** `createTodo` → `onCreateTodo`, and custom subscriptions that hear it. */
  readonly mutations: Map<string, string[]>
  readonly introspection: unknown
  /** Lets go of the databases it is connected to. */
  close(): Promise<void>
}

/** What a subscription is of: `onCreateTodo` of its model, or a custom one. */
export type Subscribable = { model: Model } | CustomSubscription

export interface CustomSubscription {
  operation: CustomOperation
  resolve: Pipeline | undefined
}

export interface BackendParts {
  items: Items
  world: World
  functions: Functions
  /** Tells the subscribers of a field. */
  publish(field: string, payload: Item): void
}

export const PROVIDERS: Record<DataPlan['defaultAuthMode'], Provider> = {
  apiKey: 'aws_api_key',
  userPool: 'aws_cognito_user_pools',
  identityPool: 'aws_iam',
  iam: 'aws_iam',
  oidc: 'aws_oidc',
  lambda: 'aws_lambda',
}

/** Reads a schema as it is served. @throws {Error} that says what is wrong with it, and where. */
export function servedSchema(plan: DataPlan): { definition: Definition; schema: GraphQLSchema } {
  const definition = readDefinition(sdlOf(plan.schema), plan.databases)
  checkModes(plan, definition)
  const schema = buildASTSchema(
    parse(printServed(definition, { defaultProvider: PROVIDERS[plan.defaultAuthMode] })),
  )
  if (!schema.getQueryType())
    throw new Error(
      'The data schema cannot be served: it has nothing to query, and AppSync takes no schema without. Give it a model (a.model({ … })) or a query (a.query()).',
    )
  const [problem] = validateSchema(schema)
  if (problem) throw new Error(`The data schema cannot be served: ${problem.message}`)
  return { definition, schema }
}

/** Makes a schema servable. @throws {Error} where it cannot be served */
export function createBackend(plan: DataPlan, { items, world, functions, publish }: BackendParts): Backend {
  const { definition, schema } = servedSchema(plan)
  teachScalars(schema)
  const pools = createPools(world.log)
  const tables = createTables(pools, definition)
  const { store, clock } = world
  const guards = attachResolvers(schema, { definition, items, store, clock, ...tables })
  const sources = createSources({ definition, plan, items, functions, world })
  const house = { definition, plan, functions, world, sources, tables }
  attachOperations(schema, house)
  const engine = createEngine(schema)
  const model = modelOf(world.ai)
  const routes = { definition, plan, schema, engine, guards, items, world, model, publish }
  for (const operation of definition.operations.values()) {
    if (operation.handler.kind === 'conversation') attachConversation(operation, routes)
    if (operation.handler.kind === 'generation') attachGeneration(operation, routes)
  }
  const subscriptions = new Map<string, Subscribable>()
  const mutations = new Map<string, string[]>()
  const heard = (mutation: string, field: string) =>
    mutations.set(mutation, [...(mutations.get(mutation) ?? []), field])
  for (const model of definition.models.values()) {
    for (const verb of model.subscriptions) {
      const field = `on${upperFirst(verb)}${model.title}`
      subscriptions.set(field, { model })
      heard(`${verb}${model.title}`, field)
    }
  }
  for (const operation of definition.operations.values()) {
    if (operation.root !== 'Subscription') continue
    subscriptions.set(operation.name, { operation, resolve: pipelineOf(operation, house) })
    for (const mutation of operation.mutations) heard(mutation, operation.name)
  }
  return {
    plan,
    definition,
    schema,
    engine,
    guards,
    subscriptions,
    mutations,
    introspection: introspect(definition),
    close: () => pools.close(),
  }
}

/** Schemas of ours and of `@aws-amplify/data-schema` write themselves out in the same language. */
function sdlOf(schema: unknown): string {
  const { transform } = schema as { transform?: () => { schema: string } }
  if (typeof transform !== 'function') throw new Error('The data schema is not what a.schema() returns.')
  return transform.call(schema).schema
}

function checkModes({ defaultAuthMode, apiKeyDays, oidc, lambda }: DataPlan, { models }: Definition) {
  if (defaultAuthMode === 'lambda' && !lambda)
    throw new Error('defineData: the mode lambda needs a lambdaAuthorizationMode with its function.')
  if (defaultAuthMode === 'oidc' && !oidc)
    throw new Error('defineData: the mode oidc needs an oidcAuthorizationMode with its issuer.')
  if (defaultAuthMode === 'apiKey' || apiKeyDays !== undefined) return
  for (const model of models.values()) {
    const rules = [...model.rules, ...[...model.fields.values()].flatMap((field) => field.rules ?? [])]
    if (rules.some((rule) => rule.provider === 'apiKey')) {
      throw new Error(
        `${model.name} allows publicApiKey(), but defineData has no API key: add apiKeyAuthorizationMode to its authorizationModes.`,
      )
    }
  }
}

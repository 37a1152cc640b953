import { buildASTSchema, type GraphQLSchema, parse, validateSchema } from 'graphql'
import type { Clock } from '../clock.js'
import type { DataPlan } from '../plan.js'
import type { Store } from '../store.js'
import { createEngine, type Engine } from './execution.js'
import { introspect } from './introspection.js'
import type { Items } from './items.js'
import { attachResolvers } from './resolvers.js'
import type { Guard } from './rules.js'
import { teachScalars } from './scalars.js'
import { type Definition, type Model, readDefinition, upperFirst } from './sdl.js'
import { type Provider, printServed } from './served.js'

/** One schema, ready to be served. A reload makes another. */
export interface Backend {
  readonly definition: Definition
  readonly schema: GraphQLSchema
  readonly engine: Engine
  readonly guards: Map<string, Guard>
  /** `onCreateTodo` → its model. */
  readonly subscriptions: Map<string, { model: Model }>
  /** `createTodo` → `onCreateTodo`. */
  readonly mutations: Map<string, string>
  readonly introspection: unknown
}

export const PROVIDERS: Record<DataPlan['defaultAuthMode'], Provider> = {
  apiKey: 'aws_api_key',
  userPool: 'aws_cognito_user_pools',
  identityPool: 'aws_iam',
  iam: 'aws_iam',
  oidc: 'aws_oidc',
  lambda: 'aws_lambda',
}

/** Reads a schema and makes it servable. @throws {Error} that says what is wrong with it, and where. */
export function createBackend(plan: DataPlan, house: { items: Items; store: Store; clock: Clock }): Backend {
  const definition = readDefinition(sdlOf(plan.schema))
  checkModes(plan, definition)
  const schema = buildASTSchema(
    parse(printServed(definition, { defaultProvider: PROVIDERS[plan.defaultAuthMode] })),
  )
  const [problem] = validateSchema(schema)
  if (problem) throw new Error(`The data schema cannot be served: ${problem.message}`)
  teachScalars(schema)
  const guards = attachResolvers(schema, { definition, ...house })
  const subscriptions = new Map<string, { model: Model }>()
  const mutations = new Map<string, string>()
  for (const model of definition.models.values()) {
    for (const verb of model.subscriptions) {
      const field = `on${upperFirst(verb)}${model.title}`
      subscriptions.set(field, { model })
      mutations.set(`${verb}${model.title}`, field)
    }
  }
  return {
    definition,
    schema,
    engine: createEngine(schema),
    guards,
    subscriptions,
    mutations,
    introspection: introspect(definition),
  }
}

/** Schemas of ours and of `@aws-amplify/data-schema` write themselves out in the same language. */
function sdlOf(schema: unknown): string {
  const { transform } = schema as { transform?: () => { schema: string } }
  if (typeof transform !== 'function') throw new Error('The data schema is not what a.schema() returns.')
  return transform.call(schema).schema
}

function checkModes({ defaultAuthMode, apiKeyDays }: DataPlan, { models }: Definition) {
  if (defaultAuthMode === 'lambda' || defaultAuthMode === 'oidc') {
    throw new Error(
      `The sandbox does not run the authorization mode "${defaultAuthMode}"; choose another as defaultAuthorizationMode.`,
    )
  }
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

import { callBedrock } from '../ai/bedrockSource.js'
import { callDynamoDb, SourceError, type Tables } from '../appsync-js/dynamodb.js'
import type { Functions } from '../functions.js'
import { FunctionError } from '../functions.js'
import type { DataPlan, DataSourcePlan } from '../plan.js'
import type { World } from '../service.js'
import { putEvents } from './eventBus.js'
import { fetchFrom } from './httpSource.js'
import type { Items } from './items.js'
import type { Definition, Model } from './sdl.js'

// The data sources that JavaScript resolvers send their requests to.

export interface Sources {
  /** @throws {Error} where there is no such data source to be had. */
  open(name: string, operation: string): (request: unknown) => unknown
  /** What Amplify puts into the stash: enough to name tables with. */
  stash(typeName: string, fieldName: string): Record<string, unknown>
}

const API_ID = 'sandbox'
const ENVIRONMENT = 'NONE'

export interface SourceParts {
  definition: Pick<Definition, 'models'>
  plan: Pick<DataPlan, 'dataSources'>
  items: Items
  functions: Functions
  world: World
}

export function createSources({ definition, plan, items, functions, world }: SourceParts): Sources {
  const outside = new Map<string, Model>()
  for (const [name, source] of Object.entries(plan.dataSources ?? {})) {
    if (source.kind !== 'table') continue
    const table = outside.get(source.name) ?? tableOf(source)
    outside.set(name, table).set(source.name, table)
  }
  /** `Order`, `OrderTable`, `Order-<api>-<environment>`, or what the backend calls a table of its own. */
  const find = (name: string): Model | undefined =>
    outside.get(name) ??
    definition.models.get(name) ??
    definition.models.get(name.replace(/Table$/, '')) ??
    definition.models.get(name.replace(new RegExp(`-${API_ID}-${ENVIRONMENT}$`), ''))
  const tables: Tables = {
    items,
    store: world.store,
    now: world.clock.now,
    table(name) {
      const found = find(name)
      if (!found)
        throw new SourceError(
          'DynamoDB:ResourceNotFoundException',
          `Requested resource not found: Table: ${name} not found`,
        )
      return found
    },
  }

  return {
    stash: (typeName, fieldName) => ({
      awsAppsyncApiId: API_ID,
      amplifyApiEnvironmentName: ENVIRONMENT,
      typeName,
      fieldName,
    }),
    open(name, operation) {
      const source = plan.dataSources?.[name]
      if (name === 'NONE_DS' || source?.kind === 'none')
        return (request) => asRequest(request).payload ?? null
      if (source?.kind === 'http') return (request) => fetchFrom(source, asRequest(request), world.ai)
      if (source?.kind === 'bedrock') return (request) => callBedrock(asRequest(request), world.ai)
      if (source?.kind === 'eventBridge') return (request) => putEvents(source.bus, asRequest(request), world)
      if (source?.kind === 'lambda') return (request) => invoke(functions, source, asRequest(request))
      const table = find(name)
      if (table?.table)
        throw new Error(
          `${operation} uses the table of ${table.name}, which is in an SQL database: resolvers of JavaScript reach tables of DynamoDB only. a.handler.inlineSql() takes a statement.`,
        )
      if (table)
        return (request) =>
          callDynamoDb(tables, table, asRequest(request) as unknown as Parameters<typeof callDynamoDb>[2])
      if (source?.kind !== 'unknown')
        throw new Error(`${operation} uses the data source '${name}', which nothing in the backend adds.`)
      return () => {
        throw new SourceError(
          'UnsupportedOperation',
          `The data source '${name}' is ${source.what}, which the sandbox does not serve.`,
        )
      }
    },
  }
}

/** A table that is no model: only its key is known, or not even that. */
function tableOf({ name, key }: DataSourcePlan & { kind: 'table' }): Model {
  return {
    name: `table ${name}`,
    title: name,
    plural: name,
    fields: new Map(),
    implicit: new Set(),
    key: [...key],
    keyChosen: true,
    indexes: [],
    rules: [],
    queries: new Set(),
    mutations: new Set(),
    subscriptions: new Set(),
    settings: {},
  }
}

function asRequest(request: unknown): Record<string, unknown> {
  if (typeof request === 'object' && request !== null) return request as Record<string, unknown>
  throw new SourceError('MalformedRequest', 'The request of a resolver must be an object.')
}

async function invoke(
  functions: Functions,
  source: DataSourcePlan & { kind: 'lambda' },
  request: { payload?: unknown; invocationType?: unknown },
) {
  const running = functions.invoke(source.function, request.payload ?? null)
  if (request.invocationType === 'Event') {
    running.catch(() => {})
    return null
  }
  try {
    return await running
  } catch (error) {
    if (error instanceof FunctionError) throw new SourceError('Lambda:Unhandled', error.message)
    throw error
  }
}

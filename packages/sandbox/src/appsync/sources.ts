import { callDynamoDb, SourceError, type Tables } from '../appsync-js/dynamodb.js'
import type { Functions } from '../functions.js'
import { FunctionError } from '../functions.js'
import type { DataPlan, DataSourcePlan } from '../plan.js'
import type { World } from '../service.js'
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
  const outside = new Map(
    Object.entries(plan.dataSources ?? {}).flatMap(([name, source]) =>
      source.kind === 'table'
        ? [[name, tableOf(source)] as const, [source.name, tableOf(source)] as const]
        : [],
    ),
  )
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
      if (source?.kind === 'http') return (request) => fetchFrom(source.endpoint, asRequest(request))
      if (source?.kind === 'lambda') return (request) => invoke(functions, source, asRequest(request))
      const table = find(name)
      if (table)
        return (request) =>
          callDynamoDb(tables, table, asRequest(request) as unknown as Parameters<typeof callDynamoDb>[2])
      const what = source?.kind === 'unknown' ? `, ${source.what}, which the sandbox does not serve` : ''
      throw new Error(
        what
          ? `${operation} uses the data source '${name}'${what}.`
          : `${operation} uses the data source '${name}', which nothing in the backend adds.`,
      )
    },
  }
}

/** A table that is no model: only its key is known. */
function tableOf({ name, key }: DataSourcePlan & { kind: 'table' }): Model {
  return {
    name: `table ${name}`,
    title: name,
    plural: name,
    fields: new Map(),
    implicit: new Set(),
    key,
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

interface HttpRequest {
  method?: string
  resourcePath?: string
  params?: { headers?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }
}

/** https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-http.html */
async function fetchFrom(endpoint: string, request: HttpRequest) {
  const { method = 'GET', resourcePath = '/', params = {} } = request
  const url = new URL(`${endpoint.replace(/\/$/, '')}${resourcePath}`)
  for (const [name, value] of Object.entries(params.query ?? {})) url.searchParams.set(name, String(value))
  const { body } = params
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
        ...params.headers,
      },
      ...(body === undefined || body === null || method === 'GET' || method === 'HEAD'
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  } catch (error) {
    const { message, cause } = error as Error
    throw new SourceError(
      'HttpError',
      `${method} ${url.host} failed: ${(cause as Error | undefined)?.message ?? message}`,
    )
  }
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

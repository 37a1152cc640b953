import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type DataProps, type Definition, kindOf, type Recording } from '@backline/schema/backend'
import { readCode } from './appsync-js/code.js'
import { asObject, written } from './constructs.js'
import { databasePlan } from './databasePlanOf.js'
import { type DataSourceParts, dataSourceOf } from './dataSourceOf.js'
import { functionPlan } from './functionPlanOf.js'
import type { DataPlan, DataSourcePlan, LambdaAuthorizerPlan, OidcPlan, Warn } from './plan.js'
import { tableStreamsOf } from './tableStreamsOf.js'

// `defineData`, and what a `backend.ts` adds to `backend.data`: https://docs.amplify.aws/react/build-a-backend/data/

const AUTH_MODES = ['apiKey', 'userPool', 'identityPool', 'iam', 'oidc', 'lambda'] as const

/** What `transform()` of a schema says beside its SDL: ours, and `@aws-amplify/data-schema`'s alike. */
interface Transformed {
  schema: string
  jsFunctions?: {
    typeName: string
    fieldName: string
    handlers: { dataSource: string; entry: Entry }[]
  }[]
  lambdaFunctions?: Record<string, unknown>
  functionSchemaAccess?: { resourceProvider: unknown; actions: ('query' | 'mutate' | 'listen')[] }[]
}

type Entry = string | { relativePath: string; importLine: string }

export interface DataParts extends DataSourceParts {
  /** The name that `defineBackend` has for it. */
  name: string
  props: DataProps
  recordings: Recording[]
  warn: Warn
}

export function dataPlan(parts: DataParts): DataPlan {
  const { props, warn } = parts
  const schema = schemaOf(props.schema)
  const modes = props.authorizationModes
  const mode = modes?.defaultAuthorizationMode ?? 'userPool'
  if (!AUTH_MODES.includes(mode))
    throw new Error(`defineData: defaultAuthorizationMode '${mode}' is none of ${AUTH_MODES.join(', ')}.`)
  const days = modes?.apiKeyAuthorizationMode?.expiresInDays
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 365))
    throw new Error('defineData: apiKeyAuthorizationMode.expiresInDays must be a whole number from 1 to 365.')
  const { jsFunctions = [], lambdaFunctions = {}, functionSchemaAccess = [] } = schema.transform()
  const functions = { ...props.functions, ...lambdaFunctions }
  const dataSources = dataSourcesOf(parts)
  const databases = partsOf(props.schema).flatMap((part) => databasePlan(part as never, fileOf, warn) ?? [])
  return {
    schema,
    defaultAuthMode: mode,
    apiKeyDays: modes?.apiKeyAuthorizationMode || mode === 'apiKey' ? (days ?? 7) : undefined,
    oidc: oidcOf(modes?.oidcAuthorizationMode),
    lambda: lambdaOf(modes?.lambdaAuthorizationMode, warn),
    functions: Object.fromEntries(
      Object.entries(functions).map(([name, definition]) => [name, functionPlan(definition, warn)]),
    ),
    access: functionSchemaAccess.map(({ resourceProvider, actions }) => ({
      function: functionPlan(resourceProvider, warn).name,
      actions,
    })),
    environment: environmentOf(parts),
    streams: tableStreamsOf(parts),
    dataSources,
    ...(databases.length > 0 && { databases }),
    resolvers: Object.fromEntries(
      jsFunctions.map(({ typeName, fieldName, handlers }) => [
        `${typeName}.${fieldName}`,
        handlers.map(({ dataSource, entry }) => ({ dataSource, file: fileOf(entry) })),
      ]),
    ),
  }
}

/** Every function that the API runs, as it was defined. */
export function definitionsOf(props: DataProps | undefined): unknown[] {
  if (!props) return []
  return [
    ...Object.values(props.functions ?? {}),
    ...Object.values(schemaOf(props.schema).transform().lambdaFunctions ?? {}),
    asObject(props.authorizationModes?.lambdaAuthorizationMode).function,
  ]
}

/** Reads the resolvers' code. @throws {Error} that names the file and the operation. */
export async function readResolvers(plan: DataPlan | undefined): Promise<void> {
  for (const [operation, steps] of Object.entries(plan?.resolvers ?? {})) {
    for (const step of steps) {
      const code = await readCode({ file: step.file }).catch((error: Error) => {
        throw new Error(`${operation}: ${error.message}`, { cause: error })
      })
      const missing = ['request', 'response'].find((name) => !code.exports.has(name))
      if (missing)
        throw new Error(`${operation}: the resolver ${step.file} exports no function called ${missing}.`)
      step.code = code
    }
  }
}

function schemaOf(schema: unknown): { transform(): Transformed } {
  // The raw language of Amplify's transformer.
  if (typeof schema === 'string') return { transform: () => ({ schema }) }
  if (typeof schema !== 'object' || schema === null)
    throw new Error('defineData: schema must be what a.schema({ … }) returned.')
  const { schemas, transform } = schema as { schemas?: unknown[]; transform?: () => Transformed }
  if (typeof transform === 'function') return { transform: () => transform.call(schema) }
  if (!Array.isArray(schemas)) throw new Error('The data schema is not what a.schema() returns.')
  const parts = schemas.map(schemaOf)
  return {
    transform: () => {
      const all = parts.map((each) => each.transform())
      return {
        schema: joined(all.map((each) => each.schema)),
        jsFunctions: all.flatMap((each) => each.jsFunctions ?? []),
        lambdaFunctions: Object.assign({}, ...all.map((each) => each.lambdaFunctions)),
        functionSchemaAccess: all.flatMap((each) => each.functionSchemaAccess ?? []),
      }
    },
  }
}

/** The schemas of which an API is made: one, or those that were combined. */
function partsOf(schema: unknown): unknown[] {
  const { schemas } = asObject(schema) as { schemas?: unknown[] }
  return Array.isArray(schemas) ? schemas : [schema]
}

/** Several schemas side by side, each of which may have a Query of its own. */
function joined(schemas: string[]): string {
  const seen = new Set<string>()
  return schemas
    .map((sdl) =>
      sdl.replace(/^type (Query|Mutation|Subscription)\b/gm, (whole, root: string) => {
        if (!seen.has(root)) return seen.add(root) && whole
        return `extend ${whole}`
      }),
    )
    .join('\n\n')
}

/** A path as it stands, or from the file that the line of a stack names. */
function fileOf(entry: Entry): string {
  if (typeof entry === 'string') return entry
  const { relativePath, importLine } = entry
  if (isAbsolute(relativePath)) return relativePath
  const [, place = ''] = /\(?((?:file:\/\/)?\/[^()]*?)(?::\d+){1,2}\)?$/.exec(importLine.trim()) ?? []
  const file = place.startsWith('file://') ? fileURLToPath(place) : place
  if (!file) throw new Error(`a.handler.custom: it cannot be seen from where ${relativePath} is meant.`)
  return resolve(dirname(file), relativePath)
}

function oidcOf(mode: unknown): OidcPlan | undefined {
  if (mode === undefined) return undefined
  const { oidcIssuerUrl, clientId, tokenExpiryFromAuthInSeconds, tokenExpireFromIssueInSeconds } =
    asObject(mode)
  if (typeof oidcIssuerUrl !== 'string')
    throw new Error('defineData: oidcAuthorizationMode needs an oidcIssuerUrl.')
  return {
    issuer: oidcIssuerUrl,
    clientId: clientId as string | undefined,
    secondsFromAuth: tokenExpiryFromAuthInSeconds as number | undefined,
    secondsFromIssue: tokenExpireFromIssueInSeconds as number | undefined,
  }
}

function lambdaOf(mode: unknown, warn: Warn): LambdaAuthorizerPlan | undefined {
  if (mode === undefined) return undefined
  const { function: definition, timeToLiveInSeconds } = asObject(mode)
  if (kindOf(definition) !== 'function')
    throw new Error(
      'defineData: lambdaAuthorizationMode.function must be what defineFunction({ … }) returned.',
    )
  return {
    function: functionPlan(definition as Definition, warn),
    ttlSeconds: (timeToLiveInSeconds as number | undefined) ?? 300,
  }
}

/** `backend.data.addHttpDataSource('Name', …)` and its kin. */
function dataSourcesOf({ name, recordings, warn, ...parts }: DataParts): Record<string, DataSourcePlan> {
  const sources: Record<string, DataSourcePlan> = {}
  for (const { path, args } of recordings) {
    const [, kind] =
      new RegExp(`^${name}\\.(?:resources\\.graphqlApi\\.)?add(\\w+)DataSource$`).exec(path) ?? []
    if (!kind || !args) continue
    const [called, target, options] = args
    const source = dataSourceOf(kind, String(called), { target, options }, parts)
    sources[String(called)] = source
    if (source.kind === 'unknown')
      warn(`The data source '${called}' is ${source.what}, which the sandbox does not serve.`)
  }
  return sources
}

/** `backend.data.resources.cfnResources.cfnGraphqlApi.environmentVariables = { … }`, as the last who sets it says. */
function environmentOf({ name, recordings, attribute }: DataParts): Record<string, string> {
  const path = `${name}.resources.cfnResources.cfnGraphqlApi.environmentVariables`
  const set = recordings.findLast((each) => each.path === path)?.value
  return Object.fromEntries(
    Object.entries(asObject(set)).map(([key, value]) => [key, String(written(value, attribute))]),
  )
}

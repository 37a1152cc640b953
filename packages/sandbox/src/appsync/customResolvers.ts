import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql'
import { type RaisedError, type Resolved, runPipeline } from '../appsync-js/pipeline.js'
import type { Functions } from '../functions.js'
import { FunctionError } from '../functions.js'
import type { DataPlan } from '../plan.js'
import type { World } from '../service.js'
import { statementOf } from '../sql/statements.js'
import type { Tables } from '../sql/tables.js'
import { attach, type Call } from './calls.js'
import { Fault, refused } from './fault.js'
import { identityOf } from './identity.js'
import type { CustomOperation } from './operations.js'
import { type Caller, type Item, mayCall } from './rules.js'
import type { Definition } from './sdl.js'
import { infoOf } from './selection.js'
import type { Sources } from './sources.js'

// Custom operations: what a function or a JavaScript resolver answers, in the place of a model's resolvers.

export interface CustomHouse {
  definition: Definition
  plan: DataPlan
  functions: Functions
  world: World
  sources: Sources
  tables: Tables
}

type Arguments = Record<string, unknown>

/** Puts life into the operations that functions and JavaScript answer. */
export function attachOperations(schema: GraphQLSchema, house: CustomHouse): void {
  for (const operation of house.definition.operations.values()) {
    const { root, name, handler } = operation
    if (root === 'Subscription' || handler.kind === 'conversation' || handler.kind === 'generation') continue
    const run =
      handler.kind === 'functions'
        ? functionsOf(operation, handler.functions, house)
        : handler.kind === 'sql'
          ? statementRun(operation, house)
          : resolversOf(operation, house)
    attach(schema, root, name, async (source, args, call, info) => {
      if (!isLetIn(operation, call.caller, house.plan)) throw refused(name, root)
      return run(source, args, call, info)
    })
  }
}

export function isLetIn({ roles }: CustomOperation, caller: Caller, plan: DataPlan): boolean {
  return mayCall(roles ?? [USUAL[plan.defaultAuthMode]], caller)
}

const of = (
  kind: 'apiKey' | 'userPools' | 'identity' | 'lambda',
  provider: 'apiKey' | 'userPools' | 'identityPool' | 'oidc' | 'function',
) => ({
  kind,
  provider,
  entity: '',
  claim: '',
})
/** Who calls an operation that says nothing about it. */
const USUAL = {
  apiKey: of('apiKey', 'apiKey'),
  userPool: of('userPools', 'userPools'),
  identityPool: of('identity', 'identityPool'),
  iam: of('identity', 'identityPool'),
  oidc: of('userPools', 'oidc'),
  lambda: of('lambda', 'function'),
}

type Run = (source: Item, args: Arguments, call: Call, info: GraphQLResolveInfo) => Promise<unknown>

// ---- functions

function functionsOf(
  { root, name }: CustomOperation,
  steps: { name: string; isAsync: boolean }[],
  { plan, functions, world }: CustomHouse,
): Run {
  const plans = steps.map((step) => {
    const found = plan.functions?.[step.name]
    if (!found) {
      throw new Error(
        `${root}.${name} is answered by the function '${step.name}', which is not among the functions of defineData({ functions: { … } }).`,
      )
    }
    return { plan: found, isAsync: step.isAsync }
  })
  return async (source, args, { caller, headers }, info) => {
    let result: unknown = null
    for (const each of plans) {
      const event = {
        typeName: root,
        fieldName: name,
        arguments: args,
        identity: identityOf(caller, world),
        source: source ?? null,
        request: { headers, domainName: null },
        prev: { result: result as Item },
        info: infoOf(info),
        stash: {},
      }
      if (each.isAsync) {
        functions
          .invoke(each.plan, event)
          .catch((error: Error) =>
            world.log(`${each.plan.name}, called by ${root}.${name}, failed: ${error.message}`),
          )
        result = { success: true }
        continue
      }
      result = await functions.invoke(each.plan, event).catch((error: unknown) => {
        if (error instanceof FunctionError) throw new Fault('Lambda:Unhandled', error.message)
        throw error
      })
    }
    return readable(result, info.returnType)
  }
}

// ---- SQL

function statementRun(operation: CustomOperation, { definition, plan, tables }: CustomHouse): Run {
  const run = statementOf(operation, definition, plan.databases ?? [], tables)
  return (_, args) => run(args)
}

// ---- JavaScript

function resolversOf(operation: CustomOperation, house: CustomHouse): Run {
  const { root, name } = operation
  const resolve = pipelineOf(operation, house)
  if (!resolve) {
    throw new Error(
      `${root}.${name} has no handler: give it one with .handler(a.handler.function(…)) or .handler(a.handler.custom({ entry })).`,
    )
  }
  return async (source, args, call, info) => {
    const resolved = await resolve(source, args, call, infoOf(info))
    for (const error of resolved.appended) call.errors.push(asGraphQL(error, info))
    for (const each of resolved.invalidations) call.invalidations.push(each)
    for (const [name, value] of Object.entries(resolved.headers)) {
      if (isHeader(name, value)) call.answerHeaders[name.toLowerCase()] = value
    }
    if (resolved.error) throw asGraphQL(resolved.error, info)
    return readable(resolved.value, info.returnType)
  }
}

export type Pipeline = (
  source: unknown,
  args: Arguments,
  call: Pick<Call, 'caller' | 'headers'>,
  info: Record<string, unknown>,
) => Promise<Resolved>

/** The JavaScript behind an operation; undefined where it has none. */
export function pipelineOf({ root, name }: CustomOperation, house: CustomHouse): Pipeline | undefined {
  const steps = (house.plan.resolvers?.[`${root}.${name}`] ?? []).map(({ code, dataSource, file }) => {
    if (!code) throw new Error(`${root}.${name}: the resolver ${file} has not been read.`)
    return { code, send: house.sources.open(dataSource, `${root}.${name}`) }
  })
  if (steps.length === 0) return undefined
  return (source, args, { caller, headers }, info) =>
    runPipeline(
      steps,
      {
        arguments: args,
        source: source ?? null,
        identity: identityOf(caller, house.world),
        info,
        request: { headers, domainName: null },
        stash: house.sources.stash(root, name),
        env: house.plan.environment ?? {},
        authType: AUTH_TYPES[caller.mode],
      },
      { now: house.world.clock.now, log: house.world.log },
    )
}

/** May a resolver answer with this header? Those that say what the answer is are not its to set. */
const isHeader = (name: string, value: string) =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
  /^[\t\x20-\x7e]*$/.test(value) &&
  !/^(content-|x-amz|access-control-|transfer-|connection$|date$|host$)/i.test(name)

/** What `util.authType()` says. */
const AUTH_TYPES: Record<Caller['mode'], string> = {
  apiKey: 'API Key Authorization',
  userPools: 'User Pool Authorization',
  iam: 'IAM Authorization',
  oidc: 'Open ID Connect Authorization',
  lambda: 'Lambda Authorization',
}

function asGraphQL(
  { message, errorType, data, errorInfo }: RaisedError,
  info: GraphQLResolveInfo,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: info.fieldNodes,
    path: pathOf(info),
    originalError: new Fault(errorType, message, { data, errorInfo }),
  })
}

const pathOf = ({ path }: GraphQLResolveInfo): (string | number)[] => {
  const keys: (string | number)[] = []
  for (let at: typeof path | undefined = path; at; at = at.prev) keys.unshift(at.key)
  return keys
}

// ---- results

/** What came back, so that the served types can write it: JSON in texts becomes the value that it stands for. */
export function readable(value: unknown, type: GraphQLOutputType): unknown {
  if (value === null || value === undefined) return null
  const nullable = getNullableType(type)
  if (isListType(nullable)) {
    const element = nullable.ofType as GraphQLOutputType
    return Array.isArray(value) ? value.map((each) => readable(each, element)) : value
  }
  if (isObjectType(nullable)) {
    if (typeof value !== 'object') return value
    const fields = nullable.getFields()
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        name,
        fields[name] ? readable(each, fields[name].type) : each,
      ]),
    )
  }
  return getNamedType(nullable).name === 'AWSJSON' && typeof value === 'string' ? parsed(value) : value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isInputObjectType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { type Call, refuseDenied } from './calls.js'
import { Fault } from './fault.js'
import { tooWide } from './spending.js'

export interface GraphQLRequest {
  query: string
  variables?: Record<string, unknown> | null
  operationName?: string | null
}

/** An error as AppSync words it. */
export interface WireError {
  path: (string | number)[] | null
  data?: unknown
  errorType?: string | null
  errorInfo?: unknown
  locations: { line: number; column: number; sourceName: null }[] | null
  message: string
}

export interface WireResult {
  data: Record<string, unknown> | null
  errors?: WireError[]
}

export interface Prepared {
  document: DocumentNode
  operation: OperationDefinitionNode
}

/** A request that cannot be read as GraphQL at all. */
export class Unreadable extends Error {}

export interface Engine {
  readonly schema: GraphQLSchema
  /** Parsed and validated; from memory where the same text came before. @throws {Unreadable} */
  prepare(request: GraphQLRequest): Prepared | WireError[]
  run(prepared: Prepared, request: GraphQLRequest, call: Call): Promise<WireResult>
}

/** How many documents are remembered, and how long one may be for it. */
const REMEMBERED = 500
const LONGEST = 20_000
/** Far above what clients send; keeps a nest of brackets from exhausting the parser. */
const MOST_TOKENS = 15_000

export function createEngine(schema: GraphQLSchema): Engine {
  const known = new Map<string, DocumentNode | WireError[]>()
  const types = Object.keys(schema.getTypeMap()).length

  function read(query: string): DocumentNode | WireError[] {
    const found = known.get(query)
    if (found) {
      known.delete(query)
      known.set(query, found)
      return found
    }
    const document = parseDocument(query)
    const errors = validate(schema, document, specifiedRules)
    const result = errors.length > 0 ? errors.map(validationError) : bounded(document, types)
    if (query.length <= LONGEST) known.set(query, result)
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!)
    return result
  }

  return {
    schema,
    prepare({ query, operationName }) {
      const document = read(query)
      if (Array.isArray(document)) return document
      const operation = getOperationAST(document, operationName)
      if (!operation) {
        throw new Unreadable(
          operationName
            ? `Unknown operation named '${operationName}'.`
            : 'Must provide operation name if query contains multiple operations.',
        )
      }
      return { document, operation }
    },
    async run({ document }, { variables, operationName }, call) {
      const result = await execute({
        schema,
        document,
        variableValues: variables ?? {},
        operationName: operationName ?? undefined,
        contextValue: call,
        fieldResolver:
          call.caller.mode === 'lambda' && call.caller.deniedFields.length > 0 ? denying : undefined,
      })
      return wireResult(result as ExecutionResult, schema, call.errors)
    },
  }
}

function bounded(document: DocumentNode, types: number): DocumentNode | WireError[] {
  const message = tooWide(document, types)
  return message === undefined ? document : [{ path: null, locations: null, message }]
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: MOST_TOKENS })
  } catch {
    throw new Unreadable('Unable to parse GraphQL query.')
  }
}

export const isSubscription = ({ operation }: Prepared) =>
  operation.operation === OperationTypeNode.SUBSCRIPTION
export const isMutation = ({ operation }: Prepared) => operation.operation === OperationTypeNode.MUTATION

/** Fields without a resolver of their own, for callers from whom some are taken. */
const denying: GraphQLFieldResolver<unknown, Call> = (source, args, call, info) => {
  refuseDenied(call.caller, info.parentType.name, info.fieldName)
  return defaultFieldResolver(source, args, call, info)
}

function wireResult(
  { data, errors = [] }: ExecutionResult,
  schema: GraphQLSchema,
  more: GraphQLError[],
): WireResult {
  const all = [...errors, ...more]
  return {
    data: (data as Record<string, unknown> | undefined) ?? null,
    ...(all.length > 0 ? { errors: all.map((error) => wireError(error, schema)) } : {}),
  }
}

const locations = (error: GraphQLError) =>
  error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null

export function wireError(error: GraphQLError, schema: GraphQLSchema): WireError {
  const { originalError } = error
  const path = error.path ? [...error.path] : null
  if (!path) return { path, locations: locations(error), message: variableMessage(error.message, schema) }
  const where = `/${path.join('/')}`
  const { errorType = null, more = {} } = originalError instanceof Fault ? originalError : {}
  return {
    path,
    data: more.data ?? null,
    errorType,
    errorInfo: more.errorInfo ?? null,
    locations: locations(error),
    message: fieldMessage(error, where, schema),
  }
}

function fieldMessage({ message }: GraphQLError, where: string, schema: GraphQLSchema): string {
  const [, parent, field] = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(message) ?? []
  if (parent && field) {
    const object = schema.getType(parent)
    const type = isObjectType(object) ? object.getFields()[field]?.type : undefined
    return `Cannot return null for non-nullable type: '${type ? getNamedType(type) : field}' within parent '${parent}' (${where})`
  }
  if (message.startsWith('Unable to serialize ') || message.includes('cannot represent')) {
    return `Can't serialize value (${where}) : ${message}`
  }
  return message
}

/** AppSync's sentences for values that do not fit their variable, as far as they are known; else its beginning and graphql's end. */
function variableMessage(message: string, schema: GraphQLSchema): string {
  const [, name, at, complaint] =
    /^Variable "\$(\w+)" has invalid value(?: at ([^:]+))?: (.*)$/s.exec(message) ?? []
  if (!name || !complaint) return message
  const field = at?.replace(/^"?\.?|"$/g, '')
  const missing = (what: string, type: string) =>
    `Variable '${what}' has coerced Null value for NonNull type '${type}'`
  const [, required] = /^Expected (?:a )?value of non-null type "([^"]+)"/.exec(complaint) ?? []
  if (required) return missing(field?.split('.').at(-1) ?? name, required)
  const [, type, absent] =
    /^Expected value of type "(\w+)" to include required field "(\w+)"/.exec(complaint) ?? []
  const object = type ? schema.getType(type) : undefined
  if (absent && isInputObjectType(object)) return missing(absent, String(object.getFields()[absent]?.type))
  const [, of, unknown] =
    /^Expected value of type "(\w+)" not to include unknown field "(\w+)"/.exec(complaint) ?? []
  if (unknown) {
    return `The variables input contains a field name '${unknown}' that is not defined for input object type '${of}' `
  }
  return `Variable '${name}' has an invalid value${field ? ` at ${field}` : ''}. ${complaint}`
}

/** The names that AppSync (graphql-java) gives to what validation finds, as far as they are the same finding. */
const FINDINGS: [RegExp, string][] = [
  [/^Cannot query field/, 'FieldUndefined'],
  [/^Unknown argument/, 'UnknownArgument'],
  [/^Unknown fragment/, 'UndefinedFragment'],
  [/^Unknown type/, 'UnknownType'],
  [/^Unknown directive/, 'UnknownDirective'],
  [/is required, but it was not provided|was not provided\.$/, 'MissingFieldArgument'],
  [/must have a selection of subfields/, 'SubSelectionRequired'],
  [/must not have a selection/, 'SubSelectionNotAllowed'],
  [/is not defined(?: by operation .*)?\.$/, 'UndefinedVariable'],
  [/is never used/, 'UnusedFragment'],
  [/conflict because/, 'FieldsConflict'],
  [/of type .* used in position expecting type/, 'VariableTypeMismatch'],
]

function validationError(error: GraphQLError): WireError {
  const finding = FINDINGS.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'WrongType'
  const field = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message)
  const message = field ? `Field '${field[1]}' in type '${field[2]}' is undefined` : error.message
  return {
    path: null,
    locations: locations(error),
    message: `Validation error of type ${finding}: ${message}`,
  }
}

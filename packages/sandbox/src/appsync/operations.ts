import { type ConstDirectiveNode, type FieldDefinitionNode, print } from 'graphql'
import { expand, type Role } from './roles.js'
import { argumentsOf, type Field, readField, readRules, readType, type TypeRef } from './sdlFields.js'

// Custom operations, as the SDL has them: fields of Query, Mutation and Subscription that no model brought.

export type Root = 'Query' | 'Mutation' | 'Subscription'

export const isRoot = (name: string): name is Root => /^(Query|Mutation|Subscription)$/.test(name)

export interface CustomOperation {
  root: Root
  name: string
  args: Field[]
  type: TypeRef
  handler:
    | { kind: 'functions'; functions: { name: string; isAsync: boolean }[] }
    /** A statement of SQL; where left out, it is in a file that the plan names. */
    | { kind: 'sql'; statement?: string }
    | { kind: 'conversation' | 'generation'; settings: Record<string, unknown> }
    /** The answers of a conversation, as they come. */
    | { kind: 'stream' }
    /** JavaScript, or nothing at all. */
    | { kind: 'resolvers' }
  /** Who may call it; where left out, whoever comes in by the default mode. */
  roles?: RoleOfOperation[]
  /** Native directives as they stand. */
  directives: string[]
  /** The mutations that a subscription hears. */
  mutations: string[]
}

export type RoleOfOperation = Omit<Role, 'fields'>

/** What Amplify's transformer takes away, having done what they say. */
const OWN = new Set(['auth', 'function', 'conversation', 'generation', 'sql', 'aws_subscribe'])

export function readOperation(root: Root, node: FieldDefinitionNode): CustomOperation {
  const name = node.name.value
  const where = `${root}.${name}`
  const directives = node.directives ?? []
  const named = (kind: string) => directives.filter((each) => each.name.value === kind)
  const native = directives.filter((each) => !OWN.has(each.name.value))
  const type = readType(node.type)
  const roles = [
    ...readRules(node.directives, where).flatMap((rule) => expand(rule)),
    ...native.flatMap(rolesOfDirective),
  ]
  const [subscribe] = named('aws_subscribe')
  return {
    root,
    name,
    args: (node.arguments ?? []).map((arg) => readField(arg, where)),
    type,
    handler: handlerOf(directives, type),
    ...(roles.length > 0 ? { roles } : {}),
    directives: native.map(print),
    mutations: (argumentsOf(subscribe).mutations as string[] | undefined) ?? [],
  }
}

function handlerOf(directives: readonly ConstDirectiveNode[], type: TypeRef): CustomOperation['handler'] {
  const functions = directives.filter((each) => each.name.value === 'function').map(argumentsOf)
  if (functions.length > 0) {
    return {
      kind: 'functions',
      functions: functions.map(({ name, invocationType }, i) => ({
        name: String(name),
        // For a function that is only named, the builder tells by the answer's type alone.
        isAsync:
          invocationType === 'Event' ||
          (i === functions.length - 1 && type.name === 'EventInvocationResponse'),
      })),
    }
  }
  const sql = directives.find((each) => each.name.value === 'sql')
  if (sql) return { kind: 'sql', statement: argumentsOf(sql).statement as string | undefined }
  for (const kind of ['conversation', 'generation'] as const) {
    const directive = directives.find((each) => each.name.value === kind)
    if (directive) return { kind, settings: argumentsOf(directive) }
  }
  return { kind: 'resolvers' }
}

function rolesOfDirective(directive: ConstDirectiveNode): RoleOfOperation[] {
  const role = (
    kind: Role['kind'],
    provider: Role['provider'],
    entity = '',
    claim = '',
  ): RoleOfOperation => ({
    kind,
    provider,
    entity,
    claim,
  })
  switch (directive.name.value) {
    case 'aws_api_key':
      return [role('apiKey', 'apiKey')]
    case 'aws_cognito_user_pools': {
      const groups = argumentsOf(directive).cognito_groups as string[] | undefined
      if (!groups) return [role('userPools', 'userPools')]
      return groups.map((group) => role('group', 'userPools', group, 'cognito:groups'))
    }
    case 'aws_iam':
      return [role('guest', 'identityPool'), role('identity', 'identityPool')]
    case 'aws_oidc':
      return [role('userPools', 'oidc')]
    case 'aws_lambda':
      return [role('lambda', 'function')]
    default:
      return []
  }
}

/** One line of Query, Mutation or Subscription. */
export function printArguments(args: Field[], print: (field: Field) => string): string {
  return args.length > 0 ? `(${args.map(print).join(', ')})` : ''
}

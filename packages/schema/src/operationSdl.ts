// Custom operations in GraphQL with Amplify's directives, as the official builder writes them.

import type { InferenceConfiguration, ToolData } from './ai.js'
import { conversationTypes, messageArguments, participantRole } from './conversations.js'
import type {
  AnswerDefinition,
  ConversationDefinition,
  FieldDefinition,
  OperationDefinition,
  SchemaDefinition,
} from './definition.js'
import { SchemaError } from './errors.js'
import type { RuleDefinition } from './rules.js'

interface Writer {
  readonly typeOf: (field: FieldDefinition | AnswerDefinition) => string
  /** A field with what follows its type. */
  readonly argument: (field: FieldDefinition) => string
  readonly auth: (rules: readonly RuleDefinition[]) => string
}

/** The blocks of `Mutation`, `Query` and `Subscription`, and of what conversations bring along. */
export function operationBlocks(schema: SchemaDefinition, writer: Writer): string[] {
  const operations = Object.values(schema.operations)
  const fields = (...kinds: OperationDefinition['operation'][]) =>
    operations
      .filter(({ operation }) => kinds.includes(operation))
      .map((each) => operationField(each, writer))
  const conversations = Object.values(schema.conversations)
  const blocks: [string, string[]][] = [
    ['Mutation', [...fields('Mutation'), ...conversations.map(conversationField)]],
    ['Query', fields('Query', 'Generation')],
    ['Subscription', fields('Subscription')],
  ]
  return [
    ...blocks.filter(([, lines]) => lines.length > 0).map(([name, lines]) => block(`type ${name}`, lines)),
    ...(conversations.length > 0
      ? [
          block(`enum ${participantRole.name}`, participantRole.values),
          ...conversationTypes.map(([head, list]) => block(head, list.split(', '))),
        ]
      : []),
  ]
}

export function block(head: string, lines: readonly string[]): string {
  return `${head} {\n  ${lines.join('\n  ')}\n}`
}

function operationField(operation: OperationDefinition, writer: Writer): string {
  const { name, returns, handler, rules, sources } = operation
  const given = Object.values(operation.arguments).map((field) => `${field.name}: ${writer.argument(field)}`)
  const runs =
    handler.kind === 'function'
      ? handler.steps.map(({ name: fn, definition, isAsync }) =>
          definition && isAsync
            ? `@function(name: "${fn}", invocationType: Event)`
            : `@function(name: "${fn}")`,
        )
      : handler.kind === 'inlineSql'
        ? [`@sql(statement: ${JSON.stringify(handler.statement)})`]
        : handler.kind === 'sqlReference'
          ? [
              `@sql(reference: "${typeof handler.entry === 'string' ? handler.entry : handler.entry.relativePath}")`,
            ]
          : handler.kind === 'generation'
            ? [`@generation(${routeArguments(handler)})`]
            : []
  const hears = sources.length > 0 ? [`@aws_subscribe(mutations: ["${sources.join('", "')}"])`] : []
  const auth = handler.kind === 'custom' ? nativeDirectives(rules, name) : writer.auth(rules)
  return [
    `${name}${given.length > 0 ? `(${given.join(', ')})` : ''}: ${writer.typeOf(returns)}`,
    ...runs,
    ...hears,
    auth,
  ].join(' ')
}

function conversationField(conversation: ConversationDefinition): string {
  const { name, tools, handler } = conversation
  const parts = [
    routeArguments(conversation),
    'auth: { strategy: owner, provider: userPools }',
    ...(handler
      ? [`handler: { functionName: "${handler.name}", eventVersion: "${handler.definition.eventVersion}" }`]
      : []),
    ...(tools.length > 0 ? [`tools: [${tools.map(toolObject).join(', ')}]`] : []),
  ]
  return `${name}(${messageArguments}): AmplifyAIConversationMessage @conversation(${parts.join(', ')}) @aws_cognito_user_pools`
}

interface Route {
  readonly modelId: string
  readonly systemPrompt: string
  readonly inferenceConfiguration: InferenceConfiguration
}

function routeArguments({ modelId, systemPrompt, inferenceConfiguration }: Route): string {
  const settings = Object.entries(inferenceConfiguration).filter(([, value]) => value !== undefined)
  return [
    `aiModel: "${modelId}"`,
    `systemPrompt: ${text(systemPrompt)}`,
    ...(settings.length > 0
      ? [`inferenceConfiguration: { ${settings.map(([key, value]) => `${key}: ${value}`).join(', ')} }`]
      : []),
  ].join(', ')
}

function toolObject({ name, description, model, modelOperation, query }: ToolData): string {
  const what = model ? `modelName: "${model}", modelOperation: ${modelOperation}` : `queryName: "${query}"`
  return `{ name: "${name}", description: ${text(description)}, ${what} }`
}

function text(value: string): string {
  return JSON.stringify(value.replace(/\r\n/g, '\n'))
}

/** AppSync's own directives, by strategy and provider. https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html */
const native: Record<string, Record<string, string>> = {
  public: { default: '@aws_api_key', apiKey: '@aws_api_key', identityPool: '@aws_iam' },
  private: {
    default: '@aws_cognito_user_pools',
    userPools: '@aws_cognito_user_pools',
    oidc: '@aws_oidc',
    identityPool: '@aws_iam',
  },
  groups: { default: '@aws_cognito_user_pools', userPools: '@aws_cognito_user_pools' },
  custom: { default: '@aws_lambda', function: '@aws_lambda' },
}

/** Rules as AppSync itself reads them, of fields and types that no resolver of Amplify's stands before. */
export function nativeDirectives(rules: readonly RuleDefinition[], owner: string): string {
  const directives = new Set<string>()
  const groups = new Map<string, Set<string>>()
  for (const rule of rules) {
    const directive = native[rule.strategy]?.[rule.provider ?? 'default']
    if (!directive)
      throw new SchemaError(
        `${owner} cannot be protected by the rule "${rule.strategy}"${rule.provider ? ` of ${rule.provider}` : ''}: an operation has no rows that could say whose they are. Give it rules of its own with .authorization((allow) => [...]).`,
        { type: owner },
      )
    if (!rule.groups) directives.add(directive)
    else groups.set(directive, new Set([...(groups.get(directive) ?? []), ...rule.groups]))
  }
  for (const [directive, names] of groups)
    if (!directives.has(directive))
      directives.add(`${directive}(cognito_groups: [${[...names].map((name) => `"${name}"`).join(', ')}])`)
  return [...directives].join(' ')
}

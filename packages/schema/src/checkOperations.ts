// What custom operations and AI routes may not say. Every message names the operation and says what to write instead.

import type {
  ConversationDefinition,
  DatabaseEngine,
  ModelDefinition,
  OperationDefinition,
  SchemaDefinition,
} from './definition.js'
import { SchemaError } from './errors.js'
import { nativeDirectives } from './operationSdl.js'
import { capital } from './resolveFields.js'
import type { RuleDefinition } from './rules.js'
import { disabledSwitches } from './sdl.js'

/** What can be known before the rules are. */
export function checkOperations(schema: SchemaDefinition): void {
  for (const operation of Object.values(schema.operations)) {
    checkSources(schema, operation)
  }
  for (const conversation of Object.values(schema.conversations)) checkTools(schema, conversation)
  checkNames(schema)
}

const SHARED = { model: 'the model', index: 'an index of', operation: 'the operation' }

/** `listTodos` is the list of Todo, and that of Todos: AppSync would refuse the second. */
function checkNames({ models, operations }: SchemaDefinition): void {
  const owners = new Map<string, [kind: keyof typeof SHARED, name: string]>()
  const claim = (root: string, field: string, ...owner: [kind: keyof typeof SHARED, name: string]) => {
    const other = owners.get(`${root} ${field}`)
    owners.set(`${root} ${field}`, owner)
    if (!other) return
    const both =
      other[0] === owner[0]
        ? `the ${owner[0]}s ${other[1]} and ${owner[1]}`
        : [other, owner].map(([kind, name]) => `${SHARED[kind]} ${name}`).join(' and ')
    throw new SchemaError(`${capital(both)} would both have the ${root} "${field}". Rename one of them.`, {
      type: owner[1],
    })
  }
  for (const model of Object.values(models))
    for (const [root, field] of namesOf(model)) claim(root, field, 'model', model.name)
  for (const { name, indexes } of Object.values(models))
    for (const { queryField } of indexes) if (queryField !== null) claim('query', queryField, 'index', name)
  for (const { name, operation } of Object.values(operations))
    claim(operation === 'Generation' ? 'query' : operation.toLowerCase(), name, 'operation', name)
}

const OFFERED = {
  queries: ['get', 'list'],
  mutations: ['create', 'update', 'delete'],
  subscriptions: ['onCreate', 'onUpdate', 'onDelete'],
}

/** What a model has in an API: `['query', 'getTodo']`. */
function namesOf({ name, pluralName, disabled }: ModelDefinition): [root: string, field: string][] {
  const off = disabledSwitches(disabled)
  return Object.entries(OFFERED).flatMap(([kind, offered]) =>
    offered
      .filter((operation) => off[kind] !== null && !(operation in (off[kind] ?? {})))
      .map((operation): [string, string] => [
        kind === 'queries' ? 'query' : kind.slice(0, -1),
        operation + capital(operation === 'list' ? pluralName : name),
      ]),
  )
}

/** What also needs the rules of the schema, which may follow later. */
export function checkOperationRules(schema: SchemaDefinition): void {
  for (const { name, operation, handler, rules } of Object.values(schema.operations)) {
    const at = { type: name }
    const hasHandler = handler.kind !== 'none'
    if (operation !== 'Generation' && rules.length > 0 !== hasHandler)
      throw new SchemaError(
        hasHandler
          ? `${name} has no authorization rules, so nobody could call it. Add .authorization((allow) => [...]).`
          : `${name} has no handler, so nothing would run. Add .handler(a.handler.function(fn)) or .handler(a.handler.custom({ entry })).`,
        at,
      )
    if (handler.kind !== 'custom') continue
    for (const rule of rules) checkCustomHandlerRule(name, rule)
    nativeDirectives(rules, name)
  }
  for (const { name, rules } of Object.values(schema.conversations))
    if (rules[0]?.strategy !== 'owner' || rules[0].provider !== 'userPools')
      throw new SchemaError(
        `A conversation belongs to the user who began it: write .authorization((allow) => allow.owner()) for ${name}.`,
        { type: name },
      )
  for (const { name, rules } of Object.values(schema.customTypes)) nativeDirectives(rules, name)
}

function checkCustomHandlerRule(name: string, rule: RuleDefinition): void {
  if (rule.groups && rule.provider === 'oidc')
    throw new SchemaError(
      `${name} has a custom handler, which AppSync does not protect by groups of OpenID Connect.`,
      { type: name },
    )
  if (rule.provider === 'identityPool')
    throw new SchemaError(
      `${name} has a custom handler, which AppSync does not protect by the identity pool: allow.guest() and allow.authenticated('identityPool') are not possible. Use allow.authenticated(), or a function as handler.`,
      { type: name },
    )
}

function checkSources(schema: SchemaDefinition, { name, operation, sources }: OperationDefinition): void {
  if (operation !== 'Subscription') {
    if (sources.length > 0)
      throw new SchemaError(
        `${name} has .for(), which says what a subscription hears, but it is a ${operation.toLowerCase()}.`,
        { type: name },
      )
    return
  }
  const answers = new Set<string>()
  for (const source of sources) {
    const mutation = schema.operations[source]
    if (mutation && mutation.operation !== 'Mutation')
      throw new SchemaError(
        `The subscription ${name} is for "${source}", which is a ${mutation.operation.toLowerCase()}, not a mutation.`,
        { type: name },
      )
    const answer = mutation?.returns ?? {
      kind: 'model',
      type: source.replace(/^(create|update|delete)/, ''),
      isArray: false,
    }
    answers.add(`${answer.kind} ${answer.type} ${answer.isArray}`)
  }
  if (answers.size > 1)
    throw new SchemaError(
      `The subscription ${name} is for mutations that do not return the same: ${sources.join(', ')}.`,
      { type: name },
    )
}

export function checkDatabase({ name, handler }: OperationDefinition, engine: DatabaseEngine): void {
  if (engine === 'dynamodb' && (handler.kind === 'inlineSql' || handler.kind === 'sqlReference'))
    throw new SchemaError(
      `${name} has a statement of SQL as handler, but the schema's database is DynamoDB. Schemas for SQL begin with configure({ database }).schema({ … }).`,
      { type: name },
    )
}

function checkTools(schema: SchemaDefinition, { name, tools }: ConversationDefinition): void {
  const names = new Set<string>()
  for (const tool of tools) {
    if (names.has(tool.name))
      throw new SchemaError(`The conversation ${name} has two tools named "${tool.name}".`, { type: name })
    names.add(tool.name)
    const isThere = tool.model
      ? Object.hasOwn(schema.models, tool.model)
      : ['Query', 'Generation'].includes(schema.operations[tool.query ?? '']?.operation ?? '')
    if (!isThere)
      throw new SchemaError(
        `The tool "${tool.name}" of ${name} is for "${tool.model ?? tool.query}", which is not a ${tool.model ? 'model' : 'query'} of the schema.`,
        { type: name, isUnknown: true },
      )
  }
}

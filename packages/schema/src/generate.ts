// Types of a schema written out as plain interfaces, for editors to answer at once: `backline generate types`.
//
// Names of the schema's types end in `$…` in the file, which no name in GraphQL can, so that none of them meets another.

import type { AnswerDefinition, OperationDefinition, SchemaDefinition } from './definition.js'
import { SchemaError } from './errors.js'
import { customType, given, modelTypes } from './generateModels.js'
import { block, fieldsOf, listed, type Property, quote, typeOf, union } from './generateValues.js'
import { type AnySchema, definitionOf } from './schema.js'

export interface GenerateOptions {
  /** The module that the file imports, as the app calls it. `backline/schema` by default. */
  from?: string
}

/**
 * The text of a declaration file: `Schema`, for `generateClient<Schema>()` and everywhere else that a
 * `ClientSchema<typeof schema>` goes.
 *
 * @throws {SchemaError} on a schema that cannot work
 */
export function generateTypes(schema: AnySchema, { from = 'backline/schema' }: GenerateOptions = {}): string {
  const definition = definitionOf(schema)
  const models = Object.values(definition.models)
  const operations = Object.values(definition.operations)
  const body = [
    ...Object.values(definition.enums).map(
      ({ name, values }) => `export type ${name}$Type = ${union(values.map(quote))}`,
    ),
    ...Object.values(definition.customTypes).map((type) =>
      customType(type.name, fieldsOf(type.fields), definition),
    ),
    ...Object.values(definition.inputs).map(({ name, fields }) =>
      block(`${name}$Type`, given(Object.values(fields))),
    ),
    ...models.map((model) => modelTypes(model, definition)),
    ...operations.map((operation) => operationTypes(operation)),
    client(definition),
    schemaInterface(definition),
  ].join('\n\n')
  const used = IMPORTS.filter((name) => new RegExp(`\\b${name}\\b`).test(body))
  const text = `${used.length > 0 ? `import type {\n${used.map((name) => `  ${name},\n`).join('')}} from '${from}'\n\n` : ''}${body}\n`
  return `${heading(text)}\n${text}`
}

/** What of the other modules the file may use. */
const IMPORTS = [
  'BooleanFilter',
  'CompositeKeyCondition',
  'ConversationEntry',
  'ConversationRoute',
  'CustomTypeEntry',
  'EnumEntry',
  'EnumFilter',
  'EnumListFilter',
  'EnumValues',
  'GeneratedSchema',
  'IndexQuery',
  'Json',
  'KeyedList',
  'LazyMany',
  'LazyOne',
  'ModelEntry',
  'ModelOperations',
  'Nested',
  'NestedList',
  'NumericFilter',
  'NumericKeyCondition',
  'OperationCall',
  'OperationEntry',
  'StringFilter',
  'StringKeyCondition',
  'SubscriptionBooleanFilter',
  'SubscriptionCall',
  'SubscriptionNumericFilter',
  'SubscriptionStringFilter',
  'ToMany',
  'ToOne',
]

// ------------------------------------------------------------------------------------------------------------- freshness

/**
 * Is a file that was written before still what the schema says? `edited` where somebody changed the file itself.
 *
 * @throws {SchemaError} for a file that was not generated
 */
export function checkTypes(
  text: string,
  schema: AnySchema,
  options?: GenerateOptions,
): 'fresh' | 'stale' | 'edited' {
  const found = /^\/\/ Fingerprint: ([0-9a-f]{16})$/m.exec(text)
  const at = text.indexOf('\n\n') + 2
  if (!found || at < 2) throw new SchemaError('The file was not written by `backline generate types`.')
  if (fingerprint(text.slice(at)) !== found[1]) return 'edited'
  return text === generateTypes(schema, options) ? 'fresh' : 'stale'
}

function heading(text: string): string {
  return `// The types of the schema, written by \`backline generate types\`. Do not edit.\n// Fingerprint: ${fingerprint(text)}\n`
}

/** FNV-1a of 64 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (let at = 0; at < text.length; at++)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100000001b3n)
  return hash.toString(16).padStart(16, '0')
}

// -------------------------------------------------------------------------------------------------------------- operations

function operationTypes(operation: OperationDefinition): string {
  const { name, arguments: taken, handler } = operation
  const args = Object.values(taken)
  const isAsync = handler.kind === 'function' && handler.steps.at(-1)?.isAsync
  const returns = heard(operation)
  return [
    ...(args.length > 0 ? [block(`${name}$Args`, given(args))] : []),
    block(`${name}$Types`, [
      { name: 'args', type: args.length > 0 ? `${name}$Args` : 'never' },
      { name: 'answer', type: answerOf(returns, 'Row') },
      { name: 'type', type: answerOf(returns, 'Type') },
      { name: 'result', type: isAsync ? 'void' : answerOf(returns, 'Stored') },
    ]),
  ].join('\n\n')
}

/** A row of a model that was changed is never null; what a mutation answers is as it says. */
function heard({ operation, returns }: OperationDefinition): AnswerDefinition {
  return operation === 'Subscription' && returns.kind === 'model' && !returns.isArray
    ? { ...returns, isRequired: true }
    : returns
}

function answerOf(returns: AnswerDefinition, as: 'Row' | 'Type' | 'Stored'): string {
  if (returns.kind === 'model') return listed(returns, `${returns.type}$${as}`)
  return typeOf(returns, as === 'Row' ? 'row' : 'type')
}

// ------------------------------------------------------------------------------------------------------ client and schema

function client(definition: SchemaDefinition): string {
  const operations = Object.values(definition.operations)
  const calls = (kind: OperationDefinition['operation'], call: string) =>
    operations
      .filter(({ operation }) => operation === kind)
      .map(({ name }) => ({ name, type: `${call}<${name}$Types>`, isReadOnly: true }))
  const group = (name: string, properties: readonly Property[]) => block(`$${name}`, properties)
  const groups: [name: string, properties: readonly Property[]][] = [
    [
      'Models',
      Object.values(definition.models).map(({ name }) => ({
        name,
        type: `${name}$Operations`,
        isReadOnly: true,
      })),
    ],
    [
      'Enums',
      Object.values(definition.enums).map(({ name }) => ({
        name,
        type: `EnumValues<${name}$Type>`,
        isReadOnly: true,
      })),
    ],
    ['Queries', calls('Query', 'OperationCall')],
    ['Mutations', calls('Mutation', 'OperationCall')],
    ['Subscriptions', calls('Subscription', 'SubscriptionCall')],
    ['Generations', calls('Generation', 'OperationCall')],
    [
      'Conversations',
      Object.values(definition.conversations).map(({ name }) => ({
        name,
        type: 'ConversationRoute',
        isReadOnly: true,
      })),
    ],
  ]
  return [
    ...groups.map(([name, properties]) => group(name, properties)),
    block(
      '$Client',
      groups.map(([name]) => ({ name: name.toLowerCase(), type: `$${name}`, isReadOnly: true })),
    ),
  ].join('\n\n')
}

function schemaInterface(definition: SchemaDefinition): string {
  const isWritten = (name: string) => !definition.inline.includes(name)
  return block('Schema extends GeneratedSchema<$Client>', [
    ...definition.order.filter(isWritten).map((name) => ({
      name,
      type: definition.models[name]
        ? `ModelEntry<${name}$Types>`
        : definition.enums[name]
          ? `EnumEntry<${name}$Type>`
          : `CustomTypeEntry<${name}$Types>`,
    })),
    ...Object.values(definition.operations).map(({ name, operation }) => ({
      name,
      type: `OperationEntry<'${operation}', ${name}$Types>`,
    })),
    ...Object.keys(definition.conversations).map((name) => ({ name, type: 'ConversationEntry' })),
  ])
}

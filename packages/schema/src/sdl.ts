// The schema in GraphQL with Amplify's directives, as the official builder writes it, so that the official tools deploy it.

import type {
  AnswerDefinition,
  FieldDefinition,
  IndexDefinition,
  ModelDefinition,
  SchemaDefinition,
} from './definition.js'
import { block, nativeDirectives, operationBlocks } from './operationSdl.js'
import type { RuleDefinition } from './rules.js'
import type { ValidationRule } from './validation.js'

/** Writes the SDL. Models without any rule have been refused before. */
export function toSdl(schema: SchemaDefinition): string {
  const types = schema.order.map((name) => {
    const model = schema.models[name]
    if (model) return `type ${name} ${modelDirectives(model)}\n{\n  ${modelFields(model)}\n}`
    const custom = schema.customTypes[name]
    if (custom)
      return `type ${name} ${nativeDirectives(custom.rules, name)}\n{\n  ${customFields(custom.fields).join('\n  ')}\n}`
    return block(`enum ${name}`, schema.enums[name]!.values)
  })
  const inputs = Object.values(schema.inputs).map(({ name, fields }) =>
    block(`input ${name}`, customFields(fields)),
  )
  const operations = operationBlocks(schema, {
    typeOf,
    argument: (field) => [typeOf(field), ...valueDirectives(field)].join(' '),
    auth: authDirective,
  })
  return [...types, ...inputs, ...operations].join('\n\n')
}

function modelDirectives({ disabled, rules, originalName, engine }: ModelDefinition): string {
  const switches = Object.entries(disabledSwitches(disabled)).map(([name, value]) =>
    value === null ? `${name}:null` : `${name}:{${Object.keys(value).map((each) => `${each}:null`)}}`,
  )
  // An SQL database has the columns that it has.
  const attributes =
    engine === 'dynamodb'
      ? switches.join()
      : ['timestamps: null', ...(switches.length > 0 ? [switches] : [])].join(', ')
  return [
    `@model${attributes ? `(${attributes})` : ''}`,
    authDirective(rules),
    ...(originalName === undefined ? [] : [`@refersTo(name: "${originalName}")`]),
  ].join(' ')
}

/** `{ subscriptions: null, mutations: { delete: null } }`: null switches a whole kind off, or one operation of it. */
export function disabledSwitches(
  disabled: ModelDefinition['disabled'],
): Record<string, null | Record<string, null>> {
  const kinds = ['queries', 'mutations', 'subscriptions']
  const switches: Record<string, null | Record<string, null>> = {}
  for (const kind of disabled.filter((name) => kinds.includes(name))) switches[kind] = null
  for (const operation of disabled.filter((name) => !kinds.includes(name))) {
    const kind = ['get', 'list'].includes(operation)
      ? 'queries'
      : operation.startsWith('on')
        ? 'subscriptions'
        : 'mutations'
    if (switches[kind] === null) continue
    switches[kind] = { ...switches[kind], [operation]: null }
  }
  return switches
}

function modelFields(model: ModelDefinition): string {
  return Object.values(model.fields)
    .filter((field) => !field.implied)
    .map((field) =>
      [
        `${field.name}: ${typeOf(field, model.keys[0] === field.name)}`,
        ...fieldDirectives(model, field),
      ].join(' '),
    )
    .join('\n  ')
}

function customFields(fields: Readonly<Record<string, FieldDefinition>>): string[] {
  return Object.values(fields).map((field) =>
    [`${field.name}: ${typeOf(field)}`, ...valueDirectives(field)].join(' '),
  )
}

function typeOf(field: FieldDefinition | AnswerDefinition, isPartitionKey = false): string {
  const value = `${field.type}${field.isRequired || isPartitionKey ? '!' : ''}`
  return field.isArray ? `[${value}]${field.isArrayRequired ? '!' : ''}` : value
}

function fieldDirectives(model: ModelDefinition, field: FieldDefinition): string[] {
  const [partition, ...sort] = model.keys
  const isPartition = field.name === partition
  return [
    ...(isPartition ? [`@primaryKey${sort.length > 0 ? `(sortKeyFields: [${quoted(sort)}])` : ''}`] : []),
    ...(isPartition ? generatedDirective(field) : defaultDirective(field)),
    ...(field.kind === 'relation'
      ? [`@${field.relation}(references: [${field.references.map((name) => `"${name}"`)}])`]
      : []),
    ...indexDirectives(model, field),
    ...(isPartition ? [] : validateDirectives(field)),
    ...(field.rules.length > 0 ? [authDirective(field.rules)] : []),
  ]
}

/** What a value is and must be, wherever it stands. */
function valueDirectives(field: FieldDefinition): string[] {
  return [...defaultDirective(field), ...validateDirectives(field)]
}

function validateDirectives(field: FieldDefinition): string[] {
  if (field.kind !== 'scalar') return []
  return (field.validation ?? []).map(({ type, value, errorMessage }: ValidationRule) => {
    const message = errorMessage ? `, errorMessage: ${JSON.stringify(errorMessage)}` : ''
    return `@validate(type: ${type}, value: ${JSON.stringify(String(value))}${message})`
  })
}

function generatedDirective(field: FieldDefinition): string[] {
  return field.kind === 'scalar' && field.isGenerated ? ['@default'] : []
}

function defaultDirective(field: FieldDefinition): string[] {
  if (field.kind === 'scalar' && field.isGenerated) return ['@default']
  if (field.kind !== 'scalar' || field.default === undefined) return []
  const value = typeof field.default === 'object' ? JSON.stringify(field.default) : String(field.default)
  return [`@default(value: ${JSON.stringify(value)})`]
}

function indexDirectives(model: ModelDefinition, field: FieldDefinition): string[] {
  return model.indexes
    .filter((index) => index.partition === field.name)
    .map(({ isNamed, name, sort, queryField, projection }) => {
      const attributes = [
        ...(isNamed ? [`name: "${name}"`] : []),
        ...(sort.length > 0 ? [`sortKeyFields: [${quoted(sort)}]`] : []),
        `queryField: ${queryField === null ? 'null' : `"${queryField}"`}`,
        ...(projection ? [`projection: ${projectionObject(projection)}`] : []),
      ]
      return `@index(${attributes.join(', ')})`
    })
}

function projectionObject(projection: NonNullable<IndexDefinition['projection']>): string {
  return projection.type === 'KEYS_ONLY'
    ? '{ type: KEYS_ONLY }'
    : `{ type: INCLUDE, nonKeyAttributes: [${quoted(projection.fields)}] }`
}

function authDirective(rules: readonly RuleDefinition[]): string {
  if (rules.length === 0) return ''
  return `@auth(rules: [${rules.map((rule) => `{${ruleAttributes(rule).join(', ')}}`).join(',\n  ')}])`
}

function ruleAttributes(rule: RuleDefinition): string[] {
  const field = rule.strategy === 'groups' ? 'groupsField' : 'ownerField'
  return [
    `allow: ${rule.strategy}`,
    ...(rule.provider ? [`provider: ${rule.provider}`] : []),
    ...(rule.operations ? [`operations: [${rule.operations.join(', ')}]`] : []),
    ...(rule.ownerOrGroupField ? [`${field}: ${JSON.stringify(rule.ownerOrGroupField)}`] : []),
    ...(rule.groups ? [`groups: [${quoted(rule.groups)}]`] : []),
    ...(rule.identityClaim ? [`identityClaim: ${JSON.stringify(rule.identityClaim)}`] : []),
    ...(rule.groupClaim ? [`groupClaim: ${JSON.stringify(rule.groupClaim)}`] : []),
  ]
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}

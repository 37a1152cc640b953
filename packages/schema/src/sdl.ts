// The schema in GraphQL with Amplify's directives, as the official builder writes it, so that the official tools deploy it.

import type { FieldDefinition, ModelDefinition, SchemaDefinition } from './definition.js'
import type { RuleDefinition } from './rules.js'

/** Writes the SDL. Models without any rule have been refused before. */
export function toSdl(schema: SchemaDefinition): string {
  return schema.order
    .map((name) => {
      const model = schema.models[name]
      if (model) return `type ${name} ${modelDirectives(model)}\n{\n  ${modelFields(model)}\n}`
      const custom = schema.customTypes[name]
      if (custom) return `type ${name} \n{\n  ${customFields(Object.values(custom.fields))}\n}`
      return `enum ${name} {\n  ${schema.enums[name]!.values.join('\n  ')}\n}`
    })
    .join('\n\n')
}

function modelDirectives({ disabled, rules }: ModelDefinition): string {
  const switches = disabledSwitches(disabled)
  const attributes = Object.entries(switches).map(([name, value]) =>
    value === null ? `${name}:null` : `${name}:{${Object.keys(value).map((each) => `${each}:null`)}}`,
  )
  return `@model${attributes.length > 0 ? `(${attributes})` : ''} ${authDirective(rules)}`
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

function customFields(fields: readonly FieldDefinition[]): string {
  return fields
    .map((field) => [`${field.name}: ${typeOf(field)}`, ...defaultDirective(field)].join(' '))
    .join('\n  ')
}

function typeOf(field: FieldDefinition, isPartitionKey = false): string {
  const value = `${field.type}${field.isRequired || isPartitionKey ? '!' : ''}`
  return field.isArray ? `[${value}]${field.isArrayRequired ? '!' : ''}` : value
}

function fieldDirectives(model: ModelDefinition, field: FieldDefinition): string[] {
  const [partition, ...sort] = model.keys
  const isPartition = field.name === partition
  return [
    ...(isPartition ? [`@primaryKey${sort.length > 0 ? `(sortKeyFields: [${quoted(sort)}])` : ''}`] : []),
    ...(isPartition ? [] : defaultDirective(field)),
    ...(field.kind === 'relation'
      ? [`@${field.relation}(references: [${field.references.map((name) => `"${name}"`)}])`]
      : []),
    ...indexDirectives(model, field),
    ...(field.rules.length > 0 ? [authDirective(field.rules)] : []),
  ]
}

function defaultDirective(field: FieldDefinition): string[] {
  if (field.kind !== 'scalar' || field.default === undefined) return []
  const value = typeof field.default === 'object' ? JSON.stringify(field.default) : String(field.default)
  return [`@default(value: ${JSON.stringify(value)})`]
}

function indexDirectives(model: ModelDefinition, field: FieldDefinition): string[] {
  return model.indexes
    .filter((index) => index.partition === field.name)
    .map(({ isNamed, name, sort, queryField }) => {
      const attributes = [
        ...(isNamed ? [`name: "${name}"`] : []),
        ...(sort.length > 0 ? [`sortKeyFields: [${quoted(sort)}]`] : []),
        `queryField: ${queryField === null ? 'null' : `"${queryField}"`}`,
      ]
      return `@index(${attributes.join(', ')})`
    })
}

function authDirective(rules: readonly RuleDefinition[]): string {
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

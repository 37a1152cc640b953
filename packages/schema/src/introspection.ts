// `data.model_introspection` of amplify_outputs.json: what the data client knows of a schema at run time. The shape is
// Amplify's, oddities included (timestamps are not "required", no field has attributes).

import type { FieldDefinition, ModelDefinition } from './definition.js'
import type { ScalarName } from './fields.js'
import type { RuleDefinition } from './rules.js'
import { type AnySchema, definitionOf } from './schema.js'
import { disabledSwitches } from './sdl.js'

export interface ModelIntrospection {
  readonly version: 1
  readonly models: { readonly [name: string]: IntrospectedModel }
  readonly nonModels: {
    readonly [name: string]: { readonly name: string; readonly fields: IntrospectedFields }
  }
  readonly enums: { readonly [name: string]: { readonly name: string; readonly values: readonly string[] } }
}

export interface IntrospectedModel {
  readonly name: string
  readonly fields: IntrospectedFields
  readonly syncable: boolean
  readonly pluralName: string
  readonly attributes: readonly {
    readonly type: string
    readonly properties: { readonly [name: string]: unknown }
  }[]
  readonly primaryKeyInfo: {
    readonly isCustomPrimaryKey: boolean
    readonly primaryKeyFieldName: string
    readonly sortKeyFieldNames: readonly string[]
  }
}

export interface IntrospectedFields {
  readonly [name: string]: IntrospectedField
}

export interface IntrospectedField {
  readonly name: string
  readonly isArray: boolean
  readonly type:
    | ScalarName
    | { readonly model: string }
    | { readonly nonModel: string }
    | { readonly enum: string }
  readonly isRequired: boolean
  readonly attributes: readonly unknown[]
  readonly isArrayNullable?: boolean
  readonly isReadOnly?: boolean
  readonly association?: {
    readonly connectionType: 'HAS_MANY' | 'HAS_ONE' | 'BELONGS_TO'
    readonly associatedWith?: readonly string[]
    readonly targetNames?: readonly string[]
  }
}

/** The introspection of a schema, ready for `amplify_outputs.json`. Throws a `SchemaError` on a schema that cannot work. */
export function modelIntrospection(schema: AnySchema): ModelIntrospection {
  const { models, customTypes, enums } = definitionOf(schema)
  return {
    version: 1,
    models: mapValues(models, introspectModel),
    enums: mapValues(enums, ({ name, values }) => ({ name, values: [...values] })),
    nonModels: mapValues(customTypes, ({ name, fields }) => ({ name, fields: introspectFields(fields) })),
  }
}

function introspectModel(model: ModelDefinition): IntrospectedModel {
  const [primaryKeyFieldName = 'id', ...sortKeyFieldNames] = model.keys
  return {
    name: model.name,
    fields: introspectFields(model.fields, primaryKeyFieldName),
    syncable: true,
    pluralName: model.pluralName,
    attributes: [
      { type: 'model', properties: disabledSwitches(model.disabled) },
      ...(model.fields[primaryKeyFieldName]?.implied
        ? []
        : [{ type: 'key', properties: { fields: [...model.keys] } }]),
      ...introspectIndexes(model),
      { type: 'auth', properties: { rules: model.rules.map(introspectRule) } },
    ],
    primaryKeyInfo: {
      isCustomPrimaryKey: primaryKeyFieldName !== 'id' || sortKeyFieldNames.length > 0,
      primaryKeyFieldName,
      sortKeyFieldNames,
    },
  }
}

// In the order of the fields, since an index is a directive on its partition key.
function introspectIndexes(model: ModelDefinition) {
  return Object.keys(model.fields).flatMap((field) =>
    model.indexes
      .filter(({ partition }) => partition === field)
      .map(({ name, queryField, partition, sort }) => ({
        type: 'key',
        properties: { name, queryField, fields: [partition, ...sort] },
      })),
  )
}

function introspectRule(rule: RuleDefinition): { [name: string]: unknown } {
  const { strategy: allow, provider, ownerOrGroupField: field, groups, identityClaim, groupClaim } = rule
  const operations = [...(rule.operations ?? ['create', 'update', 'delete', 'read'])]
  if (allow === 'owner')
    return {
      provider: provider ?? 'userPools',
      ownerField: field,
      allow,
      identityClaim: identityClaim ?? 'cognito:username',
      operations,
    }
  if (allow === 'groups')
    return {
      groupClaim: groupClaim ?? 'cognito:groups',
      provider: provider ?? 'userPools',
      allow,
      ...(groups ? { groups: [...groups] } : { groupsField: field, groupField: 'groups' }),
      operations,
    }
  return { allow, ...(provider && { provider }), operations }
}

function introspectFields(
  fields: Readonly<Record<string, FieldDefinition>>,
  partitionKey?: string,
): IntrospectedFields {
  const entries = Object.values(fields)
    // The client finds owner and group fields in the rules.
    .filter((field) => field.implied !== 'rule')
    .map((field) => [field.name, introspectField(field, field.name === partitionKey)] as const)
  return Object.fromEntries(entries)
}

function introspectField(field: FieldDefinition, isPartitionKey: boolean): IntrospectedField {
  const isTimestamp = field.implied === 'timestamp'
  return {
    name: field.name,
    isArray: field.isArray,
    type: introspectType(field),
    isRequired: isPartitionKey || (field.isRequired && !isTimestamp),
    attributes: [],
    ...(field.isArray && { isArrayNullable: !field.isArrayRequired }),
    ...(isTimestamp && { isReadOnly: true }),
    ...(field.kind === 'relation' && { association: association(field) }),
  }
}

function introspectType(field: FieldDefinition): IntrospectedField['type'] {
  switch (field.kind) {
    case 'scalar':
      return field.type
    case 'enum':
      return { enum: field.type }
    case 'custom':
      return { nonModel: field.type }
    case 'relation':
      return { model: field.type }
  }
}

function association({ relation, references }: Extract<FieldDefinition, { kind: 'relation' }>) {
  const names = [...references]
  if (relation === 'belongsTo') return { connectionType: 'BELONGS_TO' as const, targetNames: names }
  if (relation === 'hasMany') return { connectionType: 'HAS_MANY' as const, associatedWith: names }
  return { connectionType: 'HAS_ONE' as const, associatedWith: names, targetNames: [] }
}

function mapValues<From, To>(
  from: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]))
}

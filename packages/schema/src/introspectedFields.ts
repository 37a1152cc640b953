// Fields, arguments and answers as the model introspection says them.

import type { AnswerDefinition, FieldDefinition } from './definition.js'
import type { ScalarName } from './fields.js'

export interface IntrospectedFields {
  readonly [name: string]: IntrospectedField
}

/** What is said of any value: a field, an argument, an answer. */
export interface IntrospectedValue {
  readonly name: string
  readonly isArray: boolean
  readonly type:
    | ScalarName
    | { readonly model: string }
    | { readonly nonModel: string }
    | { readonly enum: string }
    | { readonly input: string }
  readonly isRequired: boolean
  readonly isArrayNullable?: boolean
}

export interface IntrospectedField extends IntrospectedValue {
  readonly attributes: readonly unknown[]
  readonly isReadOnly?: boolean
  readonly association?: {
    readonly connectionType: 'HAS_MANY' | 'HAS_ONE' | 'BELONGS_TO'
    readonly associatedWith?: readonly string[]
    readonly targetNames?: readonly string[]
  }
}

/** The fields of a model or a custom type. */
export function introspectFields(
  fields: Readonly<Record<string, FieldDefinition>>,
  partitionKey?: string,
): IntrospectedFields {
  const entries = Object.values(fields)
    // The client finds owner and group fields in the rules.
    .filter((field) => field.implied !== 'rule')
    .map((field) => [field.name, introspectField(field, field.name === partitionKey)] as const)
  return Object.fromEntries(entries)
}

/** What is said of any value: a field, an argument, an answer. */
export function introspectValue(field: FieldDefinition | AnswerDefinition): IntrospectedValue {
  return {
    name: field.name,
    isArray: field.isArray,
    type: introspectType(field),
    isRequired: field.isRequired,
    ...(field.isArray && { isArrayNullable: !field.isArrayRequired }),
  }
}

function introspectField(field: FieldDefinition, isPartitionKey: boolean): IntrospectedField {
  const isTimestamp = field.implied === 'timestamp'
  return {
    ...introspectValue(field),
    isRequired: isPartitionKey || (field.isRequired && !isTimestamp),
    attributes: [],
    ...(isTimestamp && { isReadOnly: true }),
    ...(field.kind === 'relation' && { association: association(field) }),
  }
}

function introspectType(field: FieldDefinition | AnswerDefinition): IntrospectedValue['type'] {
  switch (field.kind) {
    case 'scalar':
      return field.type
    case 'enum':
      return { enum: field.type }
    case 'custom':
      return { nonModel: field.type }
    case 'input':
      return { input: field.type }
    case 'relation':
    case 'model':
      return { model: field.type }
  }
}

function association({ relation, references }: Extract<FieldDefinition, { kind: 'relation' }>) {
  const names = [...references]
  if (relation === 'belongsTo') return { connectionType: 'BELONGS_TO' as const, targetNames: names }
  if (relation === 'hasMany') return { connectionType: 'HAS_MANY' as const, associatedWith: names }
  return { connectionType: 'HAS_ONE' as const, associatedWith: names, targetNames: [] }
}

export function mapValues<From, To>(
  from: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, map(value)]))
}

// How generated types are written: values, properties, interfaces.

import type { AnswerDefinition, FieldDefinition, ScalarFieldDefinition } from './definition.js'

export type Given = 'row' | 'type'

/** One property: `name?: string | null`. */
export interface Property {
  readonly name: string
  readonly type: string
  readonly isOptional?: boolean
  readonly isReadOnly?: boolean
}

export function fieldsOf(fields: Readonly<Record<string, FieldDefinition>>): FieldDefinition[] {
  return Object.values(fields).filter((field) => field.kind !== 'relation')
}

export function typeOf(field: FieldDefinition | AnswerDefinition, as: Given): string {
  return listed(field, isJson(field) ? 'Json' : nameOf(field, as))
}

export function nameOf(field: FieldDefinition | AnswerDefinition, as: Given): string {
  if (field.kind === 'scalar') return scalarOf(field.type)
  if (field.kind === 'enum') return `${field.type}$Type`
  if (field.kind === 'input') return `${field.type}$Type`
  return `${field.type}$${as === 'row' ? 'Row' : 'Type'}`
}

export function scalarOf(type: ScalarFieldDefinition['type']): string {
  if (['Int', 'Float', 'AWSTimestamp'].includes(type)) return 'number'
  if (type === 'Boolean') return 'boolean'
  return type === 'AWSJSON' ? 'Json' : 'string'
}

function isJson(field: FieldDefinition | AnswerDefinition): boolean {
  return field.kind === 'scalar' && field.type === 'AWSJSON'
}

/** With the nulls and the list around it. `Json` has its own null. */
export function listed(field: FieldDefinition | AnswerDefinition, type: string): string {
  const item =
    type === 'Json'
      ? field.isRequired
        ? 'NonNullable<Json>'
        : 'Json'
      : field.isRequired
        ? type
        : `${type} | null`
  if (!field.isArray) return item
  return `${item.includes(' ') ? `(${item})` : item}[]${field.isArrayRequired ? '' : ' | null'}`
}

/** Would leaving it out be the same as null? */
export function mayBeNull(field: FieldDefinition): boolean {
  return field.isArray ? !field.isArrayRequired : !field.isRequired
}

export function block(head: string, properties: readonly Property[]): string {
  const lines = properties.map(
    ({ name, type, isOptional, isReadOnly }) =>
      `  ${isReadOnly ? 'readonly ' : ''}${name}${isOptional ? '?' : ''}: ${type}\n`,
  )
  return `export interface ${head} {\n${lines.join('')}}`
}

export function object(properties: readonly Property[]): string {
  if (properties.length === 0) return 'Record<never, never>'
  return `{ ${properties.map(({ name, type, isOptional }) => `${name}${isOptional ? '?' : ''}: ${type}`).join('; ')} }`
}

export function quote(text: string): string {
  return `'${text}'`
}

export function union(members: readonly string[]): string {
  return members.length > 0 ? members.join(' | ') : 'never'
}

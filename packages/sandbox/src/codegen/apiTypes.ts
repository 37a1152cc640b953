// `API.ts`: the types of a schema and of its operations, as `@aws-amplify/graphql-generator` writes them.

import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLList,
  type GraphQLNamedType,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql'
import { type Operation, type Selected, typeName } from './statements.js'

/** The text of `API.ts`, with every type that the operations touch. */
export function apiTypes(operations: readonly Operation[]): string {
  const blocks = [
    ...[...touched(operations)].flatMap((type) => declaration(type) ?? []),
    ...operations.map(resultTypes),
  ]
  return `/* tslint:disable */
/* eslint-disable */
//  This file was automatically generated and should not be edited.

${blocks.join('\n\n')}
`
}

/** In the order in which one meets them. */
function touched(operations: readonly Operation[]): Set<GraphQLNamedType> {
  const found = new Set<GraphQLNamedType>()
  const visit = (reference: GraphQLType) => {
    const type = getNamedType(reference)
    if (found.has(type)) return
    found.add(type)
    if (isObjectType(type) || isInputObjectType(type))
      for (const field of Object.values(type.getFields())) visit(field.type)
  }
  for (const { field } of operations) for (const { type } of [...field.args, field]) visit(type)
  return found
}

function declaration(type: GraphQLNamedType): string | undefined {
  if (isEnumType(type)) {
    const values = type.getValues().map(({ name }) => `  ${name} = "${name}",\n`)
    return `export enum ${type.name} {\n${values.join('')}}`
  }
  if (isInputObjectType(type)) return `export type ${type.name} = ${inputs(Object.values(type.getFields()))};`
  if (!isObjectType(type)) return undefined
  const fields = Object.values(type.getFields()).map((field) => property(field.name, field.type))
  return `export type ${type.name} = {\n  __typename: "${type.name}",\n${fields.join('')}};`
}

function resultTypes(operation: Operation): string {
  const { field, name, selection } = operation
  return `export type ${typeName(operation)}Variables = ${inputs(field.args)};

export type ${typeName(operation)} = {\n${selectedProperty({ name, type: field.type, selection }, '  ')}};`
}

function inputs(fields: readonly (GraphQLInputField | GraphQLArgument)[]): string {
  return `{\n${fields.map(({ name, type }) => property(name, type)).join('')}}`
}

/** A field with what was selected of it. */
function selectedProperty({ name, type, selection }: Selected, indent: string): string {
  const object = getNamedType(type)
  if (!isObjectType(object)) return property(name, type, nameOf(object), indent)
  const inner = `${indent}  `
  const fields = selection.map((each) => selectedProperty(each, inner)).join('')
  const value = `{\n${inner}__typename: "${object.name}",\n${fields}${indent}}`
  return property(name, type, value, indent)
}

function property(
  name: string,
  type: GraphQLType,
  value = nameOf(getNamedType(type)),
  indent = '  ',
): string {
  return `${indent}${name}${isNonNullType(type) ? '' : '?'}: ${wrapped(type, value)},\n`
}

function wrapped(type: GraphQLType, value: string): string {
  if (isNonNullType(type)) return isListType(type.ofType) ? listOf(type.ofType, value) : value
  return `${isListType(type) ? listOf(type, value) : value} | null`
}

function listOf({ ofType }: GraphQLList<GraphQLType>, value: string): string {
  return `Array< ${wrapped(ofType, value)} >`
}

function nameOf(type: GraphQLNamedType): string {
  if (!isScalarType(type)) return type.name
  if (type.name === 'Boolean') return 'boolean'
  return ['Int', 'Float', 'AWSTimestamp'].includes(type.name) ? 'number' : 'string'
}

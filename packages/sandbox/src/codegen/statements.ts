// An operation for each field of a schema's Query, Mutation and Subscription, with what it selects, as
// `@aws-amplify/graphql-generator` selects it.

import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql'
import { upperFirst } from '../appsync/sdlFields.js'

export type OperationKind = 'query' | 'mutation' | 'subscription'

export interface Operation {
  kind: OperationKind
  /** Of the field: `getTodo`. */
  name: string
  field: GraphQLField<unknown, unknown>
  selection: readonly Selected[]
}

/** A field that is asked for, and of an object what of it. */
export interface Selected {
  name: string
  type: GraphQLOutputType
  selection: readonly Selected[]
}

/** How the values of the operations are written. */
export type StatementTarget = 'typescript' | 'javascript' | 'graphql'

const FILES: readonly [OperationKind, string][] = [
  ['query', 'queries'],
  ['mutation', 'mutations'],
  ['subscription', 'subscriptions'],
]

/** Every operation, with objects down to this depth. */
export function operationsOf(schema: GraphQLSchema, depth: number): Operation[] {
  const roots: Record<OperationKind, GraphQLObjectType | null | undefined> = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }
  return FILES.flatMap(([kind]) =>
    Object.values(roots[kind]?.getFields() ?? {}).map((field) => ({
      kind,
      name: field.name,
      field,
      selection: selectionOf(field.type, depth),
    })),
  )
}

function selectionOf(type: GraphQLOutputType, depth: number): Selected[] {
  const object = getNamedType(type)
  if (!isObjectType(object)) return []
  return Object.values(object.getFields()).flatMap((field) => {
    if (!isObjectType(getNamedType(field.type)))
      return [{ name: field.name, type: field.type, selection: [] }]
    const selection = depth > 1 ? selectionOf(field.type, depth - 1) : []
    return depth > 1 ? [{ name: field.name, type: field.type, selection }] : []
  })
}

/** The files of the operations, by name. Kinds that a schema has none of have no file. */
export function statementFiles(
  operations: readonly Operation[],
  target: StatementTarget,
): Map<string, string> {
  const files = new Map<string, string>()
  for (const [kind, name] of FILES) {
    const own = operations.filter((operation) => operation.kind === kind)
    if (own.length === 0) continue
    const texts = own.map((operation) => statement(operation, target))
    files.set(`${name}.${ENDINGS[target]}`, `${[heading(kind, target), ...texts].join('\n\n')}\n`)
  }
  return files
}

const ENDINGS: Readonly<Record<StatementTarget, string>> = {
  typescript: 'ts',
  javascript: 'js',
  graphql: 'graphql',
}

function heading(kind: OperationKind, target: StatementTarget): string {
  if (target === 'graphql') return '# this is an auto generated file. This will be overwritten'
  const comments = '/* eslint-disable */\n// this is an auto generated file. This will be overwritten'
  if (target === 'javascript') return comments
  const brand = upperFirst(kind)
  return `/* tslint:disable */
${comments}

import * as APITypes from './API'
type Generated${brand}<InputType, OutputType> = string & {
  __generated${brand}Input: InputType
  __generated${brand}Output: OutputType
}`
}

function statement(operation: Operation, target: StatementTarget): string {
  const { kind, name } = operation
  const text = documentOf(operation)
  if (target === 'graphql') return text
  const value = `export const ${name} = /* GraphQL */ \`${text}\``
  if (target === 'javascript') return value
  const types = `APITypes.${typeName(operation)}`
  return `${value} as Generated${upperFirst(kind)}<${types}Variables, ${types}>`
}

function documentOf({ kind, name, field, selection }: Operation): string {
  const taken = field.args.map((arg) => `$${arg.name}: ${arg.type}`)
  const given = field.args.map((arg) => `${arg.name}: $${arg.name}`)
  return `${kind} ${upperFirst(name)}${inBrackets(taken, '')} {\n  ${name}${inBrackets(given, '  ')}${selected(selection, field.type, '  ')}\n}`
}

/** On one line, where they fit. */
function inBrackets(entries: readonly string[], indent: string): string {
  if (entries.length === 0) return ''
  const line = entries.join(', ')
  return line.length <= 60
    ? `(${line})`
    : `(\n${entries.map((each) => `${indent}  ${each}\n`).join('')}${indent})`
}

function selected(selection: readonly Selected[], type: GraphQLOutputType, indent: string): string {
  if (!isObjectType(getNamedType(type))) return ''
  const inner = `${indent}  `
  const lines = selection.map(
    ({ name, type, selection }) => `${inner}${name}${selected(selection, type, inner)}\n`,
  )
  return ` {\n${lines.join('')}${inner}__typename\n${indent}}`
}

/** Of an operation's result: `GetTodoQuery`. */
export function typeName({ kind, name }: Operation): string {
  return `${upperFirst(name)}${upperFirst(kind)}`
}

// Between a row as GraphQL carries it and a row as an app holds it.

import type { CallOptions } from './caller.js'
import { DataError } from './errors.js'
import {
  type Field,
  fieldsOf,
  type Introspection,
  keysOf,
  type Model,
  ownerFieldsOf,
} from './introspection.js'

const next = /* @__PURE__ */ Symbol.for('backline.nextToken')

// biome-ignore lint/suspicious/noExplicitAny: the schema decides
export type Row = Record<string, any>

/** Makes of a row as it came one as the app gets it, relations included. */
export type Finish = (model: Model, raw: Row | null, options: CallOptions | undefined) => Row | null

/**
 * The row itself, with nested lists without their `items` wrapper and `AWSJSON` as the value it stands for. What came of a message is
 * nobody else's, and most values stay as they came: a copy would cost more than all the rest.
 */
export function readRow(
  introspection: Introspection,
  typeName: string,
  raw: Row | null | undefined,
): Row | null {
  if (!raw) return null
  const fields = fieldsOf(introspection, typeName)
  for (const name in fields) {
    const field = fields[name]!
    const { type } = field
    if (type !== 'AWSJSON' && (typeof type === 'string' || 'enum' in type)) continue
    const value = raw[name]
    if (value !== null && value !== undefined) raw[name] = readValue(introspection, field, value)
  }
  return raw
}

export function readValue(introspection: Introspection, field: Field | undefined, value: unknown): unknown {
  if (!field || value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((one) => readValue(introspection, field, one))
  const { type } = field
  if (type === 'AWSJSON') return typeof value === 'string' ? parsed(value) : value
  if (typeof type === 'string') return value
  if ('model' in type) {
    const { items, nextToken } = value as Row
    if (!field.isArray || !Array.isArray(items)) return readRow(introspection, type.model, value as Row)
    const rows = items.map((one: Row) => readRow(introspection, type.model, one))
    // Where nobody who copies or compares rows trips over it.
    return nextToken ? Object.defineProperty(rows, next, { value: nextToken }) : rows
  }
  return 'nonModel' in type ? readRow(introspection, type.nonModel, value as Row) : value
}

/** JSON that does not parse is what somebody stored: better shown than thrown. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/**
 * What a mutation sends: related rows become their keys, values become what the wire carries. `undefined` is left out and so stays
 * untouched; `null` clears. A row that came from the service may be given back: what cannot be written is left out of an update.
 */
export function writeInput(
  introspection: Introspection,
  model: Model,
  input: Row | undefined,
  update: boolean,
): Row {
  const output: Row = {}
  const owners = update ? ownerFieldsOf(model) : []
  for (const [name, value] of Object.entries(input ?? {})) {
    const field = model.fields[name]
    if (value === undefined || typeof value === 'function') continue
    if (update && (field ? field.isReadOnly : owners.includes(name))) continue
    const related =
      field && typeof field.type === 'object' && 'model' in field.type
        ? introspection.models[field.type.model]
        : undefined
    if (!related) output[name] = writeValue(introspection, field, value, `${model.name}.${name}`)
    else if (!field?.isArray) {
      const { associatedWith, targetNames, connectionType } = field!.association ?? {}
      const from = connectionType === 'BELONGS_TO' ? keysOf(related) : (associatedWith ?? [])
      for (const [at, target] of targetNames?.entries() ?? [])
        output[target] = value === null ? null : value[from[at]!]
    }
  }
  return output
}

/** One value as the wire carries it. `path` names it in errors. */
export function writeValue(
  introspection: Introspection,
  field: Field | undefined,
  value: unknown,
  path: string,
): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value) && field?.isArray !== false)
    return value.map((one, at) => writeValue(introspection, field, one, `${path}[${at}]`))
  if (field?.type === 'AWSJSON') return jsonText(value)
  if (value instanceof Date) return dateText(field, value, path)
  if (typeof value === 'number' && !Number.isFinite(value))
    // JSON would make null of it, and null clears the field.
    throw new DataError('InvalidInput', `${path}: ${value} cannot be stored.`)
  const type = field?.type
  if (typeof value === 'object' && typeof type === 'object' && !('enum' in type)) {
    const fields = fieldsOf(introspection, Object.values(type)[0]!)
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        writeValue(introspection, fields[name], one, `${path}.${name}`),
      ]),
    )
  }
  return value
}

/** Text that is JSON already was serialised by the caller, as `aws-amplify` asks for: once is enough. */
function jsonText(value: unknown): string {
  if (typeof value === 'string')
    try {
      JSON.parse(value)
      return value
    } catch {
      // A plain string: it becomes a JSON string below.
    }
  return JSON.stringify(value)
}

function dateText(field: Field | undefined, value: Date, path: string): unknown {
  if (Number.isNaN(value.getTime())) throw new DataError('InvalidInput', `${path}: the Date is invalid.`)
  const text = value.toISOString()
  switch (field?.type) {
    case 'AWSDateTime':
      return text
    case 'AWSDate':
      return text.slice(0, 10)
    case 'AWSTime':
      return text.slice(11)
    case 'AWSTimestamp':
      return Math.floor(value.getTime() / 1000)
    default:
      throw new DataError(
        'InvalidInput',
        `${path}: a Date was given, but the field is ${typeof field?.type === 'string' ? `of type ${field.type}` : 'no date'}.`,
      )
  }
}

/** A filter with its dates written as the fields hold them. */
export function writeFilter(introspection: Introspection, model: Model, filter: unknown): unknown {
  if (Array.isArray(filter)) return filter.map((one) => writeFilter(introspection, model, one))
  if (!filter || typeof filter !== 'object') return filter
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [
      name,
      /^(and|or|not)$/.test(name)
        ? writeFilter(introspection, model, value)
        : writeCondition(model.fields[name], value, `${model.name}.${name}`),
    ]),
  )
}

/** The operators of one field, or a bare value. */
export function writeCondition(field: Field | undefined, given: unknown, path: string): unknown {
  const one = (value: unknown) => (value instanceof Date ? dateText(field, value, path) : value)
  if (!given || typeof given !== 'object' || given instanceof Date) return one(given)
  return Object.fromEntries(
    Object.entries(given).map(([operator, value]) => [
      operator,
      Array.isArray(value) ? value.map(one) : one(value),
    ]),
  )
}

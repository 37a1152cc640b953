// Fields from what was built to the definition: inline types get names, refs are looked up.

import { checkName } from './check.js'
import type { DatabaseEngine, FieldDefinition, SchemaData, TypeData } from './definition.js'
import { SchemaError } from './errors.js'
import { bare, type FieldData } from './fields.js'
import { invocationResponse } from './operations.js'

/** What resolving one type may ask and tell. */
export interface Scope {
  /** Every type of every schema. */
  readonly types: SchemaData['types']
  readonly engine: DatabaseEngine
  /** Types written inline join the queue, after all that were written by name. */
  readonly inline: (name: string, data: FieldData) => void
}

/** The fields of a model or a custom type. */
export function fieldsFrom(
  owner: string,
  written: Readonly<Record<string, { readonly data: FieldData }>>,
  scope: Scope,
): Record<string, FieldDefinition> {
  const fields: Record<string, FieldDefinition> = {}
  for (const [name, field] of Object.entries(written)) {
    checkName(name, owner)
    fields[name] = Object.freeze(fieldFrom(owner, name, field?.data, scope))
  }
  return fields
}

/** One field of it. */
export function fieldFrom(
  owner: string,
  name: string,
  data: FieldData | undefined,
  scope: Scope,
): FieldDefinition {
  switch (data?.kind) {
    case 'scalar': {
      const { scalar, ...rest } = data
      return { name, ...rest, type: scalar }
    }
    case 'enum':
    case 'custom': {
      const type = `${capital(owner)}${capital(name)}`
      scope.inline(type, data)
      return { ...bare, name, kind: data.kind, type }
    }
    case 'ref': {
      const { kind: _, to, mutations: __, ...rest } = data
      const target = targetOf(scope, to, owner, name)
      if (target.kind === 'enum' || target.kind === 'custom')
        return { name, ...rest, kind: target.kind, type: to }
      throw new SchemaError(
        target.kind === 'model'
          ? `${owner}.${name} refers to the model "${to}" with a.ref(). Models are related with a.hasMany(), a.hasOne() and a.belongsTo().`
          : `${owner}.${name} refers to the operation "${to}". A field is an enum or a custom type of the schema.`,
        { type: owner, field: name },
      )
    }
    case 'relation': {
      const { kind, to, relation, references, isRequired, isValueRequired, rules } = data
      const isArray = relation === 'hasMany'
      return {
        name,
        kind,
        type: to,
        relation,
        references,
        isArray,
        isRequired: isArray ? isValueRequired : isRequired,
        isArrayRequired: false,
        rules,
      }
    }
    default:
      throw new SchemaError(
        `${owner}.${name} is not a field. Fields are made with a.string(), a.enum() and so on.`,
        {
          type: owner,
          field: name,
        },
      )
  }
}

/** What a name stands for. @throws {SchemaError} where it is none of the schema's */
export function targetOf({ types }: Scope, to: string, owner: string, field?: string): TypeData {
  if (to === 'EventInvocationResponse') return invocationResponse.data
  const target = Object.hasOwn(types, to) ? types[to]?.data : undefined
  if (target) return target
  throw new SchemaError(
    `${field === undefined ? owner : `${owner}.${field}`} refers to "${to}", which the schema does not define.${meant(to, Object.keys(types))}`,
    { type: owner, ...(field !== undefined && { field }), isUnknown: true },
  )
}

export function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** " Did you mean …?" where one of the names is written alike. */
function meant(name: string, names: readonly string[]): string {
  const alike = names.find((other) => other.toLowerCase() === name.toLowerCase())
  return alike ? ` Did you mean "${alike}"?` : ''
}

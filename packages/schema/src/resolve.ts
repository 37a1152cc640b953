// From what was built to the definition: inline types get names, models their implied fields, indexes their defaults.

import { checkDefinition, checkName } from './check.js'
import type {
  CustomTypeDefinition,
  EnumDefinition,
  FieldDefinition,
  IndexDefinition,
  ModelDefinition,
  SchemaData,
  SchemaDefinition,
} from './definition.js'
import { SchemaError } from './errors.js'
import type { FieldData } from './fields.js'
import type { IndexData, ModelData } from './models.js'
import { plural } from './plural.js'
import type { RuleDefinition } from './rules.js'

type Written = Readonly<Record<string, { readonly data: FieldData }>>
type Queue = [name: string, data: ModelData | FieldData][]

/** The whole schema, checked. Throws a `SchemaError` that names the model and the field. */
export function resolve({ types, rules }: Pick<SchemaData, 'types' | 'rules'>): SchemaDefinition {
  const models: Record<string, ModelDefinition> = {}
  const customTypes: Record<string, CustomTypeDefinition> = {}
  const enums: Record<string, EnumDefinition> = {}
  const order: string[] = []

  const written: Queue = Object.entries(types).map(([name, type]) => [name, type.data])
  const queue: Queue = [
    ...written.filter(([, data]) => data.kind !== 'custom'),
    ...written.filter(([, data]) => data.kind === 'custom'),
  ]
  // Types written inline join the queue as they are met, hence no `for … of` over a copy.
  for (let at = 0; at < queue.length; at++) {
    const [name, data] = queue[at]!
    if (order.includes(name))
      throw new SchemaError(
        `Two types are named "${name}": one is written inside another type and named after it. Rename one of them.`,
        { type: name },
      )
    checkName(name)
    order.push(name)
    if (data.kind === 'model') models[name] = modelFrom(name, data, types, rules, queue)
    else if (data.kind === 'custom')
      customTypes[name] = Object.freeze({ name, fields: fieldsFrom(name, data.fields, types, queue) })
    else if (data.kind === 'enum') enums[name] = Object.freeze({ name, values: data.values })
  }

  const definition = Object.freeze({
    models: Object.freeze(models),
    customTypes: Object.freeze(customTypes),
    enums: Object.freeze(enums),
    order: Object.freeze(order),
  })
  checkDefinition(definition)
  return definition
}

function modelFrom(
  name: string,
  data: ModelData,
  types: SchemaData['types'],
  schemaRules: readonly RuleDefinition[],
  queue: Queue,
): ModelDefinition {
  const pluralName = plural(name)
  const rules = data.rules.length > 0 ? data.rules : schemaRules
  const fields = fieldsFrom(name, data.fields, types, queue)
  return Object.freeze({
    name,
    pluralName,
    fields: Object.freeze(withImplied(name, fields, data.identifier, rules)),
    keys: data.identifier,
    indexes: Object.freeze(data.indexes.map((index) => indexFrom(name, pluralName, index))),
    rules,
    disabled: data.disabled,
  })
}

function fieldsFrom(
  owner: string,
  written: Written,
  types: SchemaData['types'],
  queue: Queue,
): Record<string, FieldDefinition> {
  const fields: Record<string, FieldDefinition> = {}
  for (const [name, field] of Object.entries(written)) {
    checkName(name, owner)
    fields[name] = Object.freeze(fieldFrom(owner, name, field?.data, types, queue))
  }
  return fields
}

function fieldFrom(
  owner: string,
  name: string,
  data: FieldData | undefined,
  types: SchemaData['types'],
  queue: Queue,
): FieldDefinition {
  const plain = { name, isRequired: false, isArray: false, isArrayRequired: false, rules: [] }
  switch (data?.kind) {
    case 'scalar': {
      const { scalar, ...rest } = data
      return { name, ...rest, type: scalar }
    }
    case 'enum':
    case 'custom': {
      const type = `${capital(owner)}${capital(name)}`
      queue.push([type, data])
      return { ...plain, kind: data.kind, type }
    }
    case 'ref': {
      const { kind: _, to, ...rest } = data
      const target = Object.hasOwn(types, to) ? types[to]?.data.kind : undefined
      if (target === undefined)
        throw new SchemaError(
          `${owner}.${name} refers to "${to}", which the schema does not define.${meant(to, Object.keys(types))}`,
          { type: owner, field: name },
        )
      if (target !== 'enum' && target !== 'custom')
        throw new SchemaError(
          `${owner}.${name} refers to the model "${to}" with a.ref(). Models are related with a.hasMany(), a.hasOne() and a.belongsTo().`,
          { type: owner, field: name },
        )
      return { name, ...rest, kind: target, type: to }
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

function withImplied(
  model: string,
  fields: Record<string, FieldDefinition>,
  keys: readonly string[],
  rules: readonly RuleDefinition[],
): Record<string, FieldDefinition> {
  const base = { kind: 'scalar', isArray: false, isArrayRequired: false, rules: [] } as const
  const all: Record<string, FieldDefinition> = {}
  if (!fields.id && keys.length === 1 && keys[0] === 'id')
    all.id = Object.freeze({ ...base, name: 'id', type: 'ID', isRequired: true, implied: 'key' })
  Object.assign(all, fields)
  for (const name of ['createdAt', 'updatedAt'])
    all[name] ??= Object.freeze({
      ...base,
      name,
      type: 'AWSDateTime',
      isRequired: true,
      implied: 'timestamp',
    })

  const everyRule = [...rules, ...Object.values(fields).flatMap((field) => field.rules)]
  for (const { ownerOrGroupField: name, isMany: isArray = false } of everyRule) {
    if (name === undefined) continue
    const written = all[name]
    if (!written)
      all[name] = Object.freeze({
        ...base,
        name,
        type: 'String',
        isRequired: false,
        isArray,
        implied: 'rule',
      })
    else if (written.kind !== 'scalar' || !isText(written.type) || written.isArray !== isArray)
      throw new SchemaError(
        `${model}.${name} is named by an authorization rule, so it must be ${isArray ? 'a list of strings: a.string().array()' : 'a string: a.string()'}.`,
        { type: model, field: name },
      )
  }
  return all
}

/** Stored as a string, so that a name can be kept in it. */
function isText(type: string): boolean {
  return !['Int', 'Float', 'Boolean', 'AWSJSON', 'AWSTimestamp'].includes(type)
}

function indexFrom(model: string, pluralName: string, index: IndexData): IndexDefinition {
  const { partition, sort } = index
  const by = [partition, ...sort].map(capital).join('And')
  return Object.freeze({
    name: index.name ?? `${pluralName[0]!.toLowerCase()}${pluralName.slice(1)}By${by}`,
    isNamed: index.name !== undefined,
    queryField: index.queryField === undefined ? `list${capital(model)}By${by}` : index.queryField,
    partition,
    sort,
  })
}

export function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** " Did you mean …?" where one of the names is written alike. */
function meant(name: string, names: readonly string[]): string {
  const alike = names.find((other) => other.toLowerCase() === name.toLowerCase())
  return alike ? ` Did you mean "${alike}"?` : ''
}

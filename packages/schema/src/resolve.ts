// From what was built to the definition: inline types get names, models their implied fields, indexes their defaults.

import { checkDefinition, checkName } from './check.js'
import { checkDatabase, checkOperations } from './checkOperations.js'
import { conversationFrom } from './conversations.js'
import type {
  ConversationDefinition,
  CustomTypeDefinition,
  DatabaseEngine,
  EnumDefinition,
  FieldDefinition,
  IndexDefinition,
  ModelDefinition,
  OperationDefinition,
  SchemaData,
  SchemaDefinition,
  TypeData,
} from './definition.js'
import { SchemaError } from './errors.js'
import type { IndexData, ModelData } from './models.js'
import { invocationResponse, isAsynchronous } from './operations.js'
import { plural } from './plural.js'
import { capital, fieldsFrom, type Scope } from './resolveFields.js'
import { operationFrom, withRules } from './resolveOperations.js'
import type { RuleDefinition } from './rules.js'

type Types = SchemaData['types']
type Part = Pick<SchemaData, 'types' | 'rules' | 'access' | 'configuration'>

/** A type that waits for its turn, with the rules of the schema that it came with. */
interface Waiting {
  readonly name: string
  readonly data: TypeData
  readonly schemaRules: readonly RuleDefinition[]
  /** Which schema it came with. */
  readonly part: number
}

/**
 * The whole of one or several schemas, checked. Of several, `only` one is given back; all of them are looked at.
 *
 * @throws {SchemaError} that names the type and the field
 */
export function resolve(parts: readonly Part[], only?: number): SchemaDefinition {
  const types: Types = Object.assign({}, ...parts.map((part) => part.types))
  const models: Record<string, ModelDefinition> = {}
  const customTypes: Record<string, CustomTypeDefinition> = {}
  const enums: Record<string, EnumDefinition> = {}
  const inputs: Record<string, CustomTypeDefinition> = {}
  const operations: Record<string, OperationDefinition> = {}
  const conversations: Record<string, ConversationDefinition> = {}
  const names = new Set<string>()
  const order: string[] = []

  const queue = queueOf(parts)
  // Types written inline join the queue as they are met, hence no `for … of` over a copy.
  for (let at = 0; at < queue.length; at++) {
    const { name, data, schemaRules, part } = queue[at]!
    const scope: Scope = {
      types,
      engine: parts[part]!.configuration.database.engine,
      inline: (inlineName, inlineData) =>
        queue.push({ name: inlineName, data: inlineData, schemaRules, part }),
    }
    if (names.has(name))
      throw new SchemaError(
        `Two types are named "${name}": one is written inside another type and named after it. Rename one of them.`,
        { type: name },
      )
    names.add(name)
    checkName(name)
    const isWanted = only === undefined || only === part
    if (data.kind === 'operation') {
      const { operation, inputs: taken } = operationFrom(name, data, schemaRules, scope)
      checkDatabase(operation, scope.engine)
      if (isWanted) operations[name] = operation
      if (isWanted) for (const input of taken) inputs[input.name] ??= input
      continue
    }
    if (data.kind === 'conversation') {
      if (isWanted) conversations[name] = conversationFrom(name, data)
      continue
    }
    if (isWanted) order.push(name)
    if (data.kind === 'model') models[name] = modelFrom(name, data, schemaRules, scope)
    else if (data.kind === 'custom')
      customTypes[name] = {
        name,
        fields: fieldsFrom(name, data.fields, scope),
        rules: [],
      }
    else if (data.kind === 'enum') enums[name] = Object.freeze({ name, values: data.values })
  }

  const definition: SchemaDefinition = Object.freeze({
    models: Object.freeze(models),
    customTypes: withRules(customTypes, operations),
    enums: Object.freeze(enums),
    inputs: Object.freeze(inputs),
    operations: Object.freeze(operations),
    conversations: Object.freeze(conversations),
    access: Object.freeze(
      parts.flatMap((part, index) => (only === undefined || only === index ? part.access : [])),
    ),
    order: Object.freeze(order),
    inline: Object.freeze(order.filter((name) => !Object.hasOwn(types, name))),
  })
  checkDefinition(definition)
  checkOperations(definition)
  return definition
}

/** As written, custom types last, then what asynchronous functions answer. */
function queueOf(parts: readonly Part[]): Waiting[] {
  const written = parts.flatMap(({ types, rules: schemaRules }, part) =>
    Object.entries(types).map(([name, { data }]): Waiting => ({ name, data, schemaRules, part })),
  )
  const asynchronous = written.find(({ data }) => data.kind === 'operation' && isAsynchronous(data))
  return [
    ...written.filter(({ data }) => data.kind !== 'custom'),
    ...written.filter(({ data }) => data.kind === 'custom'),
    ...(asynchronous ? [{ ...asynchronous, ...invocationResponse }] : []),
  ]
}

function modelFrom(
  name: string,
  data: ModelData,
  schemaRules: readonly RuleDefinition[],
  scope: Scope,
): ModelDefinition {
  const pluralName = plural(name)
  const rules = data.rules.length > 0 ? data.rules : schemaRules
  const fields = fieldsFrom(name, data.fields, scope)
  const [partition = ''] = data.identifier
  const key = fields[partition]
  // A key that the database counts up is there for every row, said or not.
  if (key?.kind === 'scalar' && key.isGenerated)
    fields[partition] = Object.freeze({ ...key, isRequired: true })
  return Object.freeze({
    name,
    engine: scope.engine,
    ...(data.originalName !== undefined && { originalName: data.originalName }),
    pluralName,
    fields: Object.freeze(withImplied(name, fields, data.identifier, rules, scope.engine)),
    keys: data.identifier,
    indexes: Object.freeze(data.indexes.map((index) => indexFrom(name, pluralName, index))),
    rules,
    disabled: data.disabled,
  })
}

function withImplied(
  model: string,
  fields: Record<string, FieldDefinition>,
  keys: readonly string[],
  rules: readonly RuleDefinition[],
  engine: DatabaseEngine,
): Record<string, FieldDefinition> {
  const base = { kind: 'scalar', isArray: false, isArrayRequired: false, rules: [] } as const
  const all: Record<string, FieldDefinition> = {}
  if (!fields.id && keys.length === 1 && keys[0] === 'id')
    all.id = Object.freeze({ ...base, name: 'id', type: 'ID', isRequired: true, implied: 'key' })
  Object.assign(all, fields)
  // An SQL database has the columns that it has.
  for (const name of engine === 'dynamodb' ? ['createdAt', 'updatedAt'] : [])
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
    if (!written && engine !== 'dynamodb')
      throw new SchemaError(`${model} has a rule about the field "${name}", which its table does not have.`, {
        type: model,
        field: name,
      })
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
  const { partition, sort, projection } = index
  const by = [partition, ...sort].map(capital).join('And')
  return Object.freeze({
    name: index.name ?? `${pluralName[0]!.toLowerCase()}${pluralName.slice(1)}By${by}`,
    isNamed: index.name !== undefined,
    queryField: index.queryField === undefined ? `list${capital(model)}By${by}` : index.queryField,
    partition,
    sort,
    ...(projection && { projection }),
  })
}

import { plural } from '@backline/schema'
import { Kind, type ObjectTypeDefinitionNode, parse, print } from 'graphql'
import type { DatabasePlan } from '../plan.js'
import { type CustomOperation, isRoot, readOperation } from './operations.js'
import { modelsOfRoute, namesOf, streamOfRoute } from './routes.js'
import {
  argumentsOf,
  type Field,
  lowerFirst,
  type Relation,
  type Rule,
  readField,
  readRules,
  type TypeRef,
  upperFirst,
} from './sdlFields.js'
import { refuseUnread } from './sdlUnread.js'

// Reads the directive SDL that `schema.transform()` gives (ours and the official `@aws-amplify/data-schema` alike): the
// language of Amplify's GraphQL transformer, as far as `a.schema` writes it. https://docs.amplify.aws/gen2/deploy-and-host/

export interface Index {
  name: string
  partition: string
  sorts: string[]
  queryField?: string
}

export interface Model {
  name: string
  /** The name as it stands inside other names, where it begins with a capital: `createTodo` of a model `todo`. */
  title: string
  plural: string
  /** As written; `id` where nobody wrote it, timestamps and owner fields included. */
  fields: Map<string, Field>
  /** Names of the fields that were not written. */
  implicit: Set<string>
  /** Partition first, then sort keys. */
  key: string[]
  /** Was the key chosen with `identifier`? */
  keyChosen: boolean
  indexes: Index[]
  rules: Rule[]
  queries: Set<'get' | 'list'>
  mutations: Set<'create' | 'update' | 'delete'>
  subscriptions: Set<'create' | 'update' | 'delete'>
  /** Where its rows are a table of an SQL database. */
  table?: { name: string; database: DatabasePlan }
  /** Made for a conversation route: not among the models that clients are told of. */
  isOfRoute?: boolean
  /** The arguments of `@model` as they stand. */
  settings: Record<string, unknown>
}

export interface Definition {
  models: Map<string, Model>
  enums: Map<string, string[]>
  customTypes: Map<string, Field[]>
  /** Who may see a custom type, as the SDL says it: `@aws_api_key`. */
  typeDirectives: Map<string, string[]>
  /** Types that are served as they stand: inputs and interfaces. */
  inputs: Map<string, Field[]>
  interfaces: string[]
  /** Queries, mutations and subscriptions beside those of models, by `Query.totalFor`. */
  operations: Map<string, CustomOperation>
}

export const STRINGS = new Set([
  'String',
  'AWSDate',
  'AWSTime',
  'AWSDateTime',
  'AWSEmail',
  'AWSJSON',
  'AWSURL',
  'AWSPhone',
  'AWSIPAddress',
])
const SCALARS = new Set([...STRINGS, 'ID', 'Int', 'Float', 'Boolean', 'AWSTimestamp'])

/** Reads a schema. @param databases whose tables some of its models are @throws {Error} that names the model and field at fault. */
export function readDefinition(sdl: string, databases: readonly DatabasePlan[] = []): Definition {
  const document = read(sdl)
  const definition: Definition = {
    models: new Map(),
    enums: new Map(),
    customTypes: new Map(),
    typeDirectives: new Map(),
    inputs: new Map(),
    interfaces: [],
    operations: new Map(),
  }
  for (const node of document.definitions) {
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) {
      definition.enums.set(node.name.value, node.values?.map((value) => value.name.value) ?? [])
    } else if (node.kind === Kind.OBJECT_TYPE_DEFINITION) {
      const name = node.name.value
      if (isRoot(name)) {
        for (const field of node.fields ?? []) {
          const operation = readOperation(name, field)
          definition.operations.set(`${name}.${operation.name}`, operation)
        }
      } else if (node.directives?.some((each) => each.name.value === 'model')) {
        if (definition.models.has(name)) throw new Error(`The data schema defines ${name} twice.`)
        definition.models.set(
          name,
          readModel(
            node,
            databases.find(({ models }) => models.includes(name)),
          ),
        )
      } else {
        definition.customTypes.set(
          name,
          (node.fields ?? []).map((field) => readField(field, name)),
        )
        definition.typeDirectives.set(name, (node.directives ?? []).map(print))
      }
    } else if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      definition.inputs.set(
        node.name.value,
        (node.fields ?? []).map((field) => readField(field, node.name.value)),
      )
    else if (node.kind === Kind.INTERFACE_TYPE_DEFINITION) definition.interfaces.push(print(node))
  }
  for (const { name, handler } of [...definition.operations.values()])
    if (handler.kind === 'conversation') addRoute(definition, name)
  check(definition)
  return definition
}

/** A conversation is two models and a subscription more. */
function addRoute(definition: Definition, route: string) {
  for (const node of read(modelsOfRoute(route)).definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) continue
    const model = { ...readModel(node), isOfRoute: true }
    definition.models.set(model.name, model)
  }
  const stream = streamOfRoute(route)
  definition.operations.set(`${stream.root}.${stream.name}`, stream)
  const send = definition.operations.get(`Mutation.${route}`)!
  send.type = { ...send.type, name: namesOf(route)[1] }
}

function read(sdl: string) {
  try {
    return parse(sdl, { noLocation: true })
  } catch (error) {
    throw new Error(`The data schema could not be read: ${(error as Error).message}`, { cause: error })
  }
}

function readModel(node: ObjectTypeDefinitionNode, database?: DatabasePlan): Model {
  refuseUnread(node)
  const name = node.name.value
  const settings = argumentsOf(node.directives?.find((each) => each.name.value === 'model'))
  const written = (node.fields ?? []).map((field) => readField(field, name))
  const fields = new Map(written.map((field) => [field.name, field]))
  const indexes: Index[] = []
  let key: string[] | undefined
  for (const field of node.fields ?? []) {
    for (const directive of field.directives ?? []) {
      const values = argumentsOf(directive)
      const sorts = (values.sortKeyFields as string[] | undefined) ?? []
      if (directive.name.value === 'primaryKey') key = [field.name.value, ...sorts]
      if (directive.name.value === 'index') {
        const by = [field.name.value, ...sorts]
        indexes.push({
          name: (values.name as string) ?? `${lowerFirst(plural(name))}By${by.map(upperFirst).join('And')}`,
          partition: field.name.value,
          sorts,
          queryField: values.queryField as string | undefined,
        })
      }
    }
  }
  const rules = readRules(node.directives, `${name}`)
  const implicit = new Set<string>()
  const add = (field: Field) => {
    if (fields.has(field.name)) return
    fields.set(field.name, field)
    implicit.add(field.name)
  }
  const scalar = (type: string, required: boolean, list = false): TypeRef => ({
    name: type,
    required,
    list,
    listRequired: false,
  })
  if (!key) add({ name: 'id', type: scalar('ID', true) })
  if (settings.timestamps !== null) {
    add({ name: 'createdAt', type: scalar('AWSDateTime', true) })
    add({ name: 'updatedAt', type: scalar('AWSDateTime', true) })
  }
  for (const rule of [...rules, ...written.flatMap((field) => field.rules ?? [])]) {
    if (rule.allow === 'owner') add({ name: rule.ownerField, type: scalar('String', false) })
    if (rule.groupsField) add({ name: rule.groupsField, type: scalar('String', false) })
  }
  const kept = <Name extends string>(all: Name[], setting: unknown, names = all as string[]) =>
    new Set(
      setting === null
        ? []
        : all.filter((_, i) => (setting as Record<string, unknown> | undefined)?.[names[i]!] !== null),
    )
  const mutations = kept(['create', 'update', 'delete'], settings.mutations)
  const isSilent = (settings.subscriptions as { level?: string } | null | undefined)?.level === 'off'
  return {
    name,
    title: upperFirst(name),
    plural: plural(name),
    fields,
    implicit,
    key: key ?? ['id'],
    keyChosen: key !== undefined,
    indexes,
    rules,
    settings,
    ...(database && {
      table: {
        name:
          (argumentsOf(node.directives?.find((each) => each.name.value === 'refersTo')).name as
            | string
            | undefined) ?? name,
        database,
      },
    }),
    queries: kept(['get', 'list'], settings.queries),
    mutations,
    subscriptions: new Set(
      [
        ...kept(['create', 'update', 'delete'], isSilent ? null : settings.subscriptions, [
          'onCreate',
          'onUpdate',
          'onDelete',
        ]),
      ].filter((each) => mutations.has(each)),
    ),
  }
}

function check({ models, enums, customTypes, inputs, interfaces, operations }: Definition) {
  const known = (type: string) =>
    SCALARS.has(type) ||
    enums.has(type) ||
    customTypes.has(type) ||
    models.has(type) ||
    inputs.has(type) ||
    interfaces.some((each) => each.startsWith(`interface ${type} `))
  for (const [name, { args, type }] of operations) {
    const unknown = [...args.map((each) => each.type), type].find((each) => !known(each.name))
    if (unknown) throw new Error(`${name}: there is no type ${unknown.name}.`)
  }
  for (const [name, fields] of customTypes) {
    for (const field of fields) {
      if (!known(field.type.name))
        throw new Error(`${name}.${field.name}: there is no type ${field.type.name}.`)
    }
  }
  for (const [name, values] of enums) if (values.length === 0) throw new Error(`The enum ${name} is empty.`)
  for (const model of models.values()) {
    const [absent] = model.table ? model.implicit : []
    if (absent) throw new Error(`${model.name} needs ${absent}, which its table does not have.`)
    for (const field of model.fields.values()) {
      const where = `${model.name}.${field.name}`
      if (!known(field.type.name)) throw new Error(`${where}: there is no type ${field.type.name}.`)
      if (models.has(field.type.name) && !field.relation)
        throw new Error(`${where}: a model is reached by hasMany, hasOne or belongsTo.`)
      if (field.relation) checkRelation(where, model, field.relation, models)
    }
    for (const names of [model.key, ...model.indexes.map((index) => [index.partition, ...index.sorts])]) {
      for (const name of names) {
        const field = model.fields.get(name)
        if (!field) throw new Error(`${model.name}: the key field ${name} does not exist.`)
        if (field.type.list || customTypes.has(field.type.name) || field.relation)
          throw new Error(`${model.name}.${name}: a key field must be a single scalar.`)
      }
    }
  }
}

function checkRelation(where: string, model: Model, relation: Relation, models: Map<string, Model>) {
  const other = models.get(relation.model)
  if (!other) throw new Error(`${where}: there is no model ${relation.model}.`)
  const [holder, target] = relation.kind === 'belongsTo' ? [model, other] : [other, model]
  for (const name of relation.references) {
    if (!holder.fields.has(name))
      throw new Error(`${where}: ${holder.name} has no field ${name} to hold the reference.`)
  }
  if (relation.references.length !== target.key.length) {
    throw new Error(
      `${where}: ${target.name} is identified by ${target.key.join(', ')}, the reference has ${relation.references.length} field(s).`,
    )
  }
}

export function printType({ name, required, list, listRequired }: TypeRef): string {
  const element = required ? `${name}!` : name
  return list ? `[${element}]${listRequired ? '!' : ''}` : element
}

/** A type, an enum or an input with its lines. */
export const block = (keyword: string, name: string, lines: Iterable<string>) =>
  `${keyword} ${name} {\n${[...lines].map((line) => `  ${line}\n`).join('')}}`

/** Does one of these fields hold this type, or one that holds it? */
export function reaches(
  fields: Iterable<Field>,
  type: string,
  definition: Definition,
  seen = new Set<string>(),
): boolean {
  for (const {
    type: { name },
  } of fields) {
    if (name === type) return true
    const inner = definition.customTypes.get(name)
    if (inner && !seen.has(name) && reaches(inner, type, definition, seen.add(name))) return true
  }
  return false
}

import { plural } from '@backline/schema'
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql'
import { type CustomOperation, isRoot, readOperation } from './operations.js'

// Reads the directive SDL that `schema.transform()` gives (ours and the official `@aws-amplify/data-schema` alike): the
// language of Amplify's GraphQL transformer, as far as `a.schema` writes it. https://docs.amplify.aws/gen2/deploy-and-host/

export type Operation = 'create' | 'update' | 'delete' | 'get' | 'list' | 'listen'

export interface TypeRef {
  name: string
  /** Is the value (of a list: each element) never null? */
  required: boolean
  list: boolean
  listRequired: boolean
}

/** One rule as written: `allow.owner()`, `allow.group('Admin')`… */
export interface Rule {
  allow: 'public' | 'private' | 'owner' | 'groups' | 'custom'
  provider: 'apiKey' | 'userPools' | 'identityPool' | 'oidc' | 'function'
  operations: Operation[]
  ownerField: string
  /** Claims whose values, joined by `::`, make the owner. */
  identityClaim: string
  groups: string[]
  groupsField?: string
  groupClaim: string
  /** Every argument as it stands in the directive. */
  written: Record<string, unknown>
}

export interface Relation {
  kind: 'hasMany' | 'hasOne' | 'belongsTo'
  model: string
  /** Fields of the model that holds the reference: the other one for hasMany and hasOne, this one for belongsTo. */
  references: string[]
}

export interface Field {
  name: string
  type: TypeRef
  default?: string
  relation?: Relation
  rules?: Rule[]
}

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
const ALL: Operation[] = ['create', 'update', 'delete', 'get', 'list', 'listen']

/** Reads a schema. @throws {Error} that names the model and field at fault. */
export function readDefinition(sdl: string): Definition {
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
        definition.models.set(name, readModel(node))
      } else {
        definition.customTypes.set(name, (node.fields ?? []).map(readField))
        definition.typeDirectives.set(name, (node.directives ?? []).map(print))
      }
    } else if (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      definition.inputs.set(node.name.value, (node.fields ?? []).map(readField))
    else if (node.kind === Kind.INTERFACE_TYPE_DEFINITION) definition.interfaces.push(print(node))
  }
  check(definition)
  return definition
}

function read(sdl: string) {
  try {
    return parse(sdl, { noLocation: true })
  } catch (error) {
    throw new Error(`The data schema could not be read: ${(error as Error).message}`, { cause: error })
  }
}

function readModel(node: ObjectTypeDefinitionNode): Model {
  const name = node.name.value
  const settings = argumentsOf(node.directives?.find((each) => each.name.value === 'model'))
  const written = (node.fields ?? []).map(readField)
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
  add({ name: 'createdAt', type: scalar('AWSDateTime', true) })
  add({ name: 'updatedAt', type: scalar('AWSDateTime', true) })
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
    queries: kept(['get', 'list'], settings.queries),
    mutations,
    subscriptions: new Set(
      [
        ...kept(['create', 'update', 'delete'], settings.subscriptions, ['onCreate', 'onUpdate', 'onDelete']),
      ].filter((each) => mutations.has(each)),
    ),
  }
}

export function readField(node: FieldDefinitionNode | InputValueDefinitionNode): Field {
  const field: Field = { name: node.name.value, type: readType(node.type) }
  for (const directive of node.directives ?? []) {
    const values = argumentsOf(directive)
    const kind = directive.name.value
    if (kind === 'default') field.default = values.value as string
    if (kind === 'hasMany' || kind === 'hasOne' || kind === 'belongsTo') {
      const references = values.references as string[] | undefined
      if (!references?.length) throw new Error(`${field.name}: @${kind} names no references.`)
      field.relation = { kind, model: field.type.name, references }
    }
  }
  const rules = readRules(node.directives, field.name)
  if (rules.length > 0) field.rules = rules
  return field
}

export function readType(node: TypeNode): TypeRef {
  const outer = node.kind === Kind.NON_NULL_TYPE ? node.type : node
  const required = node.kind === Kind.NON_NULL_TYPE
  if (outer.kind === Kind.LIST_TYPE) {
    const element = readType(outer.type)
    return { name: element.name, required: element.required, list: true, listRequired: required }
  }
  return {
    name: outer.kind === Kind.NAMED_TYPE ? outer.name.value : '',
    required,
    list: false,
    listRequired: false,
  }
}

export function readRules(directives: readonly ConstDirectiveNode[] | undefined, where: string): Rule[] {
  const auth = argumentsOf(directives?.find((each) => each.name.value === 'auth'))
  return ((auth.rules as Record<string, unknown>[] | undefined) ?? []).map((rule) => readRule(rule, where))
}

function readRule(rule: Record<string, unknown>, where: string): Rule {
  const allow = rule.allow as Rule['allow']
  if (!['public', 'private', 'owner', 'groups', 'custom'].includes(allow)) {
    throw new Error(`${where}: the sandbox knows no authorization rule "allow: ${allow}".`)
  }
  const usual = { public: 'apiKey', custom: 'function' }[allow as string] ?? 'userPools'
  const provider = (rule.provider as string | undefined) ?? usual
  const operations = rule.operations as string[] | undefined
  return {
    allow,
    provider: (provider === 'iam' ? 'identityPool' : provider) as Rule['provider'],
    operations:
      operations?.flatMap((each): Operation[] =>
        each === 'read'
          ? ['get', 'list', 'listen']
          : ALL.includes(each as Operation)
            ? [each as Operation]
            : [],
      ) ?? ALL,
    ownerField: (rule.ownerField as string) ?? 'owner',
    identityClaim: (rule.identityClaim as string) ?? 'sub::username',
    groups: (rule.groups as string[]) ?? [],
    groupsField: rule.groupsField as string | undefined,
    groupClaim: (rule.groupClaim as string) ?? 'cognito:groups',
    written: rule,
  }
}

export function argumentsOf(directive: ConstDirectiveNode | undefined): Record<string, unknown> {
  return Object.fromEntries(
    directive?.arguments?.map((each) => [
      each.name.value,
      valueFromASTUntyped(each.value as ConstValueNode),
    ]) ?? [],
  )
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

export const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
export const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

export function printType({ name, required, list, listRequired }: TypeRef): string {
  const element = required ? `${name}!` : name
  return list ? `[${element}]${listRequired ? '!' : ''}` : element
}

import { FIXED } from './fixedTypes.js'
import { type CustomOperation, printArguments, type Root } from './operations.js'
import { rolesOf } from './roles.js'
import { type Definition, type Index, type Model, printType, STRINGS } from './sdl.js'
import { type Field, lowerFirst, upperFirst } from './sdlFields.js'

// The schema that AppSync serves for a set of models, as text: what the official transformer writes, type for type.
// Compared with its output in served.test.ts.

export interface ServedOptions {
  /** The directive that goes without saying. */
  defaultProvider: Provider
}

export type Provider = 'aws_api_key' | 'aws_cognito_user_pools' | 'aws_iam' | 'aws_lambda' | 'aws_oidc'

/** A query on a key: of the model itself, or of an index. */
export interface SortArgument {
  name: string
  type: string
}

export function printServed(definition: Definition, options: ServedOptions): string {
  const blocks: string[] = [FIXED]
  const { enums, customTypes } = definition
  const models = [...definition.models.values()]
  const keyConditions = new Set<string>()
  const enumInputs = new Set<string>()

  for (const [name, values] of enums) blocks.push(block('enum', name, values))
  const given = typesGiven(definition)
  for (const [name, fields] of customTypes) {
    blocks.push(block(`type`, `${name}${sharedDirectives(name, definition, options)}`, fields.map(plain)))
    if (!given.has(name) || definition.inputs.has(`${name}Input`)) continue
    blocks.push(
      block(
        'input',
        `${name}Input`,
        fields.map((field) => inputField(field, definition)),
      ),
    )
  }
  blocks.push(...definition.interfaces)
  for (const [name, fields] of definition.inputs) blocks.push(block('input', name, fields.map(plain)))
  for (const model of models) {
    blocks.push(printModel(model, options))
    if (model.subscriptions.size > 0) blocks.push(subscriptionFilter(model, definition))
    blocks.push(
      block('type', `Model${model.title}Connection${connectionDirectives(model, options)}`, [
        `items: [${model.name}]!`,
        'nextToken: String',
      ]),
      filter(model, definition, enumInputs),
      condition(model, definition, enumInputs),
      ...mutationInputs(model, definition),
    )
    for (const index of [
      { name: 'Primary', partition: model.key[0]!, sorts: model.key.slice(1) },
      ...model.indexes,
    ]) {
      if (index.sorts.length > 1) blocks.push(...compositeTypes(model, index))
      else if (index.sorts.length === 1) keyConditions.add(keyConditionType(model, index.sorts[0]!))
    }
  }
  for (const name of enumInputs) blocks.push(enumInput(name))
  for (const name of keyConditions) blocks.push(keyCondition(name))
  blocks.push(...roots(models, definition, options))
  return blocks.join('\n\n')
}

const block = (keyword: string, name: string, lines: Iterable<string>) =>
  `${keyword} ${name} {\n${[...lines].map((line) => `  ${line}\n`).join('')}}`

const plain = (field: Field) => `${field.name}: ${printType(field.type)}`

function printModel(model: Model, options: ServedOptions): string {
  const lines = [...model.fields.values()].map((field) => {
    if (field.relation?.kind !== 'hasMany') return plain(field)
    const other = upperFirst(field.relation.model)
    return `${field.name}(filter: Model${other}FilterInput, sortDirection: ModelSortDirection, limit: Int, nextToken: String): Model${other}Connection`
  })
  return block(
    'type',
    model.name +
      directives(providersOf(model, ['get', 'list', 'listen', 'create', 'update', 'delete']), options),
    lines,
  )
}

// ---- authorization directives: they inform a reader of the schema; the rules themselves are enforced in rules.ts

const PROVIDER = {
  apiKey: 'aws_api_key',
  userPools: 'aws_cognito_user_pools',
  identityPool: 'aws_iam',
  function: 'aws_lambda',
  oidc: 'aws_oidc',
} as const

function providersOf(model: Model, operations: Parameters<typeof rolesOf>[1][]): Set<Provider> {
  return new Set(
    operations.flatMap((operation) => rolesOf(model, operation)).map((role) => PROVIDER[role.provider]),
  )
}

function directives(providers: Set<Provider>, { defaultProvider }: ServedOptions): string {
  if (providers.size === 0 || (providers.size === 1 && providers.has(defaultProvider))) return ''
  return [...providers].map((each) => ` @${each}`).join('')
}

function sharedDirectives(type: string, definition: Definition, options: ServedOptions): string {
  const users = [...definition.models.values()].filter((model) =>
    reaches(model.fields.values(), type, definition),
  )
  const written = definition.typeDirectives.get(type) ?? []
  const shared = directives(
    new Set(users.flatMap((model) => [...providersOf(model, ['get', 'list', 'create', 'update', 'delete'])])),
    options,
  )
  return [...new Set([...written, ...shared.split(' ').filter(Boolean)])].map((each) => ` ${each}`).join('')
}

/** Custom types that clients send: in rows of models, and as arguments. */
function typesGiven(definition: Definition): Set<string> {
  const sources = [
    ...[...definition.models.values()].map(({ fields }) => [...fields.values()]),
    ...[...definition.operations.values()].map(({ args }) => args),
  ]
  const names = [...definition.customTypes.keys()]
  return new Set(names.filter((name) => sources.some((fields) => reaches(fields, name, definition))))
}

function reaches(
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

const connectionDirectives = (model: Model, options: ServedOptions) =>
  directives(providersOf(model, ['get', 'list']), options)

// ---- inputs

const isKnown = (name: string, { enums, customTypes }: Definition) =>
  customTypes.has(name) ? 'custom' : enums.has(name) ? 'enum' : 'scalar'

function inputField(field: Field, definition: Definition, { optional = false } = {}): string {
  const custom = isKnown(field.type.name, definition) === 'custom'
  const name = custom ? `${field.type.name}Input` : field.type.name
  const eased = !optional ? {} : field.type.list ? { listRequired: false } : { required: false }
  return `${field.name}: ${printType({ ...field.type, name, ...eased })}`
}

/** Fields that a mutation may set: everything that is not a relation nor filled in by the service. */
export function settable(model: Model): Field[] {
  return [...model.fields.values()].filter((field) => !field.relation && !model.implicit.has(field.name))
}

function mutationInputs(model: Model, definition: Definition): string[] {
  const fields = settable(model)
  const implicitId = model.implicit.has('id')
  const key = model.key.map((name) => model.fields.get(name)!)
  const filledIn = (field: Field) =>
    (field.name === 'id' && field.type.name === 'ID') ||
    field.name === 'createdAt' ||
    field.name === 'updatedAt'
  return [
    model.mutations.has('create') &&
      block('input', `Create${model.title}Input`, [
        ...fields.map((field) => inputField(field, definition, { optional: filledIn(field) })),
        ...(implicitId ? ['id: ID'] : []),
      ]),
    model.mutations.has('update') &&
      block('input', `Update${model.title}Input`, [
        ...fields.map((field) =>
          inputField(field, definition, { optional: !model.key.includes(field.name) }),
        ),
        ...(implicitId ? ['id: ID!'] : []),
      ]),
    model.mutations.has('delete') &&
      block(
        'input',
        `Delete${model.title}Input`,
        key.map((field) => `${field.name}: ${field.type.name}!`),
      ),
  ].filter((each) => each !== false)
}

/** The kind of comparison a scalar allows: `String`, `ID`, `Int`, `Float`, `Boolean`. */
function comparison(type: string): string {
  if (STRINGS.has(type)) return 'String'
  return type === 'AWSTimestamp' ? 'Int' : type
}

function filterable(model: Model, definition: Definition, enumInputs: Set<string>): Map<string, string> {
  const lines = new Map<string, string>()
  for (const { name, type, relation } of model.fields.values()) {
    if (relation || model.implicit.has(name) || isKnown(type.name, definition) === 'custom') continue
    if (isKnown(type.name, definition) === 'enum') {
      const input = `Model${type.name}${type.list ? 'List' : ''}Input`
      enumInputs.add(input)
      lines.set(name, input)
    } else lines.set(name, `Model${comparison(type.name)}Input`)
  }
  return lines
}

const ownerFields = (model: Model) =>
  new Set(model.rules.filter((rule) => rule.allow === 'owner').map((rule) => rule.ownerField))

const implicitOwners = (model: Model) =>
  [...model.implicit].filter((name) => !['id', 'createdAt', 'updatedAt'].includes(name))

const asLines = (entries: Map<string, string>) => [...entries].map(([name, type]) => `${name}: ${type}`)

function filter(model: Model, definition: Definition, enumInputs: Set<string>): string {
  const own = `Model${model.title}FilterInput`
  const lines = filterable(model, definition, enumInputs)
  // `id` is there even where another key was chosen: so the transformer has it.
  if (!lines.has('id')) lines.set('id', 'ModelIDInput')
  for (const name of ['createdAt', 'updatedAt']) if (!lines.has(name)) lines.set(name, 'ModelStringInput')
  lines.set('and', `[${own}]`).set('or', `[${own}]`).set('not', own)
  for (const name of implicitOwners(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

function condition(model: Model, definition: Definition, enumInputs: Set<string>): string {
  const own = `Model${model.title}ConditionInput`
  const lines = filterable(model, definition, enumInputs)
  for (const name of model.key) lines.delete(name)
  lines.set('and', `[${own}]`).set('or', `[${own}]`).set('not', own)
  for (const name of ['createdAt', 'updatedAt']) if (!lines.has(name)) lines.set(name, 'ModelStringInput')
  for (const name of implicitOwners(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

function subscriptionFilter(model: Model, definition: Definition): string {
  const own = `ModelSubscription${model.title}FilterInput`
  const lines = new Map<string, string>()
  // Fields that decide who may hear are not for the listener to filter by; owner fields come back below, as the service has them.
  const deciding = new Set(
    model.rules.flatMap((rule) => rule.groupsField ?? []).concat([...ownerFields(model)]),
  )
  for (const { name, type, relation } of model.fields.values()) {
    const kind = isKnown(type.name, definition)
    if (relation || model.implicit.has(name) || kind === 'custom' || deciding.has(name)) continue
    lines.set(name, `ModelSubscription${kind === 'enum' ? 'String' : comparison(type.name)}Input`)
  }
  if (!lines.has('id')) lines.set('id', 'ModelSubscriptionIDInput')
  for (const name of ['createdAt', 'updatedAt'])
    if (!lines.has(name)) lines.set(name, 'ModelSubscriptionStringInput')
  lines.set('and', `[${own}]`).set('or', `[${own}]`)
  for (const name of ownerFields(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

function enumInput(name: string): string {
  const list = name.endsWith('ListInput')
  const type = name.slice('Model'.length, -(list ? 'ListInput' : 'Input').length)
  return list
    ? block('input', name, [`eq: [${type}]`, `ne: [${type}]`, `contains: ${type}`, `notContains: ${type}`])
    : block('input', name, [`eq: ${type}`, `ne: ${type}`])
}

// ---- keys

const keyConditionType = (model: Model, name: string) => {
  const kind = comparison(model.fields.get(name)!.type.name)
  return `Model${['ID', 'Int', 'Float'].includes(kind) ? kind : 'String'}KeyConditionInput`
}

function keyCondition(name: string): string {
  const type = name.slice('Model'.length, -'KeyConditionInput'.length)
  const text = type === 'String' || type === 'ID' ? [`beginsWith: ${type}`] : []
  return block('input', name, [
    ...['eq', 'le', 'lt', 'ge', 'gt'].map((each) => `${each}: ${type}`),
    `between: [${type}]`,
    ...text,
  ])
}

const compositeName = (model: Model, index: Index) =>
  `Model${model.title}${upperFirst(index.name)}CompositeKey`

function compositeTypes(model: Model, index: Index): string[] {
  const name = compositeName(model, index)
  const parts = index.sorts.map((sort) => {
    const kind = comparison(model.fields.get(sort)!.type.name)
    return `${sort}: ${['ID', 'Int', 'Float'].includes(kind) ? kind : 'String'}`
  })
  return [
    block('input', `${name}ConditionInput`, [
      ...['eq', 'le', 'lt', 'ge', 'gt'].map((each) => `${each}: ${name}Input`),
      `between: [${name}Input]`,
      `beginsWith: ${name}Input`,
    ]),
    block('input', `${name}Input`, parts),
  ]
}

/** The argument that narrows a query by its sort keys: one field by its own name, several under their joined names. */
export function sortArgument(model: Model, index: Index): SortArgument | undefined {
  if (index.sorts.length === 0) return undefined
  if (index.sorts.length === 1)
    return { name: index.sorts[0]!, type: keyConditionType(model, index.sorts[0]!) }
  return {
    name: lowerFirst(index.sorts.map(upperFirst).join('')),
    type: `${compositeName(model, index)}ConditionInput`,
  }
}

/** The model's own key, in the shape of an index. */
export const primaryIndex = (model: Model): Index => ({
  name: 'Primary',
  partition: model.key[0]!,
  sorts: model.key.slice(1),
})

// ---- operations

function printOperation(operation: CustomOperation, definition: Definition, options: ServedOptions): string {
  const { name, args, type, mutations, roles = [], handler } = operation
  const given = printArguments(args, (field) => inputField(field, definition))
  const heard = mutations.length > 0 ? ` @aws_subscribe(mutations: ${JSON.stringify(mutations)})` : ''
  const native = operation.directives.map((each) => ` ${each}`).join('')
  const shared = directives(new Set(roles.map((role) => PROVIDER[role.provider])), options)
  return `${name}${given}: ${printType(type)}${heard}${handler.kind === 'resolvers' ? native : shared}`
}

/** Owner fields that a subscriber may name: `onCreateTodo(owner: "…")`. Lists of owners cannot be named so. */
export function ownerArguments(model: Model): string[] {
  return [...ownerFields(model)].filter((name) => !model.fields.get(name)!.type.list)
}

function roots(models: Model[], definition: Definition, options: ServedOptions): string[] {
  const custom = (root: Root) =>
    [...definition.operations.values()]
      .filter((each) => each.root === root)
      .map((each) => printOperation(each, definition, options))
  const query = custom('Query')
  const mutation = custom('Mutation')
  const subscription = custom('Subscription')
  for (const model of models) {
    const { name, title } = model
    const on = (operation: Parameters<typeof rolesOf>[1]) =>
      directives(providersOf(model, [operation]), options)
    const paging = `filter: Model${title}FilterInput, limit: Int, nextToken: String`
    const key = model.key.map((each) => `${each}: ${model.fields.get(each)!.type.name}!`).join(', ')
    if (model.queries.has('get')) query.push(`get${title}(${key}): ${name}${on('get')}`)
    if (model.queries.has('list')) {
      const sort = sortArgument(model, primaryIndex(model))
      const args = model.keyChosen
        ? [
            `${model.key[0]}: ${model.fields.get(model.key[0]!)!.type.name}`,
            ...(sort ? [`${sort.name}: ${sort.type}`] : []),
            paging,
            'sortDirection: ModelSortDirection',
          ].join(', ')
        : paging
      query.push(`list${upperFirst(model.plural)}(${args}): Model${title}Connection${on('list')}`)
    }
    for (const index of model.indexes) {
      if (!index.queryField) continue
      const sort = sortArgument(model, index)
      const args = [
        `${index.partition}: ${model.fields.get(index.partition)!.type.name}!`,
        ...(sort ? [`${sort.name}: ${sort.type}`] : []),
        'sortDirection: ModelSortDirection',
        paging,
      ].join(', ')
      query.push(`${index.queryField}(${args}): Model${title}Connection${on('list')}`)
    }
    for (const each of model.mutations) {
      const verb = upperFirst(each)
      mutation.push(
        `${each}${title}(input: ${verb}${title}Input!, condition: Model${title}ConditionInput): ${name}${on(each)}`,
      )
    }
    for (const each of model.subscriptions) {
      const args = [
        `filter: ModelSubscription${title}FilterInput`,
        ...ownerArguments(model).map((owner) => `${owner}: String`),
      ].join(', ')
      subscription.push(
        `on${upperFirst(each)}${title}(${args}): ${name} @aws_subscribe(mutations: ["${each}${title}"])${on('listen')}`,
      )
    }
  }
  return [
    query.length > 0 ? block('type', 'Query', query) : '',
    mutation.length > 0 ? block('type', 'Mutation', mutation) : '',
    subscription.length > 0 ? block('type', 'Subscription', subscription) : '',
  ].filter(Boolean)
}

import { FIXED } from './fixedTypes.js'
import { type CustomOperation, printArguments, type Root } from './operations.js'
import type { rolesOf } from './roles.js'
import { block, type Definition, type Model, printType } from './sdl.js'
import { type Field, upperFirst } from './sdlFields.js'
import {
  connectionDirectives,
  directives,
  PROVIDER,
  providersOf,
  type ServedOptions,
  sharedDirectives,
} from './servedDirectives.js'
import {
  condition,
  enumInput,
  filter,
  inputField,
  mutationInputs,
  ownerFields,
  subscriptionFilter,
  typesGiven,
} from './servedInputs.js'
import { compositeTypes, keyCondition, keyConditionType, primaryIndex, sortArgument } from './servedKeys.js'

// The schema that AppSync serves for a set of models, as text: what the official transformer writes, type for type.
// Compared with its output in served.test.ts.

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
    if (isListed(model, models))
      blocks.push(
        block('type', `Model${model.title}Connection${connectionDirectives(model, options)}`, [
          `items: [${model.name}]!`,
          'nextToken: String',
        ]),
        filter(model, definition, enumInputs),
      )
    if (model.mutations.size > 0)
      blocks.push(condition(model, definition, enumInputs), ...mutationInputs(model, definition))
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

/** By its own query, that of an index, or from another model. */
const isListed = ({ name, queries, indexes }: Model, models: Model[]) =>
  queries.has('list') ||
  indexes.some(({ queryField }) => queryField) ||
  models.some(({ fields }) =>
    [...fields.values()].some(({ relation }) => relation?.kind === 'hasMany' && relation.model === name),
  )

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
      const sort = model.table ? undefined : sortArgument(model, primaryIndex(model))
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

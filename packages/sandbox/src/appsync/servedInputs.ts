import { block, type Definition, type Model, printType, reaches } from './sdl.js'
import type { Field } from './sdlFields.js'
import { comparison } from './servedKeys.js'

// Inputs of the served schema: what a mutation may set, and what a list, a condition and a subscription may be filtered by.

/** What DynamoDB's rows have without being asked. */
const TIMES = ['createdAt', 'updatedAt']

const isKnown = (name: string, { enums, customTypes }: Definition) =>
  customTypes.has(name) ? 'custom' : enums.has(name) ? 'enum' : 'scalar'

export function inputField(field: Field, definition: Definition, { optional = false } = {}): string {
  const custom = isKnown(field.type.name, definition) === 'custom'
  const name = custom ? `${field.type.name}Input` : field.type.name
  const eased = !optional ? {} : field.type.list ? { listRequired: false } : { required: false }
  return `${field.name}: ${printType({ ...field.type, name, ...eased })}`
}

/** Fields that a mutation may set: everything that is not a relation nor filled in by the service. */
function settable(model: Model): Field[] {
  return [...model.fields.values()].filter((field) => !field.relation && !model.implicit.has(field.name))
}

export function mutationInputs(model: Model, definition: Definition): string[] {
  const fields = settable(model)
  const implicitId = model.implicit.has('id')
  const key = model.key.map((name) => model.fields.get(name)!)
  const filledIn = (field: Field) =>
    (model.table && field.isFilledIn) ||
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

export const ownerFields = (model: Model) =>
  new Set(model.rules.filter((rule) => rule.allow === 'owner').map((rule) => rule.ownerField))

const implicitOwners = (model: Model) =>
  [...model.implicit].filter((name) => !['id', 'createdAt', 'updatedAt'].includes(name))

const asLines = (entries: Map<string, string>) => [...entries].map(([name, type]) => `${name}: ${type}`)

export function filter(model: Model, definition: Definition, enumInputs: Set<string>): string {
  const own = `Model${model.title}FilterInput`
  const lines = filterable(model, definition, enumInputs)
  // `id` is there even where another key was chosen: so the transformer has it.
  if (!model.table) {
    if (!lines.has('id')) lines.set('id', 'ModelIDInput')
    for (const name of TIMES) if (!lines.has(name)) lines.set(name, 'ModelStringInput')
  }
  lines.set('and', `[${own}]`).set('or', `[${own}]`).set('not', own)
  for (const name of implicitOwners(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

export function condition(model: Model, definition: Definition, enumInputs: Set<string>): string {
  const own = `Model${model.title}ConditionInput`
  const lines = filterable(model, definition, enumInputs)
  // Of a table only what is called so: so the transformer has it.
  for (const name of model.key)
    if (!model.table || (name === 'id' && model.fields.get(name)!.type.name === 'ID')) lines.delete(name)
  lines.set('and', `[${own}]`).set('or', `[${own}]`).set('not', own)
  if (!model.table) for (const name of TIMES) if (!lines.has(name)) lines.set(name, 'ModelStringInput')
  for (const name of implicitOwners(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

export function subscriptionFilter(model: Model, definition: Definition): string {
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
  if (!model.table) {
    if (!lines.has('id')) lines.set('id', 'ModelSubscriptionIDInput')
    for (const name of TIMES) if (!lines.has(name)) lines.set(name, 'ModelSubscriptionStringInput')
  }
  lines.set('and', `[${own}]`).set('or', `[${own}]`)
  // For tables the transformer leaves them out.
  if (!model.table) for (const name of ownerFields(model)) lines.set(name, 'ModelStringInput')
  return block('input', own, asLines(lines))
}

export function enumInput(name: string): string {
  const list = name.endsWith('ListInput')
  const type = name.slice('Model'.length, -(list ? 'ListInput' : 'Input').length)
  return list
    ? block('input', name, [`eq: [${type}]`, `ne: [${type}]`, `contains: ${type}`, `notContains: ${type}`])
    : block('input', name, [`eq: ${type}`, `ne: ${type}`])
}

/** Custom types that clients send: in rows of models, and as arguments. */
export function typesGiven(definition: Definition): Set<string> {
  const sources = [
    ...[...definition.models.values()].map(({ fields }) => [...fields.values()]),
    ...[...definition.operations.values()].map(({ args }) => args),
  ]
  const names = [...definition.customTypes.keys()]
  return new Set(names.filter((name) => sources.some((fields) => reaches(fields, name, definition))))
}

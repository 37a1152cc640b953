import { block, type Index, type Model, STRINGS } from './sdl.js'
import { lowerFirst, upperFirst } from './sdlFields.js'

// Keys and indexes in the served schema: what narrows a query by them.

/** A query on a key: of the model itself, or of an index. */
export interface SortArgument {
  name: string
  type: string
}

/** The kind of comparison a scalar allows: `String`, `ID`, `Int`, `Float`, `Boolean`. */
export function comparison(type: string): string {
  if (STRINGS.has(type)) return 'String'
  return type === 'AWSTimestamp' ? 'Int' : type
}

export const keyConditionType = (model: Model, name: string) => {
  const kind = comparison(model.fields.get(name)!.type.name)
  return `Model${['ID', 'Int', 'Float'].includes(kind) ? kind : 'String'}KeyConditionInput`
}

export function keyCondition(name: string): string {
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

export function compositeTypes(model: Model, index: Index): string[] {
  const name = compositeName(model, index)
  const last = index.sorts.at(-1)
  const parts = index.sorts.map((sort) => {
    const { name: type } = model.fields.get(sort)!.type
    // As the official transformer has it.
    return `${sort}: ${sort === last ? comparison(type) : type}`
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

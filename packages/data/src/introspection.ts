// The model introspection of `amplify_outputs.json` (`data.model_introspection`), as far as the client reads it.

export type FieldType =
  | string
  | { enum: string }
  | { model: string }
  | { nonModel: string }
  | { input: string }

export interface Association {
  connectionType: 'HAS_MANY' | 'HAS_ONE' | 'BELONGS_TO'
  /** Fields of the other model that point here (HAS_MANY, HAS_ONE). */
  associatedWith?: string[]
  /** Fields of this model that point there (BELONGS_TO). */
  targetNames?: string[]
}

export interface Field {
  name: string
  type: FieldType
  isArray: boolean
  isRequired: boolean
  isReadOnly?: boolean
  /** May the list itself be missing? `isRequired` is about what is in it. */
  isArrayNullable?: boolean
  association?: Association
}

export interface Model {
  name: string
  pluralName: string
  fields: Record<string, Field>
  // biome-ignore lint/suspicious/noExplicitAny: each type of attribute has its own properties
  attributes?: { type: string; properties?: any }[]
  primaryKeyInfo: { isCustomPrimaryKey: boolean; primaryKeyFieldName: string; sortKeyFieldNames: string[] }
}

/** An operation that the schema adds to those of its models. */
export interface CustomOperation {
  name: string
  type: FieldType
  isArray: boolean
  isRequired: boolean
  arguments?: Record<string, Field>
}

export interface Conversation {
  name: string
  models: Record<string, Model>
  conversation: { modelName: string }
  message: { modelName: string; send: CustomOperation; subscribe: CustomOperation }
}

export interface Introspection {
  queries?: Record<string, CustomOperation>
  mutations?: Record<string, CustomOperation>
  subscriptions?: Record<string, CustomOperation>
  generations?: Record<string, CustomOperation>
  conversations?: Record<string, Conversation>
  inputs?: Record<string, { name: string; attributes: Record<string, Field> }>
  models: Record<string, Model>
  nonModels: Record<string, { name: string; fields: Record<string, Field> }>
  enums: Record<string, { name: string; values: string[] }>
}

/** The fields of a model, a custom type or what is written in its place; none where the type is neither. */
export function fieldsOf(
  { models, nonModels, inputs }: Introspection,
  typeName: string,
): Record<string, Field> {
  return (models[typeName] ?? nonModels[typeName])?.fields ?? inputs?.[typeName]?.attributes ?? {}
}

/** The fields that identify a row: the partition key, then the sort keys. */
export function keysOf({ primaryKeyInfo }: Model): string[] {
  return [primaryKeyInfo.primaryKeyFieldName, ...primaryKeyInfo.sortKeyFieldNames]
}

export interface Index {
  queryField: string
  name: string
  /** The partition key, then the sort keys. */
  fields: string[]
}

export function indexesOf(model: Model): Index[] {
  return (model.attributes ?? [])
    .filter(({ type, properties }) => type === 'key' && properties?.name && properties.queryField)
    .map(({ properties }) => properties)
}

/** Fields that hold the owners and groups of a row. The API has them even where the model does not list them. */
export function ownerFieldsOf(model: Model): string[] {
  const rules = (model.attributes ?? []).flatMap(({ type, properties }) =>
    type === 'auth' ? (properties?.rules ?? []) : [],
  )
  const names = rules.map((rule) =>
    rule.allow === 'owner'
      ? (rule.ownerField ?? 'owner')
      : rule.allow === 'groups'
        ? rule.groupsField
        : undefined,
  )
  return [...new Set(names.filter(Boolean))] as string[]
}

export type Operation = 'create' | 'update' | 'delete' | 'get' | 'list' | 'onCreate' | 'onUpdate' | 'onDelete'

const kinds: Record<string, Operation[]> = {
  queries: ['get', 'list'],
  mutations: ['create', 'update', 'delete'],
  subscriptions: ['onCreate', 'onUpdate', 'onDelete'],
}

/** What the schema says of a model as a whole: `timestamps` is null where the rows are those of an SQL database. */
export const settingsOf = ({ attributes }: Model) =>
  attributes?.find(({ type }) => type === 'model')?.properties ?? {}

/** The operations that the backend has not turned off by `disableOperations`. */
export function operationsOf(model: Model): Operation[] {
  const properties = settingsOf(model)
  return Object.entries(kinds).flatMap(([kind, operations]) => {
    const off = properties[kind]
    if (off === null || off?.level === 'off') return []
    return operations.filter((operation) => !off || !(operation in off))
  })
}

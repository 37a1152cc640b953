import { introspectConversation } from '@backline/schema'
import type { CustomOperation, Root } from './operations.js'
import type { Definition, Model } from './sdl.js'
import type { Field, Rule, TypeRef } from './sdlFields.js'

// `data.model_introspection` of amplify_outputs.json, as `@aws-amplify/graphql-generator` writes it. Made from the SDL here and not
// by the schema package, so that a schema from anywhere that transforms to SDL gets one.

export function introspect(definition: Definition): Record<string, unknown> {
  const { models, enums, customTypes, inputs } = definition
  const routes = (kind: CustomOperation['handler']['kind']) => (each: CustomOperation) =>
    each.handler.kind === kind
  const isPlain = ({ handler }: CustomOperation) => !/^(conversation|generation|stream)$/.test(handler.kind)
  const operations = (key: string, root: Root, which: (each: CustomOperation) => boolean) => {
    const found = [...definition.operations.values()].filter((each) => each.root === root && which(each))
    return found.length > 0
      ? { [key]: Object.fromEntries(found.map((each) => [each.name, operationOf(each, definition)])) }
      : {}
  }
  return {
    version: 1,
    models: Object.fromEntries(
      [...models.values()]
        .filter(({ isOfRoute }) => !isOfRoute)
        .map((model) => [model.name, modelOf(model, definition)]),
    ),
    enums: Object.fromEntries([...enums].map(([name, values]) => [name, { name, values }])),
    nonModels: Object.fromEntries(
      [...customTypes].map(([name, fields]) => [
        name,
        { name, fields: Object.fromEntries(fields.map((field) => [field.name, fieldOf(field, definition)])) },
      ]),
    ),
    ...operations('queries', 'Query', isPlain),
    ...operations('generations', 'Query', routes('generation')),
    ...operations('mutations', 'Mutation', isPlain),
    ...conversationsOf(definition),
    ...operations('subscriptions', 'Subscription', isPlain),
    ...(inputs.size > 0
      ? {
          inputs: Object.fromEntries(
            [...inputs].map(([name, fields]) => [
              name,
              {
                name,
                attributes: Object.fromEntries(
                  fields.map((field) => [field.name, typedOf(field, definition)]),
                ),
              },
            ]),
          ),
        }
      : {}),
  }
}

function conversationsOf({ operations }: Definition) {
  const routes = [...operations.values()].filter(({ handler }) => handler.kind === 'conversation')
  return routes.length > 0
    ? { conversations: Object.fromEntries(routes.map(({ name }) => [name, introspectConversation(name)])) }
    : {}
}

function operationOf({ name, type, args }: CustomOperation, definition: Definition) {
  return {
    ...typedOf({ name, type }, definition),
    ...(args.length > 0
      ? { arguments: Object.fromEntries(args.map((each) => [each.name, typedOf(each, definition)])) }
      : {}),
  }
}

/** What a field is, without what belongs to fields of models. */
function typedOf({ name, type }: { name: string; type: TypeRef }, definition: Definition) {
  return {
    name,
    isArray: type.list,
    type: typeOf(type, definition),
    isRequired: type.required,
    ...(type.list ? { isArrayNullable: !type.listRequired } : {}),
  }
}

function modelOf(model: Model, definition: Definition) {
  const [primaryKeyFieldName, ...sortKeyFieldNames] = model.key
  const written = [...model.fields.values()].filter((field) => !model.implicit.has(field.name))
  const id = model.implicit.has('id') ? [model.fields.get('id')!] : []
  const times = ['createdAt', 'updatedAt'].flatMap((name) =>
    model.implicit.has(name)
      ? [[name, { ...plainField(name, 'AWSDateTime'), isReadOnly: true }] as const]
      : [],
  )
  const key = (properties: object) => ({ type: 'key', properties })
  return {
    name: model.name,
    fields: Object.fromEntries([
      ...[...id, ...written].map((field) => [field.name, fieldOf(field, definition)] as const),
      ...times,
    ]),
    syncable: true,
    pluralName: model.plural,
    attributes: [
      { type: 'model', properties: model.settings },
      ...(model.keyChosen ? [key({ fields: model.key })] : []),
      ...[...model.indexes]
        .sort((one, other) => order(model, one.partition) - order(model, other.partition))
        .map(({ name, queryField, partition, sorts }) =>
          key({ name, queryField, fields: [partition, ...sorts] }),
        ),
      ...(model.rules.length > 0 ? [{ type: 'auth', properties: { rules: model.rules.map(ruleOf) } }] : []),
    ],
    primaryKeyInfo: {
      isCustomPrimaryKey:
        model.keyChosen && !(primaryKeyFieldName === 'id' && sortKeyFieldNames.length === 0),
      primaryKeyFieldName,
      sortKeyFieldNames,
    },
  }
}

const order = (model: Model, field: string) => [...model.fields.keys()].indexOf(field)

const plainField = (name: string, type: string) => ({
  name,
  isArray: false,
  type,
  isRequired: false,
  attributes: [] as unknown[],
})

function fieldOf(field: Field, definition: Definition) {
  const { name, type, relation } = field
  return {
    name,
    isArray: type.list,
    type: typeOf(type, definition),
    isRequired: type.required,
    attributes: [],
    ...(type.list ? { isArrayNullable: !type.listRequired } : {}),
    ...(relation ? { association: associationOf(relation) } : {}),
  }
}

function typeOf({ name }: TypeRef, { models, enums, customTypes, inputs }: Definition) {
  if (inputs.has(name)) return { input: name }
  if (models.has(name)) return { model: name }
  if (customTypes.has(name)) return { nonModel: name }
  return enums.has(name) ? { enum: name } : name
}

function associationOf({ kind, references }: NonNullable<Field['relation']>) {
  if (kind === 'belongsTo') return { connectionType: 'BELONGS_TO', targetNames: references }
  if (kind === 'hasMany') return { connectionType: 'HAS_MANY', associatedWith: references }
  return { connectionType: 'HAS_ONE', associatedWith: references, targetNames: [] }
}

/** A rule as written, with the defaults that the generator adds. */
function ruleOf({ written, allow }: Rule) {
  const operations = written.operations ?? ['create', 'update', 'delete', 'read']
  if (allow === 'owner') {
    return {
      provider: 'userPools',
      ownerField: 'owner',
      identityClaim: 'cognito:username',
      ...written,
      operations,
    }
  }
  if (allow === 'groups') {
    const field = written.groupsField ? { groupField: 'groups' } : {}
    return { groupClaim: 'cognito:groups', provider: 'userPools', ...field, ...written, operations }
  }
  return { ...written, operations }
}

// `data.model_introspection` of amplify_outputs.json: what the data client knows of a schema at run time. The shape is
// Amplify's, oddities included (timestamps are not "required", no field has attributes).

import { participantRole } from './conversations.js'
import type { ModelDefinition, OperationDefinition } from './definition.js'
import {
  type IntrospectedConversation,
  introspectConversation,
  introspectedMessageTypes,
} from './introspectConversations.js'
import {
  type IntrospectedFields,
  type IntrospectedValue,
  introspectFields,
  introspectValue,
  mapValues,
} from './introspectedFields.js'
import type { RuleDefinition } from './rules.js'
import { type AnySchema, definitionOf } from './schema.js'
import { disabledSwitches } from './sdl.js'

export interface ModelIntrospection {
  readonly version: 1
  readonly models: { readonly [name: string]: IntrospectedModel }
  readonly nonModels: {
    readonly [name: string]: { readonly name: string; readonly fields: IntrospectedFields }
  }
  readonly enums: { readonly [name: string]: { readonly name: string; readonly values: readonly string[] } }
  /* Each of these only where there is one. */
  readonly queries?: { readonly [name: string]: IntrospectedOperation }
  readonly mutations?: { readonly [name: string]: IntrospectedOperation }
  readonly subscriptions?: { readonly [name: string]: IntrospectedOperation }
  readonly generations?: { readonly [name: string]: IntrospectedOperation }
  readonly conversations?: { readonly [name: string]: IntrospectedConversation }
  readonly inputs?: {
    readonly [name: string]: {
      readonly name: string
      readonly attributes: { readonly [name: string]: IntrospectedValue }
    }
  }
}

/** What an operation answers, and its arguments where it has any. */
export interface IntrospectedOperation extends IntrospectedValue {
  readonly arguments?: { readonly [name: string]: IntrospectedValue }
}

export interface IntrospectedModel {
  readonly name: string
  readonly fields: IntrospectedFields
  readonly syncable: boolean
  readonly pluralName: string
  readonly attributes: readonly {
    readonly type: string
    readonly properties: { readonly [name: string]: unknown }
  }[]
  readonly primaryKeyInfo: {
    readonly isCustomPrimaryKey: boolean
    readonly primaryKeyFieldName: string
    readonly sortKeyFieldNames: readonly string[]
  }
}

/** The introspection of a schema, ready for `amplify_outputs.json`. Throws a `SchemaError` on a schema that cannot work. */
export function modelIntrospection(schema: AnySchema): ModelIntrospection {
  const { models, customTypes, enums, inputs, operations, conversations } = definitionOf(schema)
  const hasConversations = Object.keys(conversations).length > 0
  const fixed = introspectedMessageTypes()
  return {
    version: 1,
    models: mapValues(models, introspectModel),
    enums: {
      ...mapValues(enums, ({ name, values }) => ({ name, values: [...values] })),
      ...(hasConversations && { [participantRole.name]: { ...participantRole } }),
    },
    nonModels: {
      ...mapValues(customTypes, ({ name, fields }) => ({ name, fields: introspectFields(fields) })),
      ...(hasConversations && fixed.nonModels),
    },
    ...operationsOf('queries', operations, 'Query'),
    ...operationsOf('mutations', operations, 'Mutation'),
    ...operationsOf('subscriptions', operations, 'Subscription'),
    ...operationsOf('generations', operations, 'Generation'),
    ...(hasConversations && {
      conversations: mapValues(conversations, ({ name }) => introspectConversation(name)),
    }),
    ...((hasConversations || Object.keys(inputs).length > 0) && {
      inputs: {
        ...mapValues(inputs, ({ name, fields }) => ({
          name,
          attributes: mapValues(fields, introspectValue),
        })),
        ...(hasConversations && fixed.inputs),
      },
    }),
  }
}

function operationsOf(
  key: 'queries' | 'mutations' | 'subscriptions' | 'generations',
  operations: Readonly<Record<string, OperationDefinition>>,
  kind: OperationDefinition['operation'],
): { [key: string]: Record<string, IntrospectedOperation> } {
  const ofKind = Object.entries(operations).filter(([, { operation }]) => operation === kind)
  if (ofKind.length === 0) return {}
  return { [key]: mapValues(Object.fromEntries(ofKind), introspectOperation) }
}

function introspectOperation({ returns, arguments: given }: OperationDefinition): IntrospectedOperation {
  return {
    ...introspectValue(returns),
    ...(Object.keys(given).length > 0 && { arguments: mapValues(given, introspectValue) }),
  }
}

function introspectModel(model: ModelDefinition): IntrospectedModel {
  const [primaryKeyFieldName = 'id', ...sortKeyFieldNames] = model.keys
  return {
    name: model.name,
    fields: introspectFields(model.fields, primaryKeyFieldName),
    syncable: true,
    pluralName: model.pluralName,
    attributes: [
      { type: 'model', properties: disabledSwitches(model.disabled) },
      ...(model.fields[primaryKeyFieldName]?.implied
        ? []
        : [{ type: 'key', properties: { fields: [...model.keys] } }]),
      ...introspectIndexes(model),
      { type: 'auth', properties: { rules: model.rules.map(introspectRule) } },
    ],
    primaryKeyInfo: {
      isCustomPrimaryKey: primaryKeyFieldName !== 'id' || sortKeyFieldNames.length > 0,
      primaryKeyFieldName,
      sortKeyFieldNames,
    },
  }
}

// In the order of the fields, since an index is a directive on its partition key.
function introspectIndexes(model: ModelDefinition) {
  return Object.keys(model.fields).flatMap((field) =>
    model.indexes
      .filter(({ partition }) => partition === field)
      .map(({ name, queryField, partition, sort }) => ({
        type: 'key',
        properties: { name, queryField, fields: [partition, ...sort] },
      })),
  )
}

function introspectRule(rule: RuleDefinition): { [name: string]: unknown } {
  const { strategy: allow, provider, ownerOrGroupField: field, groups, identityClaim, groupClaim } = rule
  const operations = [...(rule.operations ?? ['create', 'update', 'delete', 'read'])]
  if (allow === 'owner')
    return {
      provider: provider ?? 'userPools',
      ownerField: field,
      allow,
      identityClaim: identityClaim ?? 'cognito:username',
      operations,
    }
  if (allow === 'groups')
    return {
      groupClaim: groupClaim ?? 'cognito:groups',
      provider: provider ?? 'userPools',
      allow,
      ...(groups ? { groups: [...groups] } : { groupsField: field, groupField: 'groups' }),
      operations,
    }
  return { allow, ...(provider && { provider }), operations }
}

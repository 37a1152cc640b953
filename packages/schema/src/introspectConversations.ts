// Conversation routes as the model introspection says them: the models that Amplify's generator adds for each, oddities
// included (a list of tool configurations, an enum by two names).

import { conversationTypes, messageArguments, participantRole } from './conversations.js'
import type { ScalarName } from './fields.js'
import type { IntrospectedField, IntrospectedFields, IntrospectedValue } from './introspectedFields.js'
import { plural } from './plural.js'
import { capital } from './resolveFields.js'

export interface IntrospectedConversation {
  readonly name: string
  readonly models: { readonly [name: string]: unknown }
  readonly nonModels: Record<never, never>
  readonly enums: { readonly [name: string]: { readonly name: string; readonly values: readonly string[] } }
  readonly conversation: { readonly modelName: string }
  readonly message: {
    readonly modelName: string
    readonly send: IntrospectedValue & { readonly arguments: { readonly [name: string]: IntrospectedValue } }
    readonly subscribe: IntrospectedValue & {
      readonly arguments: { readonly [name: string]: IntrospectedValue }
    }
  }
}

export function introspectConversation(name: string): IntrospectedConversation {
  const conversation = `Conversation${capital(name)}`
  const message = `ConversationMessage${capital(name)}`
  return {
    name,
    models: {
      [conversation]: model(
        conversation,
        {
          ...fields('id: ID!, name: String, metadata: AWSJSON'),
          messages: {
            ...field('messages', `[${message}]`, { model: message }),
            association: { connectionType: 'HAS_MANY', associatedWith: ['conversationId'] },
          },
          ...timestamps(),
          ...fields('owner: String'),
        },
        { subscriptions: { level: 'off' }, mutations: { update: null } },
      ),
      [message]: model(
        message,
        {
          ...fields('id: ID!, conversationId: ID!'),
          conversation: {
            ...field('conversation', conversation, { model: conversation }),
            association: { connectionType: 'BELONGS_TO', targetNames: ['conversationId'] },
          },
          ...fields(`role: ${participantRole.name}`),
          content: withoutNullability(field('content', '[AmplifyAIContentBlock]')),
          ...fields('aiContext: AWSJSON, toolConfiguration: [AmplifyAIToolConfiguration]'),
          ...timestamps(),
        },
        { subscriptions: {} },
      ),
    },
    nonModels: {},
    enums: { ConversationParticipantRole: { ...participantRole } },
    conversation: { modelName: conversation },
    message: {
      modelName: message,
      send: { ...value(name, message, { model: message }), arguments: values(messageArguments) },
      subscribe: {
        ...value(`onCreateAssistantResponse${capital(name)}`, 'AmplifyAIConversationMessageStreamPart'),
        arguments: values('conversationId: ID!'),
      },
    },
  }
}

/** The types that messages are made of. */
export function introspectedMessageTypes() {
  const of = (kind: string) =>
    conversationTypes.flatMap(([head, list]) => {
      const [keyword, name = ''] = head.split(' ')
      return keyword === kind ? [[name, list] as const] : []
    })
  return {
    nonModels: Object.fromEntries(of('type').map(([name, list]) => [name, { name, fields: fields(list) }])),
    inputs: Object.fromEntries(of('input').map(([name, list]) => [name, { name, attributes: values(list) }])),
  }
}

function model(name: string, fields: IntrospectedFields, switches: { [kind: string]: object }) {
  const operations = ['create', 'update', 'delete', 'read']
  const owner = {
    provider: 'userPools',
    ownerField: 'owner',
    allow: 'owner',
    identityClaim: 'cognito:username',
    operations,
  }
  return {
    name,
    fields,
    syncable: true,
    pluralName: plural(name),
    attributes: [
      { type: 'model', properties: switches },
      { type: 'auth', properties: { rules: [owner] } },
    ],
    primaryKeyInfo: { isCustomPrimaryKey: false, primaryKeyFieldName: 'id', sortKeyFieldNames: [] },
  }
}

// ------------------------------------------------------------------------------------ from 'tools: [AmplifyAITool], id: ID!'

function fields(list: string): { [name: string]: IntrospectedField } {
  return each(list, (name, type) => field(name, type))
}

function values(list: string): { [name: string]: IntrospectedValue } {
  return each(list, (name, type) => value(name, type))
}

function each<Value>(list: string, make: (name: string, type: string) => Value): { [name: string]: Value } {
  return Object.fromEntries(
    list.split(', ').map((entry) => {
      const [name = '', type = ''] = entry.split(': ')
      return [name, make(name, type)]
    }),
  )
}

function field(name: string, type: string, named?: IntrospectedValue['type']): IntrospectedField {
  return { ...value(name, type, named), attributes: [] }
}

function value(name: string, type: string, named?: IntrospectedValue['type']): IntrospectedValue {
  const isArray = type.startsWith('[')
  const inner = isArray ? type.slice(1, type.indexOf(']')) : type
  return {
    name,
    isArray,
    type: named ?? typeNamed(inner.replace('!', '')),
    isRequired: inner.endsWith('!'),
    ...(isArray && { isArrayNullable: !type.endsWith('!') }),
  }
}

function typeNamed(name: string): IntrospectedValue['type'] {
  if (name === participantRole.name) return { enum: name }
  if (!name.startsWith('AmplifyAI')) return name as ScalarName
  return name.endsWith('Input') ? { input: name } : { nonModel: name }
}

function withoutNullability({ isArrayNullable: _, ...rest }: IntrospectedField): IntrospectedField {
  return rest
}

function timestamps(): { [name: string]: IntrospectedField } {
  return each('createdAt: AWSDateTime, updatedAt: AWSDateTime', (name, type) => ({
    ...field(name, type),
    isReadOnly: true,
  }))
}

import type { CustomOperation } from './operations.js'
import { upperFirst } from './sdlFields.js'

// What a conversation route brings along: two models that hold what is said, and a subscription that tells the answer as it comes.
// https://docs.amplify.aws/react/ai/conversation/

/** The models of a route, in the language of the transformer. */
export function modelsOfRoute(route: string): string {
  const [conversation, message] = namesOf(route)
  const owned = '@auth(rules: [{ allow: owner, ownerField: "owner" }])'
  return `type ${conversation} @model(subscriptions: null) ${owned} {
  id: ID!
  name: String
  metadata: AWSJSON
  messages: [${message}] @hasMany(references: ["conversationId"])
}
type ${message} @model(subscriptions: null, mutations: null) ${owned} {
  id: ID!
  conversationId: ID!
  conversation: ${conversation} @belongsTo(references: ["conversationId"])
  associatedUserMessageId: ID
  role: AmplifyAIConversationParticipantRole
  content: [AmplifyAIContentBlock]
  aiContext: AWSJSON
  toolConfiguration: AmplifyAIToolConfiguration
}`
}

export const namesOf = (route: string): [conversation: string, message: string] => [
  `Conversation${upperFirst(route)}`,
  `ConversationMessage${upperFirst(route)}`,
]

/** `onCreateAssistantResponseChat(conversationId: ID!)`: heard by whom the conversation belongs to. */
export function streamOfRoute(route: string): CustomOperation {
  const single = { list: false, listRequired: false }
  return {
    root: 'Subscription',
    name: `onCreateAssistantResponse${upperFirst(route)}`,
    args: [{ name: 'conversationId', type: { name: 'ID', required: true, ...single } }],
    type: { name: 'AmplifyAIConversationMessageStreamPart', required: false, ...single },
    handler: { kind: 'stream' },
    roles: [{ kind: 'userPools', provider: 'userPools', entity: '', claim: '' }],
    directives: [],
    mutations: [`createAssistantResponse${upperFirst(route)}`],
  }
}

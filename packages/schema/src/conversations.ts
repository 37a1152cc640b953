// Conversation routes: their definition, and the types that every API with one of them has.

import type { ConversationData } from './ai.js'
import type { ConversationDefinition } from './definition.js'
import { capital } from './resolveFields.js'

export function conversationFrom(
  name: string,
  { kind: _, handler, ...data }: ConversationData,
): ConversationDefinition {
  return Object.freeze({
    name,
    ...data,
    ...(handler && { handler: { name: `Fn${capital(name)}`, definition: handler } }),
  })
}

/** What a message is given with, in the order of the SDL. */
export const messageArguments =
  'conversationId: ID!, content: [AmplifyAIContentBlockInput], aiContext: AWSJSON, toolConfiguration: AmplifyAIToolConfigurationInput'

/** The role of who said something. */
export const participantRole = { name: 'AmplifyAIConversationParticipantRole', values: ['user', 'assistant'] }

const toolUse = 'toolUseId: String!, name: String!, input: AWSJSON!, type: String'
const block = (kind: '' | 'Input') =>
  [`document: AmplifyAIDocumentBlock${kind}`, `image: AmplifyAIImageBlock${kind}`] as const
const tool = 'name: String!, description: String, inputSchema: AmplifyAIToolInputSchema'

/** Types that every API with a conversation has, as Amplify's generator names them: what each is, and its fields. */
export const conversationTypes: readonly (readonly [head: string, fields: string])[] = [
  [
    'interface AmplifyAIConversationMessage',
    'id: ID!, conversationId: ID!, associatedUserMessageId: ID, role: AmplifyAIConversationParticipantRole, content: [AmplifyAIContentBlock], aiContext: AWSJSON, toolConfiguration: AmplifyAIToolConfiguration, createdAt: AWSDateTime, updatedAt: AWSDateTime, owner: String',
  ],
  ['input AmplifyAIDocumentBlockSourceInput', 'bytes: String'],
  [
    'input AmplifyAIDocumentBlockInput',
    'format: String!, name: String!, source: AmplifyAIDocumentBlockSourceInput!',
  ],
  ['input AmplifyAIImageBlockSourceInput', 'bytes: String'],
  ['input AmplifyAIImageBlockInput', 'format: String!, source: AmplifyAIImageBlockSourceInput!'],
  ['input AmplifyAIToolUseBlockInput', toolUse],
  [
    'input AmplifyAIToolResultContentBlockInput',
    [...block('Input'), 'json: AWSJSON, text: String'].join(', '),
  ],
  [
    'input AmplifyAIToolResultBlockInput',
    'content: [AmplifyAIToolResultContentBlockInput!]!, toolUseId: String!, status: String',
  ],
  ['type AmplifyAIDocumentBlockSource', 'bytes: String'],
  ['type AmplifyAIDocumentBlock', 'format: String!, name: String!, source: AmplifyAIDocumentBlockSource!'],
  ['type AmplifyAIImageBlock', 'format: String!, source: AmplifyAIImageBlockSource!'],
  ['type AmplifyAIImageBlockSource', 'bytes: String'],
  ['type AmplifyAIToolUseBlock', toolUse],
  ['type AmplifyAIToolResultContentBlock', [...block(''), 'json: AWSJSON, text: String'].join(', ')],
  [
    'type AmplifyAIToolResultBlock',
    'content: [AmplifyAIToolResultContentBlock!]!, toolUseId: String!, status: String',
  ],
  ['type AmplifyAIContentBlockText', 'text: String'],
  ['type AmplifyAIContentBlockImage', 'image: AmplifyAIImageBlock'],
  ['type AmplifyAIContentBlockDocument', 'document: AmplifyAIDocumentBlock'],
  ['type AmplifyAIContentBlockToolUse', 'toolUse: AmplifyAIToolUseBlock'],
  ['type AmplifyAIContentBlockToolResult', 'toolResult: AmplifyAIToolResultBlock'],
  [
    'input AmplifyAIContentBlockInput',
    [
      'text: String',
      ...block('Input'),
      'toolResult: AmplifyAIToolResultBlockInput, toolUse: AmplifyAIToolUseBlockInput',
    ].join(', '),
  ],
  [
    'type AmplifyAIContentBlock',
    [
      'text: String',
      ...block(''),
      'toolResult: AmplifyAIToolResultBlock, toolUse: AmplifyAIToolUseBlock',
    ].join(', '),
  ],
  ['input AmplifyAIToolConfigurationInput', 'tools: [AmplifyAIToolInput]'],
  ['input AmplifyAIToolInput', 'toolSpec: AmplifyAIToolSpecificationInput'],
  ['input AmplifyAIToolSpecificationInput', `${tool}Input!`],
  ['input AmplifyAIToolInputSchemaInput', 'json: AWSJSON'],
  ['type AmplifyAIToolConfiguration', 'tools: [AmplifyAITool]'],
  ['type AmplifyAITool', 'toolSpec: AmplifyAIToolSpecification'],
  ['type AmplifyAIToolSpecification', `${tool}!`],
  ['type AmplifyAIToolInputSchema', 'json: AWSJSON'],
  [
    'type AmplifyAIConversationMessageStreamPart @aws_cognito_user_pools',
    'id: ID!, owner: String, conversationId: ID!, associatedUserMessageId: ID!, contentBlockIndex: Int, contentBlockText: String, contentBlockDeltaIndex: Int, contentBlockToolUse: AmplifyAIToolUseBlock, contentBlockDoneAtIndex: Int, stopReason: String, errors: [AmplifyAIConversationTurnError], p: String',
  ],
  ['type AmplifyAIConversationTurnError @aws_cognito_user_pools', 'message: String!, errorType: String!'],
]

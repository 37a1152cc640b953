// Conversations as an app sees them: `client.conversations.<name>`. They do not depend on the schema.

import type { Subscription } from 'rxjs'
import type { ListReturnValue, SingularReturnValue } from './results.js'

/** A conversation route of the client. */
export interface ConversationRoute {
  create(input?: {
    name?: string
    metadata?: { [key: string]: unknown }
  }): SingularReturnValue<ConversationRow>
  get(input: { id: string }): SingularReturnValue<ConversationRow>
  /** The user's conversations, the last used first. */
  list(input?: ConversationPage): ListReturnValue<ConversationRow>
  update(input: {
    id: string
    name?: string
    metadata?: { [key: string]: unknown }
  }): SingularReturnValue<ConversationRow>
  delete(input: { id: string }): SingularReturnValue<ConversationRow>
}

export interface ConversationPage {
  limit?: number
  nextToken?: string | null
}

/** One conversation of a user. */
export interface ConversationRow {
  id: string
  createdAt: string
  updatedAt: string
  name?: string
  metadata?: { [key: string]: unknown }
  /** Says something. The answer comes by `onStreamEvent`. */
  sendMessage(input: string | SendMessageInput): SingularReturnValue<ConversationMessage>
  listMessages(input?: ConversationPage): ListReturnValue<ConversationMessage>
  /** Hears the answers as they are made. */
  onStreamEvent(handler: {
    next: (event: ConversationStreamEvent) => void
    error: (error: ConversationStreamError) => void
  }): Subscription
}

export interface SendMessageInput {
  content: SentContent[]
  /** What the model should know besides, such as what the user looks at. */
  aiContext?: string | { [key: string]: unknown }
  /** Tools of the client that the model may ask for. */
  toolConfiguration?: ToolConfiguration
}

export interface ToolConfiguration {
  tools: { [name: string]: ConversationTool }
}

export interface ConversationTool {
  description?: string
  /** A JSON Schema of an object. */
  inputSchema: { json: { type: 'object'; [keyword: string]: unknown } }
}

export interface ConversationMessage {
  id: string
  conversationId: string
  role: 'user' | 'assistant'
  content: MessageContent[]
  /** Of an answer, the message that it answers. */
  associatedUserMessageId?: string
  createdAt: string
}

export interface ImageBlock {
  format: 'gif' | 'jpeg' | 'png' | 'webp'
  source: { bytes: Uint8Array }
}

export interface DocumentBlock {
  format: 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md'
  name: string
  source: { bytes: Uint8Array }
}

/** What JSON can say. */
export type JsonDocument = null | boolean | number | string | JsonDocument[] | { [key: string]: JsonDocument }

/** The model asks for a tool of the client. */
export interface ToolUseBlock {
  toolUseId: string
  name: string
  input: JsonDocument
}

/** What a tool of the client found. */
export interface ToolResultBlock {
  toolUseId: string
  content: ToolResultContent[]
}

export type ToolResultContent = OneOf<{ text: string; image: ImageBlock; json: JsonDocument }>

interface ContentBlocks {
  text: string
  image: ImageBlock
  document: DocumentBlock
  toolUse: ToolUseBlock
  toolResult: ToolResultBlock
}

/** One block of a message: a text, an image, a document, a tool asked for, or what it found. */
export type MessageContent = OneOf<ContentBlocks>
export type SentContent = OneOf<Omit<ContentBlocks, 'toolUse'>>

/** An object with exactly one of these. */
type OneOf<Kinds> = {
  [K in keyof Kinds]: { [Is in K]: Kinds[Is] } & { [Other in Exclude<keyof Kinds, K>]?: never }
}[keyof Kinds]

interface StreamPart {
  id: string
  conversationId: string
  associatedUserMessageId: string
}

/** A piece of an answer: some text, a tool asked for, the end of a block, or the end of the turn. */
export type ConversationStreamEvent =
  | (StreamPart & {
      contentBlockIndex: number
      contentBlockDeltaIndex: number
      text: string
      contentBlockDoneAtIndex?: never
      toolUse?: never
      stopReason?: never
    })
  | (StreamPart & {
      contentBlockIndex: number
      toolUse: ToolUseBlock
      contentBlockDeltaIndex?: never
      contentBlockDoneAtIndex?: never
      text?: never
      stopReason?: never
    })
  | (StreamPart & {
      contentBlockIndex: number
      contentBlockDoneAtIndex: number
      contentBlockDeltaIndex?: never
      text?: never
      toolUse?: never
      stopReason?: never
    })
  | (StreamPart & {
      contentBlockIndex: number
      stopReason: string
      contentBlockDeltaIndex?: never
      contentBlockDoneAtIndex?: never
      text?: never
      toolUse?: never
    })

export interface ConversationStreamError extends StreamPart {
  errors: { message: string; errorType: string }[]
}

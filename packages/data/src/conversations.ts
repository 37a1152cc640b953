// Conversations with a model: `client.conversations.<name>`. A conversation and its messages are two models of the backend, what is said
// is a mutation, and the answer comes piece by piece over a subscription.

import { fromBase64, toBase64 } from '@backline/core/bytes'
import type {
  Caller,
  CallOptions,
  ListResult,
  list,
  ModelOperations,
  Paging,
  SingleResult,
} from './caller.js'
import type { CustomCall, callOperation, observeOperation } from './customOperations.js'
import type { DataError } from './errors.js'
import type { Conversation, Introspection, Model } from './introspection.js'
import type { createModels } from './models.js'
import type { Row } from './rows.js'

/** What conversations take of the client. They are given it: it is loaded before them, and what leads there leads back here. */
export interface ClientParts {
  createModels: typeof createModels
  callOperation: typeof callOperation
  observeOperation: typeof observeOperation
  list: typeof list
}

/** What can be done with the conversations of one route. */
export interface Conversations {
  single(operation: ConversationOperation, input: Row | undefined, signal: AbortSignal): Promise<SingleResult>
  page(options: CallOptions | undefined, paging: Paging, signal: AbortSignal): Promise<ListResult>
}
export type ConversationOperation = 'create' | 'get' | 'update' | 'delete'

export function createConversations(
  { createModels, callOperation, observeOperation, list }: ClientParts,
  caller: Caller,
  introspection: Introspection,
  route: Conversation,
): Conversations {
  const whole = { ...introspection, models: { ...introspection.models, ...offering(route.models) } }
  const { models, finish } = createModels(caller, whole)
  const conversations = models[route.conversation.modelName]!
  const messages = models[route.message.modelName]!
  const call = (kind: CustomCall['kind'], operation: CustomCall['operation']): CustomCall => ({
    caller,
    introspection: whole,
    finish,
    kind,
    operation,
  })
  const send = call('mutation', route.message.send)
  const hear = call('subscription', route.message.subscribe)

  /** The conversation with what one can do in it. */
  function conversationOf(row: Row): Row {
    const { id, name, metadata, createdAt, updatedAt } = row
    return {
      id,
      createdAt,
      updatedAt,
      metadata,
      name,
      sendMessage: (input: string | Row) =>
        caller.answer(async (signal) => {
          const { content, aiContext, toolConfiguration } =
            typeof input === 'string' ? { content: [{ text: input }] } : (input as Row)
          const variables = {
            conversationId: id,
            content: content.map(writeBlock),
            ...(aiContext ? { aiContext } : {}),
            ...(toolConfiguration ? { toolConfiguration: writeTools(toolConfiguration) } : {}),
          }
          return mapped(await callOperation(send, variables, { signal }), messageOf)
        }),
      listMessages: (input?: CallOptions) =>
        list(
          caller,
          (paging, signal) =>
            pageOf(messages, { ...input, filter: { conversationId: { eq: id } } }, paging, signal, messageOf),
          input,
        ),
      onStreamEvent: (handler: { next(event: Row): void; error(error: Row): void }) =>
        observeOperation(hear, { conversationId: id }).subscribe({
          next(part) {
            if (!part) return
            const { errors, ...event } = eventOf(part as Row)
            if (!errors) handler.next(event)
            else {
              const { conversationId, associatedUserMessageId } = event
              handler.error({ id: event.id, conversationId, associatedUserMessageId, errors })
            }
          },
          error(error: DataError) {
            const { name, message, errors = [{ errorType: name, message }] } = error
            handler.error({ id: '', conversationId: id, associatedUserMessageId: '', errors })
          },
        }),
    }
  }

  return {
    single: async (operation, input, signal) =>
      mapped(await conversations[operation]!(input ?? {}, { signal }), conversationOf),
    page: (options, paging, signal) => pageOf(conversations, options, paging, signal, conversationOf),
  }
}

/** One page of a model as the service reads it. */
async function pageOf(
  model: ModelOperations,
  options: CallOptions | undefined,
  { limit, nextToken }: Paging,
  signal: AbortSignal,
  read: (row: Row) => Row,
): Promise<ListResult> {
  const page: ListResult = await model.list!({
    ...options,
    limit: undefined,
    scanLimit: limit,
    nextToken,
    signal,
  })
  return { ...page, data: page.data?.map((row) => row && read(row)) ?? null }
}

/** The introspection says what the directives generate; the API of conversations has it all. */
function offering(models: Record<string, Model>): Record<string, Model> {
  return Object.fromEntries(
    Object.entries(models).map(([name, { attributes, ...model }]) => [
      name,
      { ...model, attributes: (attributes ?? []).filter(({ type }) => type !== 'model') },
    ]),
  )
}

const mapped = <Result extends SingleResult>(result: Result, read: (row: Row) => Row): Result => ({
  ...result,
  data: result.data && read(result.data),
})

const messageOf = ({ id, conversationId, role, content, createdAt, associatedUserMessageId }: Row): Row => ({
  id,
  conversationId,
  role,
  content: (content ?? []).map(readBlock),
  createdAt,
  ...(associatedUserMessageId ? { associatedUserMessageId } : {}),
})

const eventOf = ({ contentBlockText, contentBlockToolUse, owner: _, __typename, ...part }: Row): Row =>
  present({ ...part, text: contentBlockText, toolUse: contentBlockToolUse && present(contentBlockToolUse) })

/** What is there. */
const present = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => (value ?? null) !== null))

const bytes = (file: Row, change: (given: never) => unknown): Row => ({
  ...present(file),
  source: { ...present(file.source), bytes: change(file.source.bytes as never) },
})

/** Pictures and documents are text on the wire. */
function changed(block: Row, change: (given: never) => unknown): Row {
  const { image, document, toolResult } = present(block)
  return {
    ...present(block),
    ...(image ? { image: bytes(image, change) } : {}),
    ...(document ? { document: bytes(document, change) } : {}),
    ...(toolResult
      ? {
          toolResult: {
            ...present(toolResult),
            content: toolResult.content.map((inner: Row) => changed(inner, change)),
          },
        }
      : {}),
  }
}

const readBlock = (block: Row) => changed(block, (text: string) => fromBase64(text))
const writeBlock = (block: Row) => changed(block, (given: Uint8Array) => toBase64(given))

const writeTools = ({ tools }: Row): Row => ({
  tools: Object.entries<Row>(tools).map(([name, { description, inputSchema }]) => ({
    toolSpec: { name, description, inputSchema },
  })),
})

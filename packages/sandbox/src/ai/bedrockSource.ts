import { SourceError } from '../appsync-js/dynamodb.js'
import type { AiOptions, ContentBlock, ModelAnswer, ModelMessage } from './model.js'
import { modelOf } from './remoteModels.js'

// Amazon Bedrock as resolvers speak to it, through an HTTP data source or one of its own: `Converse`, and `InvokeModel` in the shapes of
// Anthropic's models. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-bedrock-js.html
// Deliberately not here: bodies of other models, tools, streams, knowledge bases.

export const isBedrock = ({ hostname }: URL) => /^bedrock-runtime\.[\w-]+\.amazonaws\.com$/.test(hostname)

interface Conversation {
  system?: string | { text?: string }[]
  messages?: { role: ModelMessage['role']; content: string | ContentBlock[] }[]
}

const OPERATIONS: Record<string, (modelId: string, answer: ModelAnswer) => object> = {
  converse: (_, { content, stopReason }) => ({
    output: { message: { role: 'assistant', content } },
    stopReason,
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    metrics: { latencyMs: 0 },
  }),
  invoke: (model, { content, stopReason }) => ({
    ...{ id: 'msg_sandbox', type: 'message', role: 'assistant', model },
    content: content.map(({ text = '' }) => ({ type: 'text', text })),
    stop_reason: stopReason,
    usage: { input_tokens: 0, output_tokens: 0 },
  }),
}

/** What an HTTP data source gets. */
export async function postBedrock({ pathname }: URL, body: unknown, ai: AiOptions | undefined) {
  const [, model = '', operation = ''] = /^\/model\/([^/]+)\/([\w-]+)$/.exec(pathname) ?? []
  const [statusCode, answer] = await ask(operation, decodeURIComponent(model), read(body), ai).then(
    (answer) => [200, answer] as const,
    (error: Error) => [400, { message: error.message }] as const,
  )
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) }
}

/** What a data source of Bedrock's own gives to `ctx.result`. @throws {SourceError} */
export async function callBedrock(
  request: { operation?: string; modelId?: string; body?: unknown } & Conversation,
  ai: AiOptions | undefined,
): Promise<object> {
  const { operation = '', modelId = '', body } = request
  const [name, asked] =
    operation === 'InvokeModel' ? ['invoke', read(body)] : [operation.toLowerCase(), request]
  return ask(name, modelId, asked, ai).catch((error: Error) => {
    throw new SourceError('BedrockRuntime:ValidationException', error.message)
  })
}

async function ask(operation: string, modelId: string, asked: Conversation, ai: AiOptions | undefined) {
  const answer = OPERATIONS[operation]
  if (!answer || !modelId)
    throw new Error(`Bedrock is asked for '${operation}' of '${modelId}' here in vain.`)
  const { system = '', messages } = asked
  if (!Array.isArray(messages) || messages.length === 0)
    throw new Error('The sandbox reads what Bedrock is asked by its messages, and here are none.')
  const answered = await modelOf(ai).converse({
    modelId,
    system: typeof system === 'string' ? system : system.map(({ text }) => text ?? '').join('\n'),
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? [{ text: content }] : content,
    })),
    tools: [],
  })
  return answer(modelId, answered)
}

function read(body: unknown): Conversation {
  if (typeof body !== 'string') return (body ?? {}) as Conversation
  try {
    return (JSON.parse(body) ?? {}) as Conversation
  } catch {
    return {}
  }
}

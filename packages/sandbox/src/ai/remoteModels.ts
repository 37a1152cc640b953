import { localModel } from './localModel.js'
import type { AiOptions, ContentBlock, Model, ModelAnswer, ModelMessage } from './model.js'

/** The model that the options name. @throws {Error} where they lack something. */
export function modelOf(options: AiOptions = {}): Model {
  const { provider = 'local', url } = options
  if (provider === 'local') return localModel
  if (provider !== 'openai' && provider !== 'bedrock')
    throw new Error(`ai.provider '${provider as string}' is none of local, openai, bedrock.`)
  if (!url) throw new Error(`ai.provider '${provider}' needs a url.`)
  return provider === 'openai' ? openAi({ ...options, url }) : bedrock({ ...options, url })
}

/** The same from the environment: `BACKLINE_AI_PROVIDER`, `BACKLINE_AI_URL`, `BACKLINE_AI_KEY`, `BACKLINE_AI_MODEL`. */
export function aiFromEnvironment(env: Record<string, string | undefined>): AiOptions | undefined {
  if (!env.BACKLINE_AI_PROVIDER) return undefined
  return {
    provider: env.BACKLINE_AI_PROVIDER as AiOptions['provider'],
    url: env.BACKLINE_AI_URL,
    apiKey: env.BACKLINE_AI_KEY,
    model: env.BACKLINE_AI_MODEL,
  }
}

type Remote = AiOptions & { url: string }

async function post(url: string, { apiKey }: Remote, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(120_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`The model answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as Record<string, unknown>
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, with an API key of Bedrock as bearer. */
function bedrock(remote: Remote): Model {
  return {
    async converse({ modelId, system, messages, tools, forced, inference }) {
      const model = encodeURIComponent(remote.model ?? modelId)
      const answer = await post(`${remote.url.replace(/\/$/, '')}/model/${model}/converse`, remote, {
        system: [{ text: system }],
        messages,
        ...(inference ? { inferenceConfig: inference } : {}),
        ...(tools.length > 0
          ? {
              toolConfig: {
                tools: tools.map(({ inputSchema, ...spec }) => ({
                  toolSpec: { ...spec, inputSchema: { json: inputSchema } },
                })),
                ...(forced ? { toolChoice: { tool: { name: forced } } } : {}),
              },
            }
          : {}),
      })
      const { output, stopReason } = answer as { output: { message: ModelMessage }; stopReason: string }
      return { content: output.message.content, stopReason }
    },
  }
}

interface OpenAiMessage {
  content?: string | null
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
}

/** https://platform.openai.com/docs/api-reference/chat, as many local servers speak it too. */
function openAi(remote: Remote): Model {
  return {
    async converse({ modelId, system, messages, tools, forced, inference = {} }) {
      const answer = await post(`${remote.url.replace(/\/$/, '')}/chat/completions`, remote, {
        model: remote.model ?? modelId,
        messages: [{ role: 'system', content: system }, ...messages.flatMap(toOpenAi)],
        ...(inference.temperature === undefined ? {} : { temperature: inference.temperature }),
        ...(inference.topP === undefined ? {} : { top_p: inference.topP }),
        ...(inference.maxTokens === undefined ? {} : { max_tokens: inference.maxTokens }),
        ...(tools.length > 0
          ? {
              tools: tools.map(({ name, description, inputSchema }) => ({
                type: 'function',
                function: { name, description, parameters: inputSchema },
              })),
              ...(forced ? { tool_choice: { type: 'function', function: { name: forced } } } : {}),
            }
          : {}),
      })
      const [choice] = answer.choices as { message: OpenAiMessage; finish_reason: string }[]
      if (!choice) throw new Error('The model answered without a choice.')
      return fromOpenAi(choice)
    },
  }
}

function toOpenAi({ role, content }: ModelMessage): object[] {
  const text = content.flatMap((block) => block.text ?? []).join('\n')
  const calls = content.flatMap(({ toolUse }) =>
    toolUse
      ? [
          {
            id: toolUse.toolUseId,
            type: 'function',
            function: { name: toolUse.name, arguments: JSON.stringify(toolUse.input) },
          },
        ]
      : [],
  )
  const results = content.flatMap(({ toolResult }) =>
    toolResult
      ? [{ role: 'tool', tool_call_id: toolResult.toolUseId, content: JSON.stringify(toolResult.content) }]
      : [],
  )
  const own =
    text || calls.length > 0
      ? [{ role, content: text || null, ...(calls.length > 0 ? { tool_calls: calls } : {}) }]
      : []
  return [...results, ...own]
}

function fromOpenAi({
  message,
  finish_reason,
}: {
  message: OpenAiMessage
  finish_reason: string
}): ModelAnswer {
  const content: ContentBlock[] = [
    ...(message.content ? [{ text: message.content }] : []),
    ...(message.tool_calls ?? []).map(({ id, function: { name, arguments: input } }) => ({
      toolUse: { toolUseId: id, name, input: JSON.parse(input || '{}') as unknown },
    })),
  ]
  const reasons: Record<string, string> = { stop: 'end_turn', tool_calls: 'tool_use', length: 'max_tokens' }
  return { content, stopReason: reasons[finish_reason] ?? finish_reason }
}

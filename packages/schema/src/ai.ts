// The AI routes of a schema as they are written: a.conversation({...}), a.generation({...}), a.ai.

import { SchemaError } from './errors.js'
import type { Buildable, FieldData, Unrelated } from './fields.js'
import { type ConversationAllow, type OwnerRule, type RuleDefinition, readRules } from './rules.js'

/** A model of Amazon Bedrock, by its id. */
export interface AiModel {
  readonly resourcePath: string
}

export interface InferenceConfiguration {
  topP?: number
  temperature?: number
  maxTokens?: number
}

// https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html
const modelIds = {
  'Amazon Nova Pro': 'amazon.nova-pro-v1:0',
  'Amazon Nova Lite': 'amazon.nova-lite-v1:0',
  'Amazon Nova Micro': 'amazon.nova-micro-v1:0',
  'Claude 3 Haiku': 'anthropic.claude-3-haiku-20240307-v1:0',
  'Claude 3 Opus': 'anthropic.claude-3-opus-20240229-v1:0',
  'Claude 3 Sonnet': 'anthropic.claude-3-sonnet-20240229-v1:0',
  'Claude 3.5 Haiku': 'anthropic.claude-3-5-haiku-20241022-v1:0',
  'Claude 3.5 Sonnet': 'anthropic.claude-3-5-sonnet-20240620-v1:0',
  'Claude 3.5 Sonnet v2': 'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'Claude 3.7 Sonnet': 'anthropic.claude-3-7-sonnet-20250219-v1:0',
  'Claude Opus 4': 'anthropic.claude-opus-4-20250514-v1:0',
  'Claude Sonnet 4': 'anthropic.claude-sonnet-4-20250514-v1:0',
  'Claude Haiku 4.5': 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
  'Claude Sonnet 4.5': 'global.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'Claude Opus 4.5': 'global.anthropic.claude-opus-4-5-20251101-v1:0',
  'Claude Sonnet 4.6': 'global.anthropic.claude-sonnet-4-6',
  'Claude Opus 4.6': 'global.anthropic.claude-opus-4-6-v1',
  'Cohere Command R': 'cohere.command-r-v1:0',
  'Cohere Command R+': 'cohere.command-r-plus-v1:0',
  'Llama 3.1 8B Instruct': 'meta.llama3-1-8b-instruct-v1:0',
  'Llama 3.1 70B Instruct': 'meta.llama3-1-70b-instruct-v1:0',
  'Llama 3.1 405B Instruct': 'meta.llama3-1-405b-instruct-v1:0',
  'Mistral Large': 'mistral.mistral-large-2402-v1:0',
  'Mistral Large 2': 'mistral.mistral-large-2407-v1:0',
  'Mistral Small': 'mistral.mistral-small-2402-v1:0',
} as const

export type AiModelName = keyof typeof modelIds

/** Something of the API that the model of a conversation may look up. */
export type DataTool = { name: string; description: string } & (
  | { model: Buildable<'ref'>; modelOperation: 'list'; query?: never }
  | { query: Buildable<'ref'>; model?: never; modelOperation?: never }
)

export interface ConversationInput {
  aiModel: AiModel
  systemPrompt: string
  inferenceConfiguration?: InferenceConfiguration
  tools?: readonly DataTool[]
  /** A function of one's own instead of the default one. */
  handler?: { readonly eventVersion: string }
}

export interface GenerationInput {
  aiModel: AiModel
  systemPrompt: string
  inferenceConfiguration?: InferenceConfiguration
}

export interface ToolData {
  readonly name: string
  readonly description: string
  readonly model?: string
  readonly modelOperation?: 'list'
  readonly query?: string
}

export interface AiRouteData {
  readonly modelId: string
  readonly systemPrompt: string
  readonly inferenceConfiguration: Readonly<InferenceConfiguration>
}

export interface ConversationData extends AiRouteData {
  readonly kind: 'conversation'
  readonly tools: readonly ToolData[]
  readonly handler?: { readonly eventVersion: string }
  readonly rules: readonly RuleDefinition[]
}

/** A conversation route: `client.conversations.<name>`. */
export interface Conversation extends Buildable<'conversation'>, Unrelated {
  authorization(
    callback: (allow: ConversationAllow) => OwnerRule<string> | readonly OwnerRule<string>[],
  ): Conversation
}

export interface AiBuilder {
  /** A model by the name that the documentation of Bedrock gives it. For others write `{ resourcePath: '<its id>' }`. */
  model(name: AiModelName): AiModel
  /** A list of a model, or a custom query, that a conversation may ask. */
  dataTool(tool: DataTool): DataTool
}

export const ai: AiBuilder = /* @__PURE__ */ Object.freeze<AiBuilder>({
  model: (name) => {
    if (!Object.hasOwn(modelIds, name))
      throw new SchemaError(
        `"${name}" is not a model that a.ai.model() knows. Give its id: { resourcePath: '…' }, or one of: ${Object.keys(modelIds).join(', ')}.`,
      )
    return Object.freeze({ resourcePath: modelIds[name] })
  },
  dataTool: (tool) => {
    toolData(tool)
    return Object.freeze({ ...tool })
  },
})

export function conversation(input: ConversationInput): Conversation {
  return conversationOf({
    kind: 'conversation',
    ...readRoute(input, 'a.conversation()'),
    tools: Object.freeze((input.tools ?? []).map(toolData)),
    ...(input.handler && { handler: input.handler }),
    rules: [],
  }) as unknown as Conversation
}

function conversationOf(data: ConversationData): object {
  return Object.freeze({
    data: Object.freeze(data),
    authorization: (callback: (allow: never) => unknown) =>
      conversationOf({
        ...data,
        rules: readRules(callback).map((rule) => ({ ...rule, provider: rule.provider ?? 'userPools' })),
      }),
  })
}

export function readRoute(input: GenerationInput | undefined, where: string): AiRouteData {
  if (typeof input?.aiModel?.resourcePath !== 'string' || typeof input.systemPrompt !== 'string')
    throw new SchemaError(
      `${where} needs a model and a prompt: { aiModel: a.ai.model('Claude 3.5 Haiku'), systemPrompt: '…' }.`,
    )
  return {
    modelId: input.aiModel.resourcePath,
    systemPrompt: input.systemPrompt,
    inferenceConfiguration: Object.freeze({ ...input.inferenceConfiguration }),
  }
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
function toolData(tool: DataTool): ToolData {
  const { name, description } = tool
  if (typeof name !== 'string' || !/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/.test(name))
    throw new SchemaError(
      `"${name}" cannot be the name of a tool: use a letter and then letters, digits and underscores, 64 in all at most.`,
    )
  const refersTo = (ref: unknown) => {
    const data = (ref as { data?: FieldData } | undefined)?.data
    if (data?.kind !== 'ref')
      throw new SchemaError(
        `The tool "${name}" needs a model or a query of the schema: model: a.ref('Order'), modelOperation: 'list'.`,
      )
    return data.to
  }
  return Object.freeze({
    name,
    description: String(description ?? ''),
    ...(tool.query
      ? { query: refersTo(tool.query) }
      : { model: refersTo(tool.model), modelOperation: tool.modelOperation ?? 'list' }),
  })
}

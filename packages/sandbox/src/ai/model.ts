// What stands behind AI routes: a model that is asked to converse, in the shapes of Amazon Bedrock's Converse API.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

export interface ContentBlock {
  text?: string
  toolUse?: { toolUseId: string; name: string; input: unknown }
  toolResult?: { toolUseId: string; content: unknown[]; status?: string }
  /** Images and documents go through as they are. */
  [other: string]: unknown
}

export interface ModelMessage {
  role: 'user' | 'assistant'
  content: ContentBlock[]
}

export interface ToolSpec {
  name: string
  description: string
  /** A JSON schema. */
  inputSchema: unknown
}

export interface ModelRequest {
  /** As the route names it. */
  modelId: string
  system: string
  messages: ModelMessage[]
  tools: ToolSpec[]
  /** The tool that must be used. */
  forced?: string
  inference?: { temperature?: number; topP?: number; maxTokens?: number }
}

export interface ModelAnswer {
  content: ContentBlock[]
  stopReason: string
}

export interface Model {
  /** @throws {Error} whose message says what went wrong. */
  converse(request: ModelRequest): Promise<ModelAnswer>
}

/** Which model answers. */
export interface AiOptions {
  /** `local`, the default, answers by itself and always the same. */
  provider?: 'local' | 'openai' | 'bedrock'
  /** Such as `http://127.0.0.1:11434/v1`. */
  url?: string
  apiKey?: string
  /** In the place of the model that the route names. */
  model?: string
}

import type { ContentBlock, Model } from './model.js'

/**
 * Answers by itself, and always the same: it repeats what was said, uses a tool whose name it is told (with the JSON that follows it
 * as input), and tells what a tool gave. Where an answer of a certain shape is asked for, it fills that shape.
 */
export const localModel: Model = {
  async converse({ messages, tools, forced }) {
    const last = messages.at(-1)?.content ?? []
    if (forced)
      return use(
        forced,
        filled(tools.find(({ name }) => name === forced)?.inputSchema, 'answer', textOf(last)),
      )
    const results = last.filter(({ toolResult }) => toolResult)
    if (results.length > 0) return say(results.map(toldResult).join('\n'))
    const text = textOf(last)
    const tool = tools.find(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(text))
    if (tool) return use(tool.name, inputIn(text))
    return say(`You said: ${text}`)
  },
}

const say = (text: string) => ({ content: [{ text }], stopReason: 'end_turn' })

const use = (name: string, input: unknown) => ({
  content: [{ toolUse: { toolUseId: `tooluse_${name}`, name, input } }],
  stopReason: 'tool_use',
})

const textOf = (content: ContentBlock[]) => content.flatMap(({ text }) => text ?? []).join('\n')

function toldResult({ toolResult }: ContentBlock): string {
  const { toolUseId, content, status } = toolResult!
  const name = toolUseId.replace(/^tooluse_/, '')
  const told = content.map((each) => {
    const { text, json } = each as { text?: string; json?: unknown }
    return text ?? JSON.stringify(json)
  })
  return `${name}${status === 'error' ? ' failed' : ''}: ${told.join(' ')}`
}

/** The first object of JSON in a text, whatever follows it. It ends where its braces do; those in strings are none. */
function inputIn(text: string): unknown {
  const from = Math.max(text.indexOf('{'), 0)
  let depth = 0
  for (const { 0: token, index } of text.slice(from).matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}]/gs)) {
    depth += token === '{' ? 1 : token === '}' ? -1 : 0
    if (depth > 0) continue
    try {
      return JSON.parse(text.slice(from, from + index + 1))
    } catch {
      return {}
    }
  }
  return {}
}

interface Shape {
  type?: string
  properties?: Record<string, Shape>
  items?: Shape
  enum?: unknown[]
  format?: string
}

/** A value of a shape, made of its field's name and of what was asked. */
function filled(shape: unknown, name: string, asked: string): unknown {
  const { type, properties = {}, items, enum: values, format } = (shape ?? {}) as Shape
  if (values) return values[0]
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(properties).map(([key, each]) => [key, filled(each, key, asked)]),
      )
    case 'array':
      return [filled(items, name, asked)]
    case 'integer':
      return asked.length
    case 'number':
      return asked.length + 0.5
    case 'boolean':
      return true
    default:
      return FORMATS[format ?? ''] ?? `${name}: ${asked}`
  }
}

const FORMATS: Record<string, string> = {
  date: '2024-01-01',
  time: '12:00:00Z',
  'date-time': '2024-01-01T12:00:00.000Z',
  email: 'ada@example.com',
  uri: 'https://example.com',
  phone: '+12025550123',
  ip: '127.0.0.1',
  json: '{}',
}

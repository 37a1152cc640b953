import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { attach } from '../appsync/calls.js'
import { Fault, refused } from '../appsync/fault.js'
import { type Filter, passes } from '../appsync/filter.js'
import type { CustomOperation } from '../appsync/operations.js'
import type { Access, Caller, Item } from '../appsync/rules.js'
import type { Model as DataModel } from '../appsync/sdl.js'
import { upperFirst } from '../appsync/sdlFields.js'
import type { AiHouse } from './house.js'
import type { ContentBlock, ModelMessage, ModelRequest, ToolSpec } from './model.js'
import { createTools, type ServerTool } from './tools.js'

// Conversation routes: what is said is kept in two models of the route, and the answer of a model is streamed to a subscription.
// See docs/protocols/appsync-ai.md.

/** Rounds of tools in one turn. */
const MOST_ROUNDS = 10
const MOST_ROWS = 20_000
const PAGE = 100
/**
 * Milliseconds between the parts of an answer. On AWS each is a mutation of its own; components that draw them count on a moment
 * between two, and on more before the end of the turn.
 */
const PACE = 10
const PACE_AT_END = 50

export function attachConversation(operation: CustomOperation, house: AiHouse): void {
  const { name, handler } = operation
  const settings = (handler.kind === 'conversation' ? handler.settings : {}) as Record<string, unknown>
  const { definition, items, world, schema, guards } = house
  const conversations = definition.models.get(`Conversation${upperFirst(name)}`)!
  const messages = definition.models.get(`ConversationMessage${upperFirst(name)}`)!
  const tools = createTools(settings.tools, house)
  const now = () => new Date(world.clock.now()).toISOString()

  attachLatestFirst(conversations, house)

  attach(schema, 'Mutation', name, (_, args, { caller }) => {
    if (caller.mode !== 'userPools') throw refused(name, 'Mutation')
    const conversation = items.get(conversations, { id: args.conversationId })
    const access = guards.get(conversations.name)!.read(caller, 'get')
    if (!conversation || !mayRead(access, conversation))
      throw new Fault('ResourceNotFound', 'Conversation not found')
    const content = args.content as ContentBlock[] | null | undefined
    if (!content?.length) throw new Fault('BadRequest', 'A message needs content.')
    const at = now()
    const message: Item = {
      id: randomUUID(),
      conversationId: conversation.id,
      role: 'user',
      content,
      aiContext: args.aiContext ?? undefined,
      toolConfiguration: args.toolConfiguration ?? undefined,
      owner: conversation.owner,
      createdAt: at,
      updatedAt: at,
    }
    world.store.transaction(() => {
      items.insert(messages, message)
      items.replace(conversations, { ...conversation, updatedAt: at })
    })
    // The answer comes over the subscription.
    setImmediate(() => {
      answer(caller, message).catch((error: Error) =>
        world.log(`${name}: the turn failed inside: ${error.stack}`),
      )
    })
    return message
  })

  async function answer(caller: Caller, message: Item) {
    // Whoever deletes a conversation, or stops the sandbox, waits for nobody: the rest of the answer is neither told nor kept.
    const isThere = () => world.store.isOpen && !!items.get(conversations, { id: message.conversationId })
    const stream = createStream(name, message, house, isThere)
    try {
      const content = await turn(caller, message, stream)
      if (!isThere()) return
      const at = now()
      items.insert(messages, {
        id: `${message.id}#response`,
        conversationId: message.conversationId,
        associatedUserMessageId: message.id,
        role: 'assistant',
        content,
        owner: message.owner,
        createdAt: at,
        updatedAt: at,
      })
      await stream.end()
    } catch (error) {
      await stream.fail(error as Error)
    }
  }

  /** Everything that the assistant says, tools of the server used in between. */
  async function turn(caller: Caller, message: Item, stream: Stream): Promise<ContentBlock[]> {
    const history = historyOf(message)
    const own = clientTools(message)
    const said: ContentBlock[] = []
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { content, stopReason } = await house.model.converse({
        modelId: String(settings.aiModel),
        system: String(settings.systemPrompt),
        messages: history,
        tools: [...tools.values(), ...own],
        inference: settings.inferenceConfiguration as ModelRequest['inference'],
      })
      const uses = content.flatMap(({ toolUse }) => toolUse ?? [])
      const forServer = uses.filter((use) => tools.has(use.name))
      for (const block of content) {
        const isOurs = block.toolUse && tools.has(block.toolUse.name)
        if (isOurs) continue
        said.push(block)
        await stream.tell(block)
      }
      if (forServer.length === 0 || forServer.length < uses.length) {
        stream.reason(stopReason)
        return said
      }
      const results = await Promise.all(forServer.map((use) => used(tools.get(use.name)!, use, caller)))
      history.push({ role: 'assistant', content }, { role: 'user', content: results })
    }
    throw new Error(`The model has used tools ${MOST_ROUNDS} times without an answer.`)
  }

  /**
   * What was said before a message, and it. Only turns that were answered count, each with its answer behind it: models take nothing
   * else than user and assistant in turn, so a message whose answer failed, or is still to come, would spoil all that follow.
   */
  function historyOf(message: Item): ModelMessage[] {
    const { items: all } = items.scan(messages, {
      limit: MOST_ROWS,
      keep: (each) => each.conversationId === message.conversationId,
    })
    const answers = new Map(all.map((each) => [each.associatedUserMessageId, each]))
    const turns = all.flatMap((each) => {
      const reply = each.role === 'user' && each.id !== message.id ? answers.get(each.id) : undefined
      return reply ? [each, reply] : []
    })
    const told = [...turns, message].map(
      (each) => ({ role: each.role, content: plain(each.content) }) as ModelMessage,
    )
    if (message.aiContext !== undefined && message.aiContext !== null)
      told.at(-1)!.content.push({ text: `Context: ${JSON.stringify(message.aiContext)}` })
    return told
  }
}

async function used(
  tool: ServerTool,
  { toolUseId, input }: NonNullable<ContentBlock['toolUse']>,
  caller: Caller,
): Promise<ContentBlock> {
  try {
    return {
      toolResult: { toolUseId, content: [{ json: await tool.run(input, caller) }], status: 'success' },
    }
  } catch (error) {
    return { toolResult: { toolUseId, content: [{ text: (error as Error).message }], status: 'error' } }
  }
}

/** Blocks as they were said, without the nulls that GraphQL puts where nothing is. */
const plain = (content: unknown): ContentBlock[] =>
  (content as ContentBlock[]).map(
    (block) =>
      Object.fromEntries(Object.entries(block).filter(([, value]) => value !== null)) as ContentBlock,
  )

/** What the client offers with its message: components to show, say. */
function clientTools({ toolConfiguration }: Item): ToolSpec[] {
  const { tools = [] } = (toolConfiguration ?? {}) as {
    tools?: { toolSpec?: { name: string; description?: string; inputSchema?: { json?: unknown } } }[] | null
  }
  return (tools ?? []).flatMap(({ toolSpec }) =>
    toolSpec
      ? [
          {
            name: toolSpec.name,
            description: toolSpec.description ?? '',
            inputSchema: toolSpec.inputSchema?.json ?? { type: 'object' },
          },
        ]
      : [],
  )
}

const mayRead = (access: Access, item: Item) => access === 'all' || (access !== 'none' && access(item))

// ---- the list

/** Conversations come with the one last spoken in first. */
function attachLatestFirst(model: DataModel, { schema, guards, items }: AiHouse) {
  const field = `list${upperFirst(model.plural)}`
  attach(schema, 'Query', field, (_, args, { caller }) => {
    const access = guards.get(model.name)!.read(caller, 'list')
    if (access === 'none') throw refused(field, 'Query')
    const { items: all } = items.scan(model, {
      limit: MOST_ROWS,
      keep: (item) => mayRead(access, item) && passes(item, args.filter as Filter | undefined),
    })
    all.sort((one, other) => (String(one.updatedAt) < String(other.updatedAt) ? 1 : -1))
    const from = Number(Buffer.from(String(args.nextToken ?? ''), 'base64url').toString() || 0)
    if (!Number.isSafeInteger(from))
      throw new Fault('DynamoDB:DynamoDbException', 'Invalid pagination token given.')
    const to = from + ((args.limit as number | null | undefined) ?? PAGE)
    return {
      items: all.slice(from, to),
      nextToken: to < all.length ? Buffer.from(String(to)).toString('base64url') : null,
    }
  })
}

// ---- the stream

interface Stream {
  tell(block: ContentBlock): Promise<void>
  reason(stopReason: string): void
  /** The turn is done, and kept. */
  end(): Promise<void>
  fail(error: Error): Promise<void>
}

function createStream(route: string, message: Item, { publish }: AiHouse, isThere: () => boolean): Stream {
  const field = `onCreateAssistantResponse${upperFirst(route)}`
  let contentBlockIndex = 0
  let stopReason = 'end_turn'
  const send = async (part: Item, pace = PACE) => {
    await pause(pace)
    if (!isThere()) return
    publish(field, {
      id: `${message.id}#stream`,
      owner: String(message.owner).split('::').at(-1),
      conversationId: message.conversationId,
      associatedUserMessageId: message.id,
      ...part,
    })
  }
  return {
    async tell({ text, toolUse }) {
      if (text !== undefined) {
        // Word by word, as models stream.
        const words = text.match(/\S+\s*|\s+/g) ?? []
        for (const [contentBlockDeltaIndex, contentBlockText] of words.entries())
          await send({ contentBlockIndex, contentBlockDeltaIndex, contentBlockText })
        await send({ contentBlockIndex, contentBlockDoneAtIndex: Math.max(0, words.length - 1) })
      } else if (toolUse) {
        // Subscribers get what a mutation would have answered: JSON as text.
        const input = JSON.stringify(toolUse.input)
        await send({ contentBlockIndex, contentBlockToolUse: { ...toolUse, input } })
      }
      contentBlockIndex++
    },
    reason: (reason) => {
      stopReason = reason
    },
    end: () => send({ contentBlockIndex: Math.max(0, contentBlockIndex - 1), stopReason }, PACE_AT_END),
    fail: (error) => send({ errors: [{ errorType: 'ModelError', message: error.message }] }),
  }
}

import { type Context, credentials, perContext, type ResourcesConfig, toHex } from '@backline/core/internal'
import { InteractionsError } from './errors.js'

// What both generations of Lex have in common: a bot by its name, who talks to it, what is said, and who waits for the end of it.

export interface InteractionsTextMessage {
  content: string
  options: { messageType: 'text' }
}
export interface InteractionsVoiceMessage {
  /** A `Blob`, a `ReadableStream`, an `ArrayBuffer` or a view of one. */
  content: object
  options: { messageType: 'voice' }
}
export type InteractionsMessage = InteractionsTextMessage | InteractionsVoiceMessage

/** A conversation of one context: its name where there is no identity, and who waits for each bot's end. */
export interface Conversation<Output> {
  readonly sessionId: string
  readonly waiting: Map<string, (error?: Error, completion?: Output) => void>
}

export function conversations<Output>(name: string): (ctx: Context) => Conversation<Output> {
  return perContext(name, (ctx) => ({
    sessionId: toHex(ctx.platform.randomBytes(16)),
    waiting: new Map(),
  }))
}

type Bots = NonNullable<ResourcesConfig['Interactions']>

/** @throws {InteractionsError} `NoBotConfig` */
export function botOf<Section extends keyof Bots>(
  ctx: Context,
  section: Section,
  botName: string,
): NonNullable<Bots[Section]>[string] {
  const bots = ctx.config.Interactions?.[section] as
    | Record<string, NonNullable<Bots[Section]>[string]>
    | undefined
  const bot = bots && Object.hasOwn(bots, botName) ? bots[botName] : undefined
  if (bot) return bot
  const there = Object.keys(bots ?? {}).join(', ') || 'none'
  throw new InteractionsError(
    'NoBotConfig',
    `Bot ${botName} does not exist: Interactions.${section} has ${there}.`,
    {
      recoverySuggestion: `Call Amplify.configure with Interactions.${section}.${botName} before anything else.`,
    },
  )
}

/** Whose conversation it is: the identity's, so that it goes on after a reload, or else this context's. */
export async function speaker(ctx: Context, { sessionId }: { sessionId: string }): Promise<string> {
  return (await credentials(ctx))?.identityId ?? sessionId
}

export interface Spoken {
  type: string
  body: Uint8Array | string
}

/** What is sent of a message that is not a mere text, and as what. */
export async function spoken(message: InteractionsMessage, audioType?: string): Promise<Spoken> {
  const { content, options } = message ?? {}
  if (options?.messageType === 'voice' && typeof content === 'object' && content) {
    const type = audioType ?? 'audio/x-l16; sample-rate=16000; channel-count=1'
    if (content instanceof Uint8Array) return { type, body: content }
    if (ArrayBuffer.isView(content))
      return { type, body: new Uint8Array(content.buffer, content.byteOffset, content.byteLength) }
    if (content instanceof ArrayBuffer || content instanceof Blob || content instanceof ReadableStream)
      return { type, body: new Uint8Array(await new Response(content).arrayBuffer()) }
  } else if (options?.messageType === 'text' && typeof content === 'string') {
    return { type: 'text/plain; charset=utf-8', body: content }
  }
  throw new InteractionsError(
    'InvalidMessage',
    'A message must be a text, or { content, options: { messageType } } with a text for `text` and a Blob, a ReadableStream or bytes for `voice`.',
  )
}

/** Tells whoever waits that a conversation has come to its end, by the state that its intent is in. */
export function report<Output>(
  { waiting }: Conversation<Output>,
  botName: string,
  state: string | undefined,
  output: Output,
): void {
  const callback = waiting.get(botName)
  const failed = state === 'Failed'
  if (!callback || !(failed || state === 'Fulfilled' || state === 'ReadyForFulfillment')) return
  try {
    if (failed) callback(new InteractionsError('BotConversationFailed', 'Bot conversation failed'))
    else callback(undefined, output)
  } catch (error) {
    // As listeners of the Hub: who sent the message is not to blame.
    console.error(`Interactions: the callback for ${botName} threw.`, error)
  }
}

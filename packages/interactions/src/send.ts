import { type Context, currentContext } from '@backline/core/internal'
import { botOf, conversations, type InteractionsMessage, report, speaker, spoken } from './bot.js'
import {
  type RecognizeUtteranceResponse,
  recognizeText,
  recognizeUtterance,
  type SessionState,
} from './lexV2.js'

export interface SendOptions {
  /** Known to the bot in this turn and all that follow, to be read again in `sessionState.sessionAttributes`. */
  sessionAttributes?: Record<string, string>
  /** Known to the bot's functions in this turn only. */
  requestAttributes?: Record<string, string>
  /** Where the conversation is to go on, whatever the bot thinks where it is. */
  sessionState?: SessionState
  /** Another conversation than that of the identity. */
  sessionId?: string
  /** Of a voice message; `audio/x-l16; sample-rate=16000; channel-count=1` where left out. */
  contentType?: string
  /** How a message that is not a mere text is to be answered, such as `text/plain; charset=utf-8` or `audio/mpeg`. */
  responseContentType?: string
  signal?: AbortSignal
}

export interface SendInput {
  /** As `Interactions.LexV2` of the configuration has it. */
  botName: string
  message: string | InteractionsMessage
  options?: SendOptions
}

export interface SendOutput extends RecognizeUtteranceResponse {
  /** The texts of `messages`, a line each. */
  message?: string
}

export interface OnCompleteInput {
  botName: string
  callback(error?: Error, completion?: SendOutput): void
}

const conversation = /* @__PURE__ */ conversations<SendOutput>('interactions.lexV2')

/**
 * Says something to a Lex V2 bot and gives its answer. The bot remembers the conversation by who is signed in.
 *
 * @example
 * const { message, sessionState } = await send({ botName: 'TripBot', message: 'Book a hotel in Oslo' })
 * // 'For how many nights?', and sessionState.dialogAction.slotToElicit is 'Nights'
 *
 * @throws {InteractionsError} `NoBotConfig`, `InvalidMessage`, `InvalidBotResponse`, `ResourceNotFoundException`,
 *   `DependencyFailedException`, `NoCredentials`, `NetworkError`
 */
export async function send(
  { botName, message, options = {} }: SendInput,
  ctx: Context = currentContext(),
): Promise<SendOutput> {
  const bot = botOf(ctx, 'LexV2', botName)
  const { sessionAttributes, sessionState, requestAttributes, signal, contentType, responseContentType } =
    options
  const said = {
    ...{ bot, requestAttributes, signal },
    sessionId: options.sessionId ?? (await speaker(ctx, conversation(ctx))),
    sessionState: sessionAttributes ? { ...sessionState, sessionAttributes } : sessionState,
  }
  const answer: SendOutput =
    typeof message === 'string'
      ? await recognizeText(ctx, { ...said, text: message })
      : await recognizeUtterance(ctx, {
          ...said,
          ...(await spoken(message, contentType)),
          responseContentType,
        })
  answer.message = answer.messages?.flatMap(({ content }) => content ?? []).join('\n') || undefined
  report(conversation(ctx), botName, answer.sessionState?.intent?.state, answer)
  return answer
}

/**
 * Calls back when a conversation with a bot has come to its end: with its last answer when the intent is fulfilled, or ready to be; with
 * an error when it failed. One callback for each bot: a later one takes its place.
 *
 * @throws {InteractionsError} `NoBotConfig`
 */
export function onComplete({ botName, callback }: OnCompleteInput, ctx: Context = currentContext()): void {
  botOf(ctx, 'LexV2', botName)
  conversation(ctx).waiting.set(botName, callback)
}

/** `send` and `onComplete` as one object, as v6 has them. */
export const Interactions: { send: typeof send; onComplete: typeof onComplete } = { send, onComplete }

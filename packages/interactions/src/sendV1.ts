import { type Context, currentContext } from '@backline/core/internal'
import { botOf, conversations, type InteractionsMessage, report, speaker, spoken } from './bot.js'
import { type PostContentResponse, postContent, postText } from './lexV1.js'
import type { SendOptions as SendOptionsV2 } from './send.js'

/** As of a V2 bot; `responseContentType` is `audio/mpeg` where left out. */
export type SendOptions = Omit<SendOptionsV2, 'sessionState'>

export interface SendInput {
  /** As `Interactions.LexV1` of the configuration has it. */
  botName: string
  message: string | InteractionsMessage
  options?: SendOptions
}

export type SendOutput = PostContentResponse

export interface OnCompleteInput {
  botName: string
  callback(error?: Error, completion?: SendOutput): void
}

const conversation = /* @__PURE__ */ conversations<SendOutput>('interactions.lexV1')

/**
 * Says something to a Lex V1 bot and gives its answer.
 *
 * @throws {InteractionsError} `NoBotConfig`, `InvalidMessage`, `InvalidBotResponse`, `NotFoundException`,
 *   `DependencyFailedException`, `NoCredentials`, `NetworkError`
 * @deprecated Lex V1 takes no new bots; use V2.
 */
export async function send(
  { botName, message, options = {} }: SendInput,
  ctx: Context = currentContext(),
): Promise<SendOutput> {
  const bot = botOf(ctx, 'LexV1', botName)
  const { sessionAttributes, requestAttributes, signal, contentType, responseContentType } = options
  const said = {
    ...{ botName, bot, sessionAttributes, requestAttributes, signal },
    userId: options.sessionId ?? (await speaker(ctx, conversation(ctx))),
  }
  const answer =
    typeof message === 'string'
      ? await postText(ctx, { ...said, inputText: message })
      : await postContent(ctx, {
          ...said,
          ...(await spoken(message, contentType)),
          accept: responseContentType ?? 'audio/mpeg',
        })
  report(conversation(ctx), botName, answer.dialogState, answer)
  return answer
}

/**
 * Calls back when a conversation with a bot has come to its end: with its last answer when the intent is fulfilled, or ready to be; with
 * an error when it failed. One callback for each bot: a later one takes its place.
 *
 * @throws {InteractionsError} `NoBotConfig`
 * @deprecated Lex V1 takes no new bots; use V2.
 */
export function onComplete({ botName, callback }: OnCompleteInput, ctx: Context = currentContext()): void {
  botOf(ctx, 'LexV1', botName)
  conversation(ctx).waiting.set(botName, callback)
}

/** `send` and `onComplete` as one object, as v6 has them. */
export const Interactions: { send: typeof send; onComplete: typeof onComplete } = { send, onComplete }

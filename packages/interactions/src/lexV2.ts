// The Lex V2 runtime: REST JSON and headers of compressed JSON, signed with SigV4. See docs/protocols/lex.md. No streamed conversations,
// no management of bots.

import { type Context, dnsSuffix, readJson, request, restJson } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import type { Spoken } from './bot.js'
import { InteractionsError } from './errors.js'
import { fromGzipHeader, toGzipHeader } from './headers.js'

export interface LexV2Bot {
  botId: string
  aliasId: string
  localeId: string
  region: string
  /** Base URL of a service that is not AWS's. */
  endpoint?: string
}

export interface Message {
  content?: string
  contentType: 'CustomPayload' | 'ImageResponseCard' | 'PlainText' | 'SSML'
  imageResponseCard?: {
    title: string
    subtitle?: string
    imageUrl?: string
    buttons?: { text: string; value: string }[]
  }
}
export interface Slot {
  value?: { originalValue?: string; interpretedValue: string; resolvedValues?: string[] }
  shape?: 'Composite' | 'List' | 'Scalar'
  values?: Slot[]
  subSlots?: Record<string, Slot>
}
export interface Intent {
  name: string
  /** `null` where it is not known yet. */
  slots?: Record<string, Slot | null>
  state?: 'Failed' | 'Fulfilled' | 'FulfillmentInProgress' | 'InProgress' | 'ReadyForFulfillment' | 'Waiting'
  confirmationState?: 'Confirmed' | 'Denied' | 'None'
}
export interface SessionState {
  dialogAction?: {
    type: 'Close' | 'ConfirmIntent' | 'Delegate' | 'ElicitIntent' | 'ElicitSlot' | 'None'
    slotToElicit?: string
    slotElicitationStyle?: 'Default' | 'SpellByLetter' | 'SpellByWord'
  }
  intent?: Intent
  activeContexts?: {
    name: string
    timeToLive: { timeToLiveInSeconds: number; turnsToLive: number }
    contextAttributes: Record<string, string>
  }[]
  sessionAttributes?: Record<string, string>
  originatingRequestId?: string
}
export interface Interpretation {
  intent?: Intent
  nluConfidence?: { score?: number }
  sentimentResponse?: { sentiment?: string; sentimentScore?: Record<string, number> }
  interpretationSource?: 'Bedrock' | 'Lex'
}

export interface RecognizeTextResponse {
  messages?: Message[]
  sessionState?: SessionState
  interpretations?: Interpretation[]
  requestAttributes?: Record<string, string>
  sessionId?: string
  recognizedBotMember?: { botId: string; botName?: string }
}
export interface RecognizeUtteranceResponse extends RecognizeTextResponse {
  inputMode?: 'DTMF' | 'Speech' | 'Text'
  contentType?: string
  /** What the bot has understood of speech. */
  inputTranscript?: string
  audioStream?: Uint8Array
}

interface Said {
  bot: LexV2Bot
  sessionId: string
  sessionState?: SessionState
  requestAttributes?: Record<string, string>
  signal?: AbortSignal
}

export function recognizeText(
  ctx: Context,
  { text, ...said }: Said & { text: string },
): Promise<RecognizeTextResponse> {
  const { sessionState, requestAttributes } = said
  return restJson(ctx, {
    ...callOf(said, 'text'),
    input: { text, sessionState, requestAttributes },
    error: InteractionsError,
  })
}

export async function recognizeUtterance(
  ctx: Context,
  { responseContentType, ...said }: Said & Spoken & { responseContentType?: string },
): Promise<RecognizeUtteranceResponse> {
  const headers: Record<string, string> = { 'content-type': said.type }
  if (responseContentType) headers['response-content-type'] = responseContentType
  for (const [name, value] of [
    ['x-amz-lex-session-state', said.sessionState],
    ['x-amz-lex-request-attributes', said.requestAttributes],
  ] as const) {
    if (value) headers[name] = await toGzipHeader(ctx, value)
  }
  const response = await request(ctx, { ...callOf(said, 'utterance'), headers, body: said.body })
  if (!response.ok) return readJson(response, InteractionsError)

  const audio = new Uint8Array(await response.arrayBuffer())
  const header = (name: string) => response.headers.get(name) ?? undefined
  const packed = <T>(name: string) => fromGzipHeader<T>(ctx, response, `x-amz-lex-${name}`)
  return {
    messages: await packed('messages'),
    sessionState: await packed('session-state'),
    interpretations: await packed('interpretations'),
    requestAttributes: await packed('request-attributes'),
    inputTranscript: await packed('input-transcript'),
    recognizedBotMember: await packed('recognized-bot-member'),
    sessionId: header('x-amz-lex-session-id'),
    inputMode: header('x-amz-lex-input-mode') as RecognizeUtteranceResponse['inputMode'],
    contentType: header('content-type'),
    audioStream: audio.length ? audio : undefined,
  }
}

function callOf({ bot, sessionId, signal }: Said, operation: string) {
  const { botId, aliasId, localeId, region, endpoint } = bot
  const base = endpoint?.replace(/\/$/, '') ?? `https://runtime-v2-lex.${region}.${dnsSuffix(region)}`
  const [id, alias, locale, session] = [botId, aliasId, localeId, sessionId].map(encodeURIComponent)
  return {
    method: 'POST',
    url: `${base}/bots/${id}/botAliases/${alias}/botLocales/${locale}/sessions/${session}/${operation}`,
    authorize: sigv4({ service: 'lex', region }),
    signal,
  }
}

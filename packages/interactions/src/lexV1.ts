// The Lex V1 runtime: REST JSON and headers of JSON in Base64, signed with SigV4. See docs/protocols/lex.md.

import { type Context, dnsSuffix, readJson, request, restJson } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import type { Spoken } from './bot.js'
import { InteractionsError } from './errors.js'
import { fromJsonHeader, fromTextHeader, toJsonHeader } from './headers.js'

export interface LexV1Bot {
  alias: string
  region: string
  /** Base URL of a service that is not AWS's. */
  endpoint?: string
}

export interface PostTextResponse {
  intentName?: string
  nluIntentConfidence?: { score?: number }
  alternativeIntents?: {
    intentName?: string
    nluIntentConfidence?: { score?: number }
    slots?: Record<string, string | null>
  }[]
  slots?: Record<string, string | null>
  sessionAttributes?: Record<string, string>
  message?: string
  messageFormat?: 'Composite' | 'CustomPayload' | 'PlainText' | 'SSML'
  dialogState?:
    | 'ConfirmIntent'
    | 'ElicitIntent'
    | 'ElicitSlot'
    | 'Failed'
    | 'Fulfilled'
    | 'ReadyForFulfillment'
  slotToElicit?: string
  responseCard?: {
    version?: string
    contentType?: string
    genericAttachments?: {
      title?: string
      subTitle?: string
      attachmentLinkUrl?: string
      imageUrl?: string
      buttons?: { text: string; value: string }[]
    }[]
  }
  sessionId?: string
  botVersion?: string
  activeContexts?: object[]
}
export interface PostContentResponse extends PostTextResponse {
  contentType?: string
  encodedMessage?: string
  inputTranscript?: string
  encodedInputTranscript?: string
  audioStream?: Uint8Array
}

interface Said {
  botName: string
  bot: LexV1Bot
  userId: string
  sessionAttributes?: Record<string, string>
  requestAttributes?: Record<string, string>
  signal?: AbortSignal
}

export function postText(
  ctx: Context,
  { inputText, ...said }: Said & { inputText: string },
): Promise<PostTextResponse> {
  const { sessionAttributes, requestAttributes } = said
  return restJson(ctx, {
    ...callOf(said, 'text'),
    input: { inputText, sessionAttributes, requestAttributes },
    error: InteractionsError,
  })
}

export async function postContent(
  ctx: Context,
  { accept, ...said }: Said & Spoken & { accept: string },
): Promise<PostContentResponse> {
  const headers: Record<string, string> = { 'content-type': said.type, accept }
  if (said.sessionAttributes) headers['x-amz-lex-session-attributes'] = toJsonHeader(said.sessionAttributes)
  if (said.requestAttributes) headers['x-amz-lex-request-attributes'] = toJsonHeader(said.requestAttributes)
  const response = await request(ctx, { ...callOf(said, 'content'), headers, body: said.body })
  if (!response.ok) return readJson(response, InteractionsError)

  const audio = new Uint8Array(await response.arrayBuffer())
  const header = (name: string) => response.headers.get(`x-amz-lex-${name}`) ?? undefined
  const packed = <T>(name: string) => fromJsonHeader<T>(response, `x-amz-lex-${name}`)
  // Headers hold ASCII only: what people say is in Base64, beside a plain copy in some regions.
  const encoded = (name: string) => fromTextHeader(response, `x-amz-lex-encoded-${name}`)
  return {
    intentName: header('intent-name'),
    nluIntentConfidence: await packed('nlu-intent-confidence'),
    alternativeIntents: await packed('alternative-intents'),
    slots: await packed('slots'),
    sessionAttributes: await packed('session-attributes'),
    activeContexts: await packed('active-contexts'),
    message: (await encoded('message')) ?? header('message'),
    encodedMessage: header('encoded-message'),
    messageFormat: header('message-format') as PostTextResponse['messageFormat'],
    dialogState: header('dialog-state') as PostTextResponse['dialogState'],
    slotToElicit: header('slot-to-elicit'),
    inputTranscript: (await encoded('input-transcript')) ?? header('input-transcript'),
    encodedInputTranscript: header('encoded-input-transcript'),
    sessionId: header('session-id'),
    botVersion: header('bot-version'),
    contentType: response.headers.get('content-type') ?? undefined,
    audioStream: audio.length ? audio : undefined,
  }
}

function callOf({ bot, botName, userId, signal }: Said, operation: string) {
  const { alias, region, endpoint } = bot
  const base = endpoint?.replace(/\/$/, '') ?? `https://runtime.lex.${region}.${dnsSuffix(region)}`
  const [name, to, user] = [botName, alias, userId].map(encodeURIComponent)
  return {
    method: 'POST',
    url: `${base}/bot/${name}/alias/${to}/user/${user}/${operation}`,
    authorize: sigv4({ service: 'lex', region }),
    signal,
  }
}

import { randomUUID } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Input, ServiceError } from '../awsJson.js'
import type { Functions } from '../functions.js'
import type { RestCall, RestTable } from '../restJson.js'
import type { WireResponse, World } from '../service.js'
import { FALLBACK, hear, newSession, type Session } from './dialog.js'
import { fulfill } from './fulfillment.js'
import type { BotPlan } from './plan.js'
import type { Sessions } from './sessions.js'
import type { SlotValue } from './slots.js'
import { heard, voiced } from './speech.js'

// The Lex V2 runtime: https://docs.aws.amazon.com/lexv2/latest/APIReference/API_Operations_Amazon_Lex_Runtime_V2.html

/** The alias that every bot on AWS has for trying it out. */
export const ALIAS = 'TSTALIASID'

export const invalid = (message: string) => new ServiceError('ValidationException', message)

const SESSION = '/bots/{botId}/botAliases/{botAliasId}/botLocales/{localeId}/sessions/{sessionId}'

export function lexV2Table(world: World, sessions: Sessions, functions: Functions): RestTable {
  const botOf = ({ path }: RestCall): BotPlan => {
    const { botId, botAliasId, localeId } = path
    const bot = world.plan.local?.lex?.bots.find(({ id }) => id === botId)
    if (!bot) throw missing(`There is no bot with the id ${botId}.`)
    if (botAliasId !== ALIAS) throw missing(`The bot ${bot.name} has no alias ${botAliasId}.`)
    if (localeId !== bot.localeId) throw missing(`The bot ${bot.name} does not speak ${localeId}.`)
    return bot
  }
  const sessionIdOf = ({ path }: RestCall): string => {
    if (/^[0-9a-zA-Z._:-]{2,100}$/.test(path.sessionId!)) return path.sessionId!
    throw invalid('sessionId must be 2 to 100 letters, digits and ._:-')
  }
  const say = async (call: RestCall, said: Said) => {
    const bot = botOf(call)
    const id = sessionIdOf(call)
    const session = await sessions.turn(bot, id, (before) => {
      const now = hear(applied(before, said.sessionState, bot), said.text, bot, world.clock.now())
      return fulfill(now, bot, functions, (ready) => eventOf(ready, bot, id, said))
    })
    return { bot, id, session }
  }

  return {
    [`RecognizeText POST ${SESSION}/text`]: async (call) => {
      const { text, sessionState, requestAttributes = {} } = await call.input()
      if (typeof text !== 'string' || !text.trim() || text.length > 1024)
        throw invalid('text must have 1 to 1024 characters.')
      const said = {
        text,
        mode: 'Text' as const,
        sessionState,
        requestAttributes: requestAttributes as Attributes,
      }
      const { id, session } = await say(call, said)
      return { ...answerOf(session), sessionId: id, requestAttributes: said.requestAttributes }
    },

    [`RecognizeUtterance POST ${SESSION}/utterance`]: async (call) => {
      const { headers } = call.request
      const input = await heard(call.request)
      if ('unsupported' in input) throw invalid(`The content type ${input.unsupported} is not supported.`)
      const requestAttributes = (unpacked(headers, 'x-amz-lex-request-attributes') ?? {}) as Attributes
      const sessionState = unpacked(headers, 'x-amz-lex-session-state')
      const { id, session } = await say(call, { ...input, sessionState, requestAttributes })
      const usual = input.mode === 'Text' ? 'text/plain; charset=utf-8' : 'audio/mpeg'
      return packed(session, headers['response-content-type'] ?? usual, id, {
        'x-amz-lex-input-mode': input.mode,
        'x-amz-lex-input-transcript': pack(input.text),
        'x-amz-lex-request-attributes': pack(requestAttributes),
      })
    },

    [`PutSession POST ${SESSION}`]: async (call) => {
      const bot = botOf(call)
      const id = sessionIdOf(call)
      const { sessionState, messages = [] } = await call.input()
      if (typeof sessionState !== 'object' || !sessionState) throw invalid('sessionState must be an object.')
      const session = applied(newSession(), sessionState, bot)
      session.messages = (messages as { content?: string }[]).flatMap(({ content }) => content ?? [])
      sessions.write(bot, id, session)
      return packed(session, call.request.headers['response-content-type'] ?? 'text/plain; charset=utf-8', id)
    },

    [`GetSession GET ${SESSION}`]: async (call) => {
      const session = sessions.read(botOf(call), sessionIdOf(call))
      if (!session) throw missing(`There is no session ${call.path.sessionId}.`)
      return { ...answerOf(session), sessionId: call.path.sessionId }
    },

    [`DeleteSession DELETE ${SESSION}`]: async (call) => {
      const { botId, botAliasId: aliasId, localeId, sessionId } = call.path
      if (!sessions.remove(botOf(call), sessionIdOf(call))) throw missing(`There is no session ${sessionId}.`)
      return { botId, botAliasId: aliasId, localeId, sessionId }
    },
  }
}

type Attributes = Record<string, string>

interface Said {
  text: string
  mode: 'Speech' | 'Text'
  sessionState?: unknown
  requestAttributes: Attributes
}

const missing = (message: string) => new ServiceError('ResourceNotFoundException', message, 404)

/** What the client says about where the conversation is overrules what the bot remembers. */
function applied(before: Session, state: unknown, bot: BotPlan): Session {
  const { sessionAttributes, intent, dialogAction } = (state ?? {}) as {
    sessionAttributes?: Attributes
    intent?: { name?: string; slots?: Record<string, { value?: SlotValue } | null> }
    dialogAction?: { type?: string; slotToElicit?: string }
  }
  const session = { ...before, ...(sessionAttributes && { sessionAttributes }) }
  if (!intent) return session
  const plan = bot.intents.find(({ name }) => name === intent.name)
  if (!plan) throw invalid(`The bot ${bot.name} has no intent ${intent.name}.`)
  const { slotToElicit } = dialogAction ?? {}
  if (slotToElicit && !plan.slots.some(({ name }) => name === slotToElicit))
    throw invalid(`The intent ${plan.name} has no slot ${slotToElicit}.`)
  return {
    ...newSession(),
    ...{ sessionAttributes: session.sessionAttributes, intent: plan.name },
    slots: Object.fromEntries(plan.slots.map(({ name }) => [name, intent.slots?.[name]?.value ?? null])),
    ...(dialogAction?.type === 'ConfirmIntent' && plan.confirmation && { action: 'ConfirmIntent' as const }),
    ...(slotToElicit && { action: 'ElicitSlot' as const, slotToElicit }),
  }
}

/** The answer of every operation, spelled as on the wire. */
function answerOf(session: Session) {
  const { sessionAttributes, action, slotToElicit, messages, score } = session
  const intent = intentOf(session)
  const fallback = { intent: { name: FALLBACK, slots: {} }, interpretationSource: 'Lex' }
  return {
    ...(messages.length && { messages: messages.map((content) => ({ content, contentType: 'PlainText' })) }),
    sessionState: {
      dialogAction: { type: action, ...(slotToElicit && { slotToElicit }) },
      ...(intent && { intent }),
      ...{ sessionAttributes, activeContexts: [], originatingRequestId: randomUUID() },
    },
    interpretations: [
      ...(intent && intent.name !== FALLBACK
        ? [{ intent, nluConfidence: { score: score ?? 1 }, interpretationSource: 'Lex' }]
        : []),
      fallback,
    ],
  }
}

function intentOf({ intent, slots, state, confirmation }: Session) {
  if (!intent) return undefined
  const shaped = Object.entries(slots).map(([name, value]) => [name, value && { shape: 'Scalar', value }])
  return { name: intent, slots: Object.fromEntries(shaped), state, confirmationState: confirmation }
}

/** https://docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html */
function eventOf(
  session: Session,
  bot: BotPlan,
  sessionId: string,
  { text, mode, requestAttributes }: Said,
): object {
  const { sessionState, interpretations } = answerOf(session)
  return {
    ...{ messageVersion: '1.0', invocationSource: 'FulfillmentCodeHook', inputMode: mode, sessionId },
    ...{ inputTranscript: text, responseContentType: 'text/plain; charset=utf-8' },
    bot: {
      ...{ id: bot.id, name: bot.name, aliasId: ALIAS, aliasName: 'TestBotAlias' },
      ...{ localeId: bot.localeId, version: 'DRAFT' },
    },
    ...{ sessionState, interpretations, requestAttributes, transcriptions: [] },
  }
}

const pack = (value: unknown) => gzipSync(JSON.stringify(value)).toString('base64')

function unpacked(headers: Record<string, string>, name: string): Input | undefined {
  const text = headers[name]
  if (!text) return undefined
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as Input
  } catch {
    throw invalid(`The header ${name} must be JSON, compressed with gzip and encoded with Base64.`)
  }
}

function packed(
  session: Session,
  type: string,
  sessionId: string,
  more: Record<string, string> = {},
): WireResponse {
  const { messages, sessionState, interpretations } = answerOf(session)
  return {
    status: 200,
    headers: {
      ...{ 'content-type': type, 'x-amzn-requestid': randomUUID(), 'x-amz-lex-session-id': sessionId },
      ...(messages && { 'x-amz-lex-messages': pack(messages) }),
      ...{
        'x-amz-lex-session-state': pack(sessionState),
        'x-amz-lex-interpretations': pack(interpretations),
      },
      ...more,
    },
    body: voiced(session.messages, type),
  }
}

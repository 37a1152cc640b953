import { randomUUID } from 'node:crypto'
import { type Input, ServiceError } from '../awsJson.js'
import type { Functions } from '../functions.js'
import type { RestCall, RestTable } from '../restJson.js'
import type { WireResponse, World } from '../service.js'
import { FALLBACK, hear, newSession, type Session } from './dialog.js'
import { fulfill } from './fulfillment.js'
import type { BotPlan } from './plan.js'
import type { Sessions } from './sessions.js'
import { heard, voiced } from './speech.js'

// The Lex V1 runtime: https://docs.aws.amazon.com/lex/latest/dg/API_Operations_Amazon_Lex_Runtime_Service.html

/** What the outputs call it; `$LATEST` is the same. */
export const ALIAS_V1 = 'sandbox'

export const badRequest = (message: string) => new ServiceError('BadRequestException', message)

const USER = '/bot/{botName}/alias/{botAlias}/user/{userId}'

export function lexV1Table(world: World, sessions: Sessions, functions: Functions): RestTable {
  const botOf = ({ path }: RestCall): BotPlan => {
    const bot = world.plan.local?.lex?.bots.find(({ name }) => name === path.botName)
    if (bot && [ALIAS_V1, '$LATEST'].includes(path.botAlias!)) return bot
    throw new ServiceError(
      'NotFoundException',
      `There is no bot ${path.botName} with the alias ${path.botAlias}.`,
      404,
    )
  }
  const userOf = ({ path }: RestCall): string => {
    if (/^[0-9a-zA-Z._:-]{2,100}$/.test(path.userId!)) return path.userId!
    throw badRequest('userId must be 2 to 100 letters, digits and ._:-')
  }
  const say = (
    call: RestCall,
    text: string,
    sessionAttributes: Attributes | undefined,
    requestAttributes: Attributes,
  ) => {
    const bot = botOf(call)
    const userId = userOf(call)
    return sessions.turn(bot, userId, (before) => {
      const told = { ...before, ...(sessionAttributes && { sessionAttributes }) }
      return fulfill(hear(told, text, bot, world.clock.now()), bot, functions, (ready) =>
        eventOf(ready, bot, { userId, text, requestAttributes, alias: call.path.botAlias! }),
      )
    })
  }

  return {
    [`PostText POST ${USER}/text`]: async (call) => {
      const { inputText, sessionAttributes, requestAttributes = {} } = await call.input()
      if (typeof inputText !== 'string' || !inputText.trim() || inputText.length > 1024)
        throw badRequest('inputText must have 1 to 1024 characters.')
      const session = await say(
        call,
        inputText,
        sessionAttributes as Attributes,
        requestAttributes as Attributes,
      )
      return { ...answerOf(session), sessionId: call.path.userId, botVersion: '$LATEST' }
    },

    [`PostContent POST ${USER}/content`]: async (call) => {
      const { headers } = call.request
      const input = await heard(call.request)
      if ('unsupported' in input)
        throw new ServiceError(
          'UnsupportedMediaTypeException',
          `The content type ${input.unsupported} is not supported.`,
          415,
        )
      const sessionAttributes = unpacked(headers, 'x-amz-lex-session-attributes') as Attributes | undefined
      const requestAttributes = (unpacked(headers, 'x-amz-lex-request-attributes') ?? {}) as Attributes
      const session = await say(call, input.text, sessionAttributes, requestAttributes)
      const accept =
        headers.accept?.startsWith('text/') || headers.accept?.startsWith('audio/')
          ? headers.accept
          : 'audio/mpeg'
      return packed(session, accept, call.path.userId!, {
        'x-amz-lex-encoded-input-transcript': Buffer.from(input.text).toString('base64'),
        'x-amz-lex-bot-version': '$LATEST',
      })
    },

    [`PutSession POST ${USER}/session`]: async (call) => {
      const bot = botOf(call)
      const { sessionAttributes = {}, dialogAction } = await call.input()
      const session = {
        ...newSession(),
        sessionAttributes: sessionAttributes as Attributes,
        ...placed(dialogAction, bot),
      }
      sessions.write(bot, userOf(call), session)
      return packed(session, 'text/plain;charset=utf-8', call.path.userId!)
    },

    [`GetSession GET ${USER}/session`]: async (call) => {
      const session = sessions.read(botOf(call), userOf(call))
      if (!session)
        throw new ServiceError('NotFoundException', `There is no session of ${call.path.userId}.`, 404)
      const { intentName, slots, slotToElicit, sessionAttributes } = answerOf(session)
      return {
        ...{ sessionId: call.path.userId, sessionAttributes, activeContexts: [] },
        dialogAction: { type: session.action, intentName, slots, slotToElicit },
        recentIntentSummaryView: intentName
          ? [{ intentName, slots, dialogActionType: session.action, slotToElicit }]
          : [],
      }
    },

    [`DeleteSession DELETE ${USER}/session`]: async (call) => {
      if (!sessions.remove(botOf(call), userOf(call)))
        throw new ServiceError('NotFoundException', `There is no session of ${call.path.userId}.`, 404)
      const { botName, botAlias, userId } = call.path
      return { botName, botAlias, userId, sessionId: userId }
    },
  }
}

type Attributes = Record<string, string>

function placed(action: unknown, bot: BotPlan): Partial<Session> {
  const {
    type,
    intentName,
    slots = {},
    slotToElicit,
  } = (action ?? {}) as {
    type?: string
    intentName?: string
    slots?: Attributes
    slotToElicit?: string
  }
  if (!intentName) return {}
  const intent = bot.intents.find(({ name }) => name === intentName)
  if (!intent) throw badRequest(`The bot ${bot.name} has no intent ${intentName}.`)
  const slot = intent.slots.find(({ name }) => name === slotToElicit)
  if (type === 'ElicitSlot' && !slot)
    throw badRequest(`The intent ${intentName} has no slot ${slotToElicit}.`)
  return {
    intent: intentName,
    slots: Object.fromEntries(
      intent.slots.map(({ name }) => {
        const value = slots[name]
        return [
          name,
          value ? { originalValue: value, interpretedValue: value, resolvedValues: [value] } : null,
        ]
      }),
    ),
    ...(type === 'ElicitSlot' &&
      slot && { action: 'ElicitSlot' as const, slotToElicit: slot.name, messages: [slot.prompt] }),
  }
}

/** What V1 calls the state that a conversation is in. */
function dialogState({ action, state }: Session): string {
  return action === 'Close' ? state : action
}

function answerOf(session: Session) {
  const { intent, slots, sessionAttributes, slotToElicit, messages, score } = session
  const known = intent && intent !== FALLBACK
  return {
    ...(known && {
      intentName: intent,
      nluIntentConfidence: { score: score ?? 1 },
      slots: Object.fromEntries(
        Object.entries(slots).map(([name, value]) => [name, value?.interpretedValue ?? null]),
      ),
    }),
    ...{ alternativeIntents: [], sessionAttributes, activeContexts: [] },
    ...(messages.length && { message: messages.join('\n'), messageFormat: 'PlainText' }),
    // Who is not understood is asked what they want: V1 has no intent for it.
    dialogState: intent === FALLBACK ? 'ElicitIntent' : dialogState(session),
    ...(slotToElicit && { slotToElicit }),
  }
}

/** https://docs.aws.amazon.com/lex/latest/dg/lambda-input-response-format.html */
function eventOf(
  session: Session,
  bot: BotPlan,
  {
    userId,
    text,
    requestAttributes,
    alias,
  }: { userId: string; text: string; requestAttributes: Attributes; alias: string },
): object {
  const { intentName: name, slots } = answerOf(session)
  const details = Object.entries(session.slots).map(([slot, value]) => [
    slot,
    value && {
      resolutions: value.resolvedValues.map((each) => ({ value: each })),
      originalValue: value.originalValue,
    },
  ])
  return {
    ...{ messageVersion: '1.0', invocationSource: 'FulfillmentCodeHook', userId, outputDialogMode: 'Text' },
    ...{ sessionAttributes: session.sessionAttributes, requestAttributes, inputTranscript: text },
    bot: { name: bot.name, alias, version: '$LATEST' },
    currentIntent: {
      ...{ name, slots, slotDetails: Object.fromEntries(details), confirmationStatus: session.confirmation },
    },
  }
}

const pack = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

function unpacked(headers: Record<string, string>, name: string): Input | undefined {
  const text = headers[name]
  if (!text) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Input
  } catch {
    throw badRequest(`The header ${name} must be JSON, encoded with Base64.`)
  }
}

function packed(
  session: Session,
  type: string,
  sessionId: string,
  more: Record<string, string> = {},
): WireResponse {
  const answer = answerOf(session)
  const { message } = answer
  const headers: Record<string, string> = {
    ...{ 'content-type': type, 'x-amzn-requestid': randomUUID(), 'x-amz-lex-session-id': sessionId },
    'x-amz-lex-dialog-state': answer.dialogState,
    'x-amz-lex-session-attributes': pack(answer.sessionAttributes),
    'x-amz-lex-active-contexts': pack([]),
    ...more,
  }
  if (answer.intentName) {
    headers['x-amz-lex-intent-name'] = answer.intentName
    headers['x-amz-lex-slots'] = pack(answer.slots)
    headers['x-amz-lex-nlu-intent-confidence'] = pack(answer.nluIntentConfidence)
  }
  if (answer.slotToElicit) headers['x-amz-lex-slot-to-elicit'] = answer.slotToElicit
  if (message) {
    headers['x-amz-lex-encoded-message'] = Buffer.from(message).toString('base64')
    headers['x-amz-lex-message-format'] = 'PlainText'
  }
  return { status: 200, headers, body: voiced(session.messages, type) }
}

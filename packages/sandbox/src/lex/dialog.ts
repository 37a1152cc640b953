import type { BotPlan, IntentPlan, SlotPlan } from './plan.js'
import { type SlotValue, slotValue } from './slots.js'
import { understand } from './understanding.js'

// What a bot says next. Both generations of Lex tell the same conversation, each in its own words.

export type IntentState = 'Failed' | 'Fulfilled' | 'InProgress' | 'ReadyForFulfillment'

/** A conversation as it is kept from one turn to the next. */
export interface Session {
  sessionAttributes: Record<string, string>
  intent?: string
  slots: Record<string, SlotValue | null>
  state: IntentState
  confirmation: 'Confirmed' | 'Denied' | 'None'
  /** What the bot waits for. */
  action: 'Close' | 'ConfirmIntent' | 'ElicitIntent' | 'ElicitSlot'
  slotToElicit?: string
  /** How often it has asked for the same without being understood. */
  misunderstood: number
  /** What was said last, for whoever asks for the session. */
  messages: string[]
  /** How sure the bot is of the intent. */
  score?: number
}

export const FALLBACK = 'FallbackIntent'
/** As often it asks again. */
const PATIENCE = 2

export const newSession = (): Session => ({
  ...{ sessionAttributes: {}, slots: {}, misunderstood: 0, messages: [] },
  ...{ state: 'InProgress', confirmation: 'None', action: 'ElicitIntent' },
})

/** The next turn, up to where the intent is to be fulfilled: then `state` is `ReadyForFulfillment`. */
export function hear(before: Session, text: string, bot: BotPlan, now: number): Session {
  const intent = bot.intents.find(({ name }) => name === before.intent)
  if (intent && before.action === 'ConfirmIntent') return hearConfirmation(before, text, bot, intent)
  if (intent && before.action === 'ElicitSlot') return hearSlot(before, text, bot, intent, now)
  return hearIntent(before, text, bot, now)
}

function hearIntent(before: Session, text: string, bot: BotPlan, now: number): Session {
  const understood = understand(text, bot, now)
  if (!understood) return fallBack(before, bot)
  const { intent, slots, score } = understood
  const known = Object.fromEntries(intent.slots.map(({ name }) => [name, slots[name] ?? null]))
  return goOn({ ...newSession(), ...kept(before), intent: intent.name, slots: known, score }, intent)
}

function hearSlot(before: Session, text: string, bot: BotPlan, intent: IntentPlan, now: number): Session {
  const slot = intent.slots.find(({ name }) => name === before.slotToElicit)!
  const value = slotValue(slot.type, text, bot, now)
  // Somebody who asks for something else, in so many words, has changed their mind.
  const other = understand(text, bot, now)
  if (other && other.score === 1 && other.intent !== intent) return hearIntent(before, text, bot, now)
  if (!value) return askAgain(before, bot, slot.prompt)
  return goOn({ ...before, slots: { ...before.slots, [slot.name]: value }, misunderstood: 0 }, intent)
}

function hearConfirmation(before: Session, text: string, bot: BotPlan, intent: IntentPlan): Session {
  const { prompt, declined } = intent.confirmation!
  if (/^\W*(y|yes|yeah|yep|sure|ok|okay|correct|right|confirm|please do)\b/i.test(text))
    return ready({ ...before, confirmation: 'Confirmed' })
  if (/^\W*(n|no|nope|not|cancel|wrong|never)\b/i.test(text)) {
    const messages = declined ? [filled(declined, before)] : []
    return { ...before, confirmation: 'Denied', state: 'Failed', action: 'Close', messages }
  }
  return askAgain(before, bot, prompt)
}

/** Asks for what is missing, then whether all is right, then it is ready. */
export function goOn(session: Session, intent: IntentPlan): Session {
  const missing = intent.slots.find(({ name, required }) => required && !session.slots[name])
  if (missing) return ask(session, missing)
  if (intent.confirmation && session.confirmation === 'None') {
    const { slotToElicit: _, ...rest } = session
    return {
      ...rest,
      ...{ state: 'InProgress', action: 'ConfirmIntent', misunderstood: 0 },
      messages: [filled(intent.confirmation.prompt, session)],
    }
  }
  return ready(session)
}

function ask(session: Session, { name, prompt }: SlotPlan): Session {
  return {
    ...session,
    ...{ state: 'InProgress', action: 'ElicitSlot', slotToElicit: name },
    messages: [filled(prompt, session)],
  }
}

function askAgain(before: Session, bot: BotPlan, prompt: string): Session {
  if (before.misunderstood < PATIENCE)
    return { ...before, misunderstood: before.misunderstood + 1, messages: [filled(prompt, before)] }
  const { slotToElicit: _, ...rest } = before
  return { ...rest, state: 'Failed', action: 'Close', messages: bot.fallback ? [bot.fallback] : [] }
}

function ready(session: Session): Session {
  const { slotToElicit: _, ...rest } = session
  return { ...rest, state: 'ReadyForFulfillment', action: 'Close', messages: [] }
}

function fallBack(before: Session, bot: BotPlan): Session {
  return {
    ...newSession(),
    ...kept(before),
    ...{ intent: FALLBACK, state: 'ReadyForFulfillment', action: 'Close' },
    messages: bot.fallback ? [bot.fallback] : [],
  }
}

const kept = ({ sessionAttributes }: Session) => ({ sessionAttributes })

/** `{City}` is a slot, `[name]` an attribute of the session. */
export function filled(text: string, { slots, sessionAttributes }: Session): string {
  return text
    .replace(/\{(\w+)\}/g, (_, name: string) => slots[name]?.interpretedValue ?? '')
    .replace(/\[(\w+)\]/g, (_, name: string) => sessionAttributes[name] ?? '')
}

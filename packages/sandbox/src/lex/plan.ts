import { createHash } from 'node:crypto'
import type { BotEvent, BotProps, IntentProps, LexProps, LocalAccess } from '@backline/schema/backend'
import { functionPlan } from '../functionPlanOf.js'
import { checkedAccess, checkNames } from '../localNames.js'
import type { FunctionPlan, Warn } from '../plan.js'
import { isBuiltIn } from './slots.js'

export interface LexPlan {
  access?: LocalAccess
  bots: BotPlan[]
}

export interface BotPlan {
  /** Ten letters and digits, always the same for a name. */
  id: string
  name: string
  localeId: string
  intents: IntentPlan[]
  /** Each value with all that may be said for it. */
  slotTypes: Record<string, { value: string; synonyms: string[] }[]>
  fallback?: string
}

export interface IntentPlan {
  name: string
  sampleUtterances: string[]
  slots: SlotPlan[]
  confirmation?: { prompt: string; declined?: string }
  fulfillment?: FunctionPlan | ((event: BotEvent) => unknown)
  closing?: string
}

export interface SlotPlan {
  name: string
  type: string
  prompt: string
  required: boolean
}

const NAME = /^[\w-]{1,100}$/

/** @throws {Error} that names the bot, the intent and the slot. */
export function lexPlan({ bots, ...rest }: LexProps, warn: Warn): LexPlan {
  checkNames('lex.bots', bots, NAME)
  return { ...checkedAccess('lex', rest), bots: bots.map((bot) => botPlan(bot, warn)) }
}

function botPlan(
  { name, localeId = 'en_US', intents, slotTypes = [], fallback }: BotProps,
  warn: Warn,
): BotPlan {
  checkNames(`lex.bots '${name}': slotTypes`, slotTypes, NAME)
  checkNames(`lex.bots '${name}': intents`, intents, NAME)
  const types = Object.fromEntries(
    slotTypes.map(({ name: type, values }) => [
      type,
      values.map((each) =>
        typeof each === 'string'
          ? { value: each, synonyms: [] }
          : { value: each.value, synonyms: each.synonyms ?? [] },
      ),
    ]),
  )
  return {
    id: idOf(name),
    ...{ name, localeId, slotTypes: types },
    ...(fallback !== undefined && { fallback }),
    intents: intents.map((intent) =>
      intentPlan(`lex.bots '${name}': the intent '${intent.name}'`, intent, types, warn),
    ),
  }
}

function intentPlan(
  where: string,
  { name, sampleUtterances, slots = [], confirmation, fulfillment, closing }: IntentProps,
  types: BotPlan['slotTypes'],
  warn: Warn,
): IntentPlan {
  const bad = (problem: string) => new Error(`defineLocal: ${where} ${problem}`)
  checkNames(`${where}: slots`, slots, NAME)
  if (!Array.isArray(sampleUtterances) || !sampleUtterances.length)
    throw bad('needs sampleUtterances, such as ["book a hotel"].')
  for (const { name: slot, type, prompt } of slots) {
    if (!isBuiltIn(type) && !Object.hasOwn(types, type))
      throw bad(
        `has the slot '${slot}' of the type '${type}', which is neither in slotTypes nor one of AMAZON's that are known here.`,
      )
    if (typeof prompt !== 'string' || !prompt) throw bad(`has the slot '${slot}' without a prompt.`)
  }
  const known = slots.map((slot) => slot.name)
  for (const utterance of sampleUtterances) {
    const strange = [...utterance.matchAll(/\{(\w+)\}/g)]
      .map(([, slot]) => slot!)
      .find((slot) => !known.includes(slot))
    if (strange) throw bad(`says '${utterance}', and has no slot '${strange}'.`)
  }
  return {
    ...{ name, sampleUtterances },
    slots: slots.map((slot) => ({ ...slot, required: slot.required ?? true })),
    ...(confirmation && { confirmation }),
    ...(closing !== undefined && { closing }),
    ...(fulfillment && {
      fulfillment: typeof fulfillment === 'function' ? fulfillment : functionPlan(fulfillment, warn),
    }),
  }
}

function idOf(name: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`).toString(36)
  return digits.slice(0, 10).toUpperCase()
}

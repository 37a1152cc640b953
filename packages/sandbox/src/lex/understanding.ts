import type { BotPlan, IntentPlan } from './plan.js'
import { plain, type SlotValue, slotValue } from './slots.js'

// Which intent a text is about. A sample utterance that fits word by word is certain; else the one that shares most words wins.

export interface Understood {
  intent: IntentPlan
  /** Slots whose values were said along with it. */
  slots: Record<string, SlotValue>
  /** 0 to 1. */
  score: number
}

/** Below this nothing has been understood. */
const LEAST = 0.5

export function understand(text: string, bot: BotPlan, now: number): Understood | undefined {
  let best: Understood | undefined
  for (const intent of bot.intents) {
    for (const utterance of intent.sampleUtterances) {
      const said = saidIn(utterance, text, intent, bot, now)
      const score = said?.score ?? likeness(utterance, text)
      if (score >= LEAST && (!best || score > best.score)) best = { intent, slots: said?.slots ?? {}, score }
    }
  }
  return best
}

/** Does the text say the utterance word by word, or end with it? Then with these values of its slots. */
function saidIn(
  utterance: string,
  text: string,
  intent: IntentPlan,
  bot: BotPlan,
  now: number,
): Omit<Understood, 'intent'> | undefined {
  const names: string[] = []
  const pattern = utterance
    .split(/(\{\w+\})/)
    .map((part) => {
      const slot = /^\{(\w+)\}$/.exec(part)?.[1]
      if (!slot) return plain(part).replace(/[^\p{L}\p{N}\s]/gu, '\\$&')
      names.push(slot)
      return '(.+?)'
    })
    .filter(Boolean)
    .join('\\s*')
  const [whole, lead, ...said] = new RegExp(`^(.* )?${pattern}$`, 'iu').exec(plain(text)) ?? []
  if (whole === undefined) return undefined
  const values: Understood['slots'] = {}
  for (const [at, name] of names.entries()) {
    const { type } = intent.slots.find((slot) => slot.name === name)!
    const value = slotValue(type, said[at]!, bot, now)
    if (!value) return undefined
    values[name] = value
  }
  return { slots: values, score: lead ? 0.9 : 1 }
}

/** Words that say nothing about what is wanted. */
const FILLERS = new Set(
  'a an the i we you to in for of on at my me is it please would like want can could hello hi'.split(' '),
)

/** The share of words that both have, of the words that either has (Dice's). */
function likeness(utterance: string, text: string): number {
  const wordsOf = (each: string) =>
    new Set(
      plain(each.replace(/\{\w+\}/g, ' '))
        .split(' ')
        .filter((word) => word && !FILLERS.has(word)),
    )
  const [one, other] = [wordsOf(utterance), wordsOf(text)]
  if (!one.size || !other.size) return 0
  const common = [...one].filter((word) => other.has(word)).length
  // All of the utterance in a longer text is a good sign as well.
  return Math.max((2 * common) / (one.size + other.size), common === one.size ? 0.6 : 0)
}

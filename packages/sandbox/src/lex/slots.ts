import type { BotPlan } from './plan.js'

// What somebody says for a slot, as the bot takes it down. English only, and no more clever than a demonstration needs.
// https://docs.aws.amazon.com/lexv2/latest/dg/howitworks-builtins-slots.html

export interface SlotValue {
  originalValue: string
  interpretedValue: string
  resolvedValues: string[]
}

/** Finds a value of its kind anywhere in the text; `now` is for dates that are told from today. */
type Reader = (text: string, now: number) => string | undefined

const UNITS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
]
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const DAY = 86_400_000

const number: Reader = (text) => {
  const digits = /-?\d+(\.\d+)?/.exec(text)?.[0]
  if (digits) return digits
  const words = text.toLowerCase().split(/[^a-z]+/)
  for (const [at, word] of words.entries()) {
    const tens = TENS.indexOf(word)
    const unit = UNITS.indexOf(tens < 0 ? word : (words[at + 1] ?? ''))
    if (tens >= 0) return String((tens + 2) * 10 + (unit > 0 && unit < 10 ? unit : 0))
    if (unit >= 0) return String(unit)
  }
  return /\ba\b/i.test(text) && words.length <= 3 ? '1' : undefined
}

const date: Reader = (text, now) => {
  const lower = text.toLowerCase()
  const iso = (time: number) => new Date(time).toISOString().slice(0, 10)
  const written = /\b(\d{4})-(\d\d)-(\d\d)\b/.exec(lower)
  if (written) return written[0]
  const slashed = /\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(lower)
  if (slashed) return checkedDate(Number(slashed[3]), Number(slashed[1]), Number(slashed[2]))
  if (/\bday after tomorrow\b/.test(lower)) return iso(now + 2 * DAY)
  if (/\btomorrow\b/.test(lower)) return iso(now + DAY)
  if (/\b(today|tonight)\b/.test(lower)) return iso(now)
  const weekday = DAYS.findIndex((day) => lower.includes(day))
  if (weekday >= 0) return iso(now + (((weekday - new Date(now).getUTCDay() + 6) % 7) + 1) * DAY)
  const month = MONTHS.findIndex((name) =>
    new RegExp(`\\b${name.slice(0, 3)}(${name.slice(3)})?\\b`).test(lower),
  )
  const day = /\b(\d{1,2})(st|nd|rd|th)?\b/.exec(lower)?.[1]
  if (month < 0 || !day) return undefined
  const said = /\b\d{4}\b/.exec(lower)?.[0]
  const thisYear = new Date(now).getUTCFullYear()
  // A day that has gone by is meant for the next year.
  const gone = Date.UTC(thisYear, month, Number(day)) < now - DAY
  return checkedDate(said ? Number(said) : thisYear + (gone ? 1 : 0), month + 1, Number(day))
}

function checkedDate(year: number, month: number, day: number): string | undefined {
  const time = new Date(Date.UTC(year, month - 1, day))
  return time.getUTCMonth() === month - 1 && time.getUTCDate() === day
    ? time.toISOString().slice(0, 10)
    : undefined
}

const time: Reader = (text) => {
  const lower = text.toLowerCase()
  if (/\bnoon\b/.test(lower)) return '12:00'
  if (/\bmidnight\b/.test(lower)) return '00:00'
  const [, hour, minute, half] = /\b(\d{1,2})(?::(\d\d))?\s*([ap]\.?m\.?)?\b/.exec(lower) ?? []
  if (!hour || (!minute && !half && !/o'?clock|\bat\b/.test(lower))) return undefined
  const hours = (Number(hour) % (half ? 12 : 24)) + (half?.startsWith('p') ? 12 : 0)
  return Number(minute ?? 0) < 60
    ? `${String(hours).padStart(2, '0')}:${(minute ?? '00').padStart(2, '0')}`
    : undefined
}

const duration: Reader = (text, now) => {
  const [, unit] = /\b(minute|hour|day|night|week|month|year)s?\b/i.exec(text) ?? []
  const count = unit && number(text, now)
  if (!count) return undefined
  const letter = unit.toLowerCase() === 'night' ? 'D' : unit[0]!.toUpperCase()
  return /^(minute|hour)/i.test(unit) ? `PT${count}${letter}` : `P${count}${letter}`
}

/** Words without those that only lead to them: `to Oslo please` is `Oslo`. */
const words: Reader = (text) => {
  const bare = text
    .trim()
    .replace(/^((i|we|it'?s|in|to|at|for|from|the|my|is|am|name|want|would|like|please|a|an)\s+)+/i, '')
    .replace(/[\s,.!?]*(please|thanks|thank you)?[\s,.!?]*$/i, '')
  return /\p{L}/u.test(bare) && bare.split(/\s+/).length <= 5 ? bare : undefined
}
const name: Reader = (text, now) =>
  words(text, now)?.replace(/(^|[\s-])\p{Ll}/gu, (start) => start.toUpperCase())

const READERS: Record<string, Reader> = {
  AlphaNumeric: (text) => /^[\s]*([\p{L}\p{N}-]+)[\s.!?]*$/u.exec(text)?.[1],
  City: name,
  Country: name,
  Date: date,
  Duration: duration,
  EmailAddress: (text) => /[^\s@]+@[^\s@]+\.[\w-]+/.exec(text)?.[0],
  FirstName: name,
  FreeFormInput: (text) => text.trim() || undefined,
  LastName: name,
  Number: number,
  PhoneNumber: (text) => /\+?\d[\d ()-]{5,}\d/.exec(text)?.[0].replace(/[^\d+]/g, ''),
  Time: time,
}

const builtIn = (type: string) => /^AMAZON\.(\w+)$/.exec(type)?.[1] ?? ''

export const isBuiltIn = (type: string): boolean => Object.hasOwn(READERS, builtIn(type))

/** The value that a text holds for a slot of this type; undefined where it holds none. */
export function slotValue(
  type: string,
  text: string,
  { slotTypes }: Pick<BotPlan, 'slotTypes'>,
  now: number,
): SlotValue | undefined {
  const originalValue = text.trim()
  const listed = Object.hasOwn(slotTypes, type) ? slotTypes[type] : undefined
  const value = listed
    ? listed.find((each) => [each.value, ...each.synonyms].some((said) => says(text, said)))?.value
    : READERS[builtIn(type)]!(text, now)
  return value === undefined ? undefined : { originalValue, interpretedValue: value, resolvedValues: [value] }
}

/** Are these words in the text, next to each other and whole? */
function says(text: string, wanted: string): boolean {
  return ` ${plain(text)} `.includes(` ${plain(wanted)} `)
}

/** Lower case, one blank between words, no punctuation but what values need. */
export const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@:/+.'-]+/gu, ' ')
    .replace(/[.']+(?=\s|$)/g, '')
    .trim()

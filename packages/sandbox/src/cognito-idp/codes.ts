import { randomInt, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import { forgetAttempts, limit } from './attempts.js'
import type { Pool } from './pool.js'
import type { User } from './users.js'

/** `verify:email` and `verify:phone_number` prove a changed attribute. */
export type CodePurpose = 'signUp' | 'password' | 'verify:email' | 'verify:phone_number'

export interface CodeDeliveryDetails {
  AttributeName: 'email' | 'phone_number'
  DeliveryMedium: 'EMAIL' | 'SMS'
  /** Masked. */
  Destination: string
}

const LIFETIME: Record<CodePurpose, number> = {
  signUp: 24 * 3_600_000,
  password: 3_600_000,
  'verify:email': 24 * 3_600_000,
  'verify:phone_number': 24 * 3_600_000,
}
const WORDS: Record<CodePurpose, [subject: string, sentence: string]> = {
  signUp: ['Your verification code', 'Your confirmation code is'],
  password: ['Your password reset code', 'Your password reset code is'],
  'verify:email': ['Your verification code', 'Your verification code is'],
  'verify:phone_number': ['Your verification code', 'Your verification code is'],
}
const SENDS_PER_HOUR = 20
const GUESSES_PER_HOUR = 10

/** Makes a new code, which puts out the old one, and delivers it to the inbox. */
export function sendCode(
  pool: Pool,
  user: User,
  purpose: CodePurpose,
  attribute: 'email' | 'phone_number',
  to: string = user.attributes[attribute]!,
): CodeDeliveryDetails {
  limit(pool, `send:${purpose}`, user.username, SENDS_PER_HOUR)
  const { store, clock, inbox } = pool.world
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const now = clock.now()
  store.run(
    'INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?, ?)',
    user.sub,
    purpose,
    code,
    now + LIFETIME[purpose],
    to,
  )
  const [subject, sentence] = WORDS[purpose]
  const channel = attribute === 'email' ? 'email' : 'sms'
  inbox.deliver({ channel, to, code, subject, body: `${sentence} ${code}.`, at: now })
  return deliveryTo(to)
}

/** Uses the code up and gives the address that it was sent to. @throws {ServiceError} `CodeMismatchException`, `ExpiredCodeException`, `LimitExceededException` */
export function takeCode(pool: Pool, user: User, purpose: CodePurpose, given: string): string {
  const { store, clock } = pool.world
  limit(pool, `guess:${purpose}`, user.username, GUESSES_PER_HOUR)
  const sent = store.get<{ code: string; expires_at: number; value: string }>(
    'SELECT code, expires_at, value FROM codes WHERE sub = ? AND purpose = ?',
    user.sub,
    purpose,
  )
  if (!sent || clock.now() >= sent.expires_at) throw expiredCode()
  const [one, other] = [Buffer.from(sent.code), Buffer.from(given.trim())]
  if (one.length !== other.length || !timingSafeEqual(one, other)) {
    throw new ServiceError('CodeMismatchException', 'Invalid verification code provided, please try again.')
  }
  store.run('DELETE FROM codes WHERE sub = ? AND purpose = ?', user.sub, purpose)
  forgetAttempts(pool, `guess:${purpose}`, user.username)
  return sent.value
}

/** Also the answer for users who do not exist. */
export const expiredCode = () =>
  new ServiceError('ExpiredCodeException', 'Invalid code provided, please request a code again.')

/** How the service tells where a code went without telling the address. */
export function deliveryTo(address: string): CodeDeliveryDetails {
  const [name, domain] = address.split('@')
  return domain === undefined
    ? {
        AttributeName: 'phone_number',
        DeliveryMedium: 'SMS',
        Destination: `+${'*'.repeat(Math.max(0, address.length - 5))}${address.slice(-4)}`,
      }
    : {
        AttributeName: 'email',
        DeliveryMedium: 'EMAIL',
        Destination: `${name!.charAt(0)}***@${domain.charAt(0)}***`,
      }
}

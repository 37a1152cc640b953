import { randomInt, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import { forgetAttempts, limit } from './attempts.js'
import { authPlan, type Pool } from './pool.js'
import { runTrigger } from './triggers.js'
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

export interface SendOptions {
  /** Where to, if not to the user's own address. */
  to?: string
  /** Why, in the words of the custom message trigger. */
  source: string
  metadata?: Record<string, string>
}

/** Makes a new code, which puts out the old one, and delivers it to the inbox. */
export async function sendCode(
  pool: Pool,
  user: User,
  purpose: CodePurpose,
  attribute: 'email' | 'phone_number',
  { to = user.attributes[attribute]!, source, metadata = {} }: SendOptions,
): Promise<CodeDeliveryDetails> {
  limit(pool, `send:${purpose}`, user.username, SENDS_PER_HOUR)
  const { store, clock } = pool.world
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  store.run(
    'INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?, ?)',
    user.sub,
    purpose,
    code,
    clock.now() + LIFETIME[purpose],
    to,
  )
  const [subject, sentence] = WORDS[purpose]
  await deliverCode(pool, user, {
    source,
    code,
    attribute,
    to,
    metadata,
    subject,
    text: `${sentence} ${PLACE}.`,
  })
  return deliveryTo(to)
}

/** What a function writes where the code belongs. */
const PLACE = '{####}'
const NAME_PLACE = '{username}'

interface Delivery {
  source: string
  code: string
  attribute: 'email' | 'phone_number'
  to: string
  metadata: Record<string, string>
  subject?: string
  text?: string
  /** For invitations: the name to sign in with. */
  login?: string
}

/** Puts a code on its way, in the words of the custom message trigger where there is one. */
export async function deliverCode(pool: Pool, user: User, delivery: Delivery): Promise<void> {
  const { source, code, attribute, to, metadata, login } = delivery
  const { subject = 'Your authentication code', text = `Your authentication code is ${PLACE}.` } = delivery
  const { inbox, clock } = pool.world
  const custom = await runTrigger(pool, 'customMessage', {
    source,
    user,
    request: {
      codeParameter: PLACE,
      linkParameter: '{##Click Here##}',
      usernameParameter: login === undefined ? null : NAME_PLACE,
      clientMetadata: metadata,
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  })
  const byMail = attribute === 'email'
  const { from, verification, invitation, mfa } = authPlan(pool).messages ?? {}
  const own: { subject?: string; body?: string; sms?: string } | undefined =
    source === 'CustomMessage_AdminCreateUser'
      ? invitation
      : source === 'CustomMessage_Authentication'
        ? mfa
        : verification
  const words = (value: unknown) => (typeof value === 'string' && value ? value : undefined)
  const link = byMail && confirms(source) ? linkOf(pool, user, code) : undefined
  const usual = link ? 'Verify your account by clicking on {##Verify Email##}.' : text
  const body =
    words(byMail ? custom?.emailMessage : custom?.smsMessage) ?? (byMail ? own?.body : own?.sms) ?? usual
  inbox.deliver({
    channel: byMail ? 'email' : 'sms',
    to,
    code,
    ...(link ? { link } : {}),
    subject: (byMail ? (words(custom?.emailSubject) ?? own?.subject) : undefined) ?? subject,
    ...(from && byMail ? { from } : {}),
    body: (link ? withLink(body, link) : body)
      .replaceAll(PLACE, code)
      .replaceAll(NAME_PLACE, login ?? user.username),
    at: clock.now(),
  })
}

const confirms = (source: string) => /^CustomMessage_(SignUp|ResendCode)$/.test(source)

/** Where a new account is confirmed by a click, if the definition says so: https://docs.aws.amazon.com/cognito/latest/developerguide/confirm-user-endpoint.html */
function linkOf(pool: Pool, { username }: User, code: string): string | undefined {
  if (!authPlan(pool).verifyByLink) return undefined
  const query = { client_id: pool.clientId, user_name: username, confirmation_code: code }
  return `${pool.world.url}/confirmUser?${new URLSearchParams(query)}`
}

/** `{##Verify##}` becomes a link that reads so. */
const withLink = (body: string, link: string) =>
  body.replace(
    /\{##(?!##\})(.*?)##\}/g,
    (_, words: string) => `<a href="${link.replaceAll('&', '&amp;')}">${words}</a>`,
  )

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

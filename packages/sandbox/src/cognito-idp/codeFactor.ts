import { randomInt } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import { notAuthorized, parameter } from '../input.js'
import { forgetAttempts, limit } from './attempts.js'
import { deliverCode, deliveryTo } from './codes.js'
import { same } from './passwordFactor.js'
import type { Pool } from './pool.js'
import {
  type Asked,
  asked,
  type CodeChallenge,
  challenge,
  close,
  type Outcome,
  type SignIn,
  wrongCode,
} from './sessions.js'
import { findUser, saveUser, type User } from './users.js'

// Codes sent by mail or text: as a first factor (EMAIL_OTP, SMS_OTP), as a second (SMS_MFA, EMAIL_OTP), and to set the second up.

export type CodeName = 'EMAIL_OTP' | 'SMS_OTP' | 'SMS_MFA'

const SENDS_PER_HOUR = 20

interface Where {
  factor: CodeChallenge['factor']
  /** A new address, to be the user's when its code comes back. */
  enrol?: string
}

export async function sendSignInCode(
  pool: Pool,
  signIn: SignIn,
  user: User,
  name: CodeName,
  { factor, enrol }: Where,
  metadata: Record<string, string>,
) {
  const attribute = name === 'EMAIL_OTP' ? 'email' : 'phone_number'
  const to = enrol ?? user.attributes[attribute]
  if (!to)
    throw new ServiceError('InvalidParameterException', `User has no ${attribute} to deliver a code to.`)
  limit(pool, 'send:signIn', user.username, SENDS_PER_HOUR)
  const code = newCode(factor)
  await deliverCode(pool, user, { source: 'CustomMessage_Authentication', code, attribute, to, metadata })
  return askForCode(pool, signIn, name, { code, attribute, to, factor, enrols: enrol !== undefined })
}

/** The same to look at, for a name that nobody has: nothing is sent and no code is right. */
export function pretendToSendCode(pool: Pool, signIn: SignIn, name: CodeName, login: string) {
  const attribute = name === 'EMAIL_OTP' ? 'email' : 'phone_number'
  const letter = login.charAt(0)
  const to = attribute === 'email' ? (login.includes('@') ? login : `${letter}@${letter}`) : '+10000000000'
  return askForCode(pool, signIn, name, { code: newCode('first'), attribute, to, factor: 'first' })
}

/** The code came back. */
export function answerCode(
  pool: Pool,
  name: CodeName,
  session: string,
  given: Record<string, string>,
): Outcome {
  const question = asked(pool, name, session, given)
  const { signIn, data } = question
  limit(pool, 'guess:signIn', signIn.username, 20)
  const right = same(data.code, parameter(given, `${name}_CODE`).trim())
  const user = findUser(pool, signIn.username)
  if (!right || !user) throw wrongCode(pool, question, 'Invalid code or auth state for the user.')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  close(pool, question)
  forgetAttempts(pool, 'guess:signIn', signIn.username)
  return {
    at: 'proven',
    user: proven(pool, question, user),
    signIn: { ...signIn, secondDone: signIn.secondDone || data.factor === 'second' },
  }
}

/** Whoever types the code has the address. */
function proven(pool: Pool, { data, name }: Asked<CodeName>, user: User): User {
  const { attribute, to, enrols } = data
  if (!enrols && user.attributes[attribute] !== to) return user
  const changed: User = {
    ...user,
    attributes: { ...user.attributes, [attribute]: to, [`${attribute}_verified`]: 'true' },
    mfa: enrols
      ? {
          ...user.mfa,
          enabled: [
            ...new Set([
              ...(user.mfa.enabled ?? []),
              name === 'EMAIL_OTP' ? ('EMAIL_OTP' as const) : ('SMS_MFA' as const),
            ]),
          ],
        }
      : user.mfa,
  }
  saveUser(pool, changed)
  return changed
}

function askForCode(pool: Pool, signIn: SignIn, name: CodeName, data: CodeChallenge) {
  const { DeliveryMedium, Destination } = deliveryTo(data.to)
  return challenge(pool, signIn, name, data, {
    CODE_DELIVERY_DELIVERY_MEDIUM: DeliveryMedium,
    CODE_DELIVERY_DESTINATION: Destination,
    USERNAME: signIn.username,
    USER_ID_FOR_SRP: signIn.username,
  })
}

/** Six digits as a second factor, eight where the code stands for the password: both as Cognito has them. */
const newCode = (factor: CodeChallenge['factor']) => {
  const digits = factor === 'first' ? 8 : 6
  return String(randomInt(10 ** digits)).padStart(digits, '0')
}

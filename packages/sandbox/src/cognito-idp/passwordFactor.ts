import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, parameter } from '../input.js'
import { checkNotLocked, countWrongPassword } from './attempts.js'
import type { Pool } from './pool.js'
import {
  type Asked,
  ask,
  asked,
  close,
  type Outcome,
  type SignIn,
  type SrpChallenge,
  sessionOver,
} from './sessions.js'
import { isClientPublic, proof, serverPublic, sessionKey } from './srp.js'
import { findUser, passwordFits, signsInByAttribute, type User } from './users.js'

// The password, sent or proven with SRP.

const TIMESTAMP =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2} \d\d:\d\d:\d\d UTC \d{4}$/

/** Who SRP is done with: a user, or somebody who looks like one. */
export type Person = Pick<User, 'username' | 'salt' | 'verifier'>

/** The user of this name, or somebody for names that nobody has. */
export const personOf = (pool: Pool, login: string): Person => {
  const user = findUser(pool, login)
  // A user without a password goes the way of strangers, too.
  return user?.verifier
    ? user
    : { ...pretendedPerson(pool, login), ...(user ? { username: user.username } : {}) }
}

/** The server's half of SRP. */
export function startSrp(verifier: string, publicA: string): SrpChallenge {
  if (!isClientPublic(publicA)) throw invalidParameter('SRP_A is not a number between 1 and the prime.')
  const secret = randomBytes(32).toString('hex')
  return { publicA, publicB: serverPublic(verifier, secret), secret }
}

export function askForProof(pool: Pool, signIn: SignIn, login: string, publicA: string) {
  if (findUser(pool, login)?.status === 'RESET_REQUIRED') throw resetRequired()
  const person = personOf(pool, login)
  checkNotLocked(pool, person.username)
  const srp = startSrp(person.verifier, publicA)
  const companion = signIn.flow === 'USER_SRP_AUTH' ? undefined : randomBytes(384).toString('base64')
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ...(companion ? { Session: companion } : {}),
    ChallengeParameters: {
      SALT: person.salt,
      SECRET_BLOCK: ask(pool, signIn, 'PASSWORD_VERIFIER', { ...srp, companion }, { bytes: 1024 }),
      SRP_B: srp.publicB,
      USERNAME: person.username,
      USER_ID_FOR_SRP: person.username,
    },
  }
}

/** Does this answer prove knowledge of what the verifier was made from? */
export function proves(
  { data }: Asked<'PASSWORD_VERIFIER' | 'DEVICE_PASSWORD_VERIFIER'>,
  given: Record<string, string>,
  { verifier, poolName, username }: { verifier: string; poolName: string; username: string },
): boolean {
  const secretBlock = parameter(given, 'PASSWORD_CLAIM_SECRET_BLOCK')
  const signature = parameter(given, 'PASSWORD_CLAIM_SIGNATURE')
  const timestamp = parameter(given, 'TIMESTAMP')
  if (!TIMESTAMP.test(timestamp)) {
    throw invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.')
  }
  const key = sessionKey(data.publicA, data.publicB, verifier, data.secret)
  return same(proof(key, { poolName, username, secretBlock, timestamp }), signature)
}

/**
 * PASSWORD_VERIFIER. Wrong answers end a session; `wrong` may go on from there (custom flows do).
 *
 * @param mayGoOn is asked, once the password was right, before the session is used up.
 */
export async function finishSrp(
  pool: Pool,
  session: string | undefined,
  given: Record<string, string>,
  mayGoOn: (user: User) => void,
): Promise<Outcome | { at: 'wrong'; signIn: SignIn }> {
  const login = parameter(given, 'USERNAME')
  for (const name of ['PASSWORD_CLAIM_SIGNATURE', 'TIMESTAMP']) parameter(given, name)
  const question = asked(pool, 'PASSWORD_VERIFIER', parameter(given, 'PASSWORD_CLAIM_SECRET_BLOCK'), given)
  const { signIn, data } = question
  if (data.companion && !same(data.companion, session ?? '')) throw sessionOver()
  const { username } = signIn
  const user = findUser(pool, username)
  // A stranger goes the same way to the end, so that neither the answer nor its time tells that there is no such user.
  const person = personOf(pool, user ? username : login)
  const right = proves(question, given, { verifier: person.verifier, poolName: pool.name, username })
  const refused = lockOf(pool, username)
  if (right && user && !refused) mayGoOn(user)
  close(pool, question)
  if (refused) throw refused
  if (right && user) return { at: 'proven', signIn, user }
  countWrongPassword(pool, username)
  if (signIn.flow === 'CUSTOM_AUTH') return { at: 'wrong', signIn }
  throw notAuthorized()
}

/** The password itself. @throws {ServiceError} `NotAuthorizedException` */
export function checkPasswordOf(pool: Pool, login: string, password: string): User {
  const user = findUser(pool, login)
  const person = personOf(pool, login)
  checkNotLocked(pool, person.username)
  if (!passwordFits(pool, person, password) || !user) {
    countWrongPassword(pool, person.username)
    throw notAuthorized()
  }
  return user
}

export const resetRequired = () =>
  new ServiceError('PasswordResetRequiredException', 'Password reset required for the user')

/** Somebody for names that nobody has: always the same for the same name, and never with a password that fits. */
function pretendedPerson(pool: Pool, login: string): Person {
  const seed = (what: string) =>
    createHmac('sha256', pool.secret).update(`${what}:${login.toLowerCase()}`).digest('hex')
  const id = seed('sub')
  const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`
  const username = signsInByAttribute(pool) ? uuid : login
  // As long as a verifier, and made without the sums that would take time only for strangers.
  const verifier = createHash('shake256', { outputLength: 383 }).update(seed('verifier')).digest('hex')
  return { username, salt: seed('salt').slice(0, 32), verifier }
}

function lockOf(pool: Pool, username: string): unknown {
  try {
    checkNotLocked(pool, username)
    return undefined
  } catch (error) {
    return error
  }
}

export function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

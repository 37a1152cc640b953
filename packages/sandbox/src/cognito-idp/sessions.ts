import { createHash, randomBytes } from 'node:crypto'
import { type Input, ServiceError } from '../awsJson.js'
import { invalidParameter, notAuthorized, optionalText, parameter } from '../input.js'
import type { Pool } from './pool.js'
import { findUser, type User } from './users.js'

// A sign-in between two requests. Kept in the store under the hash of a name that only the asker gets, bound to one user and
// one app client, answered once. Codes that are typed may be wrong a few times before the session is over.

/** What is being signed in, and how far it has come. */
export interface SignIn {
  flow: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH' | 'CUSTOM_AUTH' | 'USER_AUTH'
  clientId: string
  /** As the pool calls the user; somebody made up where nobody has the name. */
  username: string
  /** The device that the client says it is on. */
  deviceKey?: string
  /** Why tokens will be made, in the words of the pre token generation trigger. */
  source: 'Authentication' | 'NewPasswordChallenge' | 'AuthenticateDevice'
  /** No second factor is asked for any more: it was given, the device stands for it, or the flow has none. */
  secondDone?: boolean
  /** Begun on a hosted page, which makes the tokens itself. */
  hosted?: boolean
  deviceDone?: boolean
  /** The challenges of a custom flow so far. */
  history: { challengeName: string; challengeResult: boolean; challengeMetadata?: string }[]
}

export interface SrpChallenge {
  publicA: string
  publicB: string
  secret: string
  /** The `Session` that goes with the secret block in flows that have one. */
  companion?: string
}

export interface CodeChallenge {
  code: string
  /** Where it went: what a right answer proves. */
  attribute: 'email' | 'phone_number'
  to: string
  factor: 'first' | 'second'
  /** The address is new and becomes the user's with the code. */
  enrols?: boolean
}

/** What each challenge must remember to judge its answer. */
export interface Challenges {
  PASSWORD_VERIFIER: SrpChallenge
  PASSWORD: object
  PASSWORD_SRP: object
  SELECT_CHALLENGE: { available: string[] }
  EMAIL_OTP: CodeChallenge
  SMS_OTP: CodeChallenge
  SMS_MFA: CodeChallenge
  SOFTWARE_TOKEN_MFA: object
  SELECT_MFA_TYPE: { available: string[] }
  MFA_SETUP: { available: string[]; secret?: string; verified?: boolean }
  NEW_PASSWORD_REQUIRED: { required: string[] }
  CUSTOM_CHALLENGE: { privateParameters: Record<string, string>; metadata?: string }
  DEVICE_SRP_AUTH: object
  DEVICE_PASSWORD_VERIFIER: SrpChallenge
  WEB_AUTHN: { challenge: string }
  /** Not a challenge of Cognito's: who has just confirmed their sign-up need not prove anything again. */
  SIGNED_UP: { confirmed: boolean }
}

export type ChallengeName = keyof Challenges

export interface Asked<Name extends ChallengeName> {
  id: string
  name: Name
  signIn: SignIn
  data: Challenges[Name]
}

/** What comes out of an answer: another challenge (or tokens), or a factor that is proven. */
export type Outcome = { at: 'answered'; reply: object } | { at: 'proven'; signIn: SignIn; user: User }

const LIFETIME = 3 * 60_000
const TRIES = 5

/** Remembers a challenge; gives the name under which the answer must come. */
export function ask<Name extends ChallengeName>(
  { world: { store, clock } }: Pool,
  signIn: SignIn,
  name: Name,
  data: Challenges[Name],
  { bytes = 384, lifetime = LIFETIME } = {},
): string {
  const id = randomBytes(bytes).toString('base64')
  store.run('DELETE FROM challenges WHERE expires_at < ?', clock.now())
  store.run(
    'INSERT INTO challenges VALUES (?, ?, ?, ?, ?)',
    fingerprint(id),
    signIn.username,
    name,
    JSON.stringify({ signIn, data, tries: 0 }),
    clock.now() + lifetime,
  )
  return id
}

/** Asks, and says so to the client. */
export function challenge<Name extends ChallengeName>(
  pool: Pool,
  signIn: SignIn,
  name: Name,
  data: Challenges[Name],
  ChallengeParameters: Record<string, string>,
) {
  return { ChallengeName: name, Session: ask(pool, signIn, name, data), ChallengeParameters }
}

/** The challenge that is being answered; it stays open. @throws {ServiceError} for any but an open one of this user and client. */
export function asked<Name extends ChallengeName>(
  pool: Pool,
  name: Name,
  id: string,
  given: Record<string, string>,
): Asked<Name> {
  const found = open(pool, [name], id)
  const login = parameter(given, 'USERNAME')
  const owner = found.signIn.username
  if (login !== owner && findUser(pool, login)?.username !== owner && findUser(pool, owner))
    throw sessionOver()
  return found as Asked<Name>
}

/** The same for operations that take a session and no name. */
export function open<Name extends ChallengeName>(pool: Pool, names: Name[], id: string): Asked<Name> {
  const { store, clock } = pool.world
  const row = store.get<{ kind: string; data: string; expires_at: number }>(
    'SELECT kind, data, expires_at FROM challenges WHERE id = ?',
    fingerprint(id),
  )
  const name = names.find((each) => each === row?.kind)
  if (!row || !name || clock.now() >= row.expires_at) throw sessionOver()
  const { signIn, data } = JSON.parse(row.data) as { signIn: SignIn; data: Challenges[Name] }
  if (signIn.clientId !== pool.clientId) throw sessionOver()
  return { id, name, signIn, data }
}

/** The challenge is answered, rightly or wrongly. */
export function close({ world: { store } }: Pool, { id }: { id: string }): void {
  store.run('DELETE FROM challenges WHERE id = ?', fingerprint(id))
}

/** A wrong code: the session lives on, a few times. */
export function wrongCode(
  pool: Pool,
  { id }: { id: string },
  message = 'Invalid code received for user',
): ServiceError {
  const { store } = pool.world
  const key = fingerprint(id)
  store.run(
    "UPDATE challenges SET data = json_set(data, '$.tries', json_extract(data, '$.tries') + 1) WHERE id = ?",
    key,
  )
  store.run("DELETE FROM challenges WHERE id = ? AND json_extract(data, '$.tries') >= ?", key, TRIES)
  return new ServiceError('CodeMismatchException', message)
}

/** Puts another challenge in the place of an open one, under a new name. */
export function replace<Name extends ChallengeName>(
  pool: Pool,
  old: Asked<Name>,
  data: Challenges[Name],
): string {
  close(pool, old)
  return ask(pool, old.signIn, old.name, data)
}

export const sessionIn = (input: Input) => {
  const session = optionalText(input, 'Session')
  if (!session) throw invalidParameter('Missing required parameter Session')
  return session
}

export const sessionOver = () => notAuthorized('Invalid session for the user, session is expired.')

const fingerprint = (id: string) => createHash('sha256').update(id).digest('hex')

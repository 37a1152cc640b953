import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Operation } from '../awsJson.js'
import { ServiceError } from '../awsJson.js'
import {
  invalidParameter,
  newPassword,
  notAuthorized,
  optionalText,
  parameter,
  text,
  texts,
} from '../input.js'
import { checkNotLocked, countWrongPassword, forgetAttempts } from './attempts.js'
import type { Pool } from './pool.js'
import { checkClient, checkPassword } from './signUp.js'
import { isClientPublic, proof, serverPublic, sessionKey } from './srp.js'
import { readRefreshToken, type SigningKey, sign, startSession } from './tokens.js'
import {
  attributeList,
  checkAttributes,
  findUser,
  passwordFits,
  protect,
  saveUser,
  signsInByAttribute,
  type User,
  userBySub,
} from './users.js'

type Key = () => Promise<SigningKey>

/** Three minutes, as on AWS where nobody has changed it. */
const CHALLENGE_LIFETIME = 3 * 60_000
const TIMESTAMP =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2} \d\d:\d\d:\d\d UTC \d{4}$/

/** Who SRP is done with: a user, or somebody who looks like one. */
type Person = Pick<User, 'username' | 'salt' | 'verifier'>

interface SrpSession {
  publicA: string
  publicB: string
  secret: string
}

/** People proving who they are. */
export function signInOperations(pool: Pool, key: Key): Record<string, Operation> {
  return {
    async InitiateAuth(input) {
      checkClient(pool, input)
      const flow = text(input, 'AuthFlow')
      const given = texts(input, 'AuthParameters')
      switch (flow) {
        case 'USER_SRP_AUTH':
          return startSrp(pool, parameter(given, 'USERNAME'), parameter(given, 'SRP_A'))
        case 'USER_PASSWORD_AUTH':
          return withPassword(pool, key, parameter(given, 'USERNAME'), parameter(given, 'PASSWORD'))
        case 'REFRESH_TOKEN_AUTH':
        case 'REFRESH_TOKEN':
          return refresh(pool, key, parameter(given, 'REFRESH_TOKEN'))
        default:
          throw invalidParameter(`${flow} flow not enabled for this client`)
      }
    },

    async RespondToAuthChallenge(input) {
      checkClient(pool, input)
      const challenge = text(input, 'ChallengeName')
      const given = texts(input, 'ChallengeResponses')
      switch (challenge) {
        case 'PASSWORD_VERIFIER':
          return finishSrp(pool, key, given)
        case 'NEW_PASSWORD_REQUIRED':
          return withNewPassword(pool, key, optionalText(input, 'Session'), given)
        default:
          throw invalidParameter(`The challenge ${challenge} was not given by this user pool.`)
      }
    },

    async GetTokensFromRefreshToken(input) {
      checkClient(pool, input)
      return refresh(pool, key, text(input, 'RefreshToken'))
    },
  }
}

function startSrp(pool: Pool, login: string, publicA: string) {
  if (!isClientPublic(publicA)) throw invalidParameter('SRP_A is not a number between 1 and the prime.')
  const user = findUser(pool, login)
  if (user?.status === 'RESET_REQUIRED') throw resetRequired()
  const person = user ?? pretendedPerson(pool, login)
  checkNotLocked(pool, person.username)
  const secret = randomBytes(32).toString('hex')
  const publicB = serverPublic(person.verifier, secret)
  const session: SrpSession = { publicA, publicB, secret }
  return {
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: {
      SALT: person.salt,
      SECRET_BLOCK: openChallenge(pool, 'srp', person.username, session, 1024),
      SRP_B: publicB,
      USERNAME: person.username,
      USER_ID_FOR_SRP: person.username,
    },
  }
}

async function finishSrp(pool: Pool, key: Key, given: Record<string, string>) {
  const login = parameter(given, 'USERNAME')
  const secretBlock = parameter(given, 'PASSWORD_CLAIM_SECRET_BLOCK')
  const signature = parameter(given, 'PASSWORD_CLAIM_SIGNATURE')
  const timestamp = parameter(given, 'TIMESTAMP')
  if (!TIMESTAMP.test(timestamp)) {
    throw invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.')
  }
  const { username, data } = takeChallenge<SrpSession>(pool, 'srp', secretBlock)
  checkNotLocked(pool, username)
  const user = findUser(pool, login)
  // A stranger goes the same way to the end, so that neither the answer nor its time tells that there is no such user.
  const person = user ?? pretendedPerson(pool, login)
  const expected = proof(sessionKey(data.publicA, data.publicB, person.verifier, data.secret), {
    poolName: pool.name,
    username,
    secretBlock,
    timestamp,
  })
  const right = same(expected, signature) && person.username === username
  if (!right || !user) {
    countWrongPassword(pool, username)
    throw notAuthorized()
  }
  return admit(pool, key, user)
}

async function withPassword(pool: Pool, key: Key, login: string, password: string) {
  const user = findUser(pool, login)
  const person = user ?? pretendedPerson(pool, login)
  checkNotLocked(pool, person.username)
  if (!passwordFits(pool, person, password) || !user) {
    countWrongPassword(pool, person.username)
    throw notAuthorized()
  }
  return admit(pool, key, user)
}

/** The password was right: what stands between this user and tokens? */
async function admit(pool: Pool, key: Key, user: User) {
  forgetAttempts(pool, 'password', user.username)
  if (!user.enabled) throw notAuthorized('User is disabled.')
  if (user.status === 'UNCONFIRMED')
    throw new ServiceError('UserNotConfirmedException', 'User is not confirmed.')
  if (user.status === 'RESET_REQUIRED') throw resetRequired()
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    const known = Object.fromEntries(
      attributeList(user)
        .filter(({ Name }) => Name !== 'sub')
        .map(({ Name, Value }) => [Name, Value]),
    )
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: openChallenge(pool, 'newPassword', user.username, {}, 256),
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.username,
        requiredAttributes: JSON.stringify([]),
        userAttributes: JSON.stringify(known),
      },
    }
  }
  return { ChallengeParameters: {}, AuthenticationResult: await startSession(pool, await key(), user) }
}

async function withNewPassword(
  pool: Pool,
  key: Key,
  session: string | undefined,
  given: Record<string, string>,
) {
  parameter(given, 'USERNAME')
  const password = newPassword(given, 'NEW_PASSWORD')
  const attributes = Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => name.startsWith('userAttributes.'))
      .map(([name, value]) => [name.slice('userAttributes.'.length), value]),
  )
  checkAttributes(pool, attributes, false)
  checkPassword(pool, password)
  const { username } = takeChallenge(pool, 'newPassword', session ?? '')
  const user = findUser(pool, username)
  if (user?.status !== 'FORCE_CHANGE_PASSWORD') throw notAuthorized()
  const changed: User = {
    ...user,
    ...protect(pool, user.username, password),
    status: 'CONFIRMED',
    attributes: { ...user.attributes, ...attributes },
  }
  saveUser(pool, changed)
  return admit(pool, key, changed)
}

async function refresh(pool: Pool, key: Key, token: string) {
  const { sub, originJti, authTime } = readRefreshToken(pool, token)
  const user = userBySub(pool, sub)
  if (!user) throw notAuthorized('Invalid Refresh Token')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return {
    ChallengeParameters: {},
    AuthenticationResult: await sign(pool, await key(), user, originJti, authTime),
  }
}

/** Keeps what is needed to judge the answer, under a name that only the asker gets. */
function openChallenge(pool: Pool, kind: string, username: string, data: object, bytes: number): string {
  const { store, clock } = pool.world
  const id = randomBytes(bytes).toString('base64')
  store.run('DELETE FROM challenges WHERE expires_at < ?', clock.now())
  store.run(
    'INSERT INTO challenges VALUES (?, ?, ?, ?, ?)',
    fingerprint(id),
    username,
    kind,
    JSON.stringify(data),
    clock.now() + CHALLENGE_LIFETIME,
  )
  return id
}

/** Each challenge is answered once, rightly or wrongly. */
function takeChallenge<Data>(pool: Pool, kind: string, id: string): { username: string; data: Data } {
  const { store, clock } = pool.world
  const row = store.get<{ username: string; data: string; expires_at: number }>(
    'SELECT username, data, expires_at FROM challenges WHERE id = ? AND kind = ?',
    fingerprint(id),
    kind,
  )
  store.run('DELETE FROM challenges WHERE id = ?', fingerprint(id))
  if (!row || clock.now() >= row.expires_at) {
    throw notAuthorized('Invalid session for the user, session is expired.')
  }
  return { username: row.username, data: JSON.parse(row.data) as Data }
}

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

const resetRequired = () =>
  new ServiceError('PasswordResetRequiredException', 'Password reset required for the user')

const fingerprint = (id: string) => createHash('sha256').update(id).digest('hex')

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

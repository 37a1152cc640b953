import { randomBytes, timingSafeEqual } from 'node:crypto'
import { invalidParameter, notAuthorized } from '../input.js'
import type { AttributeRule } from '../plan.js'
import { authPlan, type Pool } from './pool.js'
import { verifierOf } from './srp.js'

export type UserStatus =
  | 'UNCONFIRMED'
  | 'CONFIRMED'
  | 'FORCE_CHANGE_PASSWORD'
  | 'RESET_REQUIRED'
  | 'EXTERNAL_PROVIDER'

export interface User {
  sub: string
  /** The sub again where people sign in with an email or phone number. */
  username: string
  status: UserStatus
  enabled: boolean
  salt: string
  verifier: string
  /** Without `sub`. */
  attributes: Record<string, string>
  mfa: UserMfa
  createdAt: number
  modifiedAt: number
}

export type MfaMethod = 'SMS_MFA' | 'SOFTWARE_TOKEN_MFA' | 'EMAIL_OTP'

export interface UserMfa {
  /** Of the authenticator app that was verified last. */
  totpSecret?: string
  /** The step of the last code taken: no code counts twice. */
  totpStep?: number
  /** Shown by an app but not verified yet. */
  pendingSecret?: string
  enabled?: MfaMethod[]
  preferred?: MfaMethod
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
export const STANDARD =
  'address birthdate email email_verified family_name gender given_name locale middle_name name nickname phone_number phone_number_verified picture preferred_username profile updated_at website zoneinfo'.split(
    ' ',
  )
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const PHONE = /^\+[1-9]\d{3,14}$/

interface Row {
  sub: string
  username: string
  status: UserStatus
  enabled: number
  salt: string
  verifier: string
  attributes: string
  mfa: string
  created_at: number
  modified_at: number
}

/** Does this pool name its users by email or phone number, not by a name they choose? */
export function signsInByAttribute(pool: Pool): boolean {
  const { loginWith } = authPlan(pool)
  return !loginWith.username && (loginWith.email || loginWith.phone)
}

/**
 * By whatever the pool lets people sign in with, or by the username proper; case does not matter. Where people choose a
 * username, an address is only another name for them, and only once it is proven.
 */
export function findUser(pool: Pool, login: string): User | undefined {
  const { loginWith, preferredUsernameAlias } = authPlan(pool)
  const key = login.toLowerCase()
  const all = (where: string) =>
    pool.world.store.all<Row>(`SELECT * FROM users WHERE ${where} ORDER BY created_at`, key).map(userOf)
  const by = (name: 'email' | 'phone_number', column: string) =>
    all(`${column} = ?`).find(
      ({ attributes, status }) =>
        // Whom a provider vouches for is another user than who has the address here.
        status !== 'EXTERNAL_PROVIDER' && (!loginWith.username || attributes[`${name}_verified`] === 'true'),
    )
  return (
    all('username_key = ?')[0] ??
    (loginWith.email ? by('email', 'email_key') : undefined) ??
    (loginWith.phone ? by('phone_number', 'phone_key') : undefined) ??
    (preferredUsernameAlias
      ? all("lower(json_extract(attributes, '$.preferred_username')) = ?").find(
          ({ status }) => status !== 'UNCONFIRMED',
        )
      : undefined)
  )
}

export function userBySub(pool: Pool, sub: string): User | undefined {
  const row = pool.world.store.get<Row>('SELECT * FROM users WHERE sub = ?', sub)
  return row && userOf(row)
}

export function listUsers(pool: Pool): User[] {
  return pool.world.store.all<Row>('SELECT * FROM users ORDER BY created_at, sub').map(userOf)
}

export function saveUser({ world: { store, clock } }: Pool, user: User): void {
  user.modifiedAt = clock.now()
  store.run(
    `INSERT INTO users (sub, username, username_key, email_key, phone_key, status, enabled, salt, verifier, attributes, created_at, modified_at, mfa)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (sub) DO UPDATE SET email_key = excluded.email_key, phone_key = excluded.phone_key, status = excluded.status,
       enabled = excluded.enabled, salt = excluded.salt, verifier = excluded.verifier, attributes = excluded.attributes,
       modified_at = excluded.modified_at, mfa = excluded.mfa`,
    user.sub,
    user.username,
    user.username.toLowerCase(),
    user.attributes.email?.toLowerCase() ?? null,
    user.attributes.phone_number ?? null,
    user.status,
    user.enabled ? 1 : 0,
    user.salt,
    user.verifier,
    JSON.stringify(user.attributes),
    user.createdAt,
    user.modifiedAt,
    JSON.stringify(user.mfa),
  )
}

export function deleteUser({ world }: Pool, { sub }: User): void {
  world.store.run('DELETE FROM users WHERE sub = ?', sub)
}

/** Salt and verifier for a password: the password itself is never kept. */
export function protect(pool: Pool, username: string, password: string): Pick<User, 'salt' | 'verifier'> {
  const salt = randomBytes(16).toString('hex')
  return { salt, verifier: verifierOf(pool.name, username, password, salt) }
}

export function passwordFits(
  pool: Pool,
  { username, salt, verifier }: Pick<User, 'username' | 'salt' | 'verifier'>,
  password: string,
): boolean {
  // Passwordless users have none that would fit.
  if (!verifier) return false
  const padded = (hex: string) => Buffer.from(hex.padStart(768, '0'))
  return timingSafeEqual(padded(verifierOf(pool.name, username, password, salt)), padded(verifier))
}

/** @throws {ServiceError} for attributes that the pool does not have or whose value cannot be right. */
export function checkAttributes(pool: Pool, attributes: Record<string, string>, mayVerify: boolean): void {
  const known = [...STANDARD, ...(authPlan(pool).customAttributes ?? [])]
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'sub' || (!mayVerify && /^(email|phone_number)_verified$/.test(name))) {
      throw notAuthorized('A client attempted to write unauthorized attribute')
    }
    if (!known.includes(name)) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: Attribute does not exist in the schema.\n`,
      )
    }
    if (value.length > 2048) {
      throw invalidParameter(
        `Attributes did not conform to the schema: ${name}: String must be no longer than 2048 characters\n`,
      )
    }
  }
  for (const [name, rule] of Object.entries(authPlan(pool).attributeRules ?? {})) {
    const fault = attributes[name] === undefined ? undefined : ruleFault(attributes[name], rule)
    if (fault) throw invalidParameter(`Attributes did not conform to the schema: ${name}: ${fault}\n`)
  }
  if (attributes.email && !EMAIL.test(attributes.email))
    throw invalidParameter('Invalid email address format.')
  if (attributes.phone_number && !PHONE.test(attributes.phone_number)) {
    throw invalidParameter('Invalid phone number format.')
  }
}

/** @throws {ServiceError} for attributes that are given once and for all. */
export function checkMutable(pool: Pool, { attributes }: User, changes: Record<string, string>): void {
  const { attributeRules = {} } = authPlan(pool)
  for (const [name, value] of Object.entries(changes)) {
    if (attributeRules[name]?.mutable === false && value !== attributes[name]) {
      throw invalidParameter(`user.${name}: Attribute cannot be updated.\n`)
    }
  }
}

function ruleFault(
  value: string,
  { type, min, max, minLength, maxLength }: AttributeRule,
): string | undefined {
  if (value === '') return undefined
  switch (type) {
    case 'Number': {
      const number = Number(value)
      if (!Number.isFinite(number)) return 'Number must be a number'
      if (min !== undefined && number < min) return `Number must be no less than ${min}`
      return max !== undefined && number > max ? `Number must be no greater than ${max}` : undefined
    }
    case 'Boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'Boolean must be true or false'
    case 'DateTime':
      return Number.isNaN(Date.parse(value)) ? 'DateTime must be a date' : undefined
    case 'String':
      if (minLength !== undefined && value.length < minLength)
        return `String must be no shorter than ${minLength} characters`
      return maxLength !== undefined && value.length > maxLength
        ? `String must be no longer than ${maxLength} characters`
        : undefined
  }
}

/** What a new user's `Username` says in this pool: an attribute, or a name. */
export function attributeOfLogin(pool: Pool, login: string): 'email' | 'phone_number' | undefined {
  if (!signsInByAttribute(pool)) return undefined
  const { email, phone, anyName } = authPlan(pool).loginWith
  if (email && EMAIL.test(login)) return 'email'
  if (phone && PHONE.test(login)) return 'phone_number'
  if (anyName) return undefined
  if (email && phone) throw invalidParameter('Username should be either an email or a phone number.')
  throw invalidParameter(email ? 'Username should be an email.' : 'Username should be a phone number.')
}

/** How `GetUser` and `AdminGetUser` tell it. */
export function mfaOf({ mfa }: User) {
  return {
    ...(mfa.enabled?.length ? { UserMFASettingList: mfa.enabled } : {}),
    ...(mfa.preferred ? { PreferredMfaSetting: mfa.preferred } : {}),
  }
}

/** The part of an administrator's view that every operation shares. */
export function describedUser(user: User) {
  return {
    Username: user.username,
    UserCreateDate: user.createdAt / 1000,
    UserLastModifiedDate: user.modifiedAt / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  }
}

/** As the service lists them: `sub` first. */
export function attributeList({ sub, attributes }: User): { Name: string; Value: string }[] {
  return Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value }))
}

/** The user's groups, the one with precedence first. */
export function groupsOf(pool: Pool, { sub }: User): string[] {
  const { groups } = authPlan(pool)
  const member = pool.world.store.all<{ name: string }>('SELECT name FROM user_groups WHERE sub = ?', sub)
  return groups.filter((group) => member.some(({ name }) => name === group))
}

function userOf({ enabled, attributes, created_at, modified_at, ...row }: Row): User {
  return {
    sub: row.sub,
    username: row.username,
    status: row.status,
    salt: row.salt,
    verifier: row.verifier,
    enabled: enabled === 1,
    attributes: JSON.parse(attributes) as Record<string, string>,
    mfa: JSON.parse(row.mfa) as UserMfa,
    createdAt: created_at,
    modifiedAt: modified_at,
  }
}

import { type KeyObject, randomBytes } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import type { Functions } from '../functions.js'
import type { AuthPlan } from '../plan.js'
import type { World } from '../service.js'

/** What every operation of the user pool works on. */
export interface Pool {
  readonly world: World
  readonly id: string
  readonly clientId: string
  /** The part of the pool's id that SRP hashes. */
  readonly name: string
  /** Never leaves the store: makes the answers for users who do not exist repeatable. */
  readonly secret: string
  /** Signs the tokens; made in the background at the first start. */
  readonly key: () => Promise<SigningKey>
  readonly functions: Functions
  /** What was changed over the wire; stands above the definition. */
  readonly settings: Partial<AuthPlan>
  /** Through whose eyes; the definition's own client where left out. */
  readonly client?: MadeClient
  /** Made over the wire; the definition's where left out. */
  readonly made?: { name: string; file: string; createdAt: number }
}

/** An app client made over the wire. */
export interface MadeClient {
  id: string
  name: string
  secret?: string
  /** Such as `ALLOW_USER_SRP_AUTH`. */
  flows: string[]
  settings: Partial<AuthPlan>
  createdAt: number
  modifiedAt: number
}

export interface SigningKey {
  id: string
  private: KeyObject
  public: KeyObject
}

const MIGRATIONS = [
  `CREATE TABLE pool (id TEXT PRIMARY KEY, client_id TEXT NOT NULL, secret TEXT NOT NULL, signing_key TEXT) STRICT;
   CREATE TABLE users (
     sub TEXT PRIMARY KEY, username TEXT NOT NULL, username_key TEXT NOT NULL UNIQUE, email_key TEXT, phone_key TEXT,
     status TEXT NOT NULL, enabled INTEGER NOT NULL, salt TEXT NOT NULL, verifier TEXT NOT NULL,
     attributes TEXT NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL) STRICT;
   CREATE INDEX users_by_email ON users (email_key);
   CREATE INDEX users_by_phone ON users (phone_key);
   CREATE TABLE user_groups (
     sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL, PRIMARY KEY (sub, name)) STRICT;
   CREATE TABLE codes (
     sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, purpose TEXT NOT NULL, code TEXT NOT NULL,
     expires_at INTEGER NOT NULL, PRIMARY KEY (sub, purpose)) STRICT;
   CREATE TABLE attempts (key TEXT PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
   CREATE TABLE challenges (
     id TEXT PRIMARY KEY, username TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
   CREATE TABLE refresh_tokens (
     hash TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, origin_jti TEXT NOT NULL UNIQUE,
     auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked INTEGER NOT NULL) STRICT;
   CREATE INDEX refresh_tokens_by_sub ON refresh_tokens (sub)`,
  // What the code proves: an address that the user has, or would like to have.
  "ALTER TABLE codes ADD COLUMN value TEXT NOT NULL DEFAULT ''",
  `ALTER TABLE users ADD COLUMN mfa TEXT NOT NULL DEFAULT '{}';
   DELETE FROM challenges;
   CREATE TABLE devices (
     key TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, group_key TEXT NOT NULL, name TEXT,
     salt TEXT, verifier TEXT, remembered INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
     used_at INTEGER NOT NULL) STRICT;
   CREATE INDEX devices_by_sub ON devices (sub);
   ALTER TABLE refresh_tokens ADD COLUMN device_key TEXT;
   CREATE TABLE pool_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
  // The tokens of a session: with rotation there are several. `until` is when a spent one's grace ends.
  `CREATE TABLE refresh_secrets (
     hash TEXT PRIMARY KEY, origin_jti TEXT NOT NULL REFERENCES refresh_tokens (origin_jti) ON DELETE CASCADE, until INTEGER) STRICT;
   CREATE INDEX refresh_secrets_by_session ON refresh_secrets (origin_jti);
   INSERT INTO refresh_secrets SELECT hash, origin_jti, NULL FROM refresh_tokens`,
  `CREATE TABLE passkeys (
     id TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, public_key TEXT NOT NULL, counter INTEGER NOT NULL,
     name TEXT NOT NULL, rp_id TEXT NOT NULL, transports TEXT NOT NULL, attachment TEXT, created_at INTEGER NOT NULL) STRICT;
   CREATE INDEX passkeys_by_sub ON passkeys (sub);
   CREATE TABLE passkey_registrations (
     challenge TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE oauth_tickets (
     hash TEXT PRIMARY KEY, kind TEXT NOT NULL, data TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
   ALTER TABLE refresh_tokens ADD COLUMN scopes TEXT`,
  // Null: the client of the definition.
  `CREATE TABLE clients (id TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
   ALTER TABLE refresh_tokens ADD COLUMN client TEXT`,
]

/** Opens the pool of this store; its ids are made once and stay, through resets as well. */
export function openPool(world: World, parts: Pick<Pool, 'key' | 'functions' | 'made'>): Pool {
  const { store, region } = world
  store.migrate('cognito-idp', MIGRATIONS)
  interface Row {
    id: string
    client_id: string
    secret: string
  }
  const select = 'SELECT id, client_id, secret FROM pool'
  if (!store.get<Row>(select)) {
    store.run(
      'INSERT INTO pool VALUES (?, ?, ?, NULL)',
      `${region}_${randomName(9, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`,
      randomName(26, 'abcdefghijklmnopqrstuvwxyz0123456789'),
      randomBytes(32).toString('hex'),
    )
  }
  const { id, client_id, secret } = store.get<Row>(select)!
  const settings: Partial<AuthPlan> = Object.fromEntries(
    store
      .all<{ name: string; value: string }>('SELECT name, value FROM pool_settings')
      .map(({ name, value }) => [name, JSON.parse(value) ?? undefined]),
  )
  const named = () => world.plan.auth?.reference
  return {
    world,
    settings,
    get id() {
      return named()?.userPoolId ?? id
    },
    get clientId() {
      return named()?.userPoolClientId ?? client_id
    },
    get name() {
      return this.id.slice(this.id.indexOf('_') + 1)
    },
    secret,
    ...parts,
  }
}

/** @throws {ServiceError} when the backend being served has no auth. */
export function authPlan({ world, id, settings, client }: Pool): AuthPlan {
  if (!world.plan.auth) throw new ServiceError('ResourceNotFoundException', `User pool ${id} does not exist.`)
  const plan = { ...world.plan.auth, ...settings, ...client?.settings }
  return { ...plan, groups: orderedGroups(plan) }
}

/** The definition's groups and those made since; the lowest number goes first, none goes last. */
function orderedGroups({ groups, groupChanges }: AuthPlan): string[] {
  if (!groupChanges) return groups
  const precedence = (name: string) => {
    const place = groups.indexOf(name)
    return groupChanges[name]?.Precedence ?? (place >= 0 ? place : Number.POSITIVE_INFINITY)
  }
  const there = [...new Set([...groups, ...Object.keys(groupChanges)])].filter(
    (name) => groupChanges[name] !== null,
  )
  return there.sort((one, other) =>
    precedence(one) === precedence(other) ? 0 : precedence(one) - precedence(other),
  )
}

/** Changes the pool over its wire; `null` turns a setting off. Stands above the definition until `reset()`. */
export function setInPool<Name extends keyof AuthPlan>(
  { world: { store }, settings }: Pool,
  name: Name,
  value: AuthPlan[Name] | null,
): void {
  settings[name] = value ?? undefined
  store.run('INSERT OR REPLACE INTO pool_settings VALUES (?, ?)', name, JSON.stringify(value))
}

/** Forgets everybody, keeps the pool. */
export function resetPool({ world: { store }, settings }: Pool): void {
  for (const name of Object.keys(settings)) delete settings[name as keyof AuthPlan]
  for (const table of ['users', 'attempts', 'challenges', 'pool_settings', 'oauth_tickets', 'clients'])
    store.run(`DELETE FROM ${table}`)
}

/** Letters by chance. */
export function randomName(count: number, alphabet: string): string {
  // Bytes past the last whole alphabet would favour its first letters.
  const even = 256 - (256 % alphabet.length)
  let result = ''
  while (result.length < count) {
    for (const byte of randomBytes(count))
      if (byte < even && result.length < count) result += alphabet[byte % alphabet.length]
  }
  return result
}

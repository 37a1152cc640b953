import { ServiceError } from '../awsJson.js'
import { notAuthorized } from '../input.js'
import type { Pool } from './pool.js'

// How often somebody may guess. Counted by name, whether or not such a user exists, so that the count tells nothing.
// https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html ("Lockout behavior")

const FREE_GUESSES = 5
const QUIET = 15 * 60_000
const HOUR = 3_600_000

interface Row {
  count: number
  at: number
}

/** Five wrong passwords are free; then one second of silence, doubled with each further one up to a quarter of an hour. */
export function checkNotLocked(pool: Pool, username: string): void {
  const known = read(pool, `password:${username}`)
  if (!known || known.count < FREE_GUESSES) return
  const wait = Math.min(1000 * 2 ** (known.count - FREE_GUESSES), QUIET)
  if (pool.world.clock.now() < known.at + wait) throw notAuthorized('Password attempts exceeded')
}

export function countWrongPassword(pool: Pool, username: string): void {
  count(pool, `password:${username}`, QUIET)
}

/** @throws {ServiceError} `LimitExceededException` at more than `limit` of these within an hour. */
export function limit(pool: Pool, what: string, username: string, most: number): void {
  const key = `${what}:${username}`
  if ((fresh(pool, key, HOUR)?.count ?? 0) >= most) {
    throw new ServiceError('LimitExceededException', 'Attempt limit exceeded, please try after some time.')
  }
  count(pool, key, HOUR)
}

export function forgetAttempts({ world }: Pool, what: string, username: string): void {
  world.store.run('DELETE FROM attempts WHERE key = ?', `${what}:${username}`.toLowerCase())
}

const read = ({ world }: Pool, key: string) =>
  world.store.get<Row>('SELECT count, at FROM attempts WHERE key = ?', key.toLowerCase())

function fresh(pool: Pool, key: string, window: number): Row | undefined {
  const known = read(pool, key)
  return known && pool.world.clock.now() < known.at + window ? known : undefined
}

function count(pool: Pool, key: string, window: number): void {
  pool.world.store.run(
    'INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)',
    key.toLowerCase(),
    (fresh(pool, key, window)?.count ?? 0) + 1,
    pool.world.clock.now(),
  )
}

import type { Knex } from 'knex'
import type { DatabasePlan } from '../plan.js'
import { type Address, explain, isAboutConnection, readUri } from './connect.js'

// Connections to the databases of a schema, opened when the first request asks for one.

interface Pool {
  readonly knex: Knex
  readonly address: Address
}

/** A request that a database has not done. The message is for whoever has asked, so it holds nothing of a statement and its values. */
export class DatabaseFailure extends Error {}

export interface Pools {
  /** Runs work in a database. @throws {DatabaseFailure} that says why it could not */
  run<Result>(plan: DatabasePlan, work: (knex: Knex) => PromiseLike<Result>): Promise<Result>
  close(): Promise<void>
}

export function createPools(log: (line: string) => void): Pools {
  const open = new Map<DatabasePlan, Promise<Pool>>()
  return {
    async run(plan, work) {
      const opening = open.get(plan) ?? createPool(plan, log)
      open.set(plan, opening)
      const { knex, address } = await opening
      try {
        return await work(knex)
      } catch (error) {
        if (!isOfDatabase(error)) throw error
        if (isAboutConnection(error)) throw new DatabaseFailure(explain(error, address))
        log(`The database at ${address.host}:${address.port} says: ${error.message}`)
        // As the function of a deployed backend answers; MySQL repeats values in its messages.
        throw new DatabaseFailure('Error processing the request. Check the logs for more details.')
      }
    },
    async close() {
      const pools = await Promise.allSettled(open.values())
      for (const each of pools) if (each.status === 'fulfilled') await each.value.knex.destroy()
    },
  }
}

async function createPool(
  { engine, uri, secret, sslCert }: DatabasePlan,
  log: (line: string) => void,
): Promise<Pool> {
  if (uri === undefined)
    throw new DatabaseFailure(
      `The connection string of the database is not set: start the sandbox with ${secret} in its environment.`,
    )
  const address = addressOf({ uri, secret, sslCert })
  if (address.engine !== engine)
    throw new DatabaseFailure(
      `The secret ${secret} is a connection string of ${address.engine}, and the schema is for ${engine}.`,
    )
  const { knex } = (await import('knex')).default
  const made = knex({
    client: engine === 'mysql' ? 'mysql2' : 'pg',
    connection: { ...address.options, ...(engine === 'mysql' ? MYSQL : await readingOfPostgresql()) },
    pool: {
      min: 0,
      max: 5,
      ...(engine === 'mysql' && {
        afterCreate: (connection: MySqlConnection, done: (error?: Error) => void) =>
          connection.query("SET time_zone = '+00:00'", done),
      }),
    },
    acquireConnectionTimeout: 10_000,
    // Values of an app have no place in a message.
    compileSqlOnError: false,
    log: { warn() {}, error() {}, debug() {}, deprecate() {} },
  })
  made.on('query-error', (error: Error, { sql }: { sql: string }) => {
    error.message = error.message.replace(`${sql} - `, '')
  })
  // What the function of a deployed backend is told by the same name.
  if (process.env.DEBUG_MODE === 'true')
    made.on('query', ({ sql }: { sql: string }) => log(`${address.host}:${address.port}: ${sql}`))
  return { knex: made, address }
}

function addressOf(input: Parameters<typeof readUri>[0]): Address {
  try {
    return readUri(input)
  } catch (error) {
    throw new DatabaseFailure((error as Error).message)
  }
}

interface MySqlConnection {
  query(text: string, done: (error?: Error) => void): void
}

/** Dates and documents as they are written; values.ts reads them as the fields say. */
const MYSQL = { dateStrings: true, jsonStrings: true, supportBigNumbers: true, timezone: 'Z' }

/** By the numbers of `pg_type`: json, date, time, timestamp, timestamptz, interval, timetz, jsonb. */
const AS_TEXT = new Set([114, 1082, 1083, 1114, 1184, 1186, 1266, 3802])

/** Types that a database has made itself begin here: of an array of an enum the driver knows nothing. */
const OWN_TYPES = 16_384
const TEXT_ARRAY = 1009

async function readingOfPostgresql() {
  const { types } = (await import('pg')).default
  const arrayOf = types.getTypeParser(TEXT_ARRAY as never)
  const getTypeParser = (type: number, format?: 'text' | 'binary') => {
    if (AS_TEXT.has(type)) return (text: string) => text
    if (type >= OWN_TYPES) return (text: string) => (text.startsWith('{') ? arrayOf(text) : text)
    return types.getTypeParser(type, format as 'text')
  }
  return { types: { getTypeParser } }
}

/** Refused by a database or on the way to it, and no mistake of ours. */
function isOfDatabase(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return typeof (error as NodeJS.ErrnoException).code === 'string' || /^Knex: Timeout/.test(error.message)
}

// A connection to a database of MySQL or PostgreSQL.

import type { ConnectionOptions, RowDataPacket } from 'mysql2/promise'
import type { ClientConfig } from 'pg'

export interface Database {
  readonly engine: 'mysql' | 'postgresql'
  readonly host: string
  readonly port: number
  readonly name: string
  query(text: string, values?: readonly unknown[]): Promise<{ rows: readonly Record<string, unknown>[] }>
  close(): Promise<void>
}

export interface ConnectInput {
  /** `postgres://user:password@host:port/database`, or `mysql://…`. */
  uri: string
  /** What the secret with the connection string is called. */
  secret: string
  /** The certificate that the database is trusted by. */
  sslCert?: string | undefined
}

/**
 * Connects.
 *
 * @throws {Error} that says what is wrong, and nothing of the connection string but where the database is
 */
export async function connect(input: ConnectInput): Promise<Database> {
  const address = readUri(input)
  const { options, ...place } = address
  try {
    return place.engine === 'mysql' ? await mysql(place, options) : await postgresql(place, options)
  } catch (error) {
    throw new Error(explain(error, address), { cause: error })
  }
}

/** Where a database is, and what its drivers are to be told. */
export interface Address extends Place {
  readonly options: {
    host: string
    port: number
    user: string
    password: string
    database: string
    ssl?: { ca?: string; rejectUnauthorized?: boolean }
  }
}

/** @throws {Error} for what is no connection string, without saying what it is */
export function readUri({ uri, secret, sslCert }: ConnectInput): Address {
  const url = parse(uri, secret)
  const place = {
    engine: url.protocol === 'mysql:' ? 'mysql' : 'postgresql',
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: Number(url.port || (url.protocol === 'mysql:' ? 3306 : 5432)),
    name: decodeURIComponent(url.pathname.slice(1)),
  } as const
  const ssl = sslCert ? { ca: sslCert } : sslOf(url.searchParams.get('sslmode'))
  return {
    ...place,
    options: {
      host: place.host,
      port: place.port,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: place.name,
      ...(ssl && { ssl }),
    },
  }
}

/** As libpq has it, as far as a driver can: https://www.postgresql.org/docs/current/libpq-ssl.html */
function sslOf(mode: string | null) {
  if (mode === 'verify-ca' || mode === 'verify-full') return { rejectUnauthorized: true }
  return mode === 'require' || mode === 'no-verify' ? { rejectUnauthorized: false } : undefined
}

type Place = Pick<Database, 'engine' | 'host' | 'port' | 'name'>

async function mysql(place: Place, options: ConnectionOptions): Promise<Database> {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection(options)
  return {
    ...place,
    query: async (text, values = []) => {
      const [rows] = await connection.query<RowDataPacket[]>(text, [...values])
      return { rows }
    },
    close: () => connection.end(),
  }
}

async function postgresql(place: Place, options: ClientConfig): Promise<Database> {
  const { Client } = await import('pg')
  const client = new Client({ ...options, connectionTimeoutMillis: 10_000 })
  await client.connect()
  return {
    ...place,
    query: (text, values = []) => client.query(text, [...values]),
    close: () => client.end(),
  }
}

/** What keeps somebody from a database, in our words. */
export function explain(error: unknown, { host, port, name, options: { user } }: Address): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const at = `the database at ${host}:${port}`
  if (['28P01', '28000', 'ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR'].includes(code))
    return `${at.replace('t', 'T')} does not let '${user}' in: the password is wrong, or there is no such user.`
  if (code === 'ER_DBACCESS_DENIED_ERROR' || code === '42501')
    return `'${user}' may not use '${name}' of ${at}.`
  if (code === '3D000' || code === 'ER_BAD_DB_ERROR') return `There is no '${name}' in ${at}.`
  return `No connection to ${at}: ${message || code}.`
}

const LOCKED_OUT = /^(08|28|57P|3D)\w+$|^ER_(DB)?ACCESS_DENIED|^ER_BAD_DB_ERROR$/
/** A class and a number of SQL, or a name of MySQL. */
const OF_DATABASES = /^[\dA-Z]{5}$|^ER_/

/** Is it about getting in, and not about what was asked for within? */
export function isAboutConnection(error: Error): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return LOCKED_OUT.test(code) || !OF_DATABASES.test(code)
}

function parse(uri: string, secret: string): URL {
  const url = URL.canParse(uri) && isEscaped(uri) ? new URL(uri) : undefined
  if (!url || !/^(mysql|postgres(ql)?):$/.test(url.protocol) || !url.hostname || url.pathname.length < 2)
    throw new Error(
      `The secret ${secret} is no connection string: postgres://user:password@host:port/database or mysql://… is one, with %23 for # and the like in names and passwords.`,
    )
  return url
}

function isEscaped(text: string): boolean {
  try {
    return decodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

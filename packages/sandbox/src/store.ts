import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

/** One SQLite file for the whole sandbox. What a call has returned from is on disk, whatever happens to the process. */
export interface Store {
  /** Brings the tables of one service up to date: each string runs once, in order, ever. */
  migrate(service: string, steps: string[]): void
  run(sql: string, ...values: SQLInputValue[]): { changes: number }
  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined
  all<Row>(sql: string, ...values: SQLInputValue[]): Row[]
  /** All or nothing. Must not await. Nested calls join the outer one. */
  transaction<T>(work: () => T): T
  /** False once it was closed: what goes on by itself has to look. */
  readonly isOpen: boolean
  close(): void
}

/** @param file path of the database, or `:memory:` */
export function openStore(file: string): Store {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  // WAL with NORMAL survives the death of the process (not of the machine's power): https://sqlite.org/pragma.html#pragma_synchronous
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000',
  )
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (service TEXT PRIMARY KEY, step INTEGER NOT NULL) STRICT',
  )

  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string) => {
    let known = prepared.get(sql)
    if (!known) prepared.set(sql, (known = database.prepare(sql)))
    return known
  }

  const store: Store = {
    migrate(service, steps) {
      const done =
        store.get<{ step: number }>('SELECT step FROM migrations WHERE service = ?', service)?.step ?? 0
      for (let step = done; step < steps.length; step++) {
        store.transaction(() => {
          database.exec(steps[step]!)
          store.run('INSERT OR REPLACE INTO migrations VALUES (?, ?)', service, step + 1)
        })
      }
    },
    run: (sql, ...values) => ({ changes: Number(statement(sql).run(...values).changes) }),
    get: <Row>(sql: string, ...values: SQLInputValue[]) => statement(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SQLInputValue[]) => statement(sql).all(...values) as Row[],
    transaction(work) {
      if (database.isTransaction) return work()
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    get isOpen() {
      return database.isOpen
    },
    close: () => database.close(),
  }
  return store
}

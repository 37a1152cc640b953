import { ServiceError } from '../awsJson.js'
import type { World } from '../service.js'
import { newSession, type Session } from './dialog.js'
import type { BotPlan } from './plan.js'

/** As long a bot remembers somebody who says nothing: its own default. */
const TTL = 300_000

export interface Sessions {
  read(bot: BotPlan, id: string): Session | undefined
  write(bot: BotPlan, id: string, session: Session): void
  /** Was there one? */
  remove(bot: BotPlan, id: string): boolean
  /**
   * A turn of a conversation; nobody else may have one at the same time. What it resolves with is kept.
   *
   * @throws {ServiceError} `ConflictException`
   */
  turn(bot: BotPlan, id: string, work: (session: Session) => Promise<Session>): Promise<Session>
  clear(): void
}

export function openSessions({ store, clock }: World): Sessions {
  store.migrate('lex', [
    `CREATE TABLE lex_sessions (
       bot TEXT NOT NULL, id TEXT NOT NULL, session TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (bot, id)) STRICT`,
  ])
  const busy = new Set<string>()

  const sessions: Sessions = {
    read(bot, id) {
      const row = store.get<{ session: string; at: number }>(
        'SELECT session, at FROM lex_sessions WHERE bot = ? AND id = ?',
        ...[bot.name, id],
      )
      return row && clock.now() - row.at < TTL ? (JSON.parse(row.session) as Session) : undefined
    },
    write(bot, id, session) {
      store.run(
        'INSERT OR REPLACE INTO lex_sessions VALUES (?, ?, ?, ?)',
        ...[bot.name, id, JSON.stringify(session), clock.now()],
      )
    },
    remove: (bot, id) =>
      store.run('DELETE FROM lex_sessions WHERE bot = ? AND id = ?', bot.name, id).changes > 0,
    async turn(bot, id, work) {
      const key = `${bot.name} ${id}`
      if (busy.has(key)) {
        throw new ServiceError(
          'ConflictException',
          'Another request for this session is still under way.',
          409,
        )
      }
      busy.add(key)
      try {
        const session = await work(sessions.read(bot, id) ?? newSession())
        sessions.write(bot, id, session)
        return session
      } finally {
        busy.delete(key)
      }
    },
    clear: () => void store.run('DELETE FROM lex_sessions'),
  }
  return sessions
}

import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** A PostgreSQL with these tables, and where it listens. */
export async function postgresql(sql: string) {
  const db = await PGlite.create()
  await db.exec(sql)
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1', maxConnections: 4 })
  await server.start()
  return {
    db,
    uri: `postgres://postgres:topsecret@${server.getServerConn()}/postgres`,
    query: async (text: string) => (await db.query<Record<string, unknown>>(text)).rows,
    stop: async () => {
      await server.stop()
      await db.close()
    },
  }
}

import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

/** A PostgreSQL with these tables, and where it listens. */
export async function postgresql(sql: string) {
  const db = await PGlite.create()
  await db.exec(sql)
  const listen = async (port: number) => {
    const made = new PGLiteSocketServer({ db, port, host: '127.0.0.1', maxConnections: 4 })
    await made.start()
    return made
  }
  let server = await listen(0)
  const place = server.getServerConn()
  return {
    db,
    uri: `postgres://postgres:topsecret@${place}/postgres`,
    query: async (text: string) => (await db.query<Record<string, unknown>>(text)).rows,
    /** Cuts all connections, and takes no more until `back`. */
    away: () => server.stop(),
    back: async () => {
      server = await listen(Number(place.split(':')[1]))
    },
    stop: async () => {
      await server.stop()
      await db.close()
    },
  }
}

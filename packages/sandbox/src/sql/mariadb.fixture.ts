import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../tests/runtimes/freePort.js'
import { connect } from './connect.js'

/** A MariaDB with these tables, from Debian's `mariadb-server-core`, and where it listens. Whoever comes is let in. */
export async function mariadb(sql: string) {
  const folder = mkdtempSync(join(tmpdir(), 'backline-mariadb-'))
  for (const each of ['mysql', 'app']) mkdirSync(join(folder, each))
  const port = await freePort()
  const child = spawn(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      '--user=root',
      `--datadir=${folder}`,
      `--socket=${join(folder, 's')}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-grant-tables',
      '--innodb-buffer-pool-size=8M',
      '--innodb-log-file-size=4M',
      '--innodb-fast-shutdown=2',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const uri = `mysql://root:topsecret@127.0.0.1:${port}/app`
  let said = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.stderr.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready for connections')) resolve()
    })
    child.once('close', () => reject(new Error(said)))
  })
  const db = await connect({ uri, secret: 'TICKETS_DATABASE' })
  for (const statement of sql.split(';\n').filter((each) => each.trim())) await db.query(statement)
  return {
    uri,
    db,
    query: async (text: string) => (await db.query(text)).rows,
    stop: async () => {
      await db.close()
      await stop()
    },
  }
}

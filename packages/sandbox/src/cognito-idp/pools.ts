import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeJwt } from 'jose'
import type { Input } from '../awsJson.js'
import type { Functions } from '../functions.js'
import type { AuthPlan } from '../plan.js'
import type { World } from '../service.js'
import { openStore } from '../store.js'
import { asClient } from './clients.js'
import { openPool, type Pool, resetPool, type SigningKey } from './pool.js'
import { issuerOf, openSigningKey } from './tokens.js'

/** The definition's pool, and those that were made over the wire: each has a store of its own. */
export interface Pools {
  readonly main: Pool
  all(): Pool[]
  /** The pool that a call means, as its client sees it; the definition's where it names none that is known. */
  meant(input: Input): Pool
  make(name: string, plan: AuthPlan): Pool
  drop(pool: Pool): void
  reset(): void
  close(): Promise<void>
}

const MIGRATIONS = [
  'CREATE TABLE made_pools (file TEXT PRIMARY KEY, name TEXT NOT NULL, plan TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT',
]

interface Row {
  file: string
  name: string
  plan: string
  created_at: number
}

export function openPools(world: World, functions: Functions): Pools {
  const folder = join(dirname(world.filesDir), 'pools')
  const keys: Promise<SigningKey>[] = []
  const keyOf = (of: World) => {
    const opening = openSigningKey(of)
    opening.catch((error: Error) => world.log(`cognito-idp: no signing key: ${error.message}`))
    keys.push(opening)
    return opening
  }

  // Begun now and waited for by whoever signs first, so that nobody waits for it at the start.
  let mainKey: Promise<SigningKey> | undefined
  const main = openPool(world, { key: () => mainKey!, functions })
  mainKey = keyOf(world)

  world.store.migrate('cognito-idp-pools', MIGRATIONS)
  const open = ({ file, name, plan, created_at }: Row): Pool => {
    const own: World = {
      ...world,
      store: openStore(join(folder, file)),
      plan: { auth: JSON.parse(plan) as AuthPlan, storages: [], extraOutputs: {} },
    }
    let key: Promise<SigningKey> | undefined
    return openPool(own, {
      key: () => (key ??= keyOf(own)),
      functions,
      made: { name, file, createdAt: created_at },
    })
  }
  let made = world.store.all<Row>('SELECT * FROM made_pools ORDER BY created_at, rowid').map(open)
  const all = () => [main, ...made]

  const drop = (pool: Pool) => {
    const { file } = pool.made!
    made = made.filter((each) => each !== pool)
    world.store.run('DELETE FROM made_pools WHERE file = ?', file)
    pool.world.store.close()
    for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, `${file}${ending}`), { force: true })
  }

  return {
    main,
    all,
    meant(input) {
      const said = (name: string) => (typeof input[name] === 'string' ? (input[name] as string) : undefined)
      const token = claimsOf(said('AccessToken'))
      const pool = all().find((each) => each.id === said('UserPoolId') || issuerOf(each) === token?.iss)
      const clientId =
        said('ClientId') ?? token?.client_id ?? clientOf(pool ? [pool] : all(), said('Session'))
      for (const each of pool ? [pool] : all()) {
        const view = clientId ? asClient(each, clientId) : undefined
        if (view) return view
      }
      return pool ?? main
    },
    make(name, plan) {
      const file = `${crypto.randomUUID()}.sqlite`
      const row = { file, name, plan: JSON.stringify(plan), created_at: world.clock.now() }
      world.store.run('INSERT INTO made_pools VALUES (?, ?, ?, ?)', file, name, row.plan, row.created_at)
      const pool = open(row)
      made = [...made, pool]
      return pool
    },
    drop,
    reset() {
      resetPool(main)
      for (const pool of made) drop(pool)
    },
    async close() {
      await Promise.allSettled(keys)
      for (const { world: own } of made) own.store.close()
    },
  }
}

function claimsOf(token: string | undefined): { iss?: string; client_id?: string } | undefined {
  try {
    return token === undefined ? undefined : (decodeJwt(token) as { iss?: string; client_id?: string })
  } catch {
    return undefined
  }
}

/** Operations of a sign-in that has only its session to show. */
function clientOf(pools: Pool[], session: string | undefined): string | undefined {
  if (session === undefined) return undefined
  const id = createHash('sha256').update(session).digest('hex')
  for (const { world } of pools) {
    const row = world.store.get<{ client: string }>(
      "SELECT json_extract(data, '$.signIn.clientId') AS client FROM challenges WHERE id = ?",
      id,
    )
    if (row) return row.client
  }
  return undefined
}

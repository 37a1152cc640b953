import { randomUUID } from 'node:crypto'
import { FunctionError, type Functions } from '../functions.js'
import type { TableStreamPlan } from '../plan.js'
import type { World } from '../service.js'
import type { Items } from './items.js'
import type { Item } from './rules.js'
import type { Model } from './sdl.js'

// What happened to the rows of models, told to the functions whose event source is the stream of a table. An event is written down
// together with what happened, and told after that, in order and at least once:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html

export interface Streams {
  /** The same tables; what changes in them is written down within the transaction that changes it. */
  watch(items: Items): Items
  reset(): void
  /** Tells nothing more; what was not told is kept for the next start. */
  close(): void
}

/** AWS tries until a day has passed. */
const ATTEMPTS = 3

interface EventRow {
  id: number
  event: string
}

export function createStreams(world: World, functions: Functions): Streams {
  const { store } = world
  store.migrate('appsync-streams', [
    `CREATE TABLE appsync_streams (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, event TEXT NOT NULL) STRICT;
     CREATE INDEX appsync_streams_by_source ON appsync_streams (source, id)`,
  ])
  const busy = new Set<string>()
  let closed = false

  const nameOf = ({ model, function: { name } }: TableStreamPlan) => `${model} ${name}`
  const forget = (source: string, upTo: number) =>
    store.run('DELETE FROM appsync_streams WHERE source = ? AND id <= ?', source, upTo)

  /** All that waits for one function, a batch after the other. */
  async function tell(source: string): Promise<void> {
    if (busy.has(source)) return
    busy.add(source)
    let attempt = 1
    while (!closed) {
      // Asked each time: the definition may have been changed meanwhile.
      const stream = world.plan.data?.streams?.find((each) => nameOf(each) === source)
      const rows = store.all<EventRow>(
        'SELECT id, event FROM appsync_streams WHERE source = ? ORDER BY id LIMIT ?',
        ...[source, stream?.batchSize ?? 1000],
      )
      if (rows.length === 0) break
      const done = stream ? await deliver(stream, rows, attempt) : rows.length
      if (closed) break
      if (done > 0) forget(source, rows[done - 1]!.id)
      attempt = done > 0 ? 1 : attempt + 1
      if (attempt > ATTEMPTS) {
        forget(source, rows.at(-1)!.id)
        attempt = 1
      }
    }
    busy.delete(source)
  }

  /** How many of them are dealt with. */
  async function deliver(stream: TableStreamPlan, rows: EventRow[], attempt: number): Promise<number> {
    const records = rows.map(({ id, event }) => recordOf(world, id, JSON.parse(event) as Change))
    try {
      const answer = await functions.invoke(stream.function, { Records: records })
      const { batchItemFailures: failures } = (answer ?? {}) as {
        batchItemFailures?: { itemIdentifier: string }[]
      }
      const failed = (failures ?? []).map(({ itemIdentifier }) => itemIdentifier)
      const first = records.findIndex(({ dynamodb }) => failed.includes(dynamodb.SequenceNumber))
      if (first > 0 || failed.length === 0) return first > 0 ? first : rows.length
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error
      if (attempt === ATTEMPTS)
        world.log(
          `The stream of ${stream.model}: ${stream.function.name} failed ${ATTEMPTS} times: ${error.message}`,
        )
    }
    return 0
  }

  function record(model: Model, before: Item | undefined, after: Item | undefined) {
    for (const stream of world.plan.data?.streams ?? []) {
      if (stream.model !== model.name) continue
      const event: Change = { model: model.name, key: model.key, at: world.clock.now(), before, after }
      const source = nameOf(stream)
      store.run('INSERT INTO appsync_streams (source, event) VALUES (?, ?)', source, JSON.stringify(event))
      // After the transaction, if it holds.
      wake(source)
    }
  }

  const wake = (source: string) =>
    setImmediate(() => {
      if (!closed)
        tell(source).catch((error: Error) => world.log(`appsync: a stream stopped: ${error.stack}`))
    })

  // What was left by a sandbox that ended. Later, since the other services are not there yet.
  for (const { source } of store.all<{ source: string }>('SELECT DISTINCT source FROM appsync_streams'))
    wake(source)

  return {
    watch: (items) => ({
      ...items,
      insert(model, item) {
        items.insert(model, item)
        record(model, undefined, item)
      },
      replace(model, item) {
        const before = items.get(model, item)
        items.replace(model, item)
        record(model, before, item)
      },
      remove(model, key) {
        const before = items.get(model, key)
        items.remove(model, key)
        if (before) record(model, before, undefined)
      },
    }),
    reset: () => store.run('DELETE FROM appsync_streams'),
    close() {
      closed = true
    },
  }
}

interface Change {
  model: string
  key: string[]
  at: number
  before?: Item
  after?: Item
}

function recordOf({ region, accountId }: World, id: number, { model, key, at, before, after }: Change) {
  const image = (item: Item | undefined) => item && written({ __typename: model, ...item }).M
  const either = (after ?? before)!
  return {
    eventID: randomUUID().replaceAll('-', ''),
    eventName: before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1000),
      Keys: written(Object.fromEntries(key.map((name) => [name, either[name]]))).M,
      ...(after ? { NewImage: image(after) } : {}),
      ...(before ? { OldImage: image(before) } : {}),
      SequenceNumber: String(id).padStart(21, '0'),
      SizeBytes: JSON.stringify([before, after]).length,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: `arn:aws:dynamodb:${region}:${accountId}:table/${model}-sandbox-NONE/stream/1970-01-01T00:00:00.000`,
  }
}

/** In streams, numbers are texts. */
function written(value: unknown): Record<string, unknown> {
  if (value === null) return { NULL: true }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (Array.isArray(value)) return { L: value.map(written) }
  if (typeof value !== 'object') return { S: String(value) }
  return {
    M: Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== undefined)
        .map(([name, each]) => [name, written(each)]),
    ),
  }
}

import type { FunctionError, Functions } from '../functions.js'
import type { StorageTriggers } from '../plan.js'
import type { World } from '../service.js'
import type { Call } from './call.js'
import { requestIds } from './errors.js'
import { keyText, type ObjectRow } from './rows.js'

// What happened to objects, told to the functions of `defineStorage({ triggers })`. An event is written down together with what
// happened, and told after that; as on AWS at least once and in no order: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html

/** What was done, and by whom. */
export type Deed = Pick<Call, 'operation' | 'bucket' | 'key' | 'principal'>

export interface Events {
  /** Within the transaction in which it is done. */
  record(deed: Deed, object: ObjectRow): void
  /** Tells nothing more; what was not told is kept for the next start. */
  close(): void
}

const NAMES: Record<string, [trigger: keyof StorageTriggers, event: string]> = {
  PutObject: ['onUpload', 'ObjectCreated:Put'],
  CopyObject: ['onUpload', 'ObjectCreated:Copy'],
  CompleteMultipartUpload: ['onUpload', 'ObjectCreated:CompleteMultipartUpload'],
  DeleteObject: ['onDelete', 'ObjectRemoved:Delete'],
  DeleteObjects: ['onDelete', 'ObjectRemoved:Delete'],
}

/** How many functions are told at once. */
const CONCURRENCY = 4

/** As Lambda tries what was not called for an answer: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const ATTEMPTS = 3

interface EventRow {
  bucket: string
  trigger: keyof StorageTriggers
  event: string
}

export function createEvents(world: World, functions: Functions): Events {
  const { store } = world
  /** Ids of what is to be told. */
  const waiting: number[] = []
  let running = 0
  let sequence = 0
  let closed = false

  function tellWaiting() {
    while (!closed && running < CONCURRENCY) {
      const next = waiting.shift()
      if (next === undefined) return
      running++
      void tell(next).finally(() => {
        running--
        tellWaiting()
      })
    }
  }

  async function tell(id: number): Promise<void> {
    const row = store.get<EventRow>('SELECT bucket, trigger, event FROM s3_events WHERE id = ?', id)
    // Rolled back, or everything was reset.
    if (!row) return
    const { bucket, trigger, event } = row
    for (let attempt = 1; ; attempt++) {
      // Asked each time: the definition may have been changed meanwhile.
      const plan = world.plan.storages.find(({ bucketName }) => bucketName === bucket)?.triggers?.[trigger]
      try {
        if (plan) await functions.invoke(plan, JSON.parse(event))
        break
      } catch (error) {
        if (closed) return
        if (attempt < ATTEMPTS) continue
        world.log(`${trigger} of ${bucket} failed ${ATTEMPTS} times: ${(error as FunctionError).message}`)
        break
      }
    }
    if (!closed) store.run('DELETE FROM s3_events WHERE id = ?', id)
  }

  // What was left by a sandbox that ended. Later, since the other services are not there yet.
  waiting.push(...store.all<{ id: number }>('SELECT id FROM s3_events ORDER BY id').map(({ id }) => id))
  if (waiting.length) setImmediate(tellWaiting)

  return {
    record(deed, object) {
      const [trigger, eventName] = NAMES[deed.operation]!
      const storage = world.plan.storages.find(({ bucketName }) => bucketName === deed.bucket)
      if (!storage?.triggers?.[trigger]) return
      const event = JSON.stringify({ Records: [recordOf(world, deed, object, eventName, ++sequence)] })
      store.run(
        'INSERT INTO s3_events (bucket, trigger, event) VALUES (?, ?, ?)',
        ...[deed.bucket, trigger, event],
      )
      const { id } = store.get<{ id: number }>('SELECT last_insert_rowid() AS id')!
      waiting.push(id)
      // After the transaction, if it holds.
      setImmediate(tellWaiting)
    },
    close() {
      closed = true
    },
  }
}

const hex = (value: number, length: number) => value.toString(16).toUpperCase().padStart(length, '0')

function recordOf(world: World, deed: Deed, object: ObjectRow, eventName: string, sequence: number) {
  const { principal, bucket } = deed
  const who = 'identityId' in principal ? principal.identityId : (principal.function ?? principal.role)
  const now = world.clock.now()
  // Read by the rules of a form, as `decodeURIComponent(key.replace(/\+/g, ' '))` does.
  const key = encodeURIComponent(keyText(object.key)).replace(/%20/g, '+').replace(/%2F/g, '/')
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: world.region,
    eventTime: new Date(now).toISOString(),
    eventName,
    userIdentity: { principalId: `AWS:${who}` },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: requestIds(),
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: eventName.startsWith('ObjectCreated') ? 'onUpload' : 'onDelete',
      bucket: {
        name: bucket,
        ownerIdentity: { principalId: world.accountId },
        arn: `arn:aws:s3:::${bucket}`,
      },
      object: {
        key,
        ...(eventName.startsWith('ObjectCreated') ? { size: object.size, eTag: object.etag } : {}),
        // Of two events of one key the later has the greater one.
        sequencer: `${hex(now, 12)}${hex(sequence, 6)}`,
      },
    },
  }
}

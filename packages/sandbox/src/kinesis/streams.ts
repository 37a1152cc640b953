import { createHash } from 'node:crypto'
import { ServiceError } from '../awsJson.js'
import type { World } from '../service.js'

// Streams and their records, on the store.

const MIGRATIONS = [
  `CREATE TABLE kinesis_streams (
     name TEXT PRIMARY KEY, shards INTEGER NOT NULL, created_at INTEGER NOT NULL, declared INTEGER NOT NULL) STRICT;
   CREATE TABLE kinesis_records (
     number INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, shard INTEGER NOT NULL, partition_key TEXT NOT NULL,
     data BLOB NOT NULL, arrived_at INTEGER NOT NULL) STRICT;
   CREATE INDEX kinesis_records_by_shard ON kinesis_records (stream, shard, number)`,
]

export interface Stream {
  name: string
  shards: number
  created_at: number
}

export interface StoredRecord {
  number: number
  partition_key: string
  data: Uint8Array
  arrived_at: number
}

export function migrate({ store }: World): void {
  store.migrate('kinesis', MIGRATIONS)
}

/** Makes the streams of the definition that are not there yet, and drops those it no longer has. */
export function declareStreams({ store, plan, clock }: World): void {
  const streams = plan.local?.kinesis?.streams ?? []
  store.transaction(() => {
    const gone = store
      .all<Stream>('SELECT * FROM kinesis_streams WHERE declared = 1')
      .filter(({ name }) => !streams.some((each) => each.name === name))
    for (const { name } of gone) dropStream({ store }, name)
    for (const { name, shards } of streams) {
      store.run(
        `INSERT INTO kinesis_streams VALUES (?, ?, ?, 1)
         ON CONFLICT (name) DO UPDATE SET shards = excluded.shards, declared = 1`,
        name,
        shards,
        clock.now(),
      )
    }
  })
}

export function createStream({ store, clock }: World, name: string, shards: number): void {
  if (store.get('SELECT 1 FROM kinesis_streams WHERE name = ?', name)) {
    throw new ServiceError('ResourceInUseException', `Stream ${name} already exists.`)
  }
  store.run('INSERT INTO kinesis_streams VALUES (?, ?, ?, 0)', name, shards, clock.now())
}

export function dropStream({ store }: Pick<World, 'store'>, name: string): void {
  store.run('DELETE FROM kinesis_records WHERE stream = ?', name)
  store.run('DELETE FROM kinesis_streams WHERE name = ?', name)
}

export function listStreams({ store }: World): Stream[] {
  return store.all<Stream>('SELECT * FROM kinesis_streams ORDER BY name')
}

/** @throws {ServiceError} `ResourceNotFoundException` */
export function streamOf({ store, accountId }: World, name: string): Stream {
  const stream = store.get<Stream>('SELECT * FROM kinesis_streams WHERE name = ?', name)
  if (stream) return stream
  throw new ServiceError('ResourceNotFoundException', `Stream ${name} under account ${accountId} not found.`)
}

/** Keys are spread over the shards by their MD5: https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#partition-key */
const SPACE = 2n ** 128n

export function shardOf({ shards }: Stream, partitionKey: string, explicitHash?: string): number {
  const hash = explicitHash ?? `0x${createHash('md5').update(partitionKey).digest('hex')}`
  return Number((BigInt(hash) * BigInt(shards)) / SPACE)
}

/** The stretch of hash keys that a shard answers for. */
export function hashRange({ shards }: Stream, shard: number) {
  const from = (index: number) => (BigInt(index) * SPACE + BigInt(shards) - 1n) / BigInt(shards)
  return { StartingHashKey: String(from(shard)), EndingHashKey: String(from(shard + 1) - 1n) }
}

export function addRecord(
  { store, clock }: World,
  stream: Stream,
  { shard, partitionKey, data }: { shard: number; partitionKey: string; data: Uint8Array },
): number {
  store.run(
    'INSERT INTO kinesis_records (stream, shard, partition_key, data, arrived_at) VALUES (?, ?, ?, ?, ?)',
    ...[stream.name, shard, partitionKey, data, clock.now()],
  )
  return store.get<{ number: number }>('SELECT last_insert_rowid() AS number')!.number
}

export function readRecords(
  { store }: World,
  { stream, shard, after, limit }: { stream: string; shard: number; after: number; limit: number },
): StoredRecord[] {
  return store.all<StoredRecord>(
    `SELECT number, partition_key, data, arrived_at FROM kinesis_records
     WHERE stream = ? AND shard = ? AND number > ? ORDER BY number LIMIT ?`,
    ...[stream, shard, after, limit],
  )
}

/** The number of the last record of a shard, or of the last before a time. */
export function lastNumber(
  { store }: World,
  stream: string,
  shard: number,
  before = Number.MAX_SAFE_INTEGER,
) {
  return (
    store.get<{ last: number | null }>(
      'SELECT max(number) AS last FROM kinesis_records WHERE stream = ? AND shard = ? AND arrived_at < ?',
      ...[stream, shard, before],
    )?.last ?? 0
  )
}

/** Bytes and records that a shard has taken since a time. */
export function takenSince({ store }: World, stream: string, shard: number, since: number) {
  return store.get<{ records: number; bytes: number }>(
    `SELECT count(*) AS records, coalesce(sum(length(data)), 0) AS bytes FROM kinesis_records
     WHERE stream = ? AND shard = ? AND arrived_at > ?`,
    ...[stream, shard, since],
  )!
}

export const shardId = (shard: number) => `shardId-${String(shard).padStart(12, '0')}`

/** 56 digits, as the service's own, so that they sort as texts. */
export const sequenceNumber = (number: number) => `49${String(number).padStart(54, '0')}`

import { type Input, ServiceError } from '../awsJson.js'
import { text } from '../input.js'
import type { World } from '../service.js'
import { invalid, namedStream } from './records.js'
import {
  hashRange,
  lastNumber,
  readRecords,
  type Stream,
  sequenceNumber,
  shardId,
  streamOf,
} from './streams.js'

// What consumers call. An iterator is a place in a shard, good for five minutes.

const LIFETIME = 5 * 60_000
const MOST_RECORDS = 10_000
const LARGEST_ANSWER = 10 * 1024 * 1024

interface Place {
  stream: string
  shard: number
  /** The number of the record before. */
  after: number
  at: number
}

const iteratorOf = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64')

export function getShardIterator(world: World, input: Input): object {
  const stream = namedStream(world, input)
  const shard = shardIn(world, stream, text(input, 'ShardId'))
  const after = startOf(world, stream, shard, input)
  return { ShardIterator: iteratorOf({ stream: stream.name, shard, after, at: world.clock.now() }) }
}

function startOf(world: World, { name }: Stream, shard: number, input: Input): number {
  const type = text(input, 'ShardIteratorType')
  const given = () => Number(text(input, 'StartingSequenceNumber').slice(2))
  switch (type) {
    case 'TRIM_HORIZON':
      return 0
    case 'LATEST':
      return lastNumber(world, name, shard)
    case 'AT_SEQUENCE_NUMBER':
      return given() - 1
    case 'AFTER_SEQUENCE_NUMBER':
      return given()
    case 'AT_TIMESTAMP':
      return lastNumber(world, name, shard, Number(input.Timestamp) * 1000)
    default:
      throw invalid(
        'shardIteratorType',
        'Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
      )
  }
}

export function getRecords(world: World, input: Input): object {
  const place = placeOf(text(input, 'ShardIterator'))
  const now = world.clock.now()
  if (now - place.at > LIFETIME) {
    throw new ServiceError('ExpiredIteratorException', 'Iterator expired: it is older than five minutes.')
  }
  streamOf(world, place.stream)
  const limit = input.Limit ?? MOST_RECORDS
  if (!(typeof limit === 'number' && limit >= 1 && limit <= MOST_RECORDS)) {
    throw invalid('limit', `Member must have value between 1 and ${MOST_RECORDS}`)
  }
  let size = 0
  const found = readRecords(world, { ...place, limit }).filter(({ data }, index) => {
    size += data.length
    return index === 0 || size <= LARGEST_ANSWER
  })
  const last = found.at(-1)
  return {
    Records: found.map(({ number, partition_key, data, arrived_at }) => ({
      SequenceNumber: sequenceNumber(number),
      ApproximateArrivalTimestamp: arrived_at / 1000,
      Data: Buffer.from(data).toString('base64'),
      PartitionKey: partition_key,
    })),
    NextShardIterator: iteratorOf({ ...place, after: last?.number ?? place.after, at: now }),
    MillisBehindLatest: last ? now - last.arrived_at : 0,
  }
}

function placeOf(iterator: string): Place {
  try {
    const place = JSON.parse(Buffer.from(iterator, 'base64').toString()) as Place
    if (typeof place.stream === 'string' && typeof place.at === 'number') return place
  } catch {
    // Said below.
  }
  throw new ServiceError('InvalidArgumentException', 'Invalid ShardIterator.')
}

function shardIn({ accountId }: World, stream: Stream, id: string): number {
  for (let shard = 0; shard < stream.shards; shard++) if (shardId(shard) === id) return shard
  throw new ServiceError(
    'ResourceNotFoundException',
    `Shard ${id} in stream ${stream.name} under account ${accountId} does not exist`,
  )
}

export function shardsOf(stream: Stream): object[] {
  return Array.from({ length: stream.shards }, (_, shard) => ({
    ShardId: shardId(shard),
    HashKeyRange: hashRange(stream, shard),
    SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(0) },
  }))
}

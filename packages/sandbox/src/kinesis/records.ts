import { type Input, ServiceError } from '../awsJson.js'
import { refusedByOrder } from '../batchFault.js'
import { optionalText } from '../input.js'
import type { WireRequest, World } from '../service.js'
import { addRecord, type Stream, sequenceNumber, shardId, shardOf, streamOf, takenSince } from './streams.js'

// What producers call. Limits: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html

const LARGEST_RECORD = 1024 * 1024
const LARGEST_CALL = 5 * 1024 * 1024
const MOST_RECORDS = 500
/** What a shard takes in a second. */
const SHARD_RECORDS = 1000
const SHARD_BYTES = 1024 * 1024

interface Arriving {
  partitionKey: string
  data: Buffer
  shard: number
}

export const invalid = (at: string, rule: string) =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value at '${at}' failed to satisfy constraint: ${rule}`,
  )

/** The stream that a call names, by name or by ARN. @throws {ServiceError} */
export function namedStream(world: World, input: Input): Stream {
  const arn = optionalText(input, 'StreamARN')
  const name = optionalText(input, 'StreamName') ?? arn?.split(':stream/')[1]
  if (!name) throw invalid('streamName', 'Member must not be null')
  return streamOf(world, name)
}

export function putRecords(world: World, input: Input, request: WireRequest): object {
  const { Records: list } = input
  if (!Array.isArray(list) || !list.length) {
    throw invalid('records', 'Member must have length greater than or equal to 1')
  }
  if (list.length > MOST_RECORDS) {
    throw invalid('records', `Member must have length less than or equal to ${MOST_RECORDS}`)
  }
  const stream = namedStream(world, input)
  const arriving = list.map((each, index) =>
    arrivingRecord(stream, each as Input, `records.${index + 1}.member.`),
  )
  const size = arriving.reduce((sum, { data, partitionKey }) => sum + data.length + partitionKey.length, 0)
  if (size > LARGEST_CALL) {
    throw new ServiceError('InvalidArgumentException', 'Records size exceeds 5 MB limit')
  }
  const isRefused = refusedByOrder(
    request,
    arriving.map(({ partitionKey }) => partitionKey),
  )
  // A shard that has refused one record of a call takes none of the later ones, so what it takes stays in order.
  const full = new Set<number>()
  const Records = world.store.transaction(() =>
    arriving.map((record, index) => {
      if (full.has(record.shard) || isFull(world, stream, record)) full.add(record.shard)
      if (isRefused(index) || full.has(record.shard)) return exceeded(world, stream, record.shard)
      const number = addRecord(world, stream, record)
      return { SequenceNumber: sequenceNumber(number), ShardId: shardId(record.shard) }
    }),
  )
  const taken = arriving.filter((_, index) => !('ErrorCode' in Records[index]!))
  saw(world, stream, taken)
  return {
    FailedRecordCount: Records.filter((each) => 'ErrorCode' in each).length,
    Records,
    EncryptionType: 'NONE',
  }
}

export function putRecord(world: World, input: Input): object {
  const stream = namedStream(world, input)
  const record = arrivingRecord(stream, input, '')
  if (isFull(world, stream, record)) {
    const { ErrorCode, ErrorMessage } = exceeded(world, stream, record.shard)
    throw new ServiceError(ErrorCode, ErrorMessage)
  }
  const number = addRecord(world, stream, record)
  saw(world, stream, [record])
  return { SequenceNumber: sequenceNumber(number), ShardId: shardId(record.shard), EncryptionType: 'NONE' }
}

function saw({ seen }: World, { name }: Stream, taken: Arriving[]) {
  seen.saw(
    'kinesis',
    name,
    taken.map(({ data }) => data),
  )
}

function arrivingRecord(stream: Stream, input: Input, at: string): Arriving {
  const { Data, PartitionKey: partitionKey, ExplicitHashKey: hash } = input ?? {}
  if (typeof partitionKey !== 'string' || !partitionKey)
    throw invalid(`${at}partitionKey`, 'Member must not be null')
  if (partitionKey.length > 256) {
    throw invalid(`${at}partitionKey`, 'Member must have length less than or equal to 256')
  }
  if (typeof Data !== 'string') throw invalid(`${at}data`, 'Member must not be null')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(Data)) {
    throw new ServiceError('SerializationException', `${at}data is not base64.`)
  }
  const data = Buffer.from(Data, 'base64')
  if (data.length > LARGEST_RECORD) {
    throw invalid(`${at}data`, `Member must have length less than or equal to ${LARGEST_RECORD}`)
  }
  if (hash !== undefined && !(typeof hash === 'string' && /^(0|[1-9]\d{0,38})$/.test(hash))) {
    throw invalid(
      `${at}explicitHashKey`,
      'Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})',
    )
  }
  return { partitionKey, data, shard: shardOf(stream, partitionKey, hash) }
}

/** Only where the definition asks for it: a person who tries things out must not wait for a shard. */
function isFull(world: World, { name }: Stream, { shard, data }: Arriving): boolean {
  const said = world.plan.local?.kinesis?.streams.find((each) => each.name === name)
  if (!said?.throttled) return false
  const { records, bytes } = takenSince(world, name, shard, world.clock.now() - 1000)
  return records >= SHARD_RECORDS || bytes + data.length > SHARD_BYTES
}

function exceeded({ accountId }: World, { name }: Stream, shard: number) {
  return {
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage: `Rate exceeded for shard ${shardId(shard)} in stream ${name} under account ${accountId}.`,
  }
}

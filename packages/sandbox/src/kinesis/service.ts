import { answerCall, errorReply, type Input, isCallOf, type Operation, ServiceError } from '../awsJson.js'
import { text } from '../input.js'
import type { CredentialAuthority, Service, WireRequest, World } from '../service.js'
import { checkMayCall, signerOf } from '../signed.js'
import { STREAM_NAME } from './plan.js'
import { getRecords, getShardIterator, shardsOf } from './reading.js'
import { invalid, namedStream, putRecord, putRecords } from './records.js'
import { createStream, declareStreams, dropStream, listStreams, migrate, type Stream } from './streams.js'

// Kinesis Data Streams as producers of an app use it, and enough of the rest to make streams and to read them. Over HTTP/2 as well.
// See docs/protocols/kinesis.md.

const TARGET = 'Kinesis_20131202'
/** 5 MB of records are 6.7 MB in base64. */
const LARGEST_BODY = 8 * 1024 * 1024

/** The operations that a role of the identity pool may be given; the others take the root key. */
const PRODUCING = ['PutRecord', 'PutRecords']

export function createKinesis(world: World, authority: CredentialAuthority): Service {
  migrate(world)
  declareStreams(world)

  const described = ({ name, created_at }: Stream) => ({
    StreamName: name,
    StreamARN: `arn:aws:kinesis:${world.region}:${world.accountId}:stream/${name}`,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: 'PROVISIONED' },
    StreamCreationTimestamp: created_at / 1000,
    RetentionPeriodHours: 24,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: 'NONE',
  })

  const operations: Record<string, (input: Input, request: WireRequest) => object | undefined> = {
    PutRecords: (input, request) => putRecords(world, input, request),
    PutRecord: (input) => putRecord(world, input),
    GetShardIterator: (input) => getShardIterator(world, input),
    GetRecords: (input) => getRecords(world, input),

    CreateStream(input) {
      const name = text(input, 'StreamName')
      if (!STREAM_NAME.test(name)) {
        throw invalid('streamName', `Member must satisfy regular expression pattern: ${STREAM_NAME.source}`)
      }
      const { ShardCount: shards = 1 } = input
      if (!(Number.isInteger(shards) && (shards as number) >= 1 && (shards as number) <= 1000)) {
        throw invalid('shardCount', 'Member must have value between 1 and 1000')
      }
      createStream(world, name, shards as number)
      return undefined
    },
    DeleteStream(input) {
      dropStream(world, namedStream(world, input).name)
      return undefined
    },
    ListStreams: () => ({
      StreamNames: listStreams(world).map(({ name }) => name),
      HasMoreStreams: false,
      StreamSummaries: listStreams(world).map(described),
    }),
    DescribeStream(input) {
      const stream = namedStream(world, input)
      return { StreamDescription: { ...described(stream), Shards: shardsOf(stream), HasMoreShards: false } }
    },
    DescribeStreamSummary(input) {
      const stream = namedStream(world, input)
      return {
        StreamDescriptionSummary: { ...described(stream), OpenShardCount: stream.shards, ConsumerCount: 0 },
      }
    },
    ListShards: (input) => ({ Shards: shardsOf(namedStream(world, input)) }),
  }

  const signed = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    async (input, request) => {
      const principal = await signerOf(request, { service: 'kinesis', authority, clock: world.clock })
      const access = PRODUCING.includes(name) ? world.plan.local?.kinesis?.access : []
      checkMayCall(principal, `kinesis:${name}`, access)
      return operation(input, request)
    },
  ])

  return {
    name: 'kinesis',
    matches: (request) => isCallOf(TARGET, request),
    async handle(request) {
      await request.bytes(LARGEST_BODY)
      return answerCall(TARGET, Object.fromEntries(signed), request)
    },
    fault,
    outputs: () =>
      world.plan.local?.kinesis
        ? { analytics: { amazon_kinesis: { aws_region: world.region, endpoint: world.url } } }
        : {},
    reload: () => declareStreams(world),
    reset() {
      for (const { name } of listStreams(world)) dropStream(world, name)
      declareStreams(world)
    },
  }
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html */
function fault(status: number, message: string) {
  const types: Record<number, string> = {
    400: 'ProvisionedThroughputExceededException',
    403: 'AccessDeniedException',
    413: 'RequestEntityTooLargeException',
    429: 'LimitExceededException',
    503: 'ServiceUnavailable',
  }
  return errorReply(new ServiceError(types[status] ?? 'InternalFailure', message, status))
}

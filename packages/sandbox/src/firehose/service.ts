import { randomUUID } from 'node:crypto'
import { answerCall, errorReply, type Input, isCallOf, type Operation, ServiceError } from '../awsJson.js'
import { refusedByOrder } from '../batchFault.js'
import { text } from '../input.js'
import type { S3 } from '../s3/service.js'
import type { CredentialAuthority, Service, WireRequest, World } from '../service.js'
import { checkMayCall, signerOf } from '../signed.js'
import type { FirehosePlan } from './plan.js'

// Data Firehose as producers of an app use it: what a call brings becomes an object of the bucket, at once. See docs/protocols/firehose.md.

const TARGET = 'Firehose_20150804'
const LARGEST_BODY = 8 * 1024 * 1024
const LARGEST_RECORD = 1_024_000
const LARGEST_CALL = 4 * 1024 * 1024
const MOST_RECORDS = 500

type DeliveryStream = FirehosePlan['streams'][number]

const invalid = (message: string) => new ServiceError('InvalidArgumentException', message)

export function createFirehose(
  world: World,
  authority: CredentialAuthority,
  deliver: S3['deliver'],
): Service {
  const plan = () => world.plan.local?.firehose

  function streamOf(input: Input): DeliveryStream {
    const name = text(input, 'DeliveryStreamName')
    const stream = plan()?.streams.find((each) => each.name === name)
    if (stream) return stream
    throw new ServiceError(
      'ResourceNotFoundException',
      `Firehose ${name} not found under account ${world.accountId}.`,
    )
  }

  /** Where Firehose puts things: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
  async function write({ name, bucket, prefix }: DeliveryStream, records: Buffer[]): Promise<void> {
    if (!records.length) return
    const { storages } = world.plan
    const target = storages.find((each) => (bucket ? each.name === bucket : each.isDefault))!
    const [date = '', time = ''] = new Date(world.clock.now()).toISOString().split(/[T.]/)
    const folder = `${date.replaceAll('-', '/')}/${time.slice(0, 2)}`
    const key = `${prefix}${folder}/${name}-1-${date}-${time.replaceAll(':', '-')}-${randomUUID()}`
    await deliver(target.bucketName, key, Buffer.concat(records))
    world.seen.saw('firehose', name, records)
  }

  const operations: Record<string, (input: Input, request: WireRequest) => Promise<object> | object> = {
    async PutRecordBatch(input, request) {
      const stream = streamOf(input)
      const { Records: list } = input
      if (!Array.isArray(list) || !list.length || list.length > MOST_RECORDS) {
        throw invalid(`Records must be a list of 1 to ${MOST_RECORDS}.`)
      }
      const records = list.map((each: Input, index) => dataOf(each, `Records[${index}]`))
      if (records.reduce((sum, { length }) => sum + length, 0) > LARGEST_CALL) {
        throw invalid('Records size exceeds 4 MB limit')
      }
      const isRefused = refusedByOrder(
        request,
        records.map((_, index) => String(index)),
      )
      await write(
        stream,
        records.filter((_, index) => !isRefused(index)),
      )
      const RequestResponses = records.map((_, index) =>
        isRefused(index)
          ? { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
          : { RecordId: randomUUID() },
      )
      return {
        FailedPutCount: RequestResponses.filter((each) => 'ErrorCode' in each).length,
        Encrypted: false,
        RequestResponses,
      }
    },

    async PutRecord(input) {
      const stream = streamOf(input)
      await write(stream, [dataOf(input.Record as Input, 'Record')])
      return { RecordId: randomUUID(), Encrypted: false }
    },

    ListDeliveryStreams: () => ({
      DeliveryStreamNames: plan()?.streams.map(({ name }) => name) ?? [],
      HasMoreDeliveryStreams: false,
    }),
  }

  const signed = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    async (input, request) => {
      const principal = await signerOf(request, { service: 'firehose', authority, clock: world.clock })
      checkMayCall(principal, `firehose:${name}`, name.startsWith('Put') ? plan()?.access : [])
      return operation(input, request)
    },
  ])

  return {
    name: 'firehose',
    matches: (request) => isCallOf(TARGET, request),
    async handle(request) {
      await request.bytes(LARGEST_BODY)
      return answerCall(TARGET, Object.fromEntries(signed), request)
    },
    fault,
    outputs: () =>
      plan()
        ? { analytics: { amazon_kinesis_firehose: { aws_region: world.region, endpoint: world.url } } }
        : {},
  }
}

function dataOf(input: Input | undefined, at: string): Buffer {
  const { Data } = input ?? {}
  if (typeof Data !== 'string') throw invalid(`${at}.Data must be given.`)
  const data = Buffer.from(Data, 'base64')
  if (data.length > LARGEST_RECORD) throw invalid(`${at}.Data is larger than ${LARGEST_RECORD} bytes.`)
  return data
}

/** https://docs.aws.amazon.com/firehose/latest/APIReference/CommonErrors.html */
function fault(status: number, message: string) {
  const types: Record<number, string> = {
    400: 'InvalidArgumentException',
    403: 'AccessDeniedException',
    413: 'RequestEntityTooLargeException',
    429: 'LimitExceededException',
    503: 'ServiceUnavailableException',
  }
  return errorReply(new ServiceError(types[status] ?? 'InternalFailure', message, status))
}

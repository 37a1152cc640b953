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
/** What a delivery stream takes in a second: https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const STREAM_BYTES = 5 * 1024 * 1024
const SLOW_DOWN = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }

type DeliveryStream = FirehosePlan['streams'][number]

const invalid = (message: string) => new ServiceError('InvalidArgumentException', message)

export function createFirehose(
  world: World,
  authority: CredentialAuthority,
  deliver: S3['deliver'],
): Service {
  const plan = () => world.plan.local?.firehose
  /** What throttled streams took within the last second, by name. */
  const taken = new Map<string, { at: number; bytes: number }[]>()

  /** Says of each record in turn whether it is one too many. */
  function meter({ name, throttled }: DeliveryStream): (record: Buffer) => boolean {
    if (!throttled) return () => false
    const now = world.clock.now()
    const recent = (taken.get(name) ?? []).filter(({ at }) => at > now - 1000)
    taken.set(name, recent)
    let left = STREAM_BYTES - recent.reduce((sum, { bytes }) => sum + bytes, 0)
    return ({ length }) => {
      if (length > left) return true
      left -= length
      recent.push({ at: now, bytes: length })
      return false
    }
  }

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
      const isTooMany = meter(stream)
      const refused = records.map((record, index) => isRefused(index) || isTooMany(record))
      await write(
        stream,
        records.filter((_, index) => !refused[index]),
      )
      const RequestResponses = refused.map((each) => (each ? SLOW_DOWN : { RecordId: randomUUID() }))
      return {
        FailedPutCount: RequestResponses.filter((each) => 'ErrorCode' in each).length,
        Encrypted: false,
        RequestResponses,
      }
    },

    async PutRecord(input) {
      const stream = streamOf(input)
      const record = dataOf(input.Record as Input, 'Record')
      if (meter(stream)(record)) throw new ServiceError(SLOW_DOWN.ErrorCode, SLOW_DOWN.ErrorMessage, 503)
      await write(stream, [record])
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
    reset: () => taken.clear(),
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

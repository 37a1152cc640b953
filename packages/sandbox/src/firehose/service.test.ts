import {
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from '../events.fixture.js'
import type { LocalPlan } from '../plan.js'

const DeliveryStreamName = 'archive'
const plan = { streams: [{ name: DeliveryStreamName, prefix: 'events/' }] }
const record = (text: string) => ({ Data: Buffer.from(text) })

async function start(firehose: LocalPlan['firehose'] = plan) {
  const { sandbox, root, guest } = await startLocal({ firehose })
  const s3 = new S3Client({ ...root, forcePathStyle: true })
  const clients = { root: new FirehoseClient(root), guest: new FirehoseClient(guest) }
  onTestFinished(() => {
    for (const each of [s3, clients.root, clients.guest]) each.destroy()
  })
  const Bucket = 'drive-bucket'
  /** Every object, oldest first: its key and its text. */
  const delivered = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Promise.all(
      Contents.map(async ({ Key }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
        return { key: Key!, text: await Body!.transformToString() }
      }),
    )
  }
  return { sandbox, ...clients, delivered }
}

test("a guest's batch becomes an object of the bucket, under the prefix and the hour", async () => {
  const { guest, delivered } = await start()
  const Records = ['{"n":1}\n', '{"n":2}\n'].map(record)
  const answer = await guest.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }))
  expect(answer).toMatchObject({ FailedPutCount: 0, RequestResponses: [{}, {}] })
  const [object, ...more] = await delivered()
  expect(more).toEqual([])
  expect(object!.text).toBe('{"n":1}\n{"n":2}\n')
  expect(object!.key).toMatch(/^events\/\d{4}\/\d\d\/\d\d\/\d\d\/archive-1-\d{4}(-\d\d){5}-[\da-f-]{36}$/)
})

test('a batch that is ordered to fail in part delivers the rest', async () => {
  const { sandbox, root, delivered } = await start()
  sandbox.failNext({ service: 'firehose', records: 1 })
  const Records = ['a', 'b', 'c'].map(record)
  const answer = await root.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }))
  expect(answer.FailedPutCount).toBe(1)
  expect(answer.RequestResponses![0]).toMatchObject({ ErrorCode: 'ServiceUnavailableException' })
  expect((await delivered()).map(({ text }) => text)).toEqual(['bc'])
})

test('a throttled stream takes five megabytes in a second, and says of each record whether it did', async () => {
  const { sandbox, root, delivered } = await start({
    streams: [{ name: DeliveryStreamName, prefix: '', throttled: true }],
  })
  const Record = { Data: Buffer.alloc(900_000) }
  const put = async (count: number) => {
    const Records = Array.from({ length: count }, () => Record)
    const answer = await root.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }))
    expect(answer.FailedPutCount).toBe(
      answer.RequestResponses!.filter(({ ErrorCode }) => ErrorCode === 'ServiceUnavailableException').length,
    )
    return answer.RequestResponses!.map(({ RecordId }) => !!RecordId)
  }
  expect(await put(4)).toEqual([true, true, true, true])
  expect(await put(3)).toEqual([true, false, false])
  const one = () => root.send(new PutRecordCommand({ DeliveryStreamName, Record }))
  await expect(one()).rejects.toMatchObject({
    ...{ name: 'ServiceUnavailableException', message: 'Slow down.' },
    $metadata: { httpStatusCode: 503 },
  })
  sandbox.clock.advance(1001)
  expect((await one()).RecordId).toBeTruthy()
  const sizes = (await delivered()).map(({ text }) => text.length)
  expect(sizes.toSorted()).toEqual([3_600_000, 900_000, 900_000])
})

test.for<[number, string]>([
  [429, 'LimitExceededException'],
  [503, 'ServiceUnavailableException'],
  [500, 'InternalFailure'],
])('an ordered %i is %s', async ([status, name]) => {
  const { sandbox, root } = await start()
  sandbox.failNext({ service: 'firehose', status })
  const put = root.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [record('x')] }))
  await expect(put).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } })
})

test.for<[string, object]>([
  ['ResourceNotFoundException', { DeliveryStreamName: 'gone', Records: [record('x')] }],
  ['InvalidArgumentException', { Records: Array.from({ length: 501 }, () => record('x')) }],
  ['InvalidArgumentException', { Records: [{ Data: Buffer.alloc(1_024_001) }] }],
  [
    'InvalidArgumentException',
    { Records: Array.from({ length: 5 }, () => ({ Data: Buffer.alloc(900_000) })) },
  ],
])('%s', async ([name, more]) => {
  const { root, delivered } = await start()
  const put = root.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [], ...more }))
  await expect(put).rejects.toMatchObject({ name })
  expect(await delivered()).toEqual([])
})

test('a role that is not named may not put, and none may list', async () => {
  const { guest } = await start({ ...plan, access: ['authenticated'] })
  const denied = { name: 'AccessDeniedException' }
  const put = guest.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: [record('x')] }))
  await expect(put).rejects.toMatchObject(denied)
  await expect(guest.send(new ListDeliveryStreamsCommand())).rejects.toMatchObject(denied)
})

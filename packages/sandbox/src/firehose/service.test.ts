import { FirehoseClient, ListDeliveryStreamsCommand, PutRecordBatchCommand } from '@aws-sdk/client-firehose'
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

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from '../events.fixture.js'

// The AWS SDK's client speaks HTTP/2 with prior knowledge.

const StreamName = 'clicks'
const kinesis = { streams: [{ name: StreamName, shards: 2 }] }
const entry = (n: number, PartitionKey = `p${n}`) => ({ Data: Buffer.from(String(n)), PartitionKey })
const text = (data?: Uint8Array) => Buffer.from(data!).toString()

async function start(plan: Parameters<typeof startLocal>[0] = { kinesis }, options = {}) {
  const stage = await startLocal(plan, options)
  const clients = { root: new KinesisClient(stage.root), guest: new KinesisClient(stage.guest) }
  onTestFinished(() => {
    clients.root.destroy()
    clients.guest.destroy()
  })
  const iterator = async (ShardId: string, more: Partial<GetShardIteratorCommandInput> = {}) =>
    (
      await clients.root.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON', ...more }),
      )
    ).ShardIterator
  const read = async (ShardIterator: string | undefined, Limit?: number) =>
    clients.root.send(new GetRecordsCommand({ ShardIterator, Limit }))
  return { ...stage, ...clients, iterator, read }
}

test('what a guest puts is read back by shard, in order, with its key', async () => {
  const { root, guest, iterator, read } = await start()
  const Records = Array.from({ length: 40 }, (_, n) => entry(n, `p${n % 7}`))
  const put = await guest.send(new PutRecordsCommand({ StreamName, Records }))
  expect(put.FailedRecordCount).toBe(0)
  const { Shards } = await root.send(new ListShardsCommand({ StreamName }))
  expect(Shards!.map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000000', 'shardId-000000000001'])
  const shards = await Promise.all(
    Shards!.map(async ({ ShardId }) => (await read(await iterator(ShardId!))).Records!),
  )
  expect(shards.every(({ length }) => length > 0)).toBe(true)
  for (const shard of shards) {
    const numbers = shard.map(({ Data }) => Number(text(Data)))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    for (const each of shard) expect(each.PartitionKey).toBe(`p${Number(text(each.Data)) % 7}`)
  }
  expect(
    shards
      .flat()
      .map(({ SequenceNumber }) => SequenceNumber)
      .toSorted(),
  ).toEqual(put.Records!.map(({ SequenceNumber }) => SequenceNumber))
})

test('an iterator begins where it is told, and goes on from there', async () => {
  const { sandbox, root, iterator, read } = await start({
    kinesis: { streams: [{ name: StreamName, shards: 1 }] },
  })
  const ShardId = 'shardId-000000000000'
  const put = async (n: number) =>
    (await root.send(new PutRecordCommand({ StreamName, ...entry(n) }))).SequenceNumber!
  const latest = await iterator(ShardId, { ShardIteratorType: 'LATEST' })
  const numbers = [await put(0), await put(1)]
  sandbox.clock.advance(60_000)
  const Timestamp = new Date(sandbox.clock.now() - 1)
  numbers.push(await put(2))
  const from = async (ShardIteratorType: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER' | 'AT_TIMESTAMP') =>
    (
      await read(
        await iterator(ShardId, { ShardIteratorType, StartingSequenceNumber: numbers[1], Timestamp }),
      )
    ).Records!.map(({ Data }) => text(Data))
  expect(await from('AT_SEQUENCE_NUMBER')).toEqual(['1', '2'])
  expect(await from('AFTER_SEQUENCE_NUMBER')).toEqual(['2'])
  expect(await from('AT_TIMESTAMP')).toEqual(['2'])
  const first = await read(latest, 2)
  expect(first.Records).toHaveLength(2)
  expect((await read(first.NextShardIterator)).Records).toHaveLength(1)
  sandbox.clock.advance(6 * 60_000)
  root.config.systemClockOffset = sandbox.clock.now() - Date.now()
  await expect(read(latest)).rejects.toMatchObject({ name: 'ExpiredIteratorException' })
})

test('a batch that is ordered to fail in part says which records, and takes the others', async () => {
  const { sandbox, root } = await start()
  sandbox.failNext({ service: 'kinesis', records: 1 })
  const Records = [entry(0, 'hot'), entry(1, 'cold'), entry(2, 'hot')]
  const put = await root.send(new PutRecordsCommand({ StreamName, Records }))
  expect(put.FailedRecordCount).toBe(2)
  expect(put.Records!.map(({ ErrorCode }) => ErrorCode)).toEqual([
    'ProvisionedThroughputExceededException',
    undefined,
    'ProvisionedThroughputExceededException',
  ])
  expect((await root.send(new PutRecordsCommand({ StreamName, Records }))).FailedRecordCount).toBe(0)
})

test('a throttled shard takes a thousand records in a second', async () => {
  const { sandbox, root } = await start({
    kinesis: { streams: [{ name: StreamName, shards: 1, throttled: true }] },
  })
  const Records = Array.from({ length: 500 }, (_, n) => entry(n))
  const put = async () => (await root.send(new PutRecordsCommand({ StreamName, Records }))).FailedRecordCount
  expect([await put(), await put(), await put()]).toEqual([0, 0, 500])
  sandbox.clock.advance(1001)
  expect(await put()).toBe(0)
})

test.for<[string, string, object]>([
  ['ResourceNotFoundException', 'Stream gone under account', { StreamName: 'gone', Records: [entry(0)] }],
  [
    'ValidationException',
    'less than or equal to 500',
    { Records: Array.from({ length: 501 }, (_, n) => entry(n)) },
  ],
  [
    'ValidationException',
    'records.1.member.data',
    { Records: [{ ...entry(0), Data: Buffer.alloc(1_048_577) }] },
  ],
  ['ValidationException', 'records.1.member.partitionKey', { Records: [entry(0, 'k'.repeat(257))] }],
  [
    'InvalidArgumentException',
    '5 MB',
    { Records: Array.from({ length: 6 }, (_, n) => ({ ...entry(n), Data: Buffer.alloc(1_000_000) })) },
  ],
])('%s: %s', async ([name, message, more]) => {
  const { root } = await start()
  const put = root.send(new PutRecordsCommand({ StreamName, Records: [], ...more }))
  await expect(put).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
})

test('a throttled shard takes a megabyte in a second as well', async () => {
  const { sandbox, root } = await start({
    kinesis: { streams: [{ name: StreamName, shards: 1, throttled: true }] },
  })
  const Records = [0, 1].map((n) => ({ ...entry(n), Data: Buffer.alloc(600_000) }))
  const put = await root.send(new PutRecordsCommand({ StreamName, Records }))
  expect(put.Records!.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    'ProvisionedThroughputExceededException',
  ])
  sandbox.clock.advance(1001)
  expect(
    (await root.send(new PutRecordsCommand({ StreamName, Records: [Records[1]!] }))).FailedRecordCount,
  ).toBe(0)
})

test.for<[number, string]>([
  [429, 'LimitExceededException'],
  [400, 'ProvisionedThroughputExceededException'],
  [503, 'ServiceUnavailable'],
])('an ordered %i is %s', async ([status, name]) => {
  const { sandbox, root } = await start()
  sandbox.failNext({ service: 'kinesis', status })
  await expect(root.send(new PutRecordsCommand({ StreamName, Records: [entry(0)] }))).rejects.toMatchObject({
    ...{ name, $metadata: { httpStatusCode: status } },
  })
})

test('roles put and nothing more, and only those that the definition names', async () => {
  const { guest } = await start({ kinesis: { ...kinesis, access: ['authenticated'] } })
  const denied = { name: 'AccessDeniedException' }
  await expect(guest.send(new PutRecordCommand({ StreamName, ...entry(1) }))).rejects.toMatchObject(denied)
  await expect(guest.send(new ListStreamsCommand())).rejects.toMatchObject(denied)
})

test('a forged signature is refused', async () => {
  const { sandbox } = await start()
  const forged = new KinesisClient({
    ...{ region: 'us-east-1', endpoint: sandbox.url, maxAttempts: 1 },
    credentials: { ...sandbox.credentials, secretAccessKey: 'guessed' },
  })
  onTestFinished(() => forged.destroy())
  await expect(forged.send(new ListStreamsCommand())).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  })
})

test('streams are made and dropped, and survive a restart with their records', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'backline-kinesis-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const first = await start({ kinesis }, { dataDir })
  await first.root.send(new CreateStreamCommand({ StreamName: 'more', ShardCount: 3 }))
  await expect(first.root.send(new CreateStreamCommand({ StreamName: 'more' }))).rejects.toMatchObject({
    name: 'ResourceInUseException',
  })
  await first.root.send(new PutRecordsCommand({ StreamName, Records: [entry(7)] }))
  await first.stop()

  const { root, iterator, read } = await start(
    { kinesis: { streams: [{ name: StreamName, shards: 2 }] } },
    { dataDir },
  )
  const { StreamDescriptionSummary: more } = await root.send(
    new DescribeStreamSummaryCommand({ StreamName: 'more' }),
  )
  expect(more).toMatchObject({ OpenShardCount: 3, StreamStatus: 'ACTIVE' })
  const shards = await Promise.all(['0', '1'].map((n) => iterator(`shardId-00000000000${n}`)))
  const kept = (await Promise.all(shards.map((each) => read(each)))).flatMap(({ Records }) => Records!)
  expect(kept.map(({ Data }) => text(Data))).toEqual(['7'])
  await root.send(new DeleteStreamCommand({ StreamName: 'more' }))
  expect((await root.send(new ListStreamsCommand())).StreamNames).toEqual([StreamName])
})

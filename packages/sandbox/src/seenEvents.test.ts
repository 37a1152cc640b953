import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose'
import { KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { PersonalizeEventsClient, PutEventsCommand } from '@aws-sdk/client-personalize-events'
import { PinpointClient, PutEventsCommand as PutPinpointEventsCommand } from '@aws-sdk/client-pinpoint'
import { expect, onTestFinished, test } from 'vitest'
import { startLocal } from './events.fixture.js'
import type { SeenEvent } from './seenEvents.js'

async function start() {
  const { sandbox, guest } = await startLocal({
    kinesis: { streams: [{ name: 'clicks', shards: 1 }] },
    firehose: { streams: [{ name: 'archive', prefix: '' }] },
    personalize: { trackingId: 'tracker' },
    pinpoint: { appId: 'app' },
  })
  const kinesis = new KinesisClient(guest)
  const firehose = new FirehoseClient(guest)
  const personalize = new PersonalizeEventsClient(guest)
  const pinpoint = new PinpointClient(guest)
  onTestFinished(() => {
    for (const each of [kinesis, firehose, personalize, pinpoint]) each.destroy()
  })
  const put = (text: string, PartitionKey = 'p') => ({ Data: Buffer.from(text), PartitionKey })
  const seen = async () => {
    const state = await (await fetch(`${sandbox.url}/_backline/state`)).json()
    return (state as { events: SeenEvent[] }).events
  }
  return { sandbox, kinesis, firehose, personalize, pinpoint, put, seen }
}

test('the control page shows what each service took, and nothing that it refused', async () => {
  const { sandbox, kinesis, firehose, personalize, pinpoint, put, seen } = await start()
  expect(await seen()).toEqual([])
  sandbox.failNext({ service: 'kinesis', records: 1 })
  await kinesis.send(
    new PutRecordsCommand({ StreamName: 'clicks', Records: [put('{"n":1}', 'a'), put('{"n":2}', 'b')] }),
  )
  await kinesis.send(
    new PutRecordCommand({ StreamName: 'clicks', Data: Buffer.of(0xff, 0xfe), PartitionKey: 'p' }),
  )
  await firehose.send(
    new PutRecordBatchCommand({ DeliveryStreamName: 'archive', Records: [{ Data: Buffer.from('line') }] }),
  )
  await personalize.send(
    new PutEventsCommand({
      ...{ trackingId: 'tracker', sessionId: 's', eventList: [{ eventType: 'view', sentAt: new Date(0) }] },
    }),
  )
  const Events = { one: { EventType: 'click', Timestamp: new Date().toISOString() } }
  await pinpoint.send(
    new PutPinpointEventsCommand({
      ApplicationId: 'app',
      EventsRequest: { BatchItem: { phone: { Endpoint: {}, Events } } },
    }),
  )

  const all = await seen()
  expect(all.map(({ service, to }) => `${service} ${to}`)).toEqual([
    'kinesis clicks',
    'kinesis clicks',
    'firehose archive',
    'personalize tracker',
    'mobiletargeting app',
  ])
  const events = all.map(({ event }) => event)
  expect(events.slice(0, 3)).toEqual(['{"n":2}', '2 bytes', 'line'])
  expect(events.slice(3).map((event) => JSON.parse(event))).toMatchObject([
    { eventType: 'view', sessionId: 's' },
    { EventType: 'click', endpoint: 'phone' },
  ])
  expect(all.every(({ at }) => Math.abs(at - sandbox.clock.now()) < 60_000)).toBe(true)
  await sandbox.reset()
  expect(await seen()).toEqual([])
})

test('of many events it keeps the latest hundred, and of a long one the beginning', async () => {
  const { kinesis, put, seen } = await start()
  const Records = Array.from({ length: 130 }, (_, n) => put(String(n)))
  await kinesis.send(new PutRecordsCommand({ StreamName: 'clicks', Records }))
  await kinesis.send(new PutRecordsCommand({ StreamName: 'clicks', Records: [put('x'.repeat(50_000))] }))
  const all = await seen()
  expect(all.length).toBe(100)
  expect([all[0]!.event, all[98]!.event, all[99]!.event]).toEqual(['31', '129', 'x'.repeat(1000)])
})

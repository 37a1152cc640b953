import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { type Sandbox, startSandbox } from '@backline/sandbox'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { Amplify } from 'aws-amplify'
import * as pinpoint from 'aws-amplify/analytics'
import * as kinesis from 'aws-amplify/analytics/kinesis'
import * as firehose from 'aws-amplify/analytics/kinesis-firehose'
import * as personalize from 'aws-amplify/analytics/personalize'
import * as messaging from 'aws-amplify/in-app-messaging'
import { createAmplifyContext } from 'backline'
import { flushEvents, record } from 'backline/analytics/kinesis'
import { defineAuth, defineBackend, defineLocal, defineStorage } from 'backline/backend'
import * as ourMessaging from 'backline/in-app-messaging'
// @ts-expect-error It has no types.
import kinesalite from 'kinesalite'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { fetchFrom } from './redirect.fixture.js'

// The official clients of analytics on the sandbox, unmodified; and our Kinesis client on a server that somebody else wrote.

const region = 'us-east-1'
const offer = {
  CampaignId: 'offer',
  InAppMessage: {
    Layout: 'MOBILE_FEED',
    Content: [
      {
        ...{ BackgroundColor: '#fff', ImageUrl: 'https://example.com/cat.png' },
        HeaderConfig: { Header: 'Half off', TextColor: '#111', Alignment: 'CENTER' },
        BodyConfig: { Body: 'Until Sunday', TextColor: '#222', Alignment: 'LEFT' },
        PrimaryBtn: {
          DefaultConfig: {
            ...{ ButtonAction: 'LINK', Text: 'See', Link: 'https://example.com' },
            ...{ BackgroundColor: '#000', BorderRadius: 4, TextColor: '#fff' },
          },
        },
      },
    ],
    CustomConfig: { shelf: 'books' },
  },
  Schedule: {
    EndDate: '2100-01-01T00:00:00Z',
    EventFilter: {
      FilterType: 'SYSTEM',
      Dimensions: {
        EventType: { DimensionType: 'INCLUSIVE', Values: ['opened'] },
        Attributes: { page: { AttributeType: 'INCLUSIVE', Values: ['cart'] } },
        Metrics: { items: { ComparisonOperator: 'GREATER_THAN', Value: 1 } },
      },
    },
  },
  ...{ Priority: 3, SessionCap: 2, DailyCap: 10, TotalCap: 10, TreatmentId: 't' },
}
const quiet = {
  ...offer,
  CampaignId: 'over',
  Schedule: { ...offer.Schedule, EndDate: '2020-01-01T00:00:00Z' },
}

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({ name: 'drive' }),
      local: defineLocal({
        kinesis: { streams: [{ name: 'clicks' }] },
        firehose: { streams: [{ name: 'archive' }] },
        personalize: { trackingId: 'tracker' },
        pinpoint: { appId: 'app', messages: [quiet, offer] },
      }),
    }),
  })
  for (const service of ['KINESIS', 'FIREHOSE', 'PERSONALIZE_EVENTS']) {
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, sandbox.url)
  }
  vi.stubGlobal('fetch', fetchFrom(sandbox))
  Amplify.configure(sandbox.outputs as Parameters<typeof Amplify.configure>[0])
  const settings = { region, flushInterval: 100 }
  Amplify.configure({
    ...Amplify.getConfig(),
    Analytics: {
      Kinesis: settings,
      KinesisFirehose: settings,
      Personalize: { ...settings, trackingId: 'tracker' },
      Pinpoint: { ...settings, appId: 'app' },
    },
    Notifications: { InAppMessaging: { Pinpoint: { region, appId: 'app' } } },
  })
})
afterAll(async () => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  await sandbox.stop()
})

const root = () => ({ region, endpoint: sandbox.url, credentials: { ...sandbox.credentials } })

async function read(client: KinesisClient, StreamName: string) {
  const { Shards } = await client.send(new ListShardsCommand({ StreamName }))
  const found: { key: string; data: unknown }[] = []
  for (const { ShardId } of Shards!) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    )
    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }))
    found.push(
      ...Records!.map(({ Data, PartitionKey }) => ({
        ...{ key: PartitionKey!, data: JSON.parse(Buffer.from(Data!).toString()) as unknown },
      })),
    )
  }
  return found
}

test('the official Kinesis client records into the stream', async () => {
  kinesis.record({ streamName: 'clicks', partitionKey: 'p', data: { n: 1 } })
  const client = new KinesisClient(root())
  onTestFinished(() => client.destroy())
  await expect.poll(() => read(client, 'clicks'), { timeout: 15_000 }).toEqual([{ key: 'p', data: { n: 1 } }])
})

test('the official Firehose client records into the bucket', async () => {
  firehose.record({ streamName: 'archive', data: { n: 2 } })
  const s3 = new S3Client({ ...root(), forcePathStyle: true })
  onTestFinished(() => s3.destroy())
  const Bucket = (sandbox.outputs.storage as { bucket_name: string }).bucket_name
  const texts = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Promise.all(
      Contents.map(async ({ Key }) =>
        (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString(),
      ),
    )
  }
  await expect.poll(texts, { timeout: 15_000 }).toEqual(['{"n":2}'])
})

test('the official Personalize client tracks a user it has identified', async () => {
  personalize.record({ eventType: 'Identify', properties: { userId: 'ada' } })
  personalize.record({ eventType: 'view', properties: { itemId: 'book' } })
  await expect
    .poll(() => sandbox.received('personalize').map(({ event }) => event), { timeout: 15_000 })
    .toMatchObject([
      { eventType: 'Identify', properties: { userId: 'ada' } },
      { eventType: 'view', properties: { itemId: 'book' }, trackingId: 'tracker' },
    ])
})

test('the official Pinpoint client records events and says who the user is', async () => {
  await pinpoint.identifyUser({ userId: 'ada', userProfile: { email: 'ada@example.com' } })
  pinpoint.record({ name: 'bought', attributes: { item: 'book' }, metrics: { price: 12 } })
  await expect
    .poll(() => sandbox.received('mobiletargeting').map(({ event }) => event), { timeout: 15_000 })
    .toMatchObject([{ EventType: 'bought', Attributes: { item: 'book' }, Metrics: { price: 12 } }])
})

test('the official client is given the messages that ours is given, as often, and tells what became of them', async () => {
  const ctx = createAmplifyContext(sandbox.outputs)
  const seen = { ours: [] as object[], theirs: [] as object[] }
  messaging.initializeInAppMessaging()
  messaging.onMessageReceived((message) => seen.theirs.push(message))
  ourMessaging.initializeInAppMessaging(ctx)
  ourMessaging.onMessageReceived((message) => seen.ours.push(message), ctx)
  await messaging.syncMessages()
  await ourMessaging.syncMessages(ctx)
  const events = [
    { name: 'opened', attributes: { page: 'cart' }, metrics: { items: 1 } },
    { name: 'opened', attributes: { page: 'home' }, metrics: { items: 2 } },
    { name: 'closed', attributes: { page: 'cart' }, metrics: { items: 2 } },
    { name: 'opened', attributes: { page: 'cart' }, metrics: { items: 2 } },
  ]
  const show = async (event: (typeof events)[0]) => {
    await messaging.dispatchEvent(event)
    await ourMessaging.dispatchEvent(event, ctx)
  }
  for (const event of events) await show(event)
  expect(seen.ours).toMatchObject([{ id: 'offer', layout: 'MODAL' }])
  expect(seen.theirs).toEqual(seen.ours)
  const message = seen.theirs[0] as messaging.InAppMessage
  messaging.notifyMessageInteraction({ type: 'messageDisplayed', message })
  messaging.notifyMessageInteraction({ type: 'messageActionTaken', message })
  const told = () =>
    sandbox
      .received('mobiletargeting')
      .map(({ event }) => event)
      .filter(({ EventType }) => String(EventType).startsWith('_inapp'))
  await expect.poll(told, { timeout: 15_000 }).toMatchObject([
    { EventType: '_inapp.message_displayed', Attributes: { campaign_id: 'offer', treatment_id: 't' } },
    { EventType: '_inapp.message_clicked', Attributes: { campaign_id: 'offer' } },
  ])
})

test('our Kinesis client records into kinesalite, a missing stream is told, and order holds', async () => {
  const server: Server = kinesalite({ createStreamMs: 0, shardLimit: 10 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }
  // The SDK's own way is HTTP/2, which that server does not speak.
  const sdk = new KinesisClient({ region, endpoint, credentials, requestHandler: new NodeHttpHandler() })
  onTestFinished(async () => {
    sdk.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const StreamName = 'theirs'
  await sdk.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }))
  await expect
    .poll(
      async () => (await sdk.send(new DescribeStreamCommand({ StreamName }))).StreamDescription?.StreamStatus,
    )
    .toBe('ACTIVE')

  const ctx = createAmplifyContext(
    { Analytics: { Kinesis: { region, endpoint, flushInterval: 60_000, resendLimit: 0 } } },
    {
      Auth: {
        credentialsProvider: {
          getCredentialsAndIdentityId: async () => ({ credentials }),
          clearCredentialsAndIdentityId() {},
        },
      },
    },
  )
  const dropped: string[] = []
  ctx.events.listen('analytics', ({ payload }) => {
    if (payload.event === 'dropped') dropped.push(payload.data.error.name)
  })
  for (let n = 0; n < 1200; n++) {
    record({ streamName: StreamName, partitionKey: `p${n % 3}`, data: { n } }, ctx)
  }
  record({ streamName: 'nowhere', partitionKey: 'p', data: {} }, ctx)
  await flushEvents(ctx)
  const stored = await read(sdk, StreamName)
  expect(stored).toHaveLength(1200)
  for (const key of ['p0', 'p1', 'p2']) {
    const own = stored.filter((each) => each.key === key).map(({ data }) => (data as { n: number }).n)
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  }
  expect(dropped).toEqual(['ResourceNotFoundException'])
})

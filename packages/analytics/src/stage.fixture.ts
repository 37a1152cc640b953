import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { createAmplifyContext } from '@backline/core'
import { type Context, createMemoryStore, type LibraryOptions } from '@backline/core/internal'
import { startSandbox } from '@backline/sandbox'
import { defineAuth, defineBackend, defineLocal, defineStorage } from '@backline/schema/backend'

// For tests of this package only: the sandbox's services for events, and contexts whose network and page the test commands.

export interface Device {
  ctx: Context
  /** Hosts and targets of what was sent, in order. */
  sent: { target: string; body: string; keepalive: boolean }[]
  /** Hub events of analytics. */
  heard: { event: string; data: any }[]
  setOnline(online: boolean): void
  setVisible(visible: boolean): void
  /** The next call to services of events fails as a dead network does. */
  cutNext(times?: number): void
}

export async function startStage() {
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      storage: defineStorage({ name: 'drive' }),
      local: defineLocal({
        kinesis: {
          streams: [{ name: 'clicks' }, { name: 'wide', shards: 4 }, { name: 'slow', throttled: true }],
        },
        firehose: { streams: [{ name: 'archive' }] },
        personalize: { trackingId: 'tracker' },
        pinpoint: { appId: 'app' },
      }),
    }),
  })
  const root = {
    ...{ region: 'us-east-1', endpoint: sandbox.url },
    credentials: { ...sandbox.credentials },
  }
  const kinesis = new KinesisClient(root)
  const s3 = new S3Client({ ...root, forcePathStyle: true })

  /** Everything in a stream, shard by shard, in order. */
  async function read(StreamName = 'clicks'): Promise<{ key: string; data: any }[]> {
    const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }))
    const found: { key: string; data: any }[] = []
    for (const { ShardId } of Shards!) {
      let { ShardIterator } = await kinesis.send(
        new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
      )
      for (let page = 0; page < 100; page++) {
        const { Records, NextShardIterator } = await kinesis.send(new GetRecordsCommand({ ShardIterator }))
        if (!Records!.length) break
        for (const { Data, PartitionKey } of Records!) {
          const text = Buffer.from(Data!).toString()
          found.push({ key: PartitionKey!, data: text.startsWith('{') ? JSON.parse(text) : text })
        }
        ShardIterator = NextShardIterator
      }
    }
    return found
  }

  /** The text of every object in the bucket. */
  async function delivered(): Promise<string[]> {
    const Bucket = (sandbox.outputs.storage as { bucket_name: string }).bucket_name
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Promise.all(
      Contents.map(async ({ Key }) =>
        (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString(),
      ),
    )
  }

  /** A guest's device. Its intervals are long: tests flush. */
  function device({
    analytics = {} as Record<string, object>,
    store = createMemoryStore(),
    options = {} as LibraryOptions,
  } = {}): Device {
    let online = true
    let cuts = 0
    const onOnline = new Set<(online: boolean) => void>()
    const onVisible = new Set<(visible: boolean) => void>()
    const sent: Device['sent'] = []
    const heard: Device['heard'] = []
    const watch =
      <T>(all: Set<(value: T) => void>) =>
      (tell: (value: T) => void) => {
        all.add(tell)
        return () => void all.delete(tell)
      }
    const ctx = createAmplifyContext(sandbox.outputs, {
      ...options,
      platform: {
        store,
        isOnline: () => online,
        isVisible: () => true,
        watchOnline: watch(onOnline),
        watchVisible: watch(onVisible),
        async fetch(input: string | URL | Request, init: RequestInit = {}) {
          const headers = init.headers as Record<string, string>
          const target = headers?.['x-amz-target'] ?? `${init.method} ${new URL(String(input)).pathname}`
          if (target.startsWith('AWSCognito')) return fetch(input, init)
          sent.push({ target, body: String(init.body), keepalive: !!init.keepalive })
          if (cuts-- > 0) throw new TypeError('network')
          return fetch(input, init)
        },
        ...options.platform,
      },
    } as LibraryOptions)
    const { Analytics } = ctx.config
    const settings = Object.entries(Analytics ?? {}).map(([name, config]) => [
      name,
      { ...(config as object), flushInterval: 60_000, ...analytics[name] },
    ])
    ctx.config = { ...ctx.config, Analytics: Object.fromEntries(settings) }
    ctx.events.listen('analytics', ({ payload }) => heard.push(payload as never))
    return {
      ...{ ctx, sent, heard },
      setOnline(value) {
        online = value
        for (const tell of onOnline) tell(value)
      },
      setVisible(value) {
        for (const tell of onVisible) tell(value)
      },
      cutNext(times = 1) {
        cuts = times
      },
    }
  }

  return {
    ...{ sandbox, read, delivered, device },
    async stop() {
      kinesis.destroy()
      s3.destroy()
      await sandbox.stop()
    },
  }
}

export type Stage = Awaited<ReturnType<typeof startStage>>

/** Waits for something that happens by itself. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await isSo()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('It has not happened.')
}

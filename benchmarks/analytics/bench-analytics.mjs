// 100,000 calls of `record` for Kinesis, ours and aws-amplify's, on the sandbox in one run: time on the caller's thread, memory while they wait,
// and how many have arrived, how fast. Each client in a process of its own, with a buffer large enough for all.
//   node benchmarks/analytics/bench-analytics.mjs
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis'

const COUNT = 100_000
const PATIENCE = 60_000
const [, , library, url] = process.argv

if (library) await measure()
else await compare()

async function compare() {
  const { startSandbox } = await import('@backline/sandbox')
  const { defineAuth, defineBackend, defineLocal } = await import('backline/backend')
  const rows = []
  for (const each of ['backline', 'aws-amplify']) {
    const sandbox = await startSandbox({
      backend: defineBackend({
        auth: defineAuth({ loginWith: { email: true } }),
        local: defineLocal({ kinesis: { streams: [{ name: 'clicks' }] } }),
      }),
    })
    const child = spawn(
      process.execPath,
      ['--expose-gc', fileURLToPath(import.meta.url), each, sandbox.url],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, AWS_ENDPOINT_URL_KINESIS: sandbox.url },
      },
    )
    let text = ''
    for await (const chunk of child.stdout) text += chunk
    rows.push({ library: each, ...JSON.parse(text.trim().split('\n').at(-1)) })
    await sandbox.stop()
  }
  console.table(rows)
  const [ours, theirs] = rows
  console.log(
    `time ${(theirs.ms / ours.ms).toFixed(1)}x, memory ${(ours.mb / theirs.mb).toFixed(2)} of theirs`,
  )
}

async function measure() {
  const { Amplify } = await import(library)
  const { record } = await import(`${library}/analytics/kinesis`)
  Amplify.configure(await (await fetch(`${url}/_backline/outputs`)).json())
  const Kinesis = {
    region: 'us-east-1',
    endpoint: url,
    bufferSize: COUNT * 2,
    flushSize: 500,
    flushInterval: 100,
  }
  // aws-amplify has no setting for where an identity pool is.
  const credentials = await (await fetch(`${url}/_backline/credentials`)).json()
  const credentialsProvider = {
    getCredentialsAndIdentityId: async () => ({ credentials, identityId: 'us-east-1:me' }),
    clearCredentialsAndIdentityId() {},
  }
  Amplify.configure({ ...Amplify.getConfig(), Analytics: { Kinesis } }, { Auth: { credentialsProvider } })
  const put = (n) =>
    record({ streamName: 'clicks', partitionKey: 'p', data: { n, page: '/cart', kind: 'view' } })
  put(0)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  globalThis.gc()
  const before = used()
  const start = performance.now()
  for (let n = 1; n < COUNT; n++) put(n)
  const ms = performance.now() - start
  // What hangs on promises of the calls belongs to them.
  for (let turn = 0; turn < 50; turn++) await undefined
  globalThis.gc()
  const mb = (used() - before) / 2 ** 20
  console.log(JSON.stringify({ ms: Math.round(ms), mb: Number(mb.toFixed(1)), ...(await arrived()) }))
  process.exit(0)
}

function used() {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** How many are in the stream, once they are all there or patience has run out. */
async function arrived() {
  const from = performance.now()
  const credentials = await (await fetch(`${url}/_backline/credentials`)).json()
  const client = new KinesisClient({ region: 'us-east-1', endpoint: url, credentials })
  let { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      ...{ StreamName: 'clicks', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' },
    }),
  )
  let delivered = 0
  while (performance.now() - from < PATIENCE && delivered < COUNT) {
    const { Records, NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }))
    delivered += Records.length
    ShardIterator = NextShardIterator
    if (!Records.length) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { delivered, perSecond: Math.round(delivered / ((performance.now() - from) / 1000)) }
}

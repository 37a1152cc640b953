// 100,000 calls of `record` for Kinesis, ours and aws-amplify's, on the sandbox in one run: time on the caller's thread, memory while they wait,
// and how many have arrived, how fast. Each client in processes of its own, with a buffer large enough for all. A third participant has no
// library: it writes the same event as JSON and keeps it, which no client can do without.
//   node benchmarks/analytics/bench-analytics.mjs
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from '@aws-sdk/client-kinesis'
import { quantile } from '../sandbox/command.mjs'

const COUNT = 100_000
const PATIENCE = 60_000
/** Of each participant; what has arrived is looked at in the first. */
const ROUNDS = 5
const STREAM = { streamName: 'clicks', partitionKey: 'p' }
const event = (n) => ({ ...STREAM, data: { n, page: '/cart', kind: 'view' } })
const [, , participant, url, isFirst] = process.argv

if (participant) await measure()
else await compare()

async function compare() {
  const rounds = { bare: [], backline: [], 'aws-amplify': [] }
  for (let round = 0; round < ROUNDS; round++) {
    // In turn, so that what else the machine does meets all of them.
    for (const [each, results] of Object.entries(rounds)) results.push(await play(each, round === 0))
  }
  const median = (results, of) =>
    quantile(
      results.map((result) => result[of]),
      0.5,
    )
  const rows = Object.entries(rounds).map(([participant, results]) => {
    const { delivered, perSecond } = results[0]
    return { participant, ms: median(results, 'ms'), mb: median(results, 'mb'), delivered, perSecond }
  })
  console.table(rows)
  for (const [participant, results] of Object.entries(rounds))
    console.log(`${participant}, ms: ${results.map(({ ms }) => ms).join(' ')}`)
  const [bare, ours, theirs] = rows
  console.log(
    `time ${(theirs.ms / ours.ms).toFixed(1)}x, memory ${(ours.mb / theirs.mb).toFixed(2)} of theirs; without a library ${(theirs.ms / bare.ms).toFixed(1)}x and ${(bare.mb / theirs.mb).toFixed(2)}`,
  )
}

async function play(participant, isFirst) {
  const { startSandbox } = await import('@backline/sandbox')
  const { defineAuth, defineBackend, defineLocal } = await import('backline/backend')
  const sandbox = await startSandbox({
    backend: defineBackend({
      auth: defineAuth({ loginWith: { email: true } }),
      local: defineLocal({ kinesis: { streams: [{ name: 'clicks' }] } }),
    }),
  })
  const child = spawn(
    process.execPath,
    ['--expose-gc', fileURLToPath(import.meta.url), participant, sandbox.url, ...(isFirst ? ['first'] : [])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, AWS_ENDPOINT_URL_KINESIS: sandbox.url },
    },
  )
  let text = ''
  for await (const chunk of child.stdout) text += chunk
  await sandbox.stop()
  return JSON.parse(text.trim().split('\n').at(-1))
}

async function measure() {
  const put = participant === 'bare' ? withoutLibrary() : await withLibrary()
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
  const arrival = isFirst && participant !== 'bare' ? await arrived() : {}
  // Asked for the rows, so that they are alive until here.
  const kept = put.rows?.length
  console.log(JSON.stringify({ ms: Math.round(ms), mb: Number(mb.toFixed(1)), kept, ...arrival }))
  process.exit(0)
}

/** As it is to be sent, with its key and a number, and no more. */
function withoutLibrary() {
  const rows = []
  const put = (n) => {
    const { partitionKey, data } = event(n)
    rows.push({ id: n, key: partitionKey, data: JSON.stringify(data) })
  }
  return Object.assign(put, { rows })
}

async function withLibrary() {
  const { Amplify } = await import(participant)
  const { record } = await import(`${participant}/analytics/kinesis`)
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
  return (n) => record(event(n))
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

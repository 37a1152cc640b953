import { defineBackend, defineLocal, defineStorage, type LocalProps } from '@backline/schema/backend'
import { expect, test } from 'vitest'
import { appWith } from './amplify.fixture.js'
import { LoadError, loadBackend } from './loader.js'
import { planOf } from './planOf.js'

const storage = defineStorage({ name: 'drive' })
const planned = (local: LocalProps) => planOf(defineBackend({ storage, local: defineLocal(local) })).local

const loaded = async (files: Record<string, string>) =>
  planOf(await loadBackend(`${appWith({ 'amplify/backend.ts': BACKEND, ...files })}/amplify`))

const BACKEND = "import { defineBackend } from '@aws-amplify/backend'\ndefineBackend({})"

test('streams and applications take what is said, and a shard where nothing is', () => {
  expect(
    planned({
      kinesis: { streams: [{ name: 'clicks' }, { name: 'orders', shards: 4 }] },
      firehose: { streams: [{ name: 'archive', prefix: 'events/' }] },
      personalize: { trackingId: 'tracker' },
      pinpoint: { appId: 'app' },
    }),
  ).toEqual({
    kinesis: {
      streams: [
        { name: 'clicks', shards: 1 },
        { name: 'orders', shards: 4 },
      ],
    },
    firehose: { streams: [{ name: 'archive', prefix: 'events/' }] },
    personalize: { trackingId: 'tracker' },
    pinpoint: { appId: 'app' },
  })
})

test.for<[string, object]>([
  ["'kinesys' is none of kinesis, firehose", { kinesys: {} }],
  ['kinesis.streams must be a list', { kinesis: {} }],
  ['kinesis.streams has the name "a b"', { kinesis: { streams: [{ name: 'a b' }] } }],
  ["two that are called 'a'", { firehose: { streams: [{ name: 'a' }, { name: 'a' }] } }],
  ["'a' must have from 1 to 1000 shards, not 0", { kinesis: { streams: [{ name: 'a', shards: 0 }] } }],
  ['personalize.trackingId must be', { personalize: {} }],
  ['pinpoint.appId must be', { pinpoint: { appId: 'a/b' } }],
])('what cannot be understood is named: %s', ([message, local]) => {
  expect(() => planned(local)).toThrow(message)
})

test('a stream that delivers to a bucket which nobody defines is refused', () => {
  const firehose = { streams: [{ name: 'archive', bucket: 'attic' }] }
  expect(() => planned({ firehose })).toThrow("'archive' delivers to the bucket 'attic'")
})

test('a local.ts beside backend.ts is read with it', async () => {
  const { local } = await loaded({
    'amplify/local.ts':
      "import { defineLocal } from 'backline/backend'\ndefineLocal({ kinesis: { streams: [{ name: 'clicks' }] } })",
  })
  expect(local).toEqual({ kinesis: { streams: [{ name: 'clicks', shards: 1 }] } })
})

test('a local.ts that defines nothing, or twice, is refused', async () => {
  await expect(loaded({ 'amplify/local.ts': 'export {}' })).rejects.toThrow(LoadError)
  const twice = "import { defineLocal } from 'backline/backend'\ndefineLocal({})\ndefineLocal({})"
  await expect(loaded({ 'amplify/local.ts': twice })).rejects.toThrow('twice')
})

test('an application that backend.ts gives away with addOutput is served under that name', async () => {
  const { local, extraOutputs } = await loaded({
    'amplify/backend.ts': `import { defineBackend } from '@aws-amplify/backend'
import { CfnApp } from 'aws-cdk-lib/aws-pinpoint'
import { CfnMap } from 'aws-cdk-lib/aws-location'
import { Stack } from 'aws-cdk-lib/core'
const backend = defineBackend({})
const stack = backend.createStack('more')
const pinpoint = new CfnApp(stack, 'Pinpoint', { name: 'shop' })
const map = new CfnMap(stack, 'Map', { mapName: 'city', pricingPlan: 'RequestBasedUsage' })
backend.addOutput({
  analytics: { amazon_pinpoint: { aws_region: Stack.of(pinpoint).region, app_id: pinpoint.ref } },
  geo: { aws_region: stack.region, maps: { items: { [map.mapName]: { style: 'x' } }, default: map.mapName } },
})`,
  })
  const appId = 'aws-cdk-lib-aws-pinpoint-CfnApp-ref'
  const geo = { maps: [{ name: 'city', style: 'x' }], placeIndexes: [], geofenceCollections: [] }
  expect(local).toEqual({ pinpoint: { appId }, geo })
  expect(extraOutputs).toEqual({
    analytics: { amazon_pinpoint: { aws_region: 'us-east-1', app_id: appId } },
    geo: { aws_region: 'us-east-1', maps: { items: { city: { style: 'x' } }, default: 'city' } },
  })
})

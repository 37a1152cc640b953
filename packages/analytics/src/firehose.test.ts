import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventCounts } from './eventCounts.js'
import { flushEvents, record } from './firehose.js'
import { type Stage, startStage, until } from './stage.fixture.js'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
})
beforeEach(() => stage.sandbox.reset())
afterAll(() => stage.stop())

const put = (n: number, ctx: Parameters<typeof record>[1]) =>
  record({ streamName: 'archive', data: new TextEncoder().encode(`${n}\n`) }, ctx)

test('records become an object of the bucket, as bytes or as JSON', async () => {
  const { ctx } = stage.device()
  put(1, ctx)
  record({ streamName: 'archive', data: { n: 2 } }, ctx)
  await flushEvents(ctx)
  expect(await stage.delivered()).toEqual(['1\n{"n":2}'])
})

test('records that a call did not take are sent again, and calls keep to 4 MB', async () => {
  const { ctx, sent } = stage.device()
  stage.sandbox.failNext({ service: 'firehose', records: 2 })
  for (let n = 0; n < 6; n++) put(n, ctx)
  await flushEvents(ctx)
  await until(() => eventCounts(ctx).KinesisFirehose!.waiting === 0)
  expect((await stage.delivered()).join('').split('\n').filter(Boolean).toSorted()).toEqual([...'012345'])
  const data = { text: 'x'.repeat(900_000) }
  for (let n = 0; n < 5; n++) record({ streamName: 'archive', data }, ctx)
  await flushEvents(ctx)
  expect(sent.slice(2).map(({ body }) => JSON.parse(body).Records.length)).toEqual([4, 1])
})

test('a record that is too large, or goes nowhere, is refused where it is recorded', () => {
  const { ctx } = stage.device()
  const refused = (name: string, input: object) =>
    expect(() => record({ streamName: 'archive', data: {}, ...input }, ctx)).toThrow(
      expect.objectContaining({ name }),
    )
  refused('EventTooLarge', { data: new Uint8Array(1_024_001) })
  refused('NoStreamName', { streamName: 'x'.repeat(65) })
  ctx.config = {}
  refused('NoRegion', {})
})

import type { Context } from '@backline/core/internal'
import * as pinpoint from './events.js'
import * as firehose from './firehose.js'
import * as kinesis from './kinesis.js'
import * as personalize from './personalize.js'
import type { Stage } from './stage.fixture.js'

// For tests of this package only: what holds for every provider is said of each.

export interface Provided {
  /** As in the configuration. */
  name: 'Kinesis' | 'KinesisFirehose' | 'Personalize' | 'Pinpoint'
  /** As the sandbox calls it. */
  service: string
  put(n: number, ctx: Context): void
  flush(ctx: Context): Promise<void>
  /** The numbers that have arrived, in no order. */
  arrived(stage: Stage): Promise<number[]>
  /** Can a call be taken in part? */
  isPartial: boolean
  /** Events that are sent at once, where nothing is configured. */
  flushSize: number
}

export const providers: Provided[] = [
  {
    ...{ name: 'Kinesis', service: 'kinesis', isPartial: true, flushSize: 100 },
    put: (n, ctx) => kinesis.record({ streamName: 'clicks', partitionKey: `p${n % 3}`, data: { n } }, ctx),
    flush: kinesis.flushEvents,
    arrived: async (stage) => (await stage.read()).map(({ data }) => data.n),
  },
  {
    ...{ name: 'KinesisFirehose', service: 'firehose', isPartial: true, flushSize: 100 },
    put: (n, ctx) =>
      firehose.record({ streamName: 'archive', data: new TextEncoder().encode(`${n}\n`) }, ctx),
    flush: firehose.flushEvents,
    arrived: async (stage) => (await stage.delivered()).join('').split('\n').filter(Boolean).map(Number),
  },
  {
    ...{ name: 'Personalize', service: 'personalize', isPartial: false, flushSize: 5 },
    put: (n, ctx) => personalize.record({ eventType: 'view', properties: { n } }, ctx),
    flush: personalize.flushEvents,
    arrived: async ({ sandbox }) =>
      sandbox.received('personalize').map(({ event }) => (event.properties as { n: number }).n),
  },
  {
    ...{ name: 'Pinpoint', service: 'mobiletargeting', isPartial: true, flushSize: 100 },
    put: (n, ctx) => pinpoint.record({ name: 'view', metrics: { n } }, ctx),
    flush: pinpoint.flushEvents,
    arrived: async ({ sandbox }) =>
      sandbox.received('mobiletargeting').map(({ event }) => (event.Metrics as { n: number }).n),
  },
]

export const inOrder = (numbers: number[]): number[] => numbers.toSorted((a, b) => a - b)
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

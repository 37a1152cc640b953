import { type Context, currentContext } from '@backline/core/internal'
import { type AutoTrackInput, autoTrack, type TrackingOptions } from './autoTrack.js'
import { append, flush } from './buffer.js'
import { isEnabled } from './enable.js'
import type { Outlet } from './outlet.js'
import { putRecords } from './putRecords.js'
import { checkName, streamConfig } from './streams.js'
import { recordData, recordPiece } from './written.js'

/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const LARGEST_RECORD = 1024 * 1024

const outlet: Outlet = /* @__PURE__ */ Object.freeze<Outlet>({
  ...{ name: 'Kinesis', maxRecords: 500, maxBytes: 5 * 1024 * 1024 },
  settings: (ctx) => streamConfig(ctx, 'Kinesis'),
  place: (ctx) => streamConfig(ctx, 'Kinesis').region,
  encode(ctx, { key, data }, id) {
    const { base64, bytes } = recordPiece(data, id, streamConfig(ctx, 'Kinesis').eventIdField)
    return { piece: base64, bytes: bytes + key.length * 3 }
  },
  send(ctx, batch) {
    const { region, endpoint } = streamConfig(ctx, 'Kinesis')
    const Records = batch.pieces.map((Data, index) => ({ Data, PartitionKey: batch.rows[index]!.key }))
    return putRecords(ctx, 'kinesis', { StreamName: batch.to, Records }, { region, endpoint, batch })
  },
})

export interface KinesisRecordInput {
  streamName: string
  /** Records with the same key stay in order. */
  partitionKey: string
  /** Sent as JSON, or as it is. */
  data: Record<string, unknown> | Uint8Array
}

/**
 * Records an event, which is sent to a data stream with others: when `flushSize` wait, after `flushInterval`, or when the page is left.
 *
 * @example
 * record({ streamName: 'clicks', partitionKey: userId, data: { page: '/cart' } })
 *
 * @throws {AnalyticsError} `InvalidEvent`, `EventTooLarge`, `NoStreamName`, `NoPartitionKey`, `NoRegion`
 */
export function record(input: KinesisRecordInput, ctx: Context = currentContext()): void {
  const { streamName, partitionKey, data } = input
  if (!isEnabled(ctx)) return
  streamConfig(ctx, 'Kinesis')
  checkName('NoStreamName', 'streamName', streamName, 128)
  checkName('NoPartitionKey', 'partitionKey', partitionKey, 256)
  append(ctx, outlet, streamName, partitionKey, recordData(streamName, data, LARGEST_RECORD))
}

/** Sends what waits. Resolves when it has been delivered, or a call has failed; it is tried again by itself then. */
export function flushEvents(ctx: Context = currentContext()): Promise<void> {
  return flush(ctx, outlet)
}

/** Where automatic events go. */
export interface KinesisTrackingOptions {
  streamName: string
  partitionKey: string
}

export type KinesisConfigureAutoTrackInput = AutoTrackInput<KinesisTrackingOptions>

/**
 * Records sessions, page views or events of elements by itself, as `{ name, attributes }`.
 *
 * @example
 * configureAutoTrack({ enable: true, type: 'pageView', options: { streamName: 'clicks', partitionKey: userId } })
 *
 * @throws {AnalyticsError} `NoStreamName`, `NoPartitionKey`, `InvalidTracker`, `UnsupportedPlatform`
 */
export function configureAutoTrack(
  input: KinesisConfigureAutoTrackInput,
  ctx: Context = currentContext(),
): void {
  const { streamName, partitionKey } = (input.options ?? {}) as KinesisTrackingOptions & TrackingOptions
  if (input.enable) {
    checkName('NoStreamName', 'streamName', streamName, 128)
    checkName('NoPartitionKey', 'partitionKey', partitionKey, 256)
  }
  autoTrack(ctx, 'Kinesis', input, (name, attributes) =>
    record({ streamName, partitionKey, data: { name, attributes } }, ctx),
  )
}

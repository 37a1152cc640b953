import { type Context, currentContext } from '@backline/core/internal'
import { type AutoTrackInput, autoTrack, type TrackingOptions } from './autoTrack.js'
import { append, flush } from './buffer.js'
import { isEnabled } from './enable.js'
import type { Outlet } from './outlet.js'
import { putRecords } from './putRecords.js'
import { checkName, streamConfig } from './streams.js'
import { recordData, recordPiece } from './written.js'

/** https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const LARGEST_RECORD = 1_024_000

const outlet: Outlet = /* @__PURE__ */ Object.freeze<Outlet>({
  ...{ name: 'KinesisFirehose', maxRecords: 500, maxBytes: 4 * 1024 * 1024 },
  settings: (ctx) => streamConfig(ctx, 'KinesisFirehose'),
  place: (ctx) => streamConfig(ctx, 'KinesisFirehose').region,
  encode(ctx, { data }, id) {
    const { base64, bytes } = recordPiece(data, id, streamConfig(ctx, 'KinesisFirehose').eventIdField)
    return { piece: base64, bytes }
  },
  send(ctx, batch) {
    const { region, endpoint } = streamConfig(ctx, 'KinesisFirehose')
    const Records = batch.pieces.map((Data) => ({ Data }))
    return putRecords(ctx, 'firehose', { DeliveryStreamName: batch.to, Records }, { region, endpoint, batch })
  },
})

export interface KinesisFirehoseRecordInput {
  streamName: string
  /** Sent as JSON, or as it is. Firehose puts nothing between records: end a text with a line break of your own. */
  data: Record<string, unknown> | Uint8Array
}

/**
 * Records an event, which is sent to a delivery stream with others: when `flushSize` wait, after `flushInterval`, or when the page is left.
 *
 * @example
 * record({ streamName: 'archive', data: { page: '/cart' } })
 *
 * @throws {AnalyticsError} `InvalidEvent`, `EventTooLarge`, `NoStreamName`, `NoRegion`
 */
export function record(input: KinesisFirehoseRecordInput, ctx: Context = currentContext()): void {
  const { streamName, data } = input
  if (!isEnabled(ctx)) return
  streamConfig(ctx, 'KinesisFirehose')
  checkName('NoStreamName', 'streamName', streamName, 64)
  append(ctx, outlet, streamName, '', recordData(streamName, data, LARGEST_RECORD))
}

/** Sends what waits. Resolves when it has been delivered, or a call has failed; it is tried again by itself then. */
export function flushEvents(ctx: Context = currentContext()): Promise<void> {
  return flush(ctx, outlet)
}

/** Where automatic events go. */
export interface KinesisFirehoseTrackingOptions {
  streamName: string
}

export type KinesisFirehoseConfigureAutoTrackInput = AutoTrackInput<KinesisFirehoseTrackingOptions>

/**
 * Records sessions, page views or events of elements by itself, as `{ name, attributes }`.
 *
 * @example
 * configureAutoTrack({ enable: true, type: 'session', options: { streamName: 'archive' } })
 *
 * @throws {AnalyticsError} `NoStreamName`, `InvalidTracker`, `UnsupportedPlatform`
 */
export function configureAutoTrack(
  input: KinesisFirehoseConfigureAutoTrackInput,
  ctx: Context = currentContext(),
): void {
  const { streamName } = (input.options ?? {}) as KinesisFirehoseTrackingOptions & TrackingOptions
  if (input.enable) checkName('NoStreamName', 'streamName', streamName, 64)
  autoTrack(ctx, 'KinesisFirehose', input, (name, attributes) =>
    record({ streamName, data: { name, attributes } }, ctx),
  )
}

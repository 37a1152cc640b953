import { type Context, currentContext, notConfigured, restJson } from '@backline/core/internal'
import { append, flush } from './buffer.js'
import { isEnabled } from './enable.js'
import { AnalyticsError } from './errors.js'
import { trackMedia } from './mediaAutoTrack.js'
import type { Outlet } from './outlet.js'
import { sessionOf } from './personalizeSession.js'
import { signedCall } from './signedCall.js'
import { checkName } from './streams.js'
import { asText, json, kindOf, withField } from './written.js'

/** @throws {AmplifyError} `NoRegion`, `NoTrackingId` */
function personalizeConfig(ctx: Context) {
  const config = ctx.config.Analytics?.Personalize
  if (!config?.region) throw notConfigured('NoRegion', 'Analytics.Personalize.region', ctx)
  if (!config.trackingId) throw notConfigured('NoTrackingId', 'Analytics.Personalize.trackingId', ctx)
  return config
}

const outlet: Outlet = /* @__PURE__ */ Object.freeze<Outlet>({
  ...{ name: 'Personalize', maxRecords: 10, maxBytes: 128 * 1024, flushSize: 5 },
  settings: personalizeConfig,
  place: (ctx) => personalizeConfig(ctx).trackingId,
  encode: (_, { data }, id) => asText(withField(data, 'eventId', id)),
  async send(ctx, batch) {
    const { region, endpoint, trackingId } = personalizeConfig(ctx)
    const [sessionId, userId] = JSON.parse(batch.to) as string[]
    const eventList = JSON.parse(`[${batch.pieces}]`) as unknown
    const call = await signedCall('personalize-events', 'personalize', { region, endpoint, batch })
    await restJson(ctx, {
      ...{ ...call, url: new URL('/events', call.url), method: 'POST', error: AnalyticsError },
      input: { trackingId, sessionId, userId, eventList },
    })
    // All of them, or the call has thrown.
    return []
  },
})

export interface PersonalizeRecordInput {
  /** `Identify` says who the user is, `MediaAutoTrack` follows a player; anything else is an event of yours. */
  eventType: string
  /** Such as `{ itemId, eventValue }`; `{ userId }` to identify, `{ domElementId, itemId }` to follow. */
  properties: Record<string, unknown>
  /** Of this event alone. */
  userId?: string
  /** One is made where left out. Personalize takes events with the same id once. */
  eventId?: string
}

/**
 * Records an event for an event tracker, which is sent with others of the same session.
 *
 * @example
 * record({ eventType: 'Identify', properties: { userId: 'ada' } })
 * record({ eventType: 'click', properties: { itemId: 'book-7', eventValue: 1 } })
 *
 * @throws {AnalyticsError} `NoEventName`, `InvalidEvent`, `EventTooLarge`, `NoRegion`, `NoTrackingId`
 */
export function record(input: PersonalizeRecordInput, ctx: Context = currentContext()): void {
  if (!isEnabled(ctx)) return
  personalizeConfig(ctx)
  const { eventType, properties, userId, eventId } = input
  checkName('NoEventName', 'eventType', eventType, 256)
  if (typeof properties !== 'object' || properties === null) {
    throw new AnalyticsError('InvalidEvent', `properties must be an object, and is ${kindOf(properties)}.`)
  }
  if (userId !== undefined) checkName('InvalidEvent', 'userId', userId, 256)
  if (eventId !== undefined) checkName('InvalidEvent', 'eventId', eventId, 256)
  if (eventType === 'Identify') {
    checkName('InvalidEvent', 'properties.userId', properties.userId, 256)
    void sessionOf(ctx, properties.userId as string)
    write(ctx, { eventType, properties, eventId })
  } else if (eventType === 'MediaAutoTrack') {
    const { domElementId, ...rest } = properties
    checkName('InvalidEvent', 'properties.domElementId', domElementId, 256)
    trackMedia(ctx, domElementId as string, (type, more) =>
      write(ctx, { ...input, eventType: type, properties: { ...rest, ...more } }),
    )
  } else write(ctx, { eventType, properties, userId, eventId })
}

function write(ctx: Context, { eventType, properties, userId, eventId }: PersonalizeRecordInput): void {
  const text = json(eventType, properties, 1024)
  const sentAt = Math.floor(ctx.platform.now() / 1000)
  const data = json(eventType, { ...(eventId && { eventId }), eventType, properties: text, sentAt })
  void sessionOf(ctx).then((session) =>
    append(ctx, outlet, JSON.stringify([session.id, userId ?? session.userId]), '', data),
  )
}

/** Sends what waits. Resolves when it has been delivered, or a call has failed; it is tried again by itself then. */
export async function flushEvents(ctx: Context = currentContext()): Promise<void> {
  // What was recorded in this task is not written down before the session is known.
  await sessionOf(ctx)
  await flush(ctx, outlet)
}

import { type Context, currentContext, notConfigured, perContext, toHex } from '@backline/core/internal'
import {
  type PinpointApp,
  type PinpointEvent,
  putEvents,
  type UserProfile,
  updateEndpoint,
} from '@backline/core/pinpoint'
import { type AutoTrackInput, autoTrack } from './autoTrack.js'
import { append, flush } from './buffer.js'
import { isEnabled } from './enable.js'
import { AnalyticsError } from './errors.js'
import { providerOutlet } from './eventProvider.js'
import type { Outlet } from './outlet.js'
import { sending } from './signedCall.js'
import { checkName } from './streams.js'
import { asText, json, kindOf } from './written.js'

/** @throws {AmplifyError} `NoAppId`, `NoRegion` */
function pinpointApp(ctx: Context): PinpointApp {
  const config = ctx.config.Analytics?.Pinpoint
  if (!config?.appId) throw notConfigured('NoAppId', 'Analytics.Pinpoint.appId', ctx)
  if (!config.region) throw notConfigured('NoRegion', 'Analytics.Pinpoint.region', ctx)
  return { ...config, category: 'Analytics', error: AnalyticsError }
}

/** https://docs.aws.amazon.com/pinpoint/latest/developerguide/quotas.html, and what an endpoint of the app's own should bear. */
const LARGEST_EVENT = 1_000_000

const pinpointOutlet: Outlet = /* @__PURE__ */ Object.freeze<Outlet>({
  ...{ name: 'Pinpoint', maxRecords: 100, maxBytes: 1024 * 1024 },
  settings: (ctx) => ctx.config.Analytics?.Pinpoint ?? {},
  place: (ctx) => pinpointApp(ctx).appId,
  encode: (_, { data }) => asText(data),
  async send(ctx, batch) {
    const { pieces, ids } = batch
    const events = JSON.parse(`[${pieces}]`) as PinpointEvent[]
    const results = await putEvents(
      ctx,
      pinpointApp(ctx),
      Object.fromEntries(events.map((event, index) => [ids[index]!, event])),
      { credentials: await batch.credentials(), send: sending(batch), attempts: 1 },
    )
    return ids.flatMap((id, index) => {
      const { StatusCode: status = 202, Message = '' } = results[id] ?? {}
      if (status < 300) return []
      if (status === 429 || status >= 500) return [{ index }]
      const error = new AnalyticsError(
        'EventRefused',
        `Pinpoint refused '${events[index]!.EventType}': ${Message}.`,
        {
          status,
        },
      )
      return [{ index, error }]
    })
  },
})

const outletOf = (ctx: Context) => (ctx.options.Analytics?.provider ? providerOutlet : pinpointOutlet)

export interface RecordInput {
  name: string
  attributes?: Record<string, string>
  metrics?: Record<string, number>
}

/** A session of Pinpoint's: from a start to a stop, or while the page lives. */
const sessions = /* @__PURE__ */ perContext('analytics.session', (ctx) => newSession(ctx))

const newSession = (ctx: Context) => ({
  id: toHex(ctx.platform.randomBytes(16)),
  start: ctx.platform.now(),
})

/**
 * Records an event, which is sent with others: when `flushSize` wait, after `flushInterval`, or when the page is left. It goes to the provider in
 * the options, or else to Pinpoint.
 *
 * @example
 * record({ name: 'bought', attributes: { item: 'book-7' }, metrics: { price: 12 } })
 *
 * @throws {AnalyticsError} `NoEventName`, `InvalidEvent`, `EventTooLarge`, `NoAppId`
 */
export function record(input: RecordInput, ctx: Context = currentContext()): void {
  if (!isEnabled(ctx)) return
  const outlet = outletOf(ctx)
  if (outlet === pinpointOutlet) pinpointApp(ctx)
  checkName('NoEventName', 'name', input.name, 256)
  const { name, attributes, metrics } = input
  checkValues(name, 'attributes', attributes, 'string')
  checkValues(name, 'metrics', metrics, 'number')
  const timestamp = new Date(ctx.platform.now()).toISOString()
  const data =
    outlet === providerOutlet
      ? { name, attributes, metrics, timestamp }
      : {
          ...{ EventType: name, Timestamp: timestamp, Attributes: attributes, Metrics: metrics },
          Session: sessionFor(ctx, name),
        }
  append(ctx, outlet, '', '', json(name, data, LARGEST_EVENT))
  ctx.events.emit('analytics', 'record', input, 'Recording Analytics event')
}

/** An event with a value of the wrong type would be refused by the service, long after the line that recorded it. */
function checkValues(event: string, where: string, values: unknown, type: 'string' | 'number') {
  const wrong = (what: string, must: string, value: unknown) =>
    new AnalyticsError(
      'InvalidEvent',
      `${what} of the event '${event}' must be ${must}, and is ${kindOf(value)}.`,
    )
  if (values === undefined) return
  if (typeof values !== 'object' || !values) throw wrong(where, 'an object', values)
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === type && (type === 'string' || Number.isFinite(value))) continue
    throw wrong(`${where}.${name}`, `a ${type}`, value)
  }
}

function sessionFor(ctx: Context, event: string): PinpointEvent['Session'] {
  const session = sessions(ctx)
  if (event === '_session.start') Object.assign(session, newSession(ctx))
  const { id: Id, start } = session
  const StartTimestamp = new Date(start).toISOString()
  if (event !== '_session.stop') return { Id, StartTimestamp }
  const now = ctx.platform.now()
  return { Id, StartTimestamp, StopTimestamp: new Date(now).toISOString(), Duration: now - start }
}

/** Sends what waits. Resolves when it has been delivered, or a call has failed; it is tried again by itself then. */
export function flushEvents(ctx: Context = currentContext()): Promise<void> {
  return flush(ctx, outletOf(ctx))
}

export interface IdentifyUserInput {
  userId: string
  userProfile: UserProfile
  options?: { userAttributes?: Record<string, string[]> }
}

/**
 * Says who uses this device, from the next event on.
 *
 * @example
 * await identifyUser({ userId, userProfile: { email: 'ada@example.com', customProperties: { hobbies: ['chess'] } } })
 *
 * @throws {AnalyticsError} `NoAppId`, `BadRequestException` where a user has too many devices
 */
export async function identifyUser(input: IdentifyUserInput, ctx: Context = currentContext()): Promise<void> {
  checkName('InvalidEvent', 'userId', input.userId, 512)
  // What was recorded before belongs to who was known then.
  const { provider } = ctx.options.Analytics ?? {}
  if (!provider) pinpointApp(ctx)
  await flushEvents(ctx)
  if (provider) return provider.identify?.(input)
  const { userId, userProfile, options } = input
  await updateEndpoint(ctx, pinpointApp(ctx), { userId, userProfile, ...options })
}

export type ConfigureAutoTrackInput = AutoTrackInput

/**
 * Records sessions, page views or events of elements by itself.
 *
 * @example
 * configureAutoTrack({ enable: true, type: 'pageView', options: { appType: 'singlePage' } })
 *
 * @throws {AnalyticsError} `InvalidTracker`, `UnsupportedPlatform`
 */
export function configureAutoTrack(input: ConfigureAutoTrackInput, ctx: Context = currentContext()): void {
  autoTrack(ctx, 'Pinpoint', input, (name, attributes) => record({ name, attributes }, ctx))
}

import { toHex } from './bytes.js'
import { dnsSuffix } from './config.js'
import { type Context, joined, perContext, type Shared } from './context.js'
import { type AWSCredentials, credentials } from './credentials.js'
import type { ErrorClass } from './errors.js'
import type { Call } from './http.js'
import { withLock } from './lock.js'
import { restJson } from './restJson.js'
import { sigv4 } from './sigv4.js'

// The Pinpoint wire, for analytics and in-app messaging: AWS REST JSON, signed. See docs/protocols/pinpoint.md.

/** An application of Pinpoint, and who asks: each category has an endpoint id of its own, as in v6. */
export interface PinpointApp {
  appId: string
  region: string
  /** Base URL of a service that is not AWS's. */
  endpoint?: string
  category: 'Analytics' | 'InAppMessaging'
  error: ErrorClass
}

/** What may differ from call to call. */
export interface PinpointCall extends Pick<Call, 'send' | 'attempts'> {
  /** Instead of the context's own. */
  credentials?: AWSCredentials | undefined
}

/** What is known of who uses the device. */
export interface UserProfile {
  customProperties?: Record<string, string[]>
  demographic?: {
    appVersion?: string
    locale?: string
    make?: string
    model?: string
    modelVersion?: string
    platform?: string
    platformVersion?: string
    timezone?: string
  }
  email?: string
  location?: {
    city?: string
    country?: string
    latitude?: number
    longitude?: number
    postalCode?: string
    region?: string
  }
  metrics?: Record<string, number>
  name?: string
  plan?: string
}

/** A change of an endpoint: what is left out stays as it is. */
export interface EndpointChange {
  userId?: string
  userProfile?: UserProfile
  userAttributes?: Record<string, string[]>
  address?: string
  optOut?: 'ALL' | 'NONE'
  channelType?: 'APNS' | 'APNS_SANDBOX' | 'GCM' | 'IN_APP'
}

export interface PinpointEvent {
  EventType: string
  Timestamp: string
  Attributes?: Record<string, string>
  Metrics?: Record<string, number>
  Session?: { Id: string; StartTimestamp: string; StopTimestamp?: string; Duration?: number }
}

/** Results by event id. */
export type EventResults = Record<string, { StatusCode: number; Message?: string }>

interface State {
  warned?: boolean
  endpoints: Map<string, Shared<string>>
}
const state = /* @__PURE__ */ perContext('pinpoint', (): State => ({ endpoints: new Map() }))

/** Sends events of this device. Those that are not accepted have a status of their own. */
export async function putEvents(
  ctx: Context,
  app: PinpointApp,
  Events: Record<string, PinpointEvent>,
  call: PinpointCall = {},
): Promise<EventResults> {
  const id = await endpointId(ctx, app, call)
  const { Results } = await send<{ Results?: Record<string, { EventsItemResponse?: EventResults }> }>(
    ctx,
    app,
    ['POST', '/events'],
    { BatchItem: { [id]: { Endpoint: {}, Events } } },
    call,
  )
  return Results?.[id]?.EventsItemResponse ?? {}
}

/** Tells the service about this device and who uses it. */
export async function updateEndpoint(ctx: Context, app: PinpointApp, change: EndpointChange): Promise<void> {
  const { userId, userProfile = {}, userAttributes, address, optOut, channelType } = change
  const { customProperties, demographic, email, location, metrics, name, plan } = userProfile
  const Attributes = {
    ...(email && { email: [email] }),
    ...(name && { name: [name] }),
    ...(plan && { plan: [plan] }),
    ...customProperties,
  }
  await put(ctx, app, await endpointId(ctx, app), {
    ChannelType: channelType,
    Address: address,
    OptOut: optOut,
    Metrics: metrics,
    ...(Object.keys(Attributes).length && { Attributes }),
    ...(demographic && { Demographic: capitalized(demographic) }),
    ...(location && { Location: capitalized(location) }),
    ...((userId || userAttributes) && { User: { UserId: userId, UserAttributes: userAttributes } }),
  })
}

/** `postalCode` is `PostalCode` there. */
const capitalized = (fields: object) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name[0]!.toUpperCase() + name.slice(1), value]),
  )

/** The messages that the service has for this device, as it writes them. */
export async function getInAppMessages(ctx: Context, app: PinpointApp): Promise<unknown[]> {
  const id = encodeURIComponent(await endpointId(ctx, app))
  const { InAppMessageCampaigns = [] } = await send<{ InAppMessageCampaigns?: unknown[] }>(ctx, app, [
    'GET',
    `/endpoints/${id}/inappmessages`,
  ])
  return InAppMessageCampaigns
}

/** The id of this device: made and registered once, whoever asks first, in whichever tab, and kept where `aws-amplify` keeps it. */
function endpointId(ctx: Context, app: PinpointApp, call: PinpointCall = {}): Promise<string> {
  const { store } = ctx.platform
  const name = `${app.category}:pinpoint:${app.appId}`
  const key = `aws-amplify-cache${name}`
  const read = async () => (JSON.parse((await store.getItem(key)) ?? '{}') as { data?: string }).data
  const { endpoints } = state(ctx)
  if (!endpoints.has(name)) endpoints.set(name, {})
  return joined(
    endpoints.get(name)!,
    '',
    async () =>
      (await read()) ??
      withLock(ctx, key, 10_000, async () => {
        const known = await read()
        if (known) return known
        const id = uuid(ctx)
        const { identityId } = (await credentials(ctx)) ?? {}
        await put(ctx, app, id, { User: { UserId: identityId } }, call)
        const now = ctx.platform.now()
        // An item of v6's Cache, so that it is found after a move in either direction.
        const item = { key: name, data: id, timestamp: now, visitedTime: now, priority: 1, type: 'string' }
        const expires = now + 100 * 365 * 86_400_000
        await store.setItem(key, JSON.stringify({ ...item, expires, byteSize: 300 }))
        return id
      }),
  )
}

async function put(
  ctx: Context,
  app: PinpointApp,
  id: string,
  change: object,
  call?: PinpointCall,
): Promise<void> {
  const path = `/endpoints/${encodeURIComponent(id)}`
  const EffectiveDate = new Date(ctx.platform.now()).toISOString()
  await send(ctx, app, ['PUT', path], { RequestId: uuid(ctx), EffectiveDate, ...change }, call)
}

function send<Output>(
  ctx: Context,
  { appId, region, endpoint, error }: PinpointApp,
  [method, path]: [method: string, path: string],
  input?: object,
  { credentials, ...call }: PinpointCall = {},
): Promise<Output> {
  const known = state(ctx)
  if (!endpoint && !known.warned) {
    known.warned = true
    console.warn(
      'Amazon Pinpoint ended on 30 October 2026. Configure the `endpoint` of a compatible service, or a provider of your own.',
    )
  }
  const base = endpoint?.replace(/\/$/, '') ?? `https://pinpoint.${region}.${dnsSuffix(region)}`
  return restJson<Output>(ctx, {
    ...call,
    ...{ method, input, error, url: `${base}/v1/apps/${encodeURIComponent(appId)}${path}` },
    authorize: sigv4({ service: 'mobiletargeting', region, ...(credentials && { credentials }) }),
  })
}

/** Version 4: https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4 */
function uuid(ctx: Context): string {
  const bytes = ctx.platform.randomBytes(16)
  bytes[6] = (bytes[6]! & 15) | 64
  bytes[8] = (bytes[8]! & 63) | 128
  const hex = toHex(bytes)
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

import type { Input } from '../awsJson.js'
import { refusedByOrder } from '../batchFault.js'
import type { ReceivedEvents } from '../receivedEvents.js'
import type { WireRequest, World } from '../service.js'
import { badRequest, updateEndpoint } from './endpoints.js'

// https://docs.aws.amazon.com/pinpoint/latest/apireference/apps-application-id-events.html

const MOST_EVENTS = 100
const MOST_ATTRIBUTES = 40
const LARGEST_EVENT = 1000 * 1024

type Result = { StatusCode: number; Message: string }

const ACCEPTED: Result = { StatusCode: 202, Message: 'Accepted' }
const THROTTLED: Result = { StatusCode: 429, Message: 'Too many requests' }

/** Each event is answered for itself. @throws {ServiceError} where the whole cannot be read. */
export function putEvents(
  world: World,
  received: ReceivedEvents,
  { app, input, request }: { app: string; input: Input; request: WireRequest },
): object {
  const batch = input.BatchItem
  if (!isObject(batch) || !Object.keys(batch).length)
    throw badRequest('BatchItem must name at least one endpoint.')
  const all = Object.entries(batch).flatMap(([endpoint, item]) =>
    Object.entries(isObject(item) && isObject(item.Events) ? item.Events : {}).map(([id, event]) => ({
      ...{ endpoint, id, event: event as Input },
    })),
  )
  if (all.length > MOST_EVENTS) throw badRequest(`A call takes at most ${MOST_EVENTS} events.`)
  const isRefused = refusedByOrder(
    request,
    all.map(({ id }) => id),
  )
  const Results: Record<
    string,
    { EndpointItemResponse: Result; EventsItemResponse: Record<string, Result> }
  > = {}
  for (const [endpoint, item] of Object.entries(batch)) {
    updateEndpoint(world, app, endpoint, isObject(item) && isObject(item.Endpoint) ? item.Endpoint : {})
    Results[endpoint] = { EndpointItemResponse: ACCEPTED, EventsItemResponse: {} }
  }
  const taken = all.filter(({ endpoint, id, event }, index) => {
    const result = isRefused(index) ? THROTTLED : judged(event)
    Results[endpoint]!.EventsItemResponse[id] = result
    return result === ACCEPTED
  })
  received.add(
    'mobiletargeting',
    app,
    taken.map(({ endpoint, id, event }) => ({ app, endpoint, id, ...event })),
  )
  return { Results }
}

/** https://docs.aws.amazon.com/pinpoint/latest/developerguide/quotas.html#quotas-events */
function judged(event: Input): Result {
  const { EventType, Timestamp, Attributes = {}, Metrics = {} } = event
  const wrong = (Message: string) => ({ StatusCode: 400, Message })
  if (Buffer.byteLength(JSON.stringify(event)) > LARGEST_EVENT) return wrong('The event is too large')
  if (typeof EventType !== 'string' || !EventType) return wrong('EventType is missing')
  if (typeof Timestamp !== 'string' || Number.isNaN(Date.parse(Timestamp)))
    return wrong('Timestamp is no time')
  if (!isObject(Attributes) || !Object.values(Attributes).every((each) => typeof each === 'string'))
    return wrong('Attributes must be texts')
  if (!isObject(Metrics) || !Object.values(Metrics).every((each) => typeof each === 'number'))
    return wrong('Metrics must be numbers')
  if (Object.keys(Attributes).length + Object.keys(Metrics).length > MOST_ATTRIBUTES)
    return wrong(`More than ${MOST_ATTRIBUTES} attributes and metrics`)
  if (Object.entries(Attributes).some(([name, value]) => name.length > 50 || (value as string).length > 200))
    return wrong('An attribute is too long')
  return ACCEPTED
}

const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

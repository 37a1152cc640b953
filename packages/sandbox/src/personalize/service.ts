import { type Input, ServiceError } from '../awsJson.js'
import type { ReceivedEvents } from '../receivedEvents.js'
import { answerRest, isPathOf, type RestTable, restError, restFault } from '../restJson.js'
import type { CredentialAuthority, Service, World } from '../service.js'
import { signedFor } from '../sigv4.js'

// The event tracker of Personalize. Nothing learns from what it takes. See docs/protocols/personalize-events.md.

const MOST_EVENTS = 10
const invalid = (message: string) => new ServiceError('InvalidInputException', message)

export function createPersonalize(
  world: World,
  authority: CredentialAuthority,
  received: ReceivedEvents,
): Service {
  const plan = () => world.plan.local?.personalize

  const table: RestTable = {
    async 'PutEvents POST /events'(call) {
      const input = await call.input()
      const trackingId = id(input, 'trackingId')
      if (trackingId !== plan()?.trackingId) throw invalid(`The tracking id ${trackingId} is not valid.`)
      const who = { trackingId, sessionId: id(input, 'sessionId'), userId: optionalId(input, 'userId') }
      const { eventList } = input
      if (!Array.isArray(eventList) || !eventList.length || eventList.length > MOST_EVENTS) {
        throw invalid(`eventList must have from 1 to ${MOST_EVENTS} events.`)
      }
      received.add(
        'personalize',
        trackingId,
        eventList.map((each: Input) => ({ ...who, ...checked(each) })),
      )
      return {}
    },
  }

  return {
    name: 'personalize',
    matches: (request) => isPathOf(table, request) && signedFor(request) === 'personalize',
    handle: (request) =>
      answerRest(request, {
        ...{ table, service: 'personalize', authority, clock: world.clock },
        access: plan()?.access,
      }),
    fault: (status, message) => (status === 400 ? restError(invalid(message)) : restFault(status, message)),
    outputs: () => {
      const { trackingId } = plan() ?? {}
      return trackingId
        ? {
            analytics: {
              amazon_personalize: { aws_region: world.region, tracking_id: trackingId, endpoint: world.url },
            },
          }
        : {}
    },
    reset: () => received.clear('personalize'),
  }
}

/** https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_Event.html */
function checked(event: Input): object {
  id(event ?? {}, 'eventType')
  optionalId(event, 'eventId')
  if (typeof event.sentAt !== 'number') throw invalid('sentAt must be a time in seconds.')
  const { properties } = event
  if (properties === undefined) return event
  if (typeof properties !== 'string' || !properties.length || properties.length > 1024) {
    throw invalid('properties must be JSON of 1 to 1024 characters.')
  }
  try {
    return { ...event, properties: JSON.parse(properties) as unknown }
  } catch {
    throw invalid('properties is not JSON.')
  }
}

function id(input: Input, name: string): string {
  const value = optionalId(input, name)
  if (value === undefined) throw invalid(`${name} must not be null.`)
  return value
}

function optionalId(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || !value.length || value.length > 256) {
    throw invalid(`${name} must be a text of 1 to 256 characters.`)
  }
  return value
}

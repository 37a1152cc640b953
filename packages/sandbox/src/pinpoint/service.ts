import { ServiceError } from '../awsJson.js'
import type { ReceivedEvents } from '../receivedEvents.js'
import { answerRest, isPathOf, type RestCall, type RestTable, restReply } from '../restJson.js'
import type { CredentialAuthority, Service, WireRequest, World } from '../service.js'
import { migrate, readEndpoint, updateEndpoint } from './endpoints.js'
import { putEvents } from './events.js'

// Pinpoint as clients of an app use it: events, endpoints, in-app messages. See docs/protocols/pinpoint.md.

/** The same campaigns as a document, for apps that take them from an address. */
const DOCUMENT = '/in-app-messages.json'
const LARGEST_CALL = 4 * 1024 * 1024

export function createPinpoint(
  world: World,
  authority: CredentialAuthority,
  received: ReceivedEvents,
): Service {
  migrate(world)
  const plan = () => world.plan.local?.pinpoint

  /** The application and the endpoint that a call is about. */
  function named({ path: { app = '', id = '' } }: RestCall) {
    if (app !== plan()?.appId) throw new ServiceError('NotFoundException', `Resource not found: ${app}`, 404)
    return { app, id }
  }

  const table: RestTable = {
    async 'PutEvents POST /v1/apps/{app}/events'(call) {
      const { app } = named(call)
      return restReply(
        202,
        putEvents(world, received, { app, input: await call.input(), request: call.request }),
      )
    },
    async 'UpdateEndpoint PUT /v1/apps/{app}/endpoints/{id}'(call) {
      const { app, id } = named(call)
      updateEndpoint(world, app, id, await call.input())
      return restReply(202, { Message: 'Accepted' })
    },
    async 'GetEndpoint GET /v1/apps/{app}/endpoints/{id}'(call) {
      const { app, id } = named(call)
      // What it knows about people is for administrators.
      if (call.principal.role !== 'root') throw new ServiceError('ForbiddenException', 'Forbidden', 403)
      return readEndpoint(world, app, id)
    },
    async 'GetInAppMessages GET /v1/apps/{app}/endpoints/{id}/inappmessages'(call) {
      named(call)
      return { InAppMessageCampaigns: active() }
    },
  }

  /** Campaigns that have not ended. */
  const active = () =>
    (plan()?.messages ?? []).filter(
      ({ Schedule }) => !Schedule?.EndDate || Date.parse(Schedule.EndDate) > world.clock.now(),
    )
  const isDocument = ({ url, method }: WireRequest) => method === 'GET' && url.pathname === DOCUMENT

  return {
    name: 'mobiletargeting',
    matches: (request) => isPathOf(table, request) || isDocument(request),
    async handle(request) {
      if (isDocument(request)) return restReply(200, { InAppMessageCampaigns: active() })
      return answerRest(request, {
        ...{ table, service: 'mobiletargeting', authority, clock: world.clock, errorOf },
        limit: LARGEST_CALL,
        access: plan()?.access,
      })
    },
    fault(status, message) {
      const types: Record<number, string> = {
        400: 'BadRequestException',
        403: 'ForbiddenException',
        413: 'PayloadTooLargeException',
        429: 'TooManyRequestsException',
      }
      return errorOf(new ServiceError(types[status] ?? 'InternalServerErrorException', message, status))
    },
    outputs: () => {
      const { appId, messages } = plan() ?? {}
      if (!appId) return {}
      const place = { aws_region: world.region, endpoint: world.url }
      const notifications = { amazon_pinpoint_app_id: appId, channels: ['IN_APP_MESSAGING'], ...place }
      return {
        analytics: { amazon_pinpoint: { app_id: appId, ...place } },
        ...(messages && { notifications }),
      }
    },
    reset() {
      received.clear('mobiletargeting')
      world.store.run('DELETE FROM pinpoint_endpoints')
    },
  }
}

/** `Message` with a capital, as in the reference's MessageBody. */
function errorOf({ type, message, status }: ServiceError) {
  return restReply(status, { Message: message }, { 'x-amzn-errortype': type })
}

import { failureOf, faultOf, json } from '../appsync/answers.js'
import { NotAllowed } from '../appsync/callers.js'
import type { Service, WireRequest, WireResponse } from '../service.js'
import {
  createEventApi,
  type EventApi,
  type EventApiParts,
  LARGEST_EVENT,
  type PublishMessage,
} from './eventApi.js'
import { createEventSockets } from './sockets.js'

// AppSync Events: publishing over HTTP, and the WebSocket. See docs/protocols/appsync-events.md.
// Deliberately not here: the control plane.

/** Room for five events whose every letter is escaped. */
const LARGEST_BODY = 5 * LARGEST_EVENT * 2
const PATH = /^(?:\/events\/([a-z]{26}))?\/event(\/realtime)?$/

/** Every Event API of the backend: the first at `/event`, others at `/events/<id>/event`. */
export function createAppSyncEvents(parts: EventApiParts): Service {
  const { world } = parts
  let apis = load()
  const sockets = createEventSockets(world.log)

  function load(): EventApi[] {
    return (world.plan.eventApis ?? []).map((plan) => createEventApi(plan, parts))
  }

  function find({ url }: WireRequest): EventApi | undefined {
    const [, id] = PATH.exec(url.pathname) ?? []
    return apis.find(({ plan }) => (id ? plan.id === id : plan.isFirst))
  }

  async function answer(request: WireRequest): Promise<WireResponse> {
    const api = find(request)
    if (!api) throw new NotAllowed('This backend has no such Event API.', 'NotFoundException', 404)
    const body = await request.bytes(LARGEST_BODY)
    const publication = await api.publish(request, readBody(body))
    sockets.broadcast(api, publication)
    return json(200, publication.answer)
  }

  return {
    name: 'appsync-events',
    matches: ({ url }) => PATH.test(url.pathname),
    async handle(request) {
      if (request.method !== 'POST' || request.url.pathname.endsWith('/realtime'))
        return faultOf(405, `${request.method} ${request.url.pathname} is not served: POST to /event.`)
      try {
        return await answer(request)
      } catch (error) {
        if (error instanceof NotAllowed) return failureOf(error.status, error.errorType, error.message)
        throw error
      }
    },
    fault: faultOf,
    upgrade(request, incoming, socket, head) {
      const api = request.url.pathname.endsWith('/realtime') ? find(request) : undefined
      if (api) sockets.accept(api, request, incoming, socket, head)
      else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    },
    attribute(path) {
      const [, id] = /^events\.key\.(\w+)$/.exec(path) ?? []
      return apis.find(({ plan }) => plan.id === id)?.key()
    },
    reload() {
      apis = load()
      sockets.renew(apis)
    },
    close: () => sockets.close(),
  }
}

function readBody(body: Buffer): PublishMessage {
  try {
    const message: unknown = JSON.parse(body.toString())
    if (typeof message === 'object' && message !== null) return message
  } catch {
    // Said below.
  }
  throw new NotAllowed('The request body is not a JSON object.', 'BadRequestException', 400)
}

// AppSync Events on its sockets, `aws-appsync-event-ws`:
// https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html

import { type GraphQLCall, type Target, target } from './authorization.js'
import { authorizationOf, handshake, realtimeUrl } from './frames.js'
import type { Dialect } from './realtime.js'

/** A channel, and where something is published in it, the events as the service takes them. */
export interface EventsCall extends GraphQLCall {
  api: 'Events'
  /** The channel. */
  query: string
  events?: string[]
}

/** AppSync's own hosts have a sister host for sockets, as for GraphQL, but the path differs there too. */
export function eventsUrl(of: Pick<Target, 'endpoint' | 'realtimeEndpoint'>): URL {
  const url = realtimeUrl(of)
  if (!of.realtimeEndpoint && !url.pathname.endsWith('/realtime')) url.pathname += '/realtime'
  return url
}

export const eventsDialect: Dialect = {
  handshake(ctx, call, refresh) {
    const url = eventsUrl(target(ctx, call))
    return handshake(ctx, call, 'aws-appsync-event-ws', url, '', refresh)
  },
  async ask(ctx, { id, call, once }, refresh) {
    const { query: channel, events } = call as EventsCall
    const asked = { channel, ...(events ? { events } : {}) }
    const authorization = await authorizationOf(ctx, call, JSON.stringify(asked), refresh)
    return { type: once ? 'publish' : 'subscribe', id, ...asked, authorization }
  },
  granted: /^(subscribe|publish)_success$/,
  refused: /^(subscribe|publish)_error$/,
  stop: 'unsubscribe',
}

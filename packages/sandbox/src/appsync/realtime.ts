import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { WireRequest } from '../service.js'
import { NotAllowed } from './callers.js'
import type { GraphQLRequest } from './execution.js'
import { asSigned, handshake } from './handshake.js'
import type { Caller, Item } from './rules.js'
import { type Event, type Listener, NotSubscribed } from './subscriptions.js'

// AppSync's realtime protocol, server side: https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
// Deliberately not here: the 24 hour limit of a connection. The Event API (`aws-appsync-event-ws`) has its own folder.

export interface Realtime {
  accept(request: WireRequest, incoming: IncomingMessage, socket: Duplex, head: Buffer): void
  publish(events: Event[]): void
  /** Ends subscriptions that a resolver of a mutation invalidates: `{ subscriptionField, payload }`. */
  invalidate(invalidations: unknown[]): void
  /** Another schema is served: every subscription is begun again on it; what does not fit it ends with an error. */
  renew(): Promise<void>
  close(): void
}

export interface RealtimeOptions {
  identify(request: WireRequest, asked?: GraphQLRequest): Promise<Caller>
  /** @throws {NotSubscribed} */
  open(request: GraphQLRequest, caller: Caller, headers: Record<string, string>): Promise<Listener>
  log(line: string): void
}

const KEEP_ALIVE = 60_000
const CONNECTION_TIMEOUT = 300_000
const MOST_SUBSCRIPTIONS = 200
const LARGEST_MESSAGE = 256 * 1024

interface Subscription {
  request: GraphQLRequest
  caller: Caller
  headers: Record<string, string>
  listener: Listener
}

interface Connection {
  socket: WebSocket
  /** The upgrade, which later messages refer to for their host. */
  origin: WireRequest
  acknowledged: boolean
  subscriptions: Map<string, Subscription>
  /** Ids whose start is under way; a stop in between drops them. */
  starting: Set<string>
}

interface Message {
  type?: unknown
  id?: unknown
  payload?: { data?: unknown; extensions?: { authorization?: unknown } }
}

export function createRealtime({ identify, open, log }: RealtimeOptions): Realtime {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (offered) => (offered.has('graphql-ws') ? 'graphql-ws' : false),
  })
  const connections = new Set<Connection>()
  const keepAlive = setInterval(() => {
    for (const each of connections) if (each.acknowledged) send(each, { type: 'ka' })
  }, KEEP_ALIVE)
  keepAlive.unref()

  async function connect(connection: Connection) {
    try {
      await identify(asSigned(connection.origin, handshake(connection.origin), '/graphql/connect', '{}'))
    } catch (error) {
      const { errorType, message, status } = asNotAllowed(error)
      send(connection, {
        type: 'connection_error',
        payload: { errors: [{ errorType, errorCode: status, message }] },
      })
      connection.socket.close(1000)
      return
    }
    connection.acknowledged = true
    send(connection, { type: 'connection_ack', payload: { connectionTimeoutMs: CONNECTION_TIMEOUT } })
    send(connection, { type: 'ka' })
  }

  async function start(connection: Connection, id: string, { payload }: Message) {
    const { subscriptions, starting, origin } = connection
    if (subscriptions.has(id) || starting.has(id)) {
      return fail(
        connection,
        id,
        'DuplicatedOperationError',
        `A subscription with the id ${id} is already under way.`,
      )
    }
    if (subscriptions.size + starting.size >= MOST_SUBSCRIPTIONS) {
      return fail(
        connection,
        id,
        'MaxSubscriptionsReachedError',
        `Max number of ${MOST_SUBSCRIPTIONS} subscriptions reached`,
      )
    }
    const request = readRequest(payload?.data)
    const authorization = payload?.extensions?.authorization
    if (!request || typeof authorization !== 'object' || authorization === null) {
      return fail(
        connection,
        id,
        'BadRequestException',
        'A start message needs payload.data and payload.extensions.authorization.',
      )
    }
    starting.add(id)
    try {
      const signed = asSigned(
        origin,
        authorization as Record<string, unknown>,
        '/graphql',
        payload!.data as string,
      )
      const { headers } = signed
      const caller = await identify(signed, request)
      const listener = await open(request, caller, headers)
      // Stopped, or gone, while the caller was being identified.
      if (!starting.has(id) || !connections.has(connection)) return
      subscriptions.set(id, { request, caller, headers, listener })
      send(connection, { type: 'start_ack', id })
    } catch (error) {
      if (error instanceof NotSubscribed)
        send(connection, { type: 'error', id, payload: { errors: error.errors } })
      else {
        const { errorType, message, status } = asNotAllowed(error)
        send(connection, {
          type: 'error',
          id,
          payload: { errors: [{ errorType, message, errorCode: status }] },
        })
      }
    } finally {
      starting.delete(id)
    }
  }

  function stop(connection: Connection, id: string) {
    const known = connection.subscriptions.delete(id)
    if (connection.starting.delete(id) || known) send(connection, { type: 'complete', id })
    else fail(connection, id, 'UnknownOperationError', `Unknown operation id ${id}`)
  }

  function take(connection: Connection, data: RawData) {
    const message = readMessage(data)
    const id = typeof message?.id === 'string' ? message.id : undefined
    if (message?.type === 'connection_init') {
      connect(connection).catch((error: Error) =>
        log(`appsync: connection_init failed inside: ${error.stack}`),
      )
    } else if (message?.type === 'start' && id && connection.acknowledged) {
      start(connection, id, message).catch((error: Error) =>
        log(`appsync: start failed inside: ${error.stack}`),
      )
    } else if (message?.type === 'stop' && id) stop(connection, id)
    else if (message?.type === 'start' && id)
      fail(connection, id, 'BadRequestException', 'The connection is not initialised.')
    else fail(connection, id, 'UnsupportedOperation', 'Unsupported operation or misspelled message type.')
  }

  return {
    accept(request, incoming, socket, head) {
      server.handleUpgrade(incoming, socket, head, (opened) => {
        const connection: Connection = {
          socket: opened,
          origin: request,
          acknowledged: false,
          subscriptions: new Map(),
          starting: new Set(),
        }
        connections.add(connection)
        opened.on('message', (data) => take(connection, data))
        opened.on('close', () => connections.delete(connection))
        opened.on('error', () => opened.terminate())
        if (opened.protocol !== 'graphql-ws') {
          const errors = [
            {
              errorType: 'NoProtocolError',
              errorCode: 400,
              message: 'The subprotocol graphql-ws is required.',
            },
          ]
          send(connection, { type: 'connection_error', payload: { errors } })
          opened.close(1002)
        }
      })
    },
    publish(events) {
      for (const { field, payload } of events) {
        for (const connection of connections) {
          for (const [id, { listener }] of connection.subscriptions) {
            const heard = listener.field === field ? listener.hear(payload) : undefined
            if (heard) send(connection, { type: 'data', id, payload: heard })
          }
        }
      }
    },
    invalidate(invalidations) {
      for (const each of invalidations) {
        const { subscriptionField, payload } = (each ?? {}) as { subscriptionField?: string; payload?: Item }
        for (const connection of connections) {
          for (const [id, { listener }] of connection.subscriptions) {
            if (listener.field !== subscriptionField || !listener.endsWith?.(payload ?? {})) continue
            connection.subscriptions.delete(id)
            send(connection, { type: 'complete', id })
          }
        }
      }
    },
    async renew() {
      for (const connection of connections) {
        for (const [id, subscription] of connection.subscriptions) {
          try {
            const { request, caller, headers } = subscription
            subscription.listener = await open(request, caller, headers)
          } catch (error) {
            connection.subscriptions.delete(id)
            const errors =
              error instanceof NotSubscribed
                ? error.errors
                : [{ errorType: 'InternalFailure', message: String(error) }]
            send(connection, { type: 'error', id, payload: { errors } })
          }
        }
      }
    },
    close() {
      clearInterval(keepAlive)
      for (const { socket } of connections) socket.terminate()
      server.close()
    },
  }
}

function send({ socket }: Connection, message: unknown) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

function fail(connection: Connection, id: string | undefined, errorType: string, message: string) {
  send(connection, { type: 'error', ...(id ? { id } : {}), payload: { errors: [{ errorType, message }] } })
}

function asNotAllowed(error: unknown): NotAllowed {
  return error instanceof NotAllowed
    ? error
    : new NotAllowed((error as Error).message, 'InternalFailure', 500)
}

function readMessage(data: RawData): Message | undefined {
  try {
    const message: unknown = JSON.parse(data.toString())
    return typeof message === 'object' && message !== null ? (message as Message) : undefined
  } catch {
    return undefined
  }
}

function readRequest(data: unknown): GraphQLRequest | undefined {
  try {
    const request = JSON.parse(data as string) as GraphQLRequest
    return typeof request?.query === 'string' ? request : undefined
  } catch {
    return undefined
  }
}

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { NotAllowed } from '../appsync/callers.js'
import { asSigned, handshake } from '../appsync/handshake.js'
import type { WireRequest } from '../service.js'
import { type Channel, hears } from './channels.js'
import { type EventApi, LARGEST_EVENT, type Publication, type PublishMessage } from './eventApi.js'

// The WebSocket of the Event API, server side:
// https://docs.aws.amazon.com/appsync/latest/eventapi/event-api-websocket-protocol.html
// Deliberately not here: the 24 hour limit of a connection.

export interface EventSockets {
  accept(api: EventApi, request: WireRequest, incoming: IncomingMessage, socket: Duplex, head: Buffer): void
  broadcast(api: EventApi, publication: Publication): void
  /** The definition has changed: connections go on with the API of the same id, or end. */
  renew(apis: EventApi[]): void
  close(): void
}

const KEEP_ALIVE = 60_000
const CONNECTION_TIMEOUT = 300_000
const MOST_SUBSCRIPTIONS = 100
/** Room for five events whose every letter is escaped. */
const LARGEST_MESSAGE = 5 * LARGEST_EVENT * 2

interface Connection {
  api: EventApi
  socket: WebSocket
  /** The upgrade, which later messages refer to for their host. */
  origin: WireRequest
  /** Settles when it is known whether this client may be here. */
  admitted: Promise<void>
  subscriptions: Map<string, Channel>
  /** Ids whose subscription is under way; an unsubscribe in between drops them. */
  starting: Set<string>
}

interface Message extends PublishMessage {
  type?: unknown
  id?: unknown
  authorization?: unknown
}

export function createEventSockets(log: (line: string) => void): EventSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (offered) => (offered.has('aws-appsync-event-ws') ? 'aws-appsync-event-ws' : false),
  })
  const connections = new Set<Connection>()
  const keepAlive = setInterval(() => {
    for (const each of connections) send(each, { type: 'ka' })
  }, KEEP_ALIVE)
  keepAlive.unref()

  async function take(connection: Connection, data: RawData) {
    const message = readMessage(data)
    try {
      await connection.admitted
    } catch (error) {
      send(connection, { type: 'connection_error', errors: [wordsOf(error)] })
      connection.socket.close(1000)
      return
    }
    const id = typeof message?.id === 'string' ? message.id : undefined
    if (message?.type === 'connection_init') {
      send(connection, { type: 'connection_ack', connectionTimeoutMs: CONNECTION_TIMEOUT })
      send(connection, { type: 'ka' })
    } else if (message?.type === 'subscribe' && id) await subscribe(connection, id, message)
    else if (message?.type === 'publish' && id) await publish(connection, id, message)
    else if (message?.type === 'unsubscribe' && id) unsubscribe(connection, id)
    else {
      const errors = [
        { errorType: 'UnsupportedOperation', message: 'The message type is unknown, or its id is missing.' },
      ]
      send(connection, { type: 'error', ...(id ? { id } : {}), errors })
    }
  }

  async function subscribe(connection: Connection, id: string, message: Message) {
    const { subscriptions, starting, api } = connection
    const refuse = (...errors: unknown[]) => send(connection, { type: 'subscribe_error', id, errors })
    if (subscriptions.has(id) || starting.has(id)) {
      refuse({
        errorType: 'DuplicatedOperationError',
        message: `A subscription with the id ${id} is already under way.`,
      })
      return
    }
    if (subscriptions.size + starting.size >= MOST_SUBSCRIPTIONS) {
      refuse({
        errorType: 'MaxSubscriptionsReachedError',
        message: `Max number of ${MOST_SUBSCRIPTIONS} subscriptions reached`,
      })
      return
    }
    starting.add(id)
    try {
      const channel = await api.subscribe(requestOf(connection, message), message.channel)
      // Given up, or gone, while the caller was being identified.
      if (!starting.has(id) || !connections.has(connection)) return
      subscriptions.set(id, channel)
      send(connection, { type: 'subscribe_success', id })
    } catch (error) {
      refuse(wordsOf(error))
    } finally {
      starting.delete(id)
    }
  }

  async function publish(connection: Connection, id: string, message: Message) {
    try {
      const publication = await connection.api.publish(requestOf(connection, message), message)
      send(connection, { type: 'publish_success', id, ...publication.answer })
      broadcast(connection.api, publication)
    } catch (error) {
      send(connection, { type: 'publish_error', id, errors: [wordsOf(error)] })
    }
  }

  function unsubscribe(connection: Connection, id: string) {
    const known = connection.subscriptions.delete(id)
    if (connection.starting.delete(id) || known) send(connection, { type: 'unsubscribe_success', id })
    else {
      const errors = [{ errorType: 'UnknownOperationError', message: `Unknown operation id ${id}` }]
      send(connection, { type: 'unsubscribe_error', id, errors })
    }
  }

  function broadcast(api: EventApi, { channel, events }: Publication) {
    for (const connection of connections) {
      if (connection.api !== api) continue
      for (const [id, subscribed] of connection.subscriptions) {
        if (!hears(subscribed, channel)) continue
        for (const event of events) send(connection, { type: 'data', id, event })
      }
    }
  }

  return {
    accept(api, request, incoming, socket, head) {
      server.handleUpgrade(incoming, socket, head, (opened) => {
        const connection: Connection = {
          api,
          socket: opened,
          origin: request,
          admitted: Promise.resolve().then(() =>
            api.connect(asSigned(request, handshake(request), pathOf(request), '{}')),
          ),
          subscriptions: new Map(),
          starting: new Set(),
        }
        // Said when the client speaks: before that it may not be listening yet.
        connection.admitted.catch(() => {})
        connections.add(connection)
        opened.on('message', (data) => {
          take(connection, data).catch((error: Error) =>
            log(`appsync-events: a message failed inside: ${error.stack}`),
          )
        })
        opened.on('close', () => connections.delete(connection))
        opened.on('error', () => opened.terminate())
        if (opened.protocol !== 'aws-appsync-event-ws') {
          const errors = [
            {
              errorType: 'NoProtocolError',
              errorCode: 400,
              message: 'The subprotocol aws-appsync-event-ws is required.',
            },
          ]
          send(connection, { type: 'connection_error', errors })
          opened.close(1002)
        }
      })
    },
    broadcast,
    renew(apis) {
      for (const connection of connections) {
        const api = apis.find(({ plan }) => plan.id === connection.api.plan.id)
        if (api) connection.api = api
        else connection.socket.close(1001)
      }
    },
    close() {
      clearInterval(keepAlive)
      for (const { socket } of connections) socket.terminate()
      server.close()
    },
  }
}

/** A message as the HTTP request that its credentials were made for. */
function requestOf({ origin }: Connection, { authorization, channel, events }: Message): WireRequest {
  if (typeof authorization !== 'object' || authorization === null)
    throw new NotAllowed('The message needs its authorization.', 'BadRequestException', 400)
  const headers: Record<string, unknown> = { ...authorization }
  // Only a signature covers the host; for the rest it is a formality.
  headers.host ??= origin.url.host
  return asSigned(origin, headers, pathOf(origin), JSON.stringify({ channel, events }))
}

/** `/event` of `/event/realtime`: what is signed. */
const pathOf = ({ url }: WireRequest) => url.pathname.replace(/\/realtime$/, '')

function send({ socket }: Connection, message: unknown) {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
}

function wordsOf(error: unknown): { errorType: string; errorCode: number; message: string } {
  if (error instanceof NotAllowed)
    return { errorType: error.errorType, errorCode: error.status, message: error.message }
  return { errorType: 'InternalFailure', errorCode: 500, message: (error as Error).message }
}

function readMessage(data: RawData): Message | undefined {
  try {
    const message: unknown = JSON.parse(data.toString())
    return typeof message === 'object' && message !== null ? (message as Message) : undefined
  } catch {
    return undefined
  }
}

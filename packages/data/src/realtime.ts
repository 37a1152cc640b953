// AppSync's real-time protocol, `graphql-ws` with AWS's own authorization:
// https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
// Subscriptions outlive sockets: one that is lost is replaced, and every subscription starts again on it with fresh proof.
// Not spoken: the query-string form of the connection's proof, and AppSync Events.

import { livePlatform } from '@backline/core/livePlatform'
import { type Context, perContext, toHex } from '@backline/core/unsigned'
import { type GraphQLCall, isTransient, refreshable } from './authorization.js'
import type { CONNECTION_STATE_CHANGE, ConnectionState } from './connectionState.js'
import { DataError, type GraphQLFormattedError, type GraphQLResponse } from './errors.js'
import { connectionFailed, handshake, isTokenRefused, noWebSocket, socketKey, startFrame } from './frames.js'

/** What a subscriber hears. */
export interface Listener {
  next(answer: GraphQLResponse): void
  /** It is over, and why. */
  error(error: unknown): void
  complete(): void
  /** The service has acknowledged the subscription: from now on nothing is missed. Again after every reconnection. */
  live?(): void
  /** The socket is lost: until `live` is called again, events may be missed. */
  gap?(): void
}

/** One socket, or the wait for one, and the subscriptions that are on it. */
interface Connection {
  hasRoom(): boolean
  add(subscription: Subscription): void
  remove(subscription: Subscription): void
}

interface Subscription {
  id: string
  call: GraphQLCall
  listener: Listener
  at: 'waiting' | 'starting' | 'live'
  /** Where it is now. It moves when a connection turns out to be full. */
  connection?: Connection
  /** For the acknowledgement. */
  timer?: ReturnType<typeof setTimeout> | undefined
  /** Once refused for who we are; once without acknowledgement. A second time is final. */
  refused?: boolean
  unheard?: boolean
}

type State =
  | { at: 'idle' }
  | { at: 'connecting'; attempt: number; refreshed: boolean; socket?: WebSocket; timer: Timer }
  | { at: 'open'; attempt: number; socket: WebSocket; heard: number; patience: number; timer: Timer }
  | { at: 'waiting'; attempt: number; timer: Timer }

type Timer = ReturnType<typeof setTimeout>

const acknowledgementTimeout = 15_000
/** Without a sign of life for this long the connection is called doubtful, though not yet lost. */
const doubtful = 65_000
/** React mounts, unmounts and mounts again; a socket waits this long for the next subscription. */
const grace = 1_000
/** AppSync's limit of subscriptions on one connection. */
const roomy = 200

const connectionsOf = /* @__PURE__ */ perContext('data.realtime', () => new Map<string, Connection[]>())

/** Subscribes until the returned function is called, or `error` or `complete` is. */
export function subscribe(ctx: Context, call: GraphQLCall, listener: Listener): () => void {
  const subscription: Subscription = { id: newId(ctx), call, listener, at: 'waiting' }
  let over = false
  socketKey(ctx, call).then(
    (key) => {
      // Over already when React mounted twice: no socket, no start.
      if (!over) place(ctx, key, subscription)
    },
    (error) => over || listener.error(error),
  )
  return () => {
    over = true
    subscription.connection?.remove(subscription)
  }
}

const newId = (ctx: Context) => toHex(ctx.platform.randomBytes(16))

function place(ctx: Context, key: string, subscription: Subscription): void {
  const all = connectionsOf(ctx)
  const connections = all.get(key) ?? []
  all.set(key, connections)
  let connection = connections.find((one) => one.hasRoom())
  if (!connection) connections.push((connection = createConnection(ctx, key)))
  connection.add(subscription)
}

function createConnection(ctx: Context, key: string): Connection {
  let state: State = { at: 'idle' }
  const subscriptions = new Map<string, Subscription>()
  let room = roomy
  let told: ConnectionState = 'Disconnected'
  let unwatch: (() => void) | undefined

  function hasRoom(): boolean {
    return subscriptions.size < room
  }

  function add(subscription: Subscription): void {
    subscriptions.set(subscription.id, subscription)
    subscription.connection = connection
    if (state.at === 'idle') connect(0)
    else if (state.at === 'open') start(subscription)
    announce()
  }

  function remove(subscription: Subscription): void {
    if (!subscriptions.has(subscription.id)) return
    if (subscription.at !== 'waiting') say({ type: 'stop', id: subscription.id })
    forget(subscription)
  }

  function forget(subscription: Subscription): void {
    clearTimeout(subscription.timer)
    subscriptions.delete(subscription.id)
    rest()
  }

  function rest(): void {
    if (!subscriptions.size) setTimeout(() => subscriptions.size || move({ at: 'idle' }), grace)
    announce()
  }

  /** The one place where the state changes. What the old state held and the new one does not is let go. */
  function move(next: State): void {
    const before = state
    state = next
    if ('timer' in before && (!('timer' in next) || before.timer !== next.timer)) clearTimeout(before.timer)
    if ('socket' in before && before.socket && (!('socket' in next) || before.socket !== next.socket))
      letGo(before.socket)
    if (next.at === 'idle') {
      unwatch?.()
      unwatch = undefined
      // The next subscription makes a new one.
      const connections = connectionsOf(ctx).get(key) ?? []
      connections.splice(connections.indexOf(connection) >>> 0, 1)
    } else unwatch ??= watch()
    announce()
  }

  function watch(): () => void {
    const platform = livePlatform(ctx)
    const back = (yes: boolean) => {
      if (yes && state.at === 'waiting') connect(state.attempt)
      // A phone's timers sleep with it: is the socket still alive?
      else if (yes && state.at === 'open') checkPulse()
      announce()
    }
    const undo = [platform.watchOnline(back), platform.watchVisible(back)]
    return () => {
      for (const stop of undo) stop()
    }
  }

  async function connect(attempt: number, refreshed = false): Promise<void> {
    const [first] = subscriptions.values()
    if (!first) {
      move({ at: 'idle' })
      return
    }
    const timer = setTimeout(() => lost(), acknowledgementTimeout)
    const attempted = { at: 'connecting', attempt, refreshed, timer } as const
    move(attempted)
    try {
      const { url, protocols } = await handshake(ctx, first.call, key, refreshed)
      if (state !== attempted) return
      const socket = livePlatform(ctx).openSocket(url, protocols)
      move({ ...attempted, socket })
      const mine = () => 'socket' in state && state.socket === socket
      socket.onopen = () => mine() && say({ type: 'connection_init' })
      socket.onmessage = ({ data }) => mine() && typeof data === 'string' && hear(socket, data)
      socket.onclose = () => mine() && lost()
      // A close event follows.
      socket.onerror = () => {}
    } catch (error) {
      if (state !== attempted) return
      if (isTransient(error)) lost()
      else failAll(error instanceof ReferenceError ? noWebSocket(error) : error)
    }
  }

  function say(frame: object): void {
    if ('socket' in state && state.socket?.readyState === 1) state.socket.send(JSON.stringify(frame))
  }

  function hear(socket: WebSocket, text: string): void {
    let frame: { type?: string; id?: string; payload?: GraphQLResponse & { connectionTimeoutMs?: number } }
    try {
      frame = JSON.parse(text)
    } catch {
      return
    }
    const { type, id, payload } = frame
    // Anything that arrives proves that the line is alive.
    if (state.at === 'open') {
      state.heard = ctx.platform.now()
      if (told === 'ConnectedPendingKeepAlive') announce()
    }
    const subscription = id === undefined ? undefined : subscriptions.get(id)
    const errors = payload?.errors ?? (frame as GraphQLResponse).errors ?? []
    if (type === 'connection_ack') opened(socket, payload?.connectionTimeoutMs ?? 300_000)
    else if (type === 'connection_error') refusedConnection(errors, payload)
    else if (type === 'error' && id === undefined) complained(connectionFailed(payload, errors))
    // What is left may answer a subscription that we have ended ourselves.
    else if (!subscription) return
    else if (type === 'start_ack') acknowledged(subscription)
    else if (type === 'data') subscription.listener.next({ ...payload, data: payload?.data ?? null })
    else if (type === 'error') refused(subscription, errors, payload)
    else if (type === 'complete') {
      forget(subscription)
      subscription.listener.complete()
    }
  }

  function opened(socket: WebSocket, patience: number): void {
    if (state.at !== 'connecting') return
    const { attempt } = state
    const heard = ctx.platform.now()
    move({
      at: 'open',
      attempt,
      socket,
      heard,
      patience,
      timer: setTimeout(() => checkPulse(), patience),
    })
    checkPulse()
    for (const subscription of [...subscriptions.values()]) start(subscription)
    rest()
  }

  /** Lost when the server was silent for longer than it promised to be. */
  function checkPulse(): void {
    if (state.at !== 'open') return
    const silence = ctx.platform.now() - state.heard
    const left = state.patience - silence
    if (left <= 0) {
      lost()
      return
    }
    const next = silence < doubtful ? Math.min(left, doubtful - silence) : left
    move({ ...state, timer: setTimeout(() => checkPulse(), next) })
  }

  function refusedConnection(errors: GraphQLFormattedError[], payload: unknown): void {
    if (state.at !== 'connecting') return
    const [first] = subscriptions.values()
    const { refreshed, attempt } = state
    const whoAreYou = isTokenRefused(errors)
    if (whoAreYou && !refreshed && first && refreshable(ctx, first.call)) return void connect(attempt, true)
    const { errorCode, errorType = '' } = (errors[0] ?? {}) as { errorCode?: number; errorType?: string }
    const final =
      errorCode === 400 || errorCode === 403 || /^(BadRequest|Unauthorized|Forbidden)/.test(errorType)
    if (whoAreYou || final) {
      failAll(connectionFailed(payload, errors))
      return
    }
    lost()
  }

  /** Asks the service for the events of one subscription. */
  async function start(subscription: Subscription, refresh = false): Promise<void> {
    if (state.at !== 'open') return
    const { socket } = state
    const { id } = subscription
    subscription.at = 'waiting'
    const still = () =>
      state.at === 'open' && state.socket === socket && subscriptions.get(id) === subscription
    try {
      const frame = await startFrame(ctx, subscription, key, refresh)
      if (!still()) return
      subscription.at = 'starting'
      subscription.timer = setTimeout(() => still() && unheard(subscription), acknowledgementTimeout)
      say(frame)
    } catch (error) {
      if (!still()) return
      if (isTransient(error)) subscription.timer = setTimeout(() => still() && start(subscription), grace)
      else fail(subscription, error)
    }
  }

  function acknowledged(subscription: Subscription): void {
    clearTimeout(subscription.timer)
    subscription.at = 'live'
    subscription.refused = subscription.unheard = false
    if (state.at === 'open') move({ ...state, attempt: 0 })
    const { query, variables } = subscription.call
    ctx.events.emit('api', 'Subscription ack', { id: subscription.id, query, variables })
    subscription.listener.live?.()
  }

  function unheard(subscription: Subscription): void {
    if (!subscription.unheard) {
      subscription.unheard = true
      again(subscription, false)
      return
    }
    const message = 'The service has not acknowledged the subscription in 15 seconds.'
    fail(subscription, new DataError('SubscriptionTimeout', message))
  }

  /** Under a new id: the service may still hold the old one. */
  function again(subscription: Subscription, refresh: boolean): void {
    clearTimeout(subscription.timer)
    say({ type: 'stop', id: subscription.id })
    subscriptions.delete(subscription.id)
    subscription.id = newId(ctx)
    subscriptions.set(subscription.id, subscription)
    start(subscription, refresh)
  }

  /** The service has refused, or ended, one subscription. Its neighbours are none the worse for it. */
  function refused(subscription: Subscription, errors: GraphQLFormattedError[], payload: unknown): void {
    if (/^MaxSubscriptionsReached/.test(errors[0]?.errorType ?? '') && subscriptions.size > 1) {
      forget(subscription)
      room = subscriptions.size
      place(ctx, key, subscription)
    } else if (isTokenRefused(errors) && !subscription.refused && refreshable(ctx, subscription.call)) {
      subscription.refused = true
      again(subscription, true)
    } else fail(subscription, connectionFailed(payload, errors))
  }

  /** An error that names no subscription is about one that has not been acknowledged, or else about all. */
  function complained(error: unknown): void {
    const all = [...subscriptions.values()]
    const starting = all.filter(({ at }) => at === 'starting')
    for (const subscription of starting.length ? starting : all) fail(subscription, error)
  }

  function fail(subscription: Subscription, error: unknown): void {
    forget(subscription)
    subscription.listener.error(error)
  }

  function failAll(error: unknown): void {
    const all = [...subscriptions.values()]
    subscriptions.clear()
    move({ at: 'idle' })
    for (const { timer, listener } of all) {
      clearTimeout(timer)
      listener.error(error)
    }
  }

  /** The line is dead. Everyone waits, not for long, for a new one. */
  function lost(): void {
    if (state.at !== 'connecting' && state.at !== 'open') return
    if (!subscriptions.size) {
      move({ at: 'idle' })
      return
    }
    const attempt = state.attempt + 1
    // Full jitter, so that a thousand clients do not come back at once; the first within a second.
    const [random] = ctx.platform.randomBytes(1)
    const delay = (random! / 256) * Math.min(30_000, 1000 * 2 ** state.attempt)
    move({ at: 'waiting', attempt, timer: setTimeout(() => connect(attempt), delay) })
    for (const subscription of [...subscriptions.values()]) {
      clearTimeout(subscription.timer)
      const wasLive = subscription.at === 'live'
      subscription.at = 'waiting'
      if (wasLive) subscription.listener.gap?.()
    }
  }

  function announce(): void {
    const connectionState = publicState()
    if (connectionState === told) return
    told = connectionState
    // By its type, so that apps which only read and write carry no names of states.
    const event: typeof CONNECTION_STATE_CHANGE = 'ConnectionStateChange'
    ctx.events.emit('api', event, { connectionState })
  }

  function publicState(): ConnectionState {
    const platform = livePlatform(ctx)
    if (state.at === 'idle') return 'Disconnected'
    if (state.at === 'connecting') return 'Connecting'
    if (state.at === 'waiting')
      return platform.isOnline() ? 'ConnectionDisrupted' : 'ConnectionDisruptedPendingNetwork'
    if (!subscriptions.size) return 'ConnectedPendingDisconnect'
    if (![...subscriptions.values()].some(({ at }) => at === 'live')) return 'Connecting'
    if (!platform.isOnline()) return 'ConnectedPendingNetwork'
    if (platform.now() - state.heard >= doubtful) return 'ConnectedPendingKeepAlive'
    return 'Connected'
  }

  const connection: Connection = { hasRoom, add, remove }
  return connection
}

function letGo(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  // A socket that is closed while connecting reports an error that concerns nobody; `ws` throws it where nobody listens.
  socket.onerror = () => {}
  socket.close(1000)
}

// AppSync's real-time protocol, `graphql-ws` with AWS's own authorization:
// https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
// Subscriptions outlive sockets: one that is lost is replaced, and every subscription starts again on it with fresh proof.
// Not spoken: the query-string form of the connection's proof, and AppSync Events.

import { type Context, perContext, toHex } from '@backline/core/internal'
import { type GraphQLCall, isTransient, refreshable } from './authorization.js'
import { CONNECTION_STATE_CHANGE, ConnectionState } from './connectionState.js'
import { DataError, type GraphQLFormattedError, type GraphQLResponse } from './errors.js'
import { connectionFailed, handshake, isTokenRefused, socketKey, startFrame } from './frames.js'

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
  if (!connection) connections.push((connection = new Connection(ctx, key)))
  connection.add(subscription)
}

class Connection {
  private state: State = { at: 'idle' }
  private subscriptions = new Map<string, Subscription>()
  private room = roomy
  private told: ConnectionState = ConnectionState.Disconnected
  private unwatch: (() => void) | undefined

  private readonly ctx: Context
  private readonly key: string

  constructor(ctx: Context, key: string) {
    this.ctx = ctx
    this.key = key
  }

  hasRoom(): boolean {
    return this.subscriptions.size < this.room
  }

  add(subscription: Subscription): void {
    this.subscriptions.set(subscription.id, subscription)
    subscription.connection = this
    if (this.state.at === 'idle') this.connect(0)
    else if (this.state.at === 'open') this.start(subscription)
    this.announce()
  }

  remove(subscription: Subscription): void {
    if (!this.subscriptions.has(subscription.id)) return
    if (subscription.at !== 'waiting') this.say({ type: 'stop', id: subscription.id })
    this.forget(subscription)
  }

  private forget(subscription: Subscription): void {
    clearTimeout(subscription.timer)
    this.subscriptions.delete(subscription.id)
    this.rest()
  }

  private rest(): void {
    if (!this.subscriptions.size)
      setTimeout(() => this.subscriptions.size || this.move({ at: 'idle' }), grace)
    this.announce()
  }

  /** The one place where the state changes. What the old state held and the new one does not is let go. */
  private move(next: State): void {
    const before = this.state
    this.state = next
    if ('timer' in before && (!('timer' in next) || before.timer !== next.timer)) clearTimeout(before.timer)
    if ('socket' in before && before.socket && (!('socket' in next) || before.socket !== next.socket))
      letGo(before.socket)
    if (next.at === 'idle') {
      this.unwatch?.()
      this.unwatch = undefined
      // The next subscription makes a new one.
      const connections = connectionsOf(this.ctx).get(this.key) ?? []
      connections.splice(connections.indexOf(this) >>> 0, 1)
    } else this.unwatch ??= this.watch()
    this.announce()
  }

  private watch(): () => void {
    const { platform } = this.ctx
    const back = (yes: boolean) => {
      if (yes && this.state.at === 'waiting') this.connect(this.state.attempt)
      // A phone's timers sleep with it: is the socket still alive?
      else if (yes && this.state.at === 'open') this.checkPulse()
      this.announce()
    }
    const undo = [platform.watchOnline(back), platform.watchVisible(back)]
    return () => {
      for (const stop of undo) stop()
    }
  }

  private async connect(attempt: number, refreshed = false): Promise<void> {
    const [first] = this.subscriptions.values()
    if (!first) {
      this.move({ at: 'idle' })
      return
    }
    const timer = setTimeout(() => this.lost(), acknowledgementTimeout)
    const state = { at: 'connecting', attempt, refreshed, timer } as const
    this.move(state)
    try {
      const { url, protocols } = await handshake(this.ctx, first.call, this.key, refreshed)
      if (this.state !== state) return
      const socket = this.ctx.platform.openSocket(url, protocols)
      this.move({ ...state, socket })
      const mine = () => 'socket' in this.state && this.state.socket === socket
      socket.onopen = () => mine() && this.say({ type: 'connection_init' })
      socket.onmessage = ({ data }) => mine() && typeof data === 'string' && this.hear(socket, data)
      socket.onclose = () => mine() && this.lost()
      // A close event follows.
      socket.onerror = () => {}
    } catch (error) {
      if (this.state !== state) return
      if (isTransient(error)) this.lost()
      else this.failAll(error)
    }
  }

  private say(frame: object): void {
    if ('socket' in this.state && this.state.socket?.readyState === 1)
      this.state.socket.send(JSON.stringify(frame))
  }

  private hear(socket: WebSocket, text: string): void {
    let frame: { type?: string; id?: string; payload?: GraphQLResponse & { connectionTimeoutMs?: number } }
    try {
      frame = JSON.parse(text)
    } catch {
      return
    }
    const { type, id, payload } = frame
    // Anything that arrives proves that the line is alive.
    if (this.state.at === 'open') {
      this.state.heard = this.ctx.platform.now()
      if (this.told === ConnectionState.ConnectedPendingKeepAlive) this.announce()
    }
    const subscription = id === undefined ? undefined : this.subscriptions.get(id)
    const errors = payload?.errors ?? (frame as GraphQLResponse).errors ?? []
    if (type === 'connection_ack') this.opened(socket, payload?.connectionTimeoutMs ?? 300_000)
    else if (type === 'connection_error') this.refusedConnection(errors, payload)
    else if (type === 'error' && id === undefined) this.complained(connectionFailed(payload, errors))
    // What is left may answer a subscription that we have ended ourselves.
    else if (!subscription) return
    else if (type === 'start_ack') this.acknowledged(subscription)
    else if (type === 'data') subscription.listener.next({ ...payload, data: payload?.data ?? null })
    else if (type === 'error') this.refused(subscription, errors, payload)
    else if (type === 'complete') {
      this.forget(subscription)
      subscription.listener.complete()
    }
  }

  private opened(socket: WebSocket, patience: number): void {
    if (this.state.at !== 'connecting') return
    const { attempt } = this.state
    const heard = this.ctx.platform.now()
    this.move({
      at: 'open',
      attempt,
      socket,
      heard,
      patience,
      timer: setTimeout(() => this.checkPulse(), patience),
    })
    this.checkPulse()
    for (const subscription of [...this.subscriptions.values()]) this.start(subscription)
    this.rest()
  }

  /** Lost when the server was silent for longer than it promised to be. */
  private checkPulse(): void {
    if (this.state.at !== 'open') return
    const silence = this.ctx.platform.now() - this.state.heard
    const left = this.state.patience - silence
    if (left <= 0) {
      this.lost()
      return
    }
    const next = silence < doubtful ? Math.min(left, doubtful - silence) : left
    this.move({ ...this.state, timer: setTimeout(() => this.checkPulse(), next) })
  }

  private refusedConnection(errors: GraphQLFormattedError[], payload: unknown): void {
    if (this.state.at !== 'connecting') return
    const [first] = this.subscriptions.values()
    const { refreshed, attempt } = this.state
    const whoAreYou = isTokenRefused(errors)
    if (whoAreYou && !refreshed && first && refreshable(this.ctx, first.call))
      return void this.connect(attempt, true)
    const { errorCode, errorType = '' } = (errors[0] ?? {}) as { errorCode?: number; errorType?: string }
    const final =
      errorCode === 400 || errorCode === 403 || /^(BadRequest|Unauthorized|Forbidden)/.test(errorType)
    if (whoAreYou || final) {
      this.failAll(connectionFailed(payload, errors))
      return
    }
    this.lost()
  }

  /** Asks the service for the events of one subscription. */
  private async start(subscription: Subscription, refresh = false): Promise<void> {
    if (this.state.at !== 'open') return
    const { socket } = this.state
    const { id } = subscription
    subscription.at = 'waiting'
    const still = () =>
      this.state.at === 'open' && this.state.socket === socket && this.subscriptions.get(id) === subscription
    try {
      const frame = await startFrame(this.ctx, subscription, this.key, refresh)
      if (!still()) return
      subscription.at = 'starting'
      subscription.timer = setTimeout(() => still() && this.unheard(subscription), acknowledgementTimeout)
      this.say(frame)
    } catch (error) {
      if (!still()) return
      if (isTransient(error))
        subscription.timer = setTimeout(() => still() && this.start(subscription), grace)
      else this.fail(subscription, error)
    }
  }

  private acknowledged(subscription: Subscription): void {
    clearTimeout(subscription.timer)
    subscription.at = 'live'
    subscription.refused = subscription.unheard = false
    if (this.state.at === 'open') this.move({ ...this.state, attempt: 0 })
    const { query, variables } = subscription.call
    this.ctx.events.emit('api', 'Subscription ack', { id: subscription.id, query, variables })
    subscription.listener.live?.()
  }

  private unheard(subscription: Subscription): void {
    if (!subscription.unheard) {
      subscription.unheard = true
      this.again(subscription, false)
      return
    }
    const message = 'The service has not acknowledged the subscription in 15 seconds.'
    this.fail(subscription, new DataError('SubscriptionTimeout', message))
  }

  /** Under a new id: the service may still hold the old one. */
  private again(subscription: Subscription, refresh: boolean): void {
    clearTimeout(subscription.timer)
    this.say({ type: 'stop', id: subscription.id })
    this.subscriptions.delete(subscription.id)
    subscription.id = newId(this.ctx)
    this.subscriptions.set(subscription.id, subscription)
    this.start(subscription, refresh)
  }

  /** The service has refused, or ended, one subscription. Its neighbours are none the worse for it. */
  private refused(subscription: Subscription, errors: GraphQLFormattedError[], payload: unknown): void {
    if (/^MaxSubscriptionsReached/.test(errors[0]?.errorType ?? '') && this.subscriptions.size > 1) {
      this.forget(subscription)
      this.room = this.subscriptions.size
      place(this.ctx, this.key, subscription)
    } else if (isTokenRefused(errors) && !subscription.refused && refreshable(this.ctx, subscription.call)) {
      subscription.refused = true
      this.again(subscription, true)
    } else this.fail(subscription, connectionFailed(payload, errors))
  }

  /** An error that names no subscription is about one that has not been acknowledged, or else about all. */
  private complained(error: unknown): void {
    const all = [...this.subscriptions.values()]
    const starting = all.filter(({ at }) => at === 'starting')
    for (const subscription of starting.length ? starting : all) this.fail(subscription, error)
  }

  private fail(subscription: Subscription, error: unknown): void {
    this.forget(subscription)
    subscription.listener.error(error)
  }

  private failAll(error: unknown): void {
    const all = [...this.subscriptions.values()]
    this.subscriptions.clear()
    this.move({ at: 'idle' })
    for (const { timer, listener } of all) {
      clearTimeout(timer)
      listener.error(error)
    }
  }

  /** The line is dead. Everyone waits, not for long, for a new one. */
  private lost(): void {
    const { state } = this
    if (state.at !== 'connecting' && state.at !== 'open') return
    if (!this.subscriptions.size) {
      this.move({ at: 'idle' })
      return
    }
    const attempt = state.attempt + 1
    // Full jitter, so that a thousand clients do not come back at once; the first within a second.
    const [random] = this.ctx.platform.randomBytes(1)
    const delay = (random! / 256) * Math.min(30_000, 1000 * 2 ** state.attempt)
    this.move({ at: 'waiting', attempt, timer: setTimeout(() => this.connect(attempt), delay) })
    for (const subscription of [...this.subscriptions.values()]) {
      clearTimeout(subscription.timer)
      const wasLive = subscription.at === 'live'
      subscription.at = 'waiting'
      if (wasLive) subscription.listener.gap?.()
    }
  }

  private announce(): void {
    const connectionState = this.publicState()
    if (connectionState === this.told) return
    this.told = connectionState
    this.ctx.events.emit('api', CONNECTION_STATE_CHANGE, { connectionState })
  }

  private publicState(): ConnectionState {
    const { state, subscriptions } = this
    const { platform } = this.ctx
    if (state.at === 'idle') return ConnectionState.Disconnected
    if (state.at === 'connecting') return ConnectionState.Connecting
    if (state.at === 'waiting')
      return platform.isOnline()
        ? ConnectionState.ConnectionDisrupted
        : ConnectionState.ConnectionDisruptedPendingNetwork
    if (!subscriptions.size) return ConnectionState.ConnectedPendingDisconnect
    if (![...subscriptions.values()].some(({ at }) => at === 'live')) return ConnectionState.Connecting
    if (!platform.isOnline()) return ConnectionState.ConnectedPendingNetwork
    if (platform.now() - state.heard >= doubtful) return ConnectionState.ConnectedPendingKeepAlive
    return ConnectionState.Connected
  }
}

function letGo(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  // A socket that is closed while connecting reports an error that concerns nobody; `ws` throws it where nobody listens.
  socket.onerror = () => {}
  socket.close(1000)
}

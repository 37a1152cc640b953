// One connection to AppSync's real-time hosts: a socket, or the wait for one. It proves who it is, notices when the line is dead, and
// tries again; what is said on it is not its business. https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html

import { livePlatform } from '@backline/core/livePlatform'
import { type Context, isTransient } from '@backline/core/unsigned'
import type { CONNECTION_STATE_CHANGE, ConnectionState } from './connectionState.js'
import type { GraphQLFormattedError } from './errors.js'
import { connectionFailed, isTokenRefused, noWebSocket } from './frames.js'

/** A message of either protocol. */
export interface Frame {
  type?: string
  id?: string
  payload?: { errors?: GraphQLFormattedError[]; connectionTimeoutMs?: number; [key: string]: unknown }
  errors?: GraphQLFormattedError[]
  [key: string]: unknown
}

/** Who uses a connection. */
export interface User {
  /** Where to connect, and the subprotocols that carry the proof. `refresh` after one that was refused. */
  handshake(refresh: boolean): Promise<{ url: string; protocols: string[] }>
  /** May another proof be had? */
  refreshable(): boolean
  /** Is anything on it? */
  inUse(): boolean
  /** Has the service taken up anything of it? */
  live(): boolean
  opened(): void
  heard(frame: Frame): void
  /** Everything waits for another socket, which is on its way. */
  lost(): void
  /** There will be none. */
  failed(error: unknown): void
  /** Nobody has used it for a while. */
  closed(): void
}

export interface Connection {
  /** Something is on it now, or has gone. */
  changed(): void
  isOpen(): boolean
  say(frame: object): void
  /** Tells the state where it has changed. */
  announce(): void
  close(): void
}

type Timer = ReturnType<typeof setTimeout>
type State =
  | { at: 'idle' }
  | { at: 'connecting'; attempt: number; refreshed: boolean; socket?: WebSocket; timer: Timer }
  | { at: 'open'; attempt: number; socket: WebSocket; heard: number; patience: number; timer: Timer }
  | { at: 'waiting'; attempt: number; timer: Timer }

/** How long the service may take to answer. */
export const acknowledgementTimeout = 15_000
/** Without a sign of life for this long the connection is called doubtful, though not yet lost. */
const doubtful = 65_000
/** React mounts, unmounts and mounts again; a socket waits this long for the next use. */
export const grace = 1_000

export function createConnection(ctx: Context, user: User): Connection {
  let state: State = { at: 'idle' }
  let told: ConnectionState = 'Disconnected'
  let unwatch: (() => void) | undefined
  let leaving: Timer | undefined

  function changed(): void {
    clearTimeout(leaving)
    if (user.inUse()) {
      if (state.at === 'idle') connect(0)
    } else leaving = setTimeout(() => user.inUse() || move({ at: 'idle' }), grace)
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
      clearTimeout(leaving)
      unwatch?.()
      unwatch = undefined
      user.closed()
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
    if (!user.inUse()) {
      move({ at: 'idle' })
      return
    }
    const timer = setTimeout(() => lost(), acknowledgementTimeout)
    const attempted = { at: 'connecting', attempt, refreshed, timer } as const
    move(attempted)
    try {
      const { url, protocols } = await user.handshake(refreshed)
      if (state !== attempted) return
      const socket = livePlatform(ctx).openSocket(url, protocols)
      move({ ...attempted, socket })
      const mine = () => 'socket' in state && state.socket === socket
      socket.onopen = () => mine() && say({ type: 'connection_init' })
      socket.onmessage = ({ data }) => mine() && typeof data === 'string' && hear(socket, data)
      socket.onclose = () => mine() && lost()
      // A close event follows, but for a refused socket in Node 20 and 22.
      socket.onerror = () => mine() && lost()
    } catch (error) {
      if (state !== attempted) return
      if (isTransient(error)) lost()
      else fail(error instanceof ReferenceError ? noWebSocket(error) : error)
    }
  }

  function say(frame: object): void {
    if ('socket' in state && state.socket?.readyState === 1) state.socket.send(JSON.stringify(frame))
  }

  function hear(socket: WebSocket, text: string): void {
    let frame: Frame
    try {
      frame = Object(JSON.parse(text))
    } catch {
      return
    }
    // Anything that arrives proves that the line is alive.
    if (state.at === 'open') {
      state.heard = ctx.platform.now()
      if (told === 'ConnectedPendingKeepAlive') announce()
    }
    const { type, payload } = frame
    if (type === 'connection_ack')
      opened(socket, (payload ?? frame).connectionTimeoutMs as number | undefined)
    else if (type === 'connection_error') refused(payload?.errors ?? frame.errors ?? [], payload ?? frame)
    else user.heard(frame)
  }

  function opened(socket: WebSocket, patience = 300_000): void {
    if (state.at !== 'connecting') return
    const { attempt } = state
    const heard = ctx.platform.now()
    move({ at: 'open', attempt, socket, heard, patience, timer: setTimeout(() => checkPulse(), patience) })
    checkPulse()
    user.opened()
    changed()
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

  function refused(errors: GraphQLFormattedError[], said: unknown): void {
    if (state.at !== 'connecting') return
    const { refreshed, attempt } = state
    const whoAreYou = isTokenRefused(errors)
    if (whoAreYou && !refreshed && user.refreshable()) return void connect(attempt, true)
    const { errorCode, errorType = '' } = (errors[0] ?? {}) as { errorCode?: number; errorType?: string }
    const final =
      errorCode === 400 || errorCode === 403 || /^(BadRequest|Unauthorized|Forbidden)/.test(errorType)
    if (whoAreYou || final) fail(connectionFailed(said, errors))
    else lost()
  }

  function fail(error: unknown): void {
    move({ at: 'idle' })
    user.failed(error)
  }

  /** The line is dead. Everyone waits, not for long, for a new one. */
  function lost(): void {
    if (state.at !== 'connecting' && state.at !== 'open') return
    if (!user.inUse()) {
      move({ at: 'idle' })
      return
    }
    const attempt = state.attempt + 1
    // Full jitter, so that a thousand clients do not come back at once; the first within a second.
    const [random] = ctx.platform.randomBytes(1)
    const delay = (random! / 256) * Math.min(30_000, 1000 * 2 ** state.attempt)
    move({ at: 'waiting', attempt, timer: setTimeout(() => connect(attempt), delay) })
    user.lost()
  }

  function announce(): void {
    // What the service has taken up shows that it is well: the next loss begins with short waits again.
    if (state.at === 'open' && state.attempt && user.live()) state.attempt = 0
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
    if (!user.inUse()) return 'ConnectedPendingDisconnect'
    if (!user.live()) return 'Connecting'
    if (!platform.isOnline()) return 'ConnectedPendingNetwork'
    if (platform.now() - state.heard >= doubtful) return 'ConnectedPendingKeepAlive'
    return 'Connected'
  }

  return { changed, isOpen: () => state.at === 'open', say, announce, close: () => move({ at: 'idle' }) }
}

function letGo(socket: WebSocket): void {
  socket.onopen = socket.onmessage = socket.onclose = null
  // A socket that is closed while connecting reports an error that concerns nobody; `ws` throws it where nobody listens.
  socket.onerror = () => {}
  socket.close(1000)
}

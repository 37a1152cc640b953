// What is said on AppSync's real-time connections. Subscriptions outlive sockets: after one that is lost, each starts again on the next,
// with fresh proof. Which words are used is the dialect's: `graphql-ws` for subscriptions, `aws-appsync-event-ws` for channels of events.
// Not spoken: the query-string form of the connection's proof.

import { type Context, isTransient, perContext, toHex } from '@backline/core/unsigned'
import { type GraphQLCall, refreshable } from './authorization.js'
import { acknowledgementTimeout, type Connection, createConnection, type Frame, grace } from './connection.js'
import { DataError, type GraphQLFormattedError, type GraphQLResponse } from './errors.js'
import { connectionFailed, graphqlDialect, isTokenRefused, sameUser, socketKey } from './frames.js'

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

/** The words of a protocol. */
export interface Dialect {
  handshake(ctx: Context, call: GraphQLCall, refresh: boolean): Promise<{ url: string; protocols: string[] }>
  /** Asks the service for what an entry wants, with proof of its own. */
  ask(ctx: Context, entry: Pick<Entry, 'id' | 'call' | 'once'>, refresh: boolean): Promise<object>
  granted: RegExp
  refused: RegExp
  /** Takes back what was asked for. */
  stop: string
}

/** One thing that was asked of the service: a subscription, or something done once. */
export interface Entry {
  id: string
  call: GraphQLCall
  /** Whose it is; it does not pass to whoever signs in next. */
  key: string
  at: 'waiting' | 'asking' | 'live'
  /** Over when it is acknowledged; and not asked again when nobody knows whether it was done. */
  once?: boolean
  acknowledged(frame: Frame): void
  heard(frame: Frame): void
  error(error: unknown): void
  complete(): void
  gap?(): void
  /** Where it is now. It moves when a line turns out to be full. */
  line?: Line
  /** For the acknowledgement. */
  timer?: ReturnType<typeof setTimeout> | undefined
  /** Once refused for who we are; once without acknowledgement. A second time is final. */
  denied?: boolean
  unheard?: boolean
}

/** A connection and what was asked on it. */
export interface Line {
  hasRoom(): boolean
  add(entry: Entry): void
  remove(entry: Entry): void
  /** Keeps the connection though nothing is asked on it, until the returned function is called. `opened` or `failed` is called once. */
  hold(opened: () => void, failed: (error: unknown) => void): () => void
  close(): void
}

/** AppSync's limit of subscriptions on one connection. */
const roomy = 200

const linesOf = /* @__PURE__ */ perContext('data.realtime', () => new Map<string, Line[]>())

/** Subscribes until the returned function is called, or `error` or `complete` is. */
export function subscribe(ctx: Context, call: GraphQLCall, listener: Listener): () => void {
  const about = { query: call.query, variables: call.variables }
  const entry = newEntry(ctx, call, {
    acknowledged() {
      ctx.events.emit('api', 'Subscription ack', { id: entry.id, ...about })
      listener.live?.()
    },
    heard({ payload }) {
      // As it came: a copy of each message would cost more than all the rest.
      const answer: GraphQLResponse = Object(payload)
      answer.data ??= null
      listener.next(answer)
    },
    error: (error) => listener.error(error),
    complete: () => listener.complete(),
    gap() {
      ctx.events.emit('api', 'Subscription gap', { id: entry.id, ...about })
      listener.gap?.()
    },
  })
  return enter(ctx, entry, (key) => lineFor(ctx, graphqlDialect, key, call))
}

export function newEntry(
  ctx: Context,
  call: GraphQLCall,
  on: Pick<Entry, 'acknowledged' | 'heard' | 'error' | 'complete' | 'gap' | 'once'>,
): Entry {
  return { id: newId(ctx), key: '', call, at: 'waiting', ...on }
}

/** Asks for it on a line, as soon as it is known whose it is, until the returned function is called. */
export function enter(ctx: Context, entry: Entry, lineOf: (key: string) => Line): () => void {
  let over = false
  socketKey(ctx, entry.call).then(
    (key) => {
      // Over already when React mounted twice: no socket, nothing asked.
      if (over) return
      entry.key = key
      lineOf(key).add(entry)
    },
    (error) => over || entry.error(error),
  )
  return () => {
    over = true
    entry.line?.remove(entry)
  }
}

const newId = (ctx: Context) => toHex(ctx.platform.randomBytes(16))

/** The lines of one person to one place that have room, or a new one. */
export function lineFor(ctx: Context, dialect: Dialect, key: string, call: GraphQLCall): Line {
  const all = linesOf(ctx)
  const lines = all.get(key) ?? []
  all.set(key, lines)
  let line = lines.find((one) => one.hasRoom())
  if (!line) lines.push((line = createLine(ctx, dialect, key, call)))
  return line
}

function createLine(ctx: Context, dialect: Dialect, key: string, call: GraphQLCall): Line {
  const entries = new Map<string, Entry>()
  const holders = new Set<{ opened: () => void; failed: (error: unknown) => void }>()
  let room = roomy

  /** Who is asked for proof: somebody who is still there, if anybody is. */
  const asked = () => (holders.size ? undefined : entries.values().next().value?.call) ?? call

  const connection: Connection = createConnection(ctx, {
    handshake: async (refresh) => {
      await sameUser(ctx, asked(), key)
      return dialect.handshake(ctx, asked(), refresh)
    },
    refreshable: () => refreshable(ctx, asked()),
    inUse: () => entries.size + holders.size > 0,
    live: () => holders.size > 0 || [...entries.values()].some(({ at }) => at === 'live'),
    opened() {
      for (const { opened } of holders) opened()
      for (const entry of [...entries.values()]) ask(entry)
    },
    heard,
    lost,
    failed(error) {
      const all = [...entries.values(), ...holders]
      entries.clear()
      holders.clear()
      for (const one of all)
        if ('failed' in one) one.failed(error)
        else {
          clearTimeout(one.timer)
          one.error(error)
        }
    },
    closed() {
      const lines = linesOf(ctx).get(key) ?? []
      lines.splice(lines.indexOf(line) >>> 0, 1)
      if (!lines.length) linesOf(ctx).delete(key)
    },
  })

  function add(entry: Entry): void {
    entries.set(entry.id, entry)
    entry.line = line
    connection.changed()
    if (connection.isOpen()) ask(entry)
  }

  function remove(entry: Entry): void {
    if (!entries.has(entry.id)) return
    if (entry.at !== 'waiting' && !entry.once) connection.say({ type: dialect.stop, id: entry.id })
    forget(entry)
  }

  function forget(entry: Entry): void {
    clearTimeout(entry.timer)
    entries.delete(entry.id)
    connection.changed()
  }

  function heard(frame: Frame): void {
    const { type = '', id, payload } = frame
    const errors = payload?.errors ?? frame.errors ?? []
    if (type === 'error' && id === undefined) {
      complained(connectionFailed(payload ?? frame, errors))
      return
    }
    const entry = id === undefined ? undefined : entries.get(id)
    // What is left may answer something that we have ended ourselves.
    if (!entry) return
    // By far the most.
    if (type === 'data' || type === 'broadcast_error') entry.heard(frame)
    else if (dialect.granted.test(type)) granted(entry, frame)
    else if (dialect.refused.test(type)) refused(entry, errors, payload ?? frame)
    else if (type === 'complete') {
      forget(entry)
      entry.complete()
    }
  }

  async function ask(entry: Entry, refresh = false): Promise<void> {
    const { id } = entry
    entry.at = 'waiting'
    const still = () => connection.isOpen() && entries.get(id) === entry && entry.at !== 'live'
    try {
      await sameUser(ctx, entry.call, entry.key)
      const frame = await dialect.ask(ctx, entry, refresh)
      if (!still() || entry.at !== 'waiting') return
      entry.at = 'asking'
      entry.timer = setTimeout(() => still() && unheard(entry), acknowledgementTimeout)
      connection.say(frame)
    } catch (error) {
      if (!still()) return
      if (isTransient(error)) entry.timer = setTimeout(() => still() && ask(entry), grace)
      else fail(entry, error)
    }
  }

  function granted(entry: Entry, frame: Frame): void {
    clearTimeout(entry.timer)
    entry.at = 'live'
    entry.denied = entry.unheard = false
    connection.announce()
    if (entry.once) forget(entry)
    entry.acknowledged(frame)
  }

  function unheard(entry: Entry): void {
    if (!entry.unheard && !entry.once) {
      entry.unheard = true
      again(entry, false)
      return
    }
    const message = `The service has not acknowledged the ${entry.once ? 'message' : 'subscription'} in 15 seconds.`
    fail(entry, new DataError(entry.once ? 'TimeoutError' : 'SubscriptionTimeout', message))
  }

  /** Under a new id: the service may still hold the old one. */
  function again(entry: Entry, refresh: boolean): void {
    clearTimeout(entry.timer)
    if (!entry.once) connection.say({ type: dialect.stop, id: entry.id })
    if (entry.at === 'live') entry.gap?.()
    entries.delete(entry.id)
    entry.id = newId(ctx)
    entries.set(entry.id, entry)
    ask(entry, refresh)
  }

  /** The service has refused, or ended, one entry. Its neighbours are none the worse for it. */
  function refused(entry: Entry, errors: GraphQLFormattedError[], said: unknown): void {
    if (/^MaxSubscriptionsReached/.test(errors[0]?.errorType ?? '') && entries.size > 1) {
      entry.at = 'waiting'
      forget(entry)
      room = entries.size
      lineFor(ctx, dialect, key, call).add(entry)
    } else if (isTokenRefused(errors) && !entry.denied && refreshable(ctx, entry.call)) {
      entry.denied = true
      again(entry, true)
    } else fail(entry, connectionFailed(said, errors))
  }

  /** An error that names nothing is about what has not been acknowledged, or else about all. What is done once has its own answer. */
  function complained(error: unknown): void {
    const all = [...entries.values()].filter(({ once }) => !once)
    const asking = all.filter(({ at }) => at === 'asking')
    for (const entry of asking.length ? asking : all) fail(entry, error)
  }

  function fail(entry: Entry, error: unknown): void {
    forget(entry)
    entry.error(error)
  }

  function lost(): void {
    for (const entry of [...entries.values()]) {
      clearTimeout(entry.timer)
      const { at } = entry
      entry.at = 'waiting'
      if (entry.once && at === 'asking')
        fail(
          entry,
          new DataError('NetworkError', 'The connection was lost before the service has answered.', {
            recoverySuggestion: 'It is not known whether the message has arrived.',
          }),
        )
      else if (at === 'live') entry.gap?.()
    }
  }

  const line: Line = {
    hasRoom: () => entries.size < room,
    add,
    remove,
    hold(opened, failed) {
      const holder = { opened, failed }
      holders.add(holder)
      if (connection.isOpen()) opened()
      connection.changed()
      return () => {
        if (holders.delete(holder)) connection.changed()
      }
    },
    close() {
      for (const { timer } of entries.values()) clearTimeout(timer)
      entries.clear()
      holders.clear()
      connection.close()
    },
  }
  return line
}

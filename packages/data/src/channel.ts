// A channel of events that is open: what is heard in it and said in it goes over one connection.

import { type Context, perContext } from '@backline/core/unsigned'
import { DataError } from './errors.js'
import { type EventsCall, eventsDialect } from './eventFrames.js'
import type { EventsChannel, EventsObserver, EventsOptions, EventsSubscription } from './events.js'
import { socketKey } from './frames.js'
import { type Published, publishAll } from './publishing.js'
import { enter, type Line, lineFor, newEntry } from './realtime.js'

const openChannels = /* @__PURE__ */ perContext('data.channels', () => new Map<EventsChannel, () => Line>())

/** Opens it: resolves when the service has let us in. */
export async function openChannel(
  ctx: Context,
  call: EventsCall,
  callOf: (options?: EventsOptions, events?: string[]) => EventsCall,
): Promise<EventsChannel> {
  const key = await socketKey(ctx, call)
  const line = () => lineFor(ctx, eventsDialect, key, call)
  const subscriptions = new Set<EventsSubscription>()

  const held = line()
  let release = () => {}
  await new Promise<void>((opened, failed) => {
    release = held.hold(opened, failed)
  })

  const isOpen = () => openChannels(ctx).has(channel)
  const check = () => {
    if (!isOpen()) throw new DataError('ChannelClosed', `The channel "${call.query}" is closed.`)
  }
  const channel: EventsChannel = {
    subscribe(observer, options) {
      check()
      const subscription = subscribe(ctx, callOf(options), line, observer, () =>
        subscriptions.delete(subscription),
      )
      subscriptions.add(subscription)
      return subscription
    },
    async publish(events, options) {
      check()
      return publishAll(events, (batch) => publish(ctx, callOf(options, batch), line))
    },
    close() {
      openChannels(ctx).delete(channel)
      for (const subscription of [...subscriptions]) subscription.unsubscribe()
      release()
    },
  }
  openChannels(ctx).set(channel, () => held)
  return channel
}

export function closeChannels(ctx: Context): void {
  for (const [channel, line] of [...openChannels(ctx)]) {
    channel.close()
    line().close()
  }
}

function subscribe(
  ctx: Context,
  call: EventsCall,
  line: () => Line,
  observer: EventsObserver,
  over: () => void,
): EventsSubscription {
  let closed = false
  let settle: { resolve(value: { subscriptionId: string }): void; reject(error: unknown): void }
  const ready = new Promise<{ subscriptionId: string }>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Nobody has to look at it.
  ready.catch(() => {})

  function end(error: unknown) {
    closed = true
    settle.reject(error)
    over()
  }

  const entry = newEntry(ctx, call, {
    acknowledged: () => settle.resolve({ subscriptionId: entry.id }),
    heard({ type = '', event, errors }) {
      if (type !== 'data') {
        ctx.events.emit('api', 'subscriptionErrors', { channel: call.query, errors })
        return
      }
      for (const text of [event].flat()) observer.next({ id: entry.id, type, event: parsed(text) })
    },
    error(error) {
      end(error)
      observer.error(error)
    },
    complete: () => end(new DataError('SubscriptionClosed', 'The service has ended the subscription.')),
  })
  const stop = enter(ctx, entry, line)
  return {
    ready,
    get closed() {
      return closed
    },
    unsubscribe() {
      if (closed) return
      end(new DataError('SubscriptionClosed', 'Subscription closed before ready'))
      stop()
    },
  }
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return text
  }
}

function publish(ctx: Context, call: EventsCall, line: () => Line): Promise<Published> {
  return new Promise((resolve, reject) => {
    const entry = newEntry(ctx, call, {
      once: true,
      acknowledged: (frame) => resolve(frame as Published),
      heard() {},
      error: reject,
      complete() {},
    })
    enter(ctx, entry, line)
  })
}

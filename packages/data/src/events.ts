import type { Context } from '@backline/core/unsigned'
import type { AuthToken, GraphQLCall } from './authorization.js'
import { closeChannels, openChannel } from './channel.js'
import { contextOf } from './contextFirst.js'
import { answerError, DataError, type GraphQLFormattedError } from './errors.js'
import type { EventsCall } from './eventFrames.js'
import { refused, post as send } from './posting.js'
import { type Published, type PublishedEvent, publishAll } from './publishing.js'
import type { Json } from './rest.js'

export interface EventsOptions {
  /** How the call is authorized; the configured mode by default. */
  authMode?: GraphQLCall['authMode']
  authToken?: AuthToken
  apiKey?: string
}

/** What a subscriber of a channel is given for each event. */
export interface ReceivedEvent {
  /** Of the subscription. */
  id: string
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: who publishes decides
  event: any
}

export interface EventsObserver {
  next(event: ReceivedEvent): void
  /** It is over, and why. */
  error(error: unknown): void
}

export interface EventsSubscription {
  unsubscribe(): void
  readonly closed: boolean
  /** Resolves when the service has acknowledged the subscription, for the first time; rejects where it ends before. */
  readonly ready: Promise<{ subscriptionId: string }>
}

/** A channel that is open. */
export interface EventsChannel {
  /**
   * Hears what is published in the channel, until `unsubscribe` or `close`. Lost sockets are replaced; what is published meanwhile is
   * not repeated, and the Hub (channel `api`) says when: `ConnectionStateChange`.
   */
  subscribe(observer: EventsObserver, options?: EventsOptions): EventsSubscription
  /**
   * Publishes over the connection: one value, or a list of them. Resolves with what the service did not take, or undefined.
   *
   * @throws {DataError} the service's refusal; `TimeoutError` without an answer in 15 seconds; `NetworkError` when the connection is lost
   *   before it, and nobody knows whether it was done
   */
  publish(events: Json, options?: EventsOptions): Promise<PublishedEvent[] | undefined>
  /** Ends all subscriptions of the channel. */
  close(): void
}

const callFor =
  (channel: string, base: EventsOptions = {}) =>
  (options: EventsOptions = {}, events?: string[]): EventsCall => ({
    api: 'Events',
    query: channel,
    ...(events ? { events, variables: events as unknown as Record<string, unknown> } : {}),
    ...base,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  })

function connect(channel: string, options?: EventsOptions, ctx?: Context): Promise<EventsChannel>
function connect(ctx: Context, channel: string, options?: EventsOptions): Promise<EventsChannel>
async function connect(...args: unknown[]): Promise<EventsChannel> {
  const [context, channel, options] = contextOf<[string, EventsOptions?]>(args)
  const call = callFor(named(channel), options)
  return openChannel(context(), call(), call)
}

function post(
  channel: string,
  events: Json,
  options?: EventsOptions,
  ctx?: Context,
): Promise<PublishedEvent[] | undefined>
function post(
  ctx: Context,
  channel: string,
  events: Json,
  options?: EventsOptions,
): Promise<PublishedEvent[] | undefined>
async function post(...args: unknown[]): Promise<PublishedEvent[] | undefined> {
  const [context, channel, events, options] = contextOf<[string, unknown, EventsOptions?]>(args)
  const path = `/${named(channel).replace(/^\//, '')}`
  return publishAll(events, async (batch) => {
    const call = callFor(path, options)(undefined, batch)
    const { response, body } = await send(
      context(),
      call,
      JSON.stringify({ channel: path, events: batch }),
      false,
    )
    if (!response) throw answerError(body)
    const errors = body?.errors as GraphQLFormattedError[] | undefined
    if (!response.ok || errors?.length || !body) throw answerError(refused(response, body))
    return body as Published
  })
}

/** Closes every channel and its connection, at once. */
async function closeAll(ctx?: Context): Promise<void> {
  const [context] = contextOf(ctx ? [ctx] : [])
  closeChannels(context())
}

function named(channel: unknown): string {
  if (typeof channel === 'string' && channel) return channel
  throw new DataError('InvalidInput', 'A channel is named by a text such as "default/messages".')
}

/**
 * Channels of an AppSync Event API: `API.Events` of the configuration, or `custom.events` of `amplify_outputs.json`.
 *
 * @example
 * const channel = await events.connect('default/messages')
 * channel.subscribe({ next: ({ event }) => show(event), error: report })
 * await channel.publish({ text: 'Hello' })
 * channel.close()
 *
 * await events.post('default/messages', [{ text: 'by' }, { text: 'HTTP' }])
 */
export const events = { connect, post, closeAll }

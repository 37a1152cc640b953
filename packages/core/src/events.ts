import { type Channels, protectedChannels } from './channels.js'
import { AmplifyError } from './errors.js'

export interface EventDataMap {
  event: string
  data?: unknown
}

export type HubPayload<EventData extends EventDataMap = EventDataMap> = EventData & { message?: string }

export interface HubCapsule<Channel extends string = string, EventData extends EventDataMap = EventDataMap> {
  channel: Channel
  payload: HubPayload<EventData>
  source?: string
  /** True for what happened in another tab. */
  crossTab?: boolean
  patternInfo?: string[]
}

export type HubCallback<Channel extends string = string, EventData extends EventDataMap = EventDataMap> = (
  capsule: HubCapsule<Channel, EventData>,
) => void

export type StopListenerCallback = () => void

export interface ListenOptions {
  listenerName?: string
  /** On `auth`: hear also of sign-ins, sign-outs and refreshes in other tabs. */
  enableCrossTabEvents?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: each channel has its own payload; what `listen` was told is not known here.
type AnyCallback = HubCallback<any, any>

interface Listener {
  channel: string
  callback: AnyCallback
  crossTab: boolean | undefined
}

/** Events of one context. Listeners run at once, in order; one that throws hurts nobody. */
export class HubClass {
  private readonly listeners = new Set<Listener>()
  /** Told of each new listener, by what has something left to say that nobody heard. */
  onListen?: (channel: string) => void

  listen<Channel extends keyof Channels>(
    channel: Channel,
    callback: HubCallback<Channel, Channels[Channel]>,
    options?: string | ListenOptions,
  ): StopListenerCallback
  listen<EventData extends EventDataMap = EventDataMap>(
    channel: string,
    callback: HubCallback<string, EventData>,
    options?: string | ListenOptions,
  ): StopListenerCallback
  listen(channel: string, callback: AnyCallback, options?: string | ListenOptions): StopListenerCallback {
    if (typeof callback !== 'function') {
      throw new AmplifyError('NoHubcallbackProvidedException', 'Hub.listen needs a callback.')
    }
    const listener = {
      channel,
      callback,
      crossTab: (options as ListenOptions | undefined)?.enableCrossTabEvents,
    }
    this.listeners.add(listener)
    this.onListen?.(channel)
    return () => void this.listeners.delete(listener)
  }

  /** For apps, on channels of their own. */
  dispatch<Channel extends keyof Channels>(
    channel: Channel,
    payload: HubPayload<Channels[Channel]>,
    source?: string,
  ): void
  dispatch(channel: string, payload: HubPayload, source?: string): void
  dispatch(channel: string, payload: HubPayload, source?: string): void {
    if (protectedChannels.includes(channel)) {
      console.warn(`Hub: "${channel}" is the library's own; dispatch on a name of yours.`)
    }
    this.deliver({ channel, payload: { ...payload }, source })
  }

  /** For our stories: emitted once the state has changed. Says whether anybody listens. */
  emit(channel: string, event: string, data?: unknown, message?: string, crossTab?: boolean): boolean {
    const payload: HubPayload = { event }
    if (data !== undefined) payload.data = data
    if (message) payload.message = message
    return this.deliver({ channel, payload, source: sources[channel], crossTab })
  }

  private deliver(capsule: HubCapsule): boolean {
    capsule.patternInfo = []
    // A list of its own: who begins to listen meanwhile hears the next one.
    const hearing = [...this.listeners].filter(
      ({ channel, crossTab }) => channel === capsule.channel && (crossTab || !capsule.crossTab),
    )
    for (const { channel, callback } of hearing) {
      try {
        callback(capsule)
      } catch (error) {
        console.error(`Hub: a listener on "${channel}" threw.`, error)
      }
    }
    return hearing.length > 0
  }
}

/** As `aws-amplify` names them. */
const sources: Record<string, string> = {
  analytics: 'Analytics',
  core: 'Configure',
  api: 'PubSub',
  auth: 'Auth',
}

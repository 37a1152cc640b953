import { type Context, perContext, tabStore } from '@backline/core/internal'
import { livePlatform } from '@backline/core/livePlatform'
import { hasDocument, pageAddress, watchAddress, watchElements } from '@backline/core/tracking'
import { AnalyticsError } from './errors.js'

// What is recorded by itself. Each provider has at most one tracker of each kind.

type Attributes = Record<string, string>
type Recorder = (name: string, attributes: Attributes) => void

export interface SessionTrackingOptions {
  /** Go along with every event. */
  attributes?: Attributes
}

export interface PageViewTrackingOptions {
  attributes?: Attributes
  /** `pageView` where left out. */
  eventName?: string
  /** `singlePage` (the default) follows the history, `multiPage` records the page once. */
  appType?: 'singlePage' | 'multiPage'
  /** What counts as the page; origin and path where left out. */
  urlProvider?(): string
}

export interface EventTrackingOptions {
  attributes?: Attributes
  /** `['click']` where left out. */
  events?: (keyof GlobalEventHandlersEventMap)[]
  /** In front of `on`, `name` and `attrs` in the markup; `data-amplify-analytics-` where left out. */
  selectorPrefix?: string
}

export type TrackingOptions = SessionTrackingOptions & PageViewTrackingOptions & EventTrackingOptions

/** What `configureAutoTrack` takes; `More` says where the events go. */
export type AutoTrackInput<More = unknown> = { enable: boolean } & (
  | { type: 'session'; options?: SessionTrackingOptions & More }
  | { type: 'pageView'; options?: PageViewTrackingOptions & More }
  | { type: 'event'; options?: EventTrackingOptions & More }
)

/** The undo of each tracker, by provider and kind. */
const trackers = /* @__PURE__ */ perContext('analytics.trackers', () => new Map<string, () => void>())

const KINDS = { session: trackSession, pageView: trackPageViews, event: trackEvents }

/** Replaces a tracker, or with `enable: false` ends it. @throws {AnalyticsError} `InvalidTracker`, `UnsupportedPlatform` */
export function autoTrack(ctx: Context, provider: string, input: AutoTrackInput, record: Recorder): void {
  const { type, enable, options = {} } = input
  if (!Object.hasOwn(KINDS, type)) {
    throw new AnalyticsError(
      'InvalidTracker',
      `There is no tracker '${type}': only ${Object.keys(KINDS).join(', ')}.`,
    )
  }
  if (enable && type !== 'session' && !hasDocument()) {
    throw new AnalyticsError(
      'UnsupportedPlatform',
      `The tracker '${type}' needs a web page: here there are only sessions.`,
    )
  }
  const all = trackers(ctx)
  const name = `${provider} ${type}`
  const isFirst = !all.has(name)
  all.get(name)?.()
  if (!enable) {
    all.delete(name)
    return
  }
  all.set(name, KINDS[type](ctx, { provider, isFirst, options, record }))
}

interface Tracked {
  provider: string
  /** Not a change of options only. */
  isFirst: boolean
  options: TrackingOptions
  record: Recorder
}

/** A session lasts while the page or the app is in front. */
function trackSession(ctx: Context, { isFirst, options: { attributes = {} }, record }: Tracked): () => void {
  const platform = livePlatform(ctx)
  // A page that is opened in the background begins when it comes to the front.
  if (isFirst && platform.isVisible()) record('_session.start', attributes)
  return platform.watchVisible((visible) => record(visible ? '_session.start' : '_session.stop', attributes))
}

function trackPageViews(ctx: Context, { provider, options, record }: Tracked): () => void {
  const { attributes, eventName = 'pageView', appType = 'singlePage', urlProvider } = options
  const store = tabStore(ctx)
  const key = `aws-amplify-analytics-prevUrl${provider === 'Pinpoint' ? '' : `-${provider}`}`
  let last: string | undefined
  const look = () => {
    const url = urlProvider?.() ?? pageAddress(ctx)
    if (url === last) return
    last = url
    void store.setItem(key, url)
    record(eventName, { url, ...attributes })
  }
  if (appType === 'singlePage') {
    look()
    return watchAddress(look)
  }
  let isWanted = true
  // A reload is no new page.
  void store.getItem(key).then((before) => {
    last = before ?? undefined
    if (isWanted) look()
  })
  return () => {
    isWanted = false
  }
}

function trackEvents(_: Context, { options, record }: Tracked): () => void {
  const { attributes, events = ['click'], selectorPrefix: prefix = 'data-amplify-analytics-' } = options
  return watchElements(events, `${prefix}on`, ({ type, attribute, description }) => {
    // An element may wait for another kind of event than the one that came.
    if (
      !attribute(`${prefix}on`)!
        .split(/[\s,]+/)
        .includes(type)
    )
      return
    const own = (attribute(`${prefix}attrs`) ?? '')
      .split(',')
      .map((pair) => pair.split(/:(.*)/s).map((part) => part.trim()))
      .filter(([name]) => name)
      .map(([name, value = '']) => [name, value] as const)
    record(attribute(`${prefix}name`) || 'event', {
      type,
      target: description,
      ...attributes,
      ...Object.fromEntries(own),
    })
  })
}

// What runs in the page of analytics.test.ts: an app that records while it is closed and killed.
import { Amplify } from 'backline'
import * as pinpoint from 'backline/analytics'
import { eventCounts, httpsProvider } from 'backline/analytics'
import { configureAutoTrack, flushEvents, record } from 'backline/analytics/kinesis'
import * as firehose from 'backline/analytics/kinesis-firehose'
import {
  flushEvents as flushPersonalize,
  record as recordForPersonalize,
} from 'backline/analytics/personalize'
import { Hub } from 'backline/utils'

const place = { streamName: 'clicks', partitionKey: 'p' }
const NEXT = 'next number'
const archive = { streamName: 'archive' }

/** Every provider, as far as tests want the same of each; the app's own is asked as Pinpoint is. */
const providers = {
  Kinesis: {
    record: (n: number) => record({ ...place, data: { n } }),
    flush: () => flushEvents(),
    track: configureAutoTrack,
    options: place,
  },
  KinesisFirehose: {
    record: (n: number) => firehose.record({ ...archive, data: { n } }),
    flush: () => firehose.flushEvents(),
    track: firehose.configureAutoTrack,
    options: archive,
  },
  Personalize: {
    record: (n: number) => recordForPersonalize({ eventType: 'view', properties: { n } }),
    flush: () => flushPersonalize(),
  },
  Pinpoint: {
    record: (n: number) => pinpoint.record({ name: 'view', metrics: { n } }),
    flush: () => pinpoint.flushEvents(),
    track: pinpoint.configureAutoTrack,
    options: {},
  },
}
export type ProviderName = keyof typeof providers

/** What the Hub has said of analytics. */
const heard: string[] = []
Hub.listen('analytics', ({ payload: { event } }) => heard.push(event))

const steps = {
  async open(sandbox: string, settings: object, own?: string) {
    Amplify.configure(await fetch(`${sandbox}/_backline/outputs`).then((answer) => answer.json()))
    const { Analytics, ...rest } = Amplify.getConfig()
    const all = Object.entries(Analytics!).map(([name, config]) => [name, { ...config, ...settings }])
    const { Kinesis, ...others } = Object.fromEntries(all)
    Amplify.configure(
      { ...rest, Analytics: { ...others, Kinesis: { ...Kinesis, eventIdField: 'id' } } },
      own === undefined ? {} : { Analytics: { provider: httpsProvider({ url: own }), ...settings } },
    )
  },

  /** Records numbers, a few in each task, from where the life before had come to. Resolves when all are delivered. */
  async recordUpTo(last: number, life: number) {
    let n = Number(localStorage.getItem(NEXT) ?? 0)
    while (n < last) {
      for (let few = 0; few < 10 && n < last; few++) {
        record({ ...place, partitionKey: `p${n % 7}`, data: { n, life } })
        n++
      }
      // Recorded is what the end of the task has seen.
      await undefined
      localStorage.setItem(NEXT, String(n))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await flushEvents()
    return eventCounts().Kinesis
  },

  async recordOne(n: number) {
    record({ ...place, data: { n } })
  },
  flush: () => flushEvents(),
  flushPersonalize: () => flushPersonalize(),
  counts: () => eventCounts().Kinesis,
  heard: () => heard,

  recordFor(name: ProviderName, numbers: number[]) {
    for (const n of numbers) providers[name].record(n)
  },
  flushFor: (name: ProviderName) => providers[name].flush(),
  trackFor(name: Exclude<ProviderName, 'Personalize'>, enable: boolean) {
    const { track, options } = providers[name]
    for (const type of ['session', 'pageView', 'event'] as const)
      track({ enable, type, options: { ...options, attributes: { app: 'shop' } } } as never)
  },

  trackPage() {
    configureAutoTrack({ enable: true, type: 'pageView', options: { ...place, appType: 'multiPage' } })
  },
  show(html: string) {
    document.body.innerHTML = html
  },
  go(path: string) {
    history.pushState({}, '', path)
  },
  follow(domElementId: string) {
    recordForPersonalize({ eventType: 'MediaAutoTrack', properties: { domElementId, itemId: 'film' } })
  },
}

export type AnalyticsSteps = typeof steps

Object.assign(globalThis, { steps })

// What runs in the page of analytics.test.ts: an app that records while it is closed and killed.
import { Amplify } from 'backline'
import { eventCounts } from 'backline/analytics'
import { configureAutoTrack, flushEvents, record } from 'backline/analytics/kinesis'
import {
  flushEvents as flushPersonalize,
  record as recordForPersonalize,
} from 'backline/analytics/personalize'

const place = { streamName: 'clicks', partitionKey: 'p' }
const NEXT = 'next number'

const steps = {
  async open(sandbox: string, settings: object) {
    Amplify.configure(await fetch(`${sandbox}/_backline/outputs`).then((answer) => answer.json()))
    const { Analytics, ...rest } = Amplify.getConfig()
    const Kinesis = { ...Analytics!.Kinesis!, eventIdField: 'id', ...settings }
    Amplify.configure({ ...rest, Analytics: { ...Analytics, Kinesis } })
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

  track(enable: boolean) {
    for (const type of ['session', 'pageView', 'event'] as const) {
      configureAutoTrack({ enable, type, options: { ...place, attributes: { app: 'shop' } } })
    }
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

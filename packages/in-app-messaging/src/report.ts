import { type Context, isTransient, perContext, toHex } from '@backline/core/internal'
import { type Journal, openJournal } from '@backline/core/journal'
import { livePlatform } from '@backline/core/livePlatform'
import { putEvents } from '@backline/core/pinpoint'
import type { InAppMessage } from './message.js'
import { pinpointApp, providerOf } from './source.js'
import type { InAppMessageInteractionEvent } from './state.js'

// Tells the source of a message what became of it. What cannot be told now is kept, across reloads, and told later.

const EVENT_TYPES = {
  messageDisplayed: '_inapp.message_displayed',
  messageDismissed: '_inapp.message_dismissed',
  messageActionTaken: '_inapp.message_clicked',
} as const

type Reported = keyof typeof EVENT_TYPES

interface Report {
  id: string
  type: Reported
  message: Pick<InAppMessage, 'id' | 'metadata'>
  timestamp: string
}

interface Reports {
  journal: Journal<Report> | undefined
  waiting: Map<number, Report>
  last: number
  /** The delivery under way; another one begins when it has ended. */
  delivering?: Promise<void> | undefined
}

const reports = /* @__PURE__ */ perContext(
  'inAppMessaging.reports',
  (ctx): Reports => ({ journal: openJournal(ctx, 'backline.inAppReports'), waiting: new Map(), last: 0 }),
)

/** What an earlier life of the app could not tell is told now, and whatever waits when the network comes back. */
export function startReporting(ctx: Context): void {
  const { journal, waiting } = reports(ctx)
  livePlatform(ctx).watchOnline((online) => online && void deliver(ctx))
  journal
    ?.orphans((report) => {
      const key = ++reports(ctx).last
      waiting.set(key, report)
      return key
    })
    .then(() => deliver(ctx))
    .catch((error) => failed(ctx, 'start', error))
}

export function report(ctx: Context, type: InAppMessageInteractionEvent, message: InAppMessage): void {
  if (!(type in EVENT_TYPES)) return
  const state = reports(ctx)
  const key = ++state.last
  const { id, metadata } = message
  const entry: Report = {
    id: toHex(ctx.platform.randomBytes(16)),
    type: type as Reported,
    message: { id, metadata },
    timestamp: new Date(ctx.platform.now()).toISOString(),
  }
  state.waiting.set(key, entry)
  // Memory has it, so it is only lost with the page; the app is told.
  state.journal?.put(key, entry).catch((error) => failed(ctx, entry.type, error))
  void deliver(ctx)
}

/** Tells everything that waits. */
export function deliver(ctx: Context): Promise<void> {
  const state = reports(ctx)
  state.delivering = (state.delivering ?? Promise.resolve()).then(async () => {
    for (const [key, entry] of state.waiting) {
      try {
        await tell(ctx, entry)
      } catch (error) {
        if (isTransient(error)) return
        failed(ctx, entry.type, error)
      }
      state.waiting.delete(key)
      state.journal?.remove(key)
    }
  })
  return state.delivering
}

async function tell(ctx: Context, { id, type, message, timestamp }: Report): Promise<void> {
  const provider = providerOf(ctx)
  if (provider) return provider.interacted?.({ type, message, timestamp, id })
  const treatment = message.metadata?.treatmentId
  await putEvents(ctx, pinpointApp(ctx), {
    [id]: {
      EventType: EVENT_TYPES[type],
      Timestamp: timestamp,
      Attributes: {
        campaign_id: message.id,
        delivery_type: 'IN_APP_MESSAGE',
        ...(treatment && { treatment_id: treatment }),
      },
    },
  })
}

export function failed(ctx: Context, during: Reported | 'start' | 'record', error: unknown): void {
  const { name = 'Error', message = String(error) } = Object(error) as Partial<Error>
  ctx.events.emit('inAppMessaging', 'failure', { during, error: { name, message } })
}

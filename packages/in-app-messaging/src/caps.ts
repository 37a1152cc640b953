import { type Context, withLock } from '@backline/core/internal'
import type { InAppMessageCampaign } from './campaign.js'
import { stateOf } from './state.js'

// How often messages were shown: since the app came to the front in memory, on this day and at all in the store, under v6's keys.

const DAILY = 'pinpointProvider_inAppMessages_dailyCount'
const TOTAL = 'pinpointProvider_inAppMessages_totalCount'

interface Daily {
  count: number
  /** Midnight by the device's clock, ISO 8601. */
  lastCountTimestamp: string
}

/** Leaves out what has been shown often enough. */
export async function belowCaps(
  ctx: Context,
  campaigns: InAppMessageCampaign[],
): Promise<InAppMessageCampaign[]> {
  if (!campaigns.length) return campaigns
  const { counted, shown } = stateOf(ctx)
  await counted
  const [{ count: today }, total] = await Promise.all([daily(ctx), totals(ctx)])
  const isBelow = (count: number | undefined, cap: number | undefined) => !cap || (count ?? 0) < cap
  return campaigns.filter(
    ({ CampaignId, SessionCap, DailyCap, TotalCap }) =>
      isBelow(shown.get(CampaignId), SessionCap) &&
      isBelow(today, DailyCap) &&
      isBelow(total[CampaignId], TotalCap),
  )
}

/** Counts one more showing, after those before it. */
export function countShown(ctx: Context, id: string): Promise<void> {
  const state = stateOf(ctx)
  state.shown.set(id, (state.shown.get(id) ?? 0) + 1)
  const { store } = ctx.platform
  const done = state.counted.then(() =>
    // Other tabs count in the same store.
    withLock(ctx, TOTAL, 10_000, async () => {
      const [today, total] = await Promise.all([daily(ctx), totals(ctx)])
      await store.setItem(DAILY, JSON.stringify({ ...today, count: today.count + 1 }))
      await store.setItem(TOTAL, JSON.stringify({ ...total, [id]: (total[id] ?? 0) + 1 }))
    }),
  )
  // The next one counts whatever became of this one.
  state.counted = done.catch(() => undefined)
  return done
}

async function daily(ctx: Context): Promise<Daily> {
  const midnight = new Date(ctx.platform.now())
  midnight.setHours(0, 0, 0, 0)
  const lastCountTimestamp = midnight.toISOString()
  const known = (await read(ctx, DAILY)) as Partial<Daily>
  return known.lastCountTimestamp === lastCountTimestamp && Number.isFinite(known.count)
    ? (known as Daily)
    : { count: 0, lastCountTimestamp }
}

const totals = (ctx: Context) => read(ctx, TOTAL) as Promise<Record<string, number>>

/** Nothing where the store says nothing, or nonsense. */
async function read(ctx: Context, key: string): Promise<object> {
  const text = await ctx.platform.store.getItem(key)
  try {
    return Object(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

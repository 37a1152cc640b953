import { type Context, currentContext, perContext } from '@backline/core/internal'

const state = /* @__PURE__ */ perContext('analytics.enabled', () => ({ enabled: true }))

/** Lets `record` and auto-tracking record again. They do from the beginning. */
export function enable(ctx: Context = currentContext()): void {
  state(ctx).enabled = true
}

/** From now on `record` and auto-tracking record nothing. What has been recorded is still sent. */
export function disable(ctx: Context = currentContext()): void {
  state(ctx).enabled = false
}

export function isEnabled(ctx: Context): boolean {
  return state(ctx).enabled
}

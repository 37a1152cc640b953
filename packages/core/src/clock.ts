import { type Context, perContext } from './context.js'

// Devices whose clock is hours off are common. One learner serves all services: what one answer teaches, the next call uses.

const clock = /* @__PURE__ */ perContext('clock', () => ({ offset: 0, known: false }))

/** Milliseconds since 1970 by the services' clock, as far as learned from their answers. */
export function serverTime(ctx: Context): number {
  return ctx.platform.now() + clock(ctx).offset
}

/** Takes in that the server's clock showed `time`, give or take `uncertainty`, at `local` on ours. */
export function learnTime(ctx: Context, time: number, local: number, uncertainty: number): void {
  const state = clock(ctx)
  const offset = time - local
  if (Number.isNaN(offset)) return
  // Within the uncertainty the old value is as good, and keeping it keeps time steady.
  if (Math.abs(offset - state.offset) > uncertainty) state.offset = offset
  state.known = true
}

/** A guess from an earlier visit, for as long as no service has told the time. */
export function hintTime(ctx: Context, offset: number): void {
  const state = clock(ctx)
  if (!state.known && Number.isFinite(offset)) state.offset = offset
}

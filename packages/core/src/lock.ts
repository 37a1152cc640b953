import type { Context } from './context.js'

/** Runs `work` while holding a lock shared by all tabs of this origin, or at once after `patience` milliseconds. */
export async function withLock<T>(
  ctx: Context,
  name: string,
  patience: number,
  work: () => Promise<T>,
): Promise<T> {
  if (ctx.platform.withLock) return ctx.platform.withLock(name, patience, work)

  // https://developer.mozilla.org/en-US/docs/Web/API/Web_Locks_API: missing on phones and on pages without https.
  const locks = globalThis.navigator?.locks
  if (!locks) return work()

  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), patience)
  let held = false
  try {
    return await locks.request(name, { signal: giveUp.signal }, () => {
      held = true
      clearTimeout(timer)
      return work()
    })
  } catch (error) {
    // Patience ran out, or the browser forbids locks here: better twice than never.
    if (held) throw error
    return work()
  } finally {
    clearTimeout(timer)
  }
}

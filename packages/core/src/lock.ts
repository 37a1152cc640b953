import type { Context } from './context.js'

/**
 * Runs `work` while holding a lock shared by all tabs of this origin, or at once after `patience` milliseconds.
 * `work` is told whether another tab had the lock when we asked for it.
 */
export async function withLock<T>(
  ctx: Context,
  name: string,
  patience: number,
  work: (waited: boolean) => Promise<T>,
): Promise<T> {
  if (ctx.platform.withLock) return ctx.platform.withLock(name, patience, () => work(false))

  // https://developer.mozilla.org/en-US/docs/Web/API/Web_Locks_API: missing on phones and on pages without https.
  const locks = globalThis.navigator?.locks
  if (!locks) return work(false)

  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), patience)
  let held = false
  const enter = (waited: boolean) => {
    held = true
    clearTimeout(timer)
    return work(waited)
  }
  try {
    // In an array, so that what `work` answers is told from a lock that is not free.
    const free = await locks.request(
      name,
      { ifAvailable: true },
      async (lock) => lock && [await enter(false)],
    )
    return free ? (free[0] as T) : await locks.request(name, { signal: giveUp.signal }, () => enter(true))
  } catch (error) {
    // Patience ran out, or the browser forbids locks here: better twice than never.
    if (held) throw error
    return work(true)
  } finally {
    clearTimeout(timer)
  }
}

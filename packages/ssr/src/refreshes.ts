// Requests of one user often come several at once, with the same cookies. Who is first refreshes; the others, and those whose browser never got
// the answer, are given the same tokens. It is remembered per refresh token, which only its user has, and for no longer than the tokens last.

export interface Refreshed {
  /** Where each is kept → what it is now. */
  items: ReadonlyMap<string, string>
  at: number
  expires: number
}

export interface Refreshes {
  /** Runs `work` after those before it with the same refresh token, or after `patience` milliseconds. It is told what they brought. */
  inTurn<T>(
    refreshToken: string,
    patience: number,
    work: (known: Refreshed | undefined) => Promise<T>,
  ): Promise<T>
  remember(refreshToken: string, refreshed: Refreshed): void
  forget(refreshToken: string): void
}

/** The oldest go when there are more. */
const MOST = 1_000

export function createRefreshes(now: () => number): Refreshes {
  const done = new Map<string, Refreshed>()
  const queue = new Map<string, Promise<unknown>>()

  function known(refreshToken: string): Refreshed | undefined {
    const found = done.get(refreshToken)
    if (found && found.expires > now()) return found
    done.delete(refreshToken)
    return undefined
  }

  return {
    async inTurn(refreshToken, patience, work) {
      const before = queue.get(refreshToken)
      const mine = (async () => {
        if (before) await withPatience(before, patience)
        return work(known(refreshToken))
      })()
      queue.set(refreshToken, mine)
      try {
        return await mine
      } finally {
        if (queue.get(refreshToken) === mine) queue.delete(refreshToken)
      }
    },
    remember(refreshToken, refreshed) {
      done.delete(refreshToken)
      done.set(refreshToken, refreshed)
      if (done.size > MOST) done.delete(done.keys().next().value!)
    },
    forget(refreshToken) {
      for (const [key, { items }] of done) {
        if (key === refreshToken || [...items.values()].includes(refreshToken)) done.delete(key)
      }
    },
  }
}

async function withPatience(before: Promise<unknown>, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, patience)
  })
  await Promise.race([before.catch(() => {}), enough])
  clearTimeout(timer)
}

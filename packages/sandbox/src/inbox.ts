/** A mail or text that AWS would have sent. It lands here instead. */
export interface Message {
  channel: 'email' | 'sms'
  to: string
  /** Who sends it, where the definition says so. */
  from?: string
  /** The code or temporary password in it, where there is one. */
  code?: string
  /** What to follow instead of typing the code, where the app mails links. */
  link?: string
  subject: string
  body: string
  /** Milliseconds since 1970 by the sandbox's clock. */
  at: number
}

export interface Inbox {
  deliver(message: Message): void
  /** Everything not yet cleared, oldest first. */
  all(): Message[]
  /** The oldest message that fits and that `next` has not handed out before; waits for one up to `timeout` ms (5,000). */
  next(
    filter?: { to?: string; channel?: Message['channel'] },
    options?: { timeout?: number; signal?: AbortSignal },
  ): Promise<Message>
  clear(): void
}

const KEPT = 500

export function createInbox(): Inbox {
  let messages: Message[] = []
  const handedOut = new WeakSet<Message>()
  const waiting = new Set<() => void>()

  return {
    deliver(message) {
      messages = [...messages, message].slice(-KEPT)
      for (const wake of waiting) wake()
    },
    all: () => [...messages],
    async next(filter = {}, { timeout = 5_000, signal } = {}) {
      const fits = (message: Message) =>
        !handedOut.has(message) &&
        (!filter.to || message.to.toLowerCase() === filter.to.toLowerCase()) &&
        (!filter.channel || message.channel === filter.channel)
      const giveUp = Date.now() + timeout
      for (;;) {
        // Whoever has gone away must not take a message along.
        signal?.throwIfAborted()
        const found = messages.find(fits)
        if (found) {
          handedOut.add(found)
          return found
        }
        const left = giveUp - Date.now()
        if (left <= 0) throw new Error(`No message for ${filter.to ?? 'anybody'} within ${timeout} ms.`)
        await new Promise<void>((resolve) => {
          const wake = () => {
            clearTimeout(timer)
            signal?.removeEventListener('abort', wake)
            waiting.delete(wake)
            resolve()
          }
          const timer = setTimeout(wake, left)
          waiting.add(wake)
          signal?.addEventListener('abort', wake)
        })
      }
    },
    clear() {
      messages = []
    },
  }
}

import { isUtf8 } from 'node:buffer'

/** An event as the control page shows it. */
export interface SeenEvent {
  /** Milliseconds since 1970 by the sandbox's clock. */
  at: number
  /** The service that took it, by its name in signatures. */
  service: string
  /** The stream, the tracker or the app that it went to. */
  to: string
  /** As it was sent, where it is a text. */
  event: string
}

/** The latest events of an app, whichever service took them, for people who look. */
export interface SeenEvents {
  saw(service: string, to: string, events: (object | Uint8Array)[]): void
  /** Oldest first. */
  latest(): SeenEvent[]
  clear(): void
}

const KEPT = 100
const LONGEST = 1000

export function createSeenEvents(now: () => number): SeenEvents {
  let seen: SeenEvent[] = []
  return {
    saw(service, to, events) {
      const latest = events.slice(-KEPT).map((event) => ({ at: now(), service, to, event: shown(event) }))
      seen = [...seen, ...latest].slice(-KEPT)
    },
    latest: () => seen,
    clear() {
      seen = []
    },
  }
}

function shown(event: object | Uint8Array): string {
  if (!(event instanceof Uint8Array)) return JSON.stringify(event).slice(0, LONGEST)
  return isUtf8(event) ? Buffer.from(event).toString().slice(0, LONGEST) : `${event.length} bytes`
}

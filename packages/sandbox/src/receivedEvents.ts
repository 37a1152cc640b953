import type { World } from './service.js'

/** One event as a service took it. */
export interface ReceivedEvent {
  /** Milliseconds since 1970. */
  at: number
  event: Record<string, unknown>
}

/** Events of services that have no operation for reading them back. */
export interface ReceivedEvents {
  add(service: string, to: string, events: object[]): void
  of(service: string): ReceivedEvent[]
  clear(service: string): void
}

export function openReceivedEvents({ store, clock, seen }: World): ReceivedEvents {
  store.migrate('received', [
    `CREATE TABLE received_events (
       number INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL) STRICT;
     CREATE INDEX received_by_service ON received_events (service, number)`,
  ])
  return {
    add(service, to, events) {
      store.transaction(() => {
        for (const event of events) {
          store.run(
            'INSERT INTO received_events (service, at, event) VALUES (?, ?, ?)',
            ...[service, clock.now(), JSON.stringify(event)],
          )
        }
      })
      seen.saw(service, to, events)
    },
    of: (service) =>
      store
        .all<{ at: number; event: string }>(
          'SELECT at, event FROM received_events WHERE service = ? ORDER BY number',
          service,
        )
        .map(({ at, event }) => ({ at, event: JSON.parse(event) as Record<string, unknown> })),
    clear(service) {
      store.run('DELETE FROM received_events WHERE service = ?', service)
    },
  }
}

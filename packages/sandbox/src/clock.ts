/** The time that the backend believes in. Tests move it; it never stands still. */
export interface Clock {
  now(): number
  advance(milliseconds: number): void
  reset(): void
}

export function createClock(): Clock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance: (milliseconds) => {
      offset += milliseconds
    },
    reset: () => {
      offset = 0
    },
  }
}

// Runs inside the locked-down context of a resolver: nothing of Node is here, and nothing of the host but this text.

/** What the host hands in, as plain data. */
export interface Given {
  now: number
  /** A pool of random bytes, in hex. */
  random: string
  /** The `ctx` of the resolver. */
  context: Record<string, unknown>
}

export interface ResolverError {
  message: string
  errorType: string | null
  data: unknown
  errorInfo: unknown
}

/** What one call of `request` or `response` leaves behind. */
export interface State {
  given: Given
  used: number
  appended: ResolverError[]
  logs: string[]
  filter?: unknown
  invalidationFilter?: unknown
  invalidations: unknown[]
  headers: Record<string, string>
}

/** Thrown by `util.error` and its kin: ends the resolver. */
export class Halt {
  readonly error: ResolverError
  constructor(error: ResolverError) {
    this.error = error
  }
}

/** Thrown by `runtime.earlyReturn`. */
export class Early {
  readonly value: unknown
  readonly skipTo: 'END' | 'NEXT'
  constructor(value: unknown, skipTo: 'END' | 'NEXT') {
    this.value = value
    this.skipTo = skipTo
  }
}

/** The state of this context, which lives for one call. */
export const state: State = (globalThis as unknown as { $state: State }).$state

/** The next random byte. */
export function randomByte(): number {
  const { random } = state.given
  const at = (state.used++ * 2) % random.length
  return Number.parseInt(random.slice(at, at + 2), 16)
}

/** From 0 up to, not including, 1. */
export const randomFraction = () => [0, 0, 0, 0, 0, 0].reduce((sum) => (sum + randomByte()) / 256, 0)

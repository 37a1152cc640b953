import { Early, Halt, type ResolverError, type State, state } from './given.js'
import { extensions, runtime, util } from './utils.js'

// Runs inside the context of a resolver: calls what it exports, and writes down what came of it.

// They are there without an import too.
Object.assign(globalThis, { extensions, runtime, util })

/** What comes out, as JSON. */
export interface Outcome {
  value?: unknown
  error?: ResolverError
  early?: 'END' | 'NEXT'
  stash: unknown
  left: Pick<State, 'appended' | 'logs' | 'filter' | 'invalidationFilter' | 'invalidations' | 'headers'>
}

/** What the resolver's file exports, and what those of them hold that are objects. */
export function names(code: Record<string, unknown>): string {
  return Object.entries(code)
    .flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? [name, ...Object.keys(value).map((key) => `${name}.${key}`)]
        : name,
    )
    .join(',')
}

/** @param code what the resolver's file exports */
export function run(code: Record<string, unknown>, name: string): string {
  const { context } = state.given
  const answer = (more: Partial<Outcome>) => {
    const { appended, logs, filter, invalidationFilter, invalidations, headers } = state
    const left = { appended, logs, filter, invalidationFilter, invalidations, headers }
    return JSON.stringify({ stash: context.stash, left, ...more })
  }
  const call = name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], code)
  try {
    if (typeof call !== 'function') throw new Error(`The resolver exports no function called ${name}.`)
    const value: unknown = (call as (ctx: unknown) => unknown)(context)
    if (value instanceof Promise) throw new Error('Resolvers of AppSync cannot be asynchronous.')
    return answer({ value: value ?? null })
  } catch (thrown) {
    if (thrown instanceof Early) return answer({ value: thrown.value ?? null, early: thrown.skipTo })
    if (thrown instanceof Halt) return answer({ error: thrown.error })
    const message = String((thrown as Error)?.message ?? thrown)
    return answer({ error: { message, errorType: 'Code', data: null, errorInfo: null } })
  }
}

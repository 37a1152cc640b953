import type { Item } from '../appsync/rules.js'
import type { Code } from './code.js'
import { SourceError } from './dynamodb.js'
import type { Outcome } from './harness.js'

// A resolver of AppSync: functions one after the other, each with a data source.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-overview-js.html

export interface Step {
  code: Code
  /** The export that holds `request` and `response`, where they are not exports themselves. */
  part?: string
  /** Sends the request; what it gives is `ctx.result`. @throws {SourceError} */
  send(request: unknown): unknown
}

export interface ResolverContext {
  arguments: Item
  /** Of an Event API. */
  events?: unknown
  source: unknown
  identity: unknown
  info: Record<string, unknown>
  request: { headers: Record<string, string>; domainName: null }
  stash: Item
  env: Record<string, string>
  authType: string
}

/** An error that a resolver raised or appended, with what it says beside its message. */
export interface RaisedError {
  message: string
  errorType: string | null
  data: unknown
  errorInfo: unknown
}

export interface Resolved {
  value: unknown
  error?: RaisedError
  /** Those that did not end it. */
  appended: RaisedError[]
  filter?: unknown
  invalidationFilter?: unknown
  invalidations: unknown[]
  /** For the answer of HTTP. */
  headers: Record<string, string>
}

export async function runPipeline(
  steps: Step[],
  context: ResolverContext,
  { now, log }: { now(): number; log(line: string): void },
): Promise<Resolved> {
  const { authType, ...given } = context
  const resolved: Resolved = { value: null, appended: [], invalidations: [], headers: {} }
  let { stash } = given
  let prev: unknown = {}

  const call = (code: Code, name: string, more: object): Outcome => {
    const outcome = code.run(
      name,
      {
        ...given,
        args: given.arguments,
        stash,
        prev: { result: prev },
        outErrors: [],
        $authType: authType,
        error: null,
        result: null,
        ...more,
      },
      now(),
    )
    stash = (outcome.stash as Item | null) ?? stash
    const { left } = outcome
    for (const line of left.logs) log(`${given.info.parentTypeName}.${given.info.fieldName}: ${line}`)
    resolved.appended.push(...left.appended)
    resolved.invalidations.push(...left.invalidations)
    Object.assign(resolved.headers, left.headers)
    if (left.filter !== undefined) resolved.filter = left.filter
    if (left.invalidationFilter !== undefined) resolved.invalidationFilter = left.invalidationFilter
    return outcome
  }

  for (const { code, part, send } of steps) {
    const of = part ? `${part}.` : ''
    const asked = call(code, `${of}request`, {})
    if (asked.error) return { ...resolved, error: asked.error }
    if (asked.early) {
      prev = asked.value
      if (asked.early === 'END') break
      continue
    }
    let result: unknown = null
    let error: { message: string; type: string } | null = null
    try {
      result = await send(asked.value)
    } catch (thrown) {
      if (!(thrown instanceof SourceError)) throw thrown
      result = thrown.result
      error = { message: thrown.message, type: thrown.type }
    }
    const answered = call(code, `${of}response`, { result, error })
    if (answered.error) return { ...resolved, error: answered.error }
    prev = answered.value
    if (answered.early === 'END') break
  }
  return { ...resolved, value: prev }
}

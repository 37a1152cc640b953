import { NotAllowed } from '../appsync/callers.js'
import type { Sources } from '../appsync/sources.js'
import { readCode } from '../appsync-js/code.js'
import { type RaisedError, runPipeline } from '../appsync-js/pipeline.js'
import { FunctionError, type Functions } from '../functions.js'
import type { EventApiPlan, EventHandlerName, EventNamespacePlan } from '../plan.js'
import type { Channel } from './channels.js'

// `onPublish` and `onSubscribe` of a namespace: code, code with a data source behind it, or a function of Lambda without any code.
// https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html

/** What is known of a call besides its events. */
export interface Call {
  api: EventApiPlan
  namespace: EventNamespacePlan
  channel: Channel
  identity: object | null
  headers: Record<string, string>
  now: number
  sources: Sources
  functions: Functions
  log(line: string): void
}

export interface HandledEvent {
  id: string
  payload: unknown
  /** Said to the publisher; the event goes no further. */
  error?: string
}

/** Reads the namespaces' code. @throws {Error} that names the namespace. */
export async function readHandlers(apis: EventApiPlan[] = []): Promise<void> {
  for (const namespace of apis.flatMap((api) => api.namespaces)) {
    const name = `The channel namespace ${namespace.name}`
    if (namespace.source !== undefined)
      namespace.code = await readCode({ name: `of ${namespace.name}`, ...namespace.source }).catch(
        (error: Error) => {
          throw new Error(`${name}: ${error.message}`, { cause: error })
        },
      )
    const exports = namespace.code?.exports ?? new Set()
    if (namespace.code && !exports.has('onPublish') && !exports.has('onSubscribe'))
      throw new Error(`${name} exports neither onPublish nor onSubscribe.`)
    for (const handler of ['onPublish', 'onSubscribe'] as const) {
      const asked = namespace.handlers[handler]
      const isObject = exports.has(`${handler}.request`) && exports.has(`${handler}.response`)
      if (asked && !asked.isDirect && !isObject)
        throw new Error(
          `${name}: the data source '${asked.dataSource}' needs code that exports ${handler} as { request, response }.`,
        )
      if (!asked && isObject)
        throw new Error(`${name} exports ${handler} as { request, response }, and has no data source for it.`)
    }
  }
}

/** Lets a subscription in. @throws {NotAllowed} where the handler says no. */
export async function askOnSubscribe(call: Call): Promise<void> {
  const { handlers, code } = call.namespace
  if (handlers.onSubscribe?.isDirect) {
    const { error } = await askDirectly(call, 'onSubscribe')
    if (error !== undefined) throw new NotAllowed(String(error), 'UnauthorizedException', 403)
  } else if (code?.exports.has('onSubscribe')) await run(call, 'onSubscribe')
}

/** What becomes of the events: those that the handler leaves out are heard by nobody. @throws {NotAllowed} where it refuses them all. */
export async function askOnPublish(call: Call, events: HandledEvent[]): Promise<HandledEvent[]> {
  const { handlers, code } = call.namespace
  if (handlers.onPublish?.isDirect) {
    const { events: handled, error } = await askDirectly(call, 'onPublish', events)
    // As AppSync does it: the log says why, the publisher is not told.
    if (error !== undefined)
      return events.map((each) => ({ ...each, error: 'The handler reported an error.' }))
    return checked(call, handlers.onPublish.isAsync ? events : handled, events)
  }
  return code?.exports.has('onPublish') ? checked(call, await run(call, 'onPublish', events), events) : events
}

function checked(call: Call, answer: unknown, events: HandledEvent[]): HandledEvent[] {
  if (answer === null || answer === undefined) return []
  if (!Array.isArray(answer)) throw broken(call, 'onPublish must return a list of events, or null.')
  const ids = new Set(events.map(({ id }) => id))
  const handled = answer.filter((each): each is HandledEvent => each !== null)
  for (const { id } of handled) {
    if (!ids.delete(id))
      throw broken(
        call,
        `onPublish returned an event with the id ${id}, which is none of those published, or twice.`,
      )
  }
  return handled
}

const OPERATIONS = { onPublish: 'PUBLISH', onSubscribe: 'SUBSCRIBE' } as const

/** What code and functions see alike. */
const contextOf = (
  { namespace, channel, identity, headers }: Call,
  name: EventHandlerName,
  events?: HandledEvent[],
) => ({
  identity,
  info: {
    channel: { path: channel.path, segments: channel.segments },
    channelNamespace: { name: namespace.name },
    operation: OPERATIONS[name],
  },
  request: { headers, domainName: null },
  stash: {},
  ...(events ? { events } : {}),
})

/** https://docs.aws.amazon.com/appsync/latest/eventapi/direct-lambda-integrations.html */
async function askDirectly(
  call: Call,
  name: EventHandlerName,
  events?: HandledEvent[],
): Promise<{ events?: unknown; error?: unknown }> {
  const { dataSource, isAsync } = call.namespace.handlers[name]!
  const source = call.api.dataSources[dataSource]!
  if (source.kind !== 'lambda') throw broken(call, `'${dataSource}' is no function.`)
  const event = {
    ...contextOf(call, name, events),
    events: events ?? null,
    result: null,
    error: null,
    prev: null,
    outErrors: [],
  }
  const say = (message: string) =>
    call.log(`appsync-events: ${source.function.name}, asked ${name} by ${call.namespace.name}: ${message}`)
  const running = call.functions.invoke(source.function, event)
  if (isAsync) {
    running.catch((error: Error) => say(error.message))
    return {}
  }
  try {
    const answer = ((await running) ?? {}) as { events?: unknown; error?: unknown }
    if (answer.error !== undefined && answer.error !== null) say(String(answer.error))
    return { events: answer.events, ...(answer.error ? { error: answer.error } : {}) }
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error
    say(error.message)
    if (error.type === 'UnauthorizedException')
      throw new NotAllowed('You are not authorized to make this call.', 'UnauthorizedException', 403)
    throw broken(call, `the function behind ${name} failed.`)
  }
}

/** What the code answers, with its data source asked in between where it has one. */
async function run(call: Call, name: EventHandlerName, events?: HandledEvent[]): Promise<unknown> {
  const { namespace, channel, now, sources, log } = call
  const { info, ...given } = contextOf(call, name, events)
  const context = {
    ...given,
    channel: channel.path,
    // What `util.unauthorized()` names.
    info: { ...info, fieldName: channel.path, parentTypeName: info.operation },
  }
  const asked = namespace.handlers[name]
  if (asked) {
    const step = { code: namespace.code!, part: name, send: sources.open(asked.dataSource, name) }
    const { value, error, appended } = await runPipeline(
      [step],
      { ...context, arguments: {}, source: null, env: {}, authType: '' },
      { now: () => now, log: (line) => log(`appsync-events: ${line}`) },
    )
    for (const { message } of appended) log(`appsync-events: ${namespace.name}.${name}: ${message}`)
    if (error) throw refusal(error)
    return value
  }
  const { value, error, left } = namespace.code!.run(name, context, now)
  for (const line of left.logs) log(`appsync-events: ${namespace.name}.${name}: ${line}`)
  if (error) throw refusal(error)
  return value
}

const refusal = ({ message, errorType }: RaisedError) =>
  errorType === 'Unauthorized'
    ? new NotAllowed('You are not authorized to make this call.', 'UnauthorizedException', 403)
    : new NotAllowed(message, errorType ?? 'Custom', 403)

const broken = ({ namespace }: Call, message: string) =>
  new NotAllowed(`The channel namespace ${namespace.name}: ${message}`, 'InternalFailure', 500)

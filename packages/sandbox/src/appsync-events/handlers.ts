import { NotAllowed } from '../appsync/callers.js'
import { readCode } from '../appsync-js/code.js'
import type { EventApiPlan, EventNamespacePlan } from '../plan.js'
import type { Channel } from './channels.js'

// `onPublish` and `onSubscribe` of a namespace that is written as code:
// https://docs.aws.amazon.com/appsync/latest/eventapi/channel-namespace-handlers.html

/** What is known of a call besides its events. */
export interface Call {
  namespace: EventNamespacePlan
  channel: Channel
  identity: object | null
  headers: Record<string, string | undefined>
  now: number
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
    if (namespace.source === undefined) continue
    const name = `The channel namespace ${namespace.name}`
    const code = await readCode({ name: `of ${namespace.name}`, ...namespace.source }).catch(
      (error: Error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error })
      },
    )
    if (!code.exports.has('onPublish') && !code.exports.has('onSubscribe'))
      throw new Error(`${name} exports neither onPublish nor onSubscribe.`)
    namespace.code = code
  }
}

/** Lets a subscription in. @throws {NotAllowed} where the code says no. */
export function askOnSubscribe(call: Call): void {
  if (call.namespace.code?.exports.has('onSubscribe')) run(call, 'onSubscribe', 'SUBSCRIBE', {})
}

/** What becomes of the events: those that the code leaves out are heard by nobody. @throws {NotAllowed} where it refuses them all. */
export function askOnPublish(call: Call, events: HandledEvent[]): HandledEvent[] {
  if (!call.namespace.code?.exports.has('onPublish')) return events
  const answer = run(call, 'onPublish', 'PUBLISH', { events })
  if (answer === null) return []
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

function run(call: Call, name: string, operation: string, more: object): unknown {
  const { namespace, channel, identity, headers, now, log } = call
  const context = {
    identity,
    channel: channel.path,
    info: {
      channel: { path: channel.path, segments: channel.segments },
      channelNamespace: { name: namespace.name },
      operation,
      // What `util.unauthorized()` names.
      fieldName: channel.path,
      parentTypeName: operation,
    },
    request: { headers, domainName: null },
    stash: {},
    ...more,
  }
  const { value, error, left } = namespace.code!.run(name, context, now)
  for (const line of left.logs) log(`appsync-events: ${namespace.name}.${name}: ${line}`)
  if (!error) return value
  if (error.errorType === 'Unauthorized')
    throw new NotAllowed('You are not authorized to make this call.', 'UnauthorizedException', 403)
  throw new NotAllowed(error.message, error.errorType ?? 'Custom', 403)
}

const broken = ({ namespace }: Call, message: string) =>
  new NotAllowed(`The channel namespace ${namespace.name}: ${message}`, 'InternalFailure', 500)

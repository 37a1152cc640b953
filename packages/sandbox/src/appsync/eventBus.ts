import { randomUUID } from 'node:crypto'
import { SourceError } from '../appsync-js/dynamodb.js'
import type { World } from '../service.js'

// EventBridge data sources: what is put on a bus is to be seen on the control page. Nothing listens to a bus here.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-reference-eventbridge-js.html

interface PutEvents {
  operation?: string
  events?: unknown
}

type Entry = { EventId: string } | { ErrorCode: string; ErrorMessage: string }

const MOST = 10

export function putEvents(bus: string, { operation, events }: PutEvents, world: World) {
  if (operation !== 'PutEvents')
    throw new SourceError('MalformedRequest', `EventBridge has the operation PutEvents, and no ${operation}.`)
  if (!Array.isArray(events) || events.length === 0 || events.length > MOST)
    throw new SourceError('MalformedRequest', `PutEvents needs a list of 1 to ${MOST} events.`)
  const taken: object[] = []
  const entries = events.map((given: Record<string, unknown> | null): Entry => {
    const { source, detail, resources = [], time, ...rest } = given ?? {}
    const type = rest.detailType ?? rest['detail-type']
    const missing =
      typeof source !== 'string' || !source
        ? 'Source'
        : typeof type !== 'string' || !type
          ? 'DetailType'
          : typeof detail !== 'object' || detail === null
            ? 'Detail'
            : undefined
    if (missing)
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`,
      }
    const id = randomUUID()
    taken.push({
      ...{ version: '0', id, 'detail-type': type, source, account: world.accountId },
      time: time ?? new Date(world.clock.now()).toISOString(),
      ...{ region: world.region, resources, detail },
    })
    return { EventId: id }
  })
  world.seen.saw('events', bus, taken)
  return { Entries: entries, FailedEntryCount: entries.length - taken.length }
}

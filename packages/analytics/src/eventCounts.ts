import { type Context, currentContext } from '@backline/core/internal'
import { countsOf, type EventCounts } from './buffer.js'

export type { EventCounts } from './buffer.js'

/**
 * What has become of the events of each provider since the program began, by its name in the configuration.
 *
 * @example
 * const { waiting, overflowed } = eventCounts().Kinesis
 */
export function eventCounts(ctx: Context = currentContext()): Record<string, EventCounts> {
  return countsOf(ctx)
}

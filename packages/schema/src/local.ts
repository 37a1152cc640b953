import { type Definition, define } from './kind.js'
import type { LexProps } from './localBots.js'
import type { GeoProps } from './localPlaces.js'
import type { FirehoseProps, KinesisProps, PersonalizeProps, PinpointProps } from './localStreams.js'

/** One key for each service of AWS that an `amplify/` folder has no `define…` for. */
export interface LocalProps {
  kinesis?: KinesisProps
  firehose?: FirehoseProps
  personalize?: PersonalizeProps
  pinpoint?: PinpointProps
  geo?: GeoProps
  lex?: LexProps
}

export type LocalDefinition = Definition<'local', LocalProps>

/**
 * What CDK makes on AWS and the sandbox cannot see: streams, bots, maps. Kept in `amplify/local.ts`, which no deployment reads.
 *
 * @example
 * // amplify/local.ts
 * import { defineLocal } from 'backline/backend'
 *
 * defineLocal({ kinesis: { streams: [{ name: 'clicks' }] } })
 */
export function defineLocal(props: LocalProps): LocalDefinition {
  return define('local', props)
}

import type { LocalProps } from '@backline/schema/backend'
import { firehosePlan } from './firehose/plan.js'
import { kinesisPlan } from './kinesis/plan.js'
import { lexPlan } from './lex/plan.js'
import { geoPlan } from './location/plan.js'
import { personalizePlan } from './personalize/plan.js'
import { pinpointPlan } from './pinpoint/plan.js'
import type { LocalPlan, Warn } from './plan.js'

/**
 * One part for each service: what `defineLocal(…)` says, and what the definition's own `addOutput(…)` gives away. A new service is
 * one more line.
 */
const PARTS: {
  [Service in keyof LocalPlan]-?: (props: LocalProps, outputs: Outputs, warn: Warn) => LocalPlan[Service]
} = {
  kinesis: ({ kinesis }) => kinesis && kinesisPlan(kinesis),
  firehose: ({ firehose }) => firehose && firehosePlan(firehose),
  personalize: ({ personalize }) => personalize && personalizePlan(personalize),
  pinpoint: ({ pinpoint }, { analytics }) => pinpointPlan(pinpoint, analytics?.amazon_pinpoint),
  geo: ({ geo }, outputs) => geoPlan(geo, outputs.geo),
  lex: ({ lex }, _, warn) => lex && lexPlan(lex, warn),
}

/** The sections that `backend.addOutput({ … })` may have added. */
export interface Outputs {
  analytics?: Record<string, unknown>
  geo?: Record<string, unknown>
}

/** @throws {Error} that names the service and the property. */
export function localPlan(props: LocalProps, outputs: Outputs, warn: Warn = () => {}): LocalPlan {
  const strange = Object.keys(props).find((name) => !Object.hasOwn(PARTS, name))
  if (strange) throw new Error(`defineLocal: '${strange}' is none of ${Object.keys(PARTS).join(', ')}.`)
  const parts = Object.entries(PARTS).map(([name, part]) => [name, part(props, outputs, warn)])
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined))
}

import type { LocalAccess, PinpointProps } from '@backline/schema/backend'
import { checkedAccess } from '../localNames.js'

export interface PinpointPlan {
  access?: LocalAccess
  appId: string
}

/** From `defineLocal`, or else from what `backend.addOutput({ analytics: { amazon_pinpoint } })` gives to clients. */
export function pinpointPlan(props: PinpointProps | undefined, output: unknown): PinpointPlan | undefined {
  const appId = props ? props.appId : (output as { app_id?: unknown } | undefined)?.app_id
  if (!props && appId === undefined) return undefined
  if (typeof appId !== 'string' || !/^[\w.-]{1,64}$/.test(appId)) {
    throw new Error(
      `${props ? 'defineLocal: pinpoint.appId' : 'addOutput: analytics.amazon_pinpoint.app_id'} must be 1 to 64 letters, digits, '-', '_' or '.'.`,
    )
  }
  return { ...checkedAccess('pinpoint', props ?? {}), appId }
}

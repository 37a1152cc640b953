import type { LocalAccess, PinpointProps } from '@backline/schema/backend'
import { checkedAccess } from '../localNames.js'

export interface PinpointPlan {
  access?: LocalAccess
  appId: string
  /** Campaigns of in-app messages; none where left out. */
  messages?: Campaign[]
}

/** As Pinpoint writes one, as far as the sandbox looks into it. */
export interface Campaign {
  CampaignId: string
  InAppMessage: { Layout: string; Content: object[] }
  Schedule?: { EndDate?: string }
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
  const messages = props?.messages && checkedMessages(props.messages)
  return { ...checkedAccess('pinpoint', props ?? {}), appId, ...(messages && { messages }) }
}

function checkedMessages(messages: object[]): Campaign[] {
  const wrong = (what: string) => new Error(`defineLocal: pinpoint.messages${what}.`)
  if (!Array.isArray(messages)) throw wrong(' must be a list of campaigns')
  const ids = new Set<string>()
  for (const [index, campaign] of messages.entries()) {
    const { CampaignId, InAppMessage, Schedule } = campaign as Partial<Campaign>
    const at = `[${index}]`
    if (typeof CampaignId !== 'string' || !CampaignId) throw wrong(`${at}.CampaignId must be a text`)
    if (ids.has(CampaignId)) throw wrong(`${at}.CampaignId '${CampaignId}' is another campaign's, too`)
    ids.add(CampaignId)
    if (typeof InAppMessage?.Layout !== 'string') throw wrong(`${at}.InAppMessage.Layout must be a text`)
    if (!Array.isArray(InAppMessage.Content)) throw wrong(`${at}.InAppMessage.Content must be a list`)
    if (Schedule?.EndDate && Number.isNaN(Date.parse(Schedule.EndDate)))
      throw wrong(`${at}.Schedule.EndDate '${Schedule.EndDate}' is no date`)
  }
  return messages as Campaign[]
}

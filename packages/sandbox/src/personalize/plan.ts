import type { LocalAccess, PersonalizeProps } from '@backline/schema/backend'
import { checkedAccess } from '../localNames.js'

export interface PersonalizePlan {
  access?: LocalAccess
  trackingId: string
}

export function personalizePlan({ trackingId, ...rest }: PersonalizeProps): PersonalizePlan {
  if (typeof trackingId !== 'string' || !trackingId || trackingId.length > 256) {
    throw new Error('defineLocal: personalize.trackingId must be a text of 1 to 256 characters.')
  }
  return { ...checkedAccess('personalize', rest), trackingId }
}

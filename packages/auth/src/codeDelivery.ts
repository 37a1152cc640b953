import type { UserAttributeKey } from './attributes.js'
import type { CodeDelivery } from './cognito.js'

/** Where a code went. */
export interface CodeDeliveryDetails<Key extends UserAttributeKey = UserAttributeKey> {
  /** Masked by the service: `a***@e***`. */
  destination?: string
  deliveryMedium?: 'EMAIL' | 'SMS' | 'PHONE' | 'UNKNOWN'
  attributeName?: Key
}

/** The same as the service tells it. */
export function codeDelivery<Key extends UserAttributeKey>(
  details: CodeDelivery = {},
): CodeDeliveryDetails<Key> {
  return {
    destination: details.Destination,
    deliveryMedium: details.DeliveryMedium,
    attributeName: details.AttributeName as Key | undefined,
  }
}

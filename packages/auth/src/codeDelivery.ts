import type { UserAttributeKey } from './attributes.js'

/** Where a code went. */
export interface CodeDeliveryDetails<Key extends UserAttributeKey = UserAttributeKey> {
  /** Masked by the service: `a***@e***`. */
  destination?: string
  deliveryMedium?: 'EMAIL' | 'SMS' | 'PHONE' | 'UNKNOWN'
  attributeName?: Key
}

/** The same as the service tells it. Written out, for an app that reads our types need not have the service's. */
interface CodeDelivery {
  Destination?: string
  DeliveryMedium?: 'EMAIL' | 'SMS'
  AttributeName?: string
}

export function codeDelivery<Key extends UserAttributeKey>(
  details: CodeDelivery = {},
): CodeDeliveryDetails<Key> {
  return {
    destination: details.Destination,
    deliveryMedium: details.DeliveryMedium,
    attributeName: details.AttributeName as Key | undefined,
  }
}

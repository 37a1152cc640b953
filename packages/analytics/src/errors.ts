import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type AnalyticsErrorName =
  | 'NoAppId'
  | 'NoRegion'
  | 'NoTrackingId'
  | 'NoEventName'
  | 'NoStreamName'
  | 'NoPartitionKey'
  | 'EndpointRefused'
  | 'InvalidEndpoint'
  | 'InvalidEvent'
  | 'EventTooLarge'
  | 'InvalidFlushSize'
  | 'InvalidTracker'
  | 'UnsupportedPlatform'
  | 'NetworkError'
  | (string & {})

/** What the functions of analytics throw. Branch on `name`. */
export class AnalyticsError extends AmplifyError<AnalyticsErrorName> {}

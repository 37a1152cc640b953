import { AmplifyError } from '@backline/core/internal'

/** Names we give. Pinpoint's own, like `NotFoundException`, pass through unchanged. */
export type InAppMessagingErrorName =
  | 'EndpointRefused'
  | 'InvalidConflictHandler'
  | 'InvalidEvent'
  | 'InvalidInteraction'
  | 'InvalidMessages'
  | 'InvalidUser'
  | 'NetworkError'
  | 'NoAppId'
  | 'NoCredentials'
  | 'NoRegion'
  | 'NotInitialized'
  | (string & {})

/** What the functions of in-app messaging throw. Branch on `name`. */
export class InAppMessagingError extends AmplifyError<InAppMessagingErrorName> {}

import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type InAppMessagingErrorName = 'NetworkError' | (string & {})

/** What the functions of in-app messaging throw. Branch on `name`. */
export class InAppMessagingError extends AmplifyError<InAppMessagingErrorName> {}

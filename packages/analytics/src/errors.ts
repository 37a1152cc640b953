import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type AnalyticsErrorName = 'NetworkError' | (string & {})

/** What the functions of analytics throw. Branch on `name`. */
export class AnalyticsError extends AmplifyError<AnalyticsErrorName> {}

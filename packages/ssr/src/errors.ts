import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type AmplifyServerContextErrorName = 'NetworkError' | (string & {})

/** What the functions of servers throw. Branch on `name`. */
export class AmplifyServerContextError extends AmplifyError<AmplifyServerContextErrorName> {}

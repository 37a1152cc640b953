import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged. */
export type InteractionsErrorName = 'NetworkError' | (string & {})

/** What the functions of interactions throw. Branch on `name`. */
export class InteractionsError extends AmplifyError<InteractionsErrorName> {}

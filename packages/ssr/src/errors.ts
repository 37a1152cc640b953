import { AmplifyError } from '@backline/core/internal'

/** Names we give. A service's own pass through unchanged, in errors of their own. */
export type AmplifyServerContextErrorName =
  | 'AmplifyServerContextError'
  /** The context belonged to a request that is over. */
  | 'ContextClosed'
  /** Something would have changed the session, but the answer has gone, or may not set cookies. */
  | 'CookiesNotWritable'
  /** Browsers would drop this cookie. */
  | 'CookieTooLarge'
  /** The keys of the user pool could not be had, so no token can be believed or refused. */
  | 'KeysNotAvailable'
  | 'InvalidServerContextError'
  | 'InvalidCookiesError'
  | (string & {})

interface Told {
  name?: AmplifyServerContextErrorName
  message: string
  /** What to do about it. */
  recoverySuggestion?: string
  underlyingError?: unknown
}

/** What the functions of servers throw. Branch on `name`. */
export class AmplifyServerContextError extends AmplifyError<AmplifyServerContextErrorName> {
  constructor({ name = 'AmplifyServerContextError', message, recoverySuggestion, underlyingError }: Told) {
    super(name, message, { recoverySuggestion, cause: underlyingError })
  }
}

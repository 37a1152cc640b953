/** An error with AppSync's `errorType`. */
export class Fault extends Error {
  readonly errorType: string | null
  /** What a resolver says beside its message. */
  readonly more: { data?: unknown; errorInfo?: unknown }

  constructor(errorType: string | null, message: string, more: { data?: unknown; errorInfo?: unknown } = {}) {
    super(message)
    this.errorType = errorType
    this.more = more
  }
}

export const refused = (field: string, type: string) =>
  new Fault('Unauthorized', `Not Authorized to access ${field} on type ${type}`)

export interface ErrorDetails {
  cause?: unknown
  /** What to do about it, in a sentence for the developer. */
  recoverySuggestion?: string
  /** HTTP status, where a service answered. */
  status?: number
  requestId?: string
}

/** Base of every error that Backline throws. Branch on `name`: it is part of the contract and never changes. */
export class AmplifyError<Name extends string = string> extends Error {
  declare readonly name: Name
  declare readonly recoverySuggestion?: string
  declare readonly status?: number
  declare readonly requestId?: string
  /** What lies beneath, under the name `aws-amplify` gave it. The same value as `cause`. */
  declare readonly underlyingError?: unknown

  constructor(name: Name, message: string, { cause, ...details }: ErrorDetails = {}) {
    super(message, { cause })
    Object.assign(this, details, { name, underlyingError: cause })
  }
}

/** Might the same work later? */
export function isTransient(error: unknown): boolean {
  const { name, status = 0 } = Object(error) as AmplifyError
  return name === 'NetworkError' || name === 'TimeoutError' || status === 429 || status >= 500
}

/** A class of errors that a wire can be told to throw: `awsJson(ctx, { …, error: AuthError })`. */
export type ErrorClass = new (name: string, message: string, details?: ErrorDetails) => AmplifyError

/**
 * A part of ours that an app's bundler keeps for later.
 *
 * @throws {AmplifyError} `NetworkError` when it does not come: offline, or the server has only a newer build.
 */
export function loaded<T>(part: Promise<T>): Promise<T> {
  return part.catch((cause) => {
    throw new AmplifyError('NetworkError', 'A part of this app could not be loaded.', { cause })
  })
}

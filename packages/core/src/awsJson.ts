import type { Context } from './context.js'
import type { ErrorClass } from './errors.js'
import type { Call } from './http.js'

export interface AwsJsonCall
  extends Pick<Call, 'authorize' | 'signal' | 'idempotent' | 'attempts' | 'timeout'> {
  url: string | URL
  /** `X-Amz-Target`, such as `AWSCognitoIdentityProviderService.InitiateAuth`. */
  target: string
  input: unknown
  error: ErrorClass
  /** Extra headers. */
  headers?: Record<string, string>
}

/** AWS JSON 1.1: one POST, the operation in `X-Amz-Target`, errors by `__type`. The error's `name` is the service's own. */
export declare function awsJson<Output>(ctx: Context, call: AwsJsonCall): Promise<Output>

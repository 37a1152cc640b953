import type { Context } from './context.js'
import type { ErrorClass } from './errors.js'
import { type Call, request } from './http.js'

// AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
// One POST, the operation in `X-Amz-Target`. No event streams.

export interface AwsJsonCall
  extends Pick<Call, 'authorize' | 'signal' | 'send' | 'idempotent' | 'attempts' | 'timeout'> {
  url: string | URL
  /** `X-Amz-Target`, such as `AWSCognitoIdentityProviderService.InitiateAuth`. */
  target: string
  input: unknown
  error: ErrorClass
  /** Extra headers. */
  headers?: Record<string, string>
}

/** AWS JSON 1.1: one POST, the operation in `X-Amz-Target`, errors by `__type`. The error's `name` is the service's own. */
export async function awsJson<Output>(ctx: Context, call: AwsJsonCall): Promise<Output> {
  const response = await request(ctx, {
    ...call,
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': call.target, ...call.headers },
    body: JSON.stringify(call.input ?? {}),
  })
  return readJson(response, call.error)
}

/** The body of an answer, or the error it is: shared by the JSON protocols. */
export async function readJson<Output>(response: Response, ServiceError: ErrorClass): Promise<Output> {
  const { status, headers } = response
  const requestId = headers.get('x-amzn-requestid') ?? headers.get('x-amz-request-id') ?? undefined
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: what a service answered; the caller's `Output` says what it should be.
  let body: any
  try {
    body = text ? JSON.parse(text) : {}
  } catch (cause) {
    // A proxy's page, a captive portal.
    const message = `The service answered ${status} with something that is not JSON.`
    throw new ServiceError('UnexpectedResponse', message, { cause, status, requestId })
  }
  if (response.ok) return body

  // "com.amazonaws.cognito#NotAuthorizedException", "NotAuthorizedException:http://…"
  const type = `${headers.get('x-amzn-errortype') ?? body?.__type ?? body?.code ?? ''}`
  const name = type.replace(/^.*#|:.*$/g, '') || 'UnexpectedResponse'
  const message = body?.message ?? body?.Message ?? `The service answered ${status}.`
  throw new ServiceError(name, message, { status, requestId })
}

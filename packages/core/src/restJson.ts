import { readJson } from './awsJson.js'
import type { Context } from './context.js'
import type { ErrorClass } from './errors.js'
import { type Call, request } from './http.js'

// AWS REST JSON: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
// The operation is in the method and path, which the wire that calls us writes out.

export interface RestJsonCall extends Omit<Call, 'body'> {
  /** Sent as JSON; left out where there is none. */
  input?: unknown
  error: ErrorClass
}

/** AWS REST JSON: JSON in and out, errors by `x-amzn-errortype`. The error's `name` is the service's own. */
export async function restJson<Output>(ctx: Context, call: RestJsonCall): Promise<Output> {
  const { input, headers } = call
  const response = await request(ctx, {
    ...call,
    headers: input === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: input === undefined ? undefined : JSON.stringify(input),
  })
  return readJson(response, call.error)
}

import { randomUUID } from 'node:crypto'
import type { WireRequest, WireResponse } from './service.js'

// AWS JSON 1.1, the answering side: POST to `/`, the operation in `x-amz-target`, errors by `__type`.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html

/** What an operation answers instead of a result. `type` is the service's own name for it and is what clients match on. */
export class ServiceError extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}

export type Input = Record<string, unknown>

/** Gets the decoded body; what it returns is the answer, `{}` where it returns nothing. */
export type Operation = (
  input: Input,
  request: WireRequest,
) => object | undefined | Promise<object | undefined>

const JSON_TYPE = 'application/x-amz-json-1.1'

/** Does this request call the service with that target prefix? */
export function isCallOf(target: string, { method, headers }: WireRequest): boolean {
  return method === 'POST' && (headers['x-amz-target'] ?? '').startsWith(`${target}.`)
}

/** Runs the operation that the request names and answers as the service would, errors included. */
export async function answerCall(
  target: string,
  operations: Record<string, Operation>,
  request: WireRequest,
): Promise<WireResponse> {
  try {
    const name = request.headers['x-amz-target']!.slice(target.length + 1)
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (!operation) {
      throw new ServiceError('UnknownOperationException', `The sandbox does not know the operation ${name}.`)
    }
    return reply(200, (await operation(await input(request), request)) ?? {})
  } catch (error) {
    if (error instanceof ServiceError) return errorReply(error)
    throw error
  }
}

export function errorReply({ type, message, status }: ServiceError): WireResponse {
  const answer = reply(status, { __type: type, message })
  // `x-amzn-errormessage` is left out: a message may hold what a header must not.
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': `${type}:` } }
}

/** The names under which these services report an HTTP status that no operation of theirs declares. */
export function faultReply(status: number, message: string): WireResponse {
  const types: Record<number, string> = {
    400: 'InvalidParameterException',
    403: 'AccessDeniedException',
    413: 'RequestEntityTooLargeException',
    429: 'TooManyRequestsException',
    503: 'ServiceUnavailableException',
  }
  return errorReply(new ServiceError(types[status] ?? 'InternalErrorException', message, status))
}

async function input(request: WireRequest): Promise<Input> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== JSON_TYPE && type !== 'application/x-amz-json-1.0') {
    throw new ServiceError('SerializationException', `The content type must be ${JSON_TYPE}.`)
  }
  const text = (await request.bytes()).toString('utf8')
  let parsed: unknown
  try {
    parsed = JSON.parse(text || '{}')
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not valid JSON.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ServiceError('SerializationException', 'The request body must be a JSON object.')
  }
  return parsed as Input
}

function reply(status: number, body: object): WireResponse {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'x-amzn-requestid': randomUUID(), 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  }
}

import { randomUUID } from 'node:crypto'
import type { LocalAccess } from '@backline/schema/backend'
import { type Input, ServiceError } from './awsJson.js'
import type { Principal, WireRequest, WireResponse } from './service.js'
import { checkMayCall, type SignedOptions, signerOf } from './signed.js'

// AWS REST JSON, the answering side: the operation is in the method and path, errors by `x-amzn-errortype`.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html

/** A request whose signature is good, and whose path is known. */
export interface RestCall {
  request: WireRequest
  /** What stood in the braces of the path, decoded. */
  path: Record<string, string>
  query: URLSearchParams
  principal: Principal
  /** The body as a JSON object; `{}` where there is none. */
  input(): Promise<Input>
}

/** Answers with an object, sent as JSON, or with a response of its own that has a `status`. */
export type RestOperation = (call: RestCall) => Promise<object>

/** Name, method and path, such as `GetPlace GET /v2/place/{PlaceId}`, and what answers there. */
export type RestTable = Record<string, RestOperation>

export interface RestService extends SignedOptions {
  table: RestTable
  /** Who may call it; every role where left out. */
  access?: LocalAccess
  /** How this service says that something is wrong; the shape that nearly all have where left out. */
  errorOf?: (error: ServiceError) => WireResponse
}

/** Does the path belong to the table, whatever the method? */
export function isPathOf(table: RestTable, { url }: WireRequest): boolean {
  return Object.keys(table).some((route) => valuesIn(route.split(' ')[2]!, url.pathname))
}

/** Checks the signature, runs the operation, and answers as the service would, errors included. */
export async function answerRest(request: WireRequest, service: RestService): Promise<WireResponse> {
  try {
    const { name, operation, path } = find(service.table, request)
    const principal = await allowed(request, name, service)
    const answer = await operation({
      ...{ request, path, principal, query: request.url.searchParams },
      input: () => inputOf(request),
    })
    return 'status' in answer && typeof answer.status === 'number'
      ? (answer as WireResponse)
      : restReply(200, answer)
  } catch (error) {
    if (error instanceof ServiceError) return (service.errorOf ?? restError)(error)
    throw error
  }
}

export function restReply(status: number, body: object, headers: Record<string, string> = {}): WireResponse {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': randomUUID(),
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

export function restError({ type, message, status }: ServiceError): WireResponse {
  return restReply(status, { message }, { 'x-amzn-errortype': type })
}

/** The names that the REST services share for an HTTP status. */
export function restFault(status: number, message: string): WireResponse {
  const types: Record<number, string> = {
    400: 'ValidationException',
    402: 'ServiceQuotaExceededException',
    403: 'AccessDeniedException',
    404: 'ResourceNotFoundException',
    409: 'ConflictException',
    413: 'RequestEntityTooLargeException',
    424: 'DependencyFailedException',
    429: 'ThrottlingException',
    502: 'BadGatewayException',
    503: 'ServiceUnavailableException',
  }
  return restError(new ServiceError(types[status] ?? 'InternalServerException', message, status))
}

function find(table: RestTable, { method, url }: WireRequest) {
  for (const [route, operation] of Object.entries(table)) {
    const [name, verb, pattern] = route.split(' ') as [string, string, string]
    const path = verb === method ? valuesIn(pattern, url.pathname) : undefined
    if (path) return { name, operation, path }
  }
  throw new ServiceError('UnknownOperationException', `There is no operation ${method} ${url.pathname}.`, 404)
}

function valuesIn(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const values: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!
    if (!part.startsWith('{')) {
      if (part !== value) return undefined
    } else if (value === '') return undefined
    else values[part.slice(1, -1)] = decoded(value)
  }
  return values
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ServiceError('ValidationException', `The path holds '${text}', which is no percent-encoding.`)
  }
}

/** These services refuse with the status 403, whatever is wrong with who calls. */
async function allowed(request: WireRequest, name: string, service: RestService): Promise<Principal> {
  try {
    const principal = await signerOf(request, service)
    checkMayCall(principal, `${service.service}:${name}`, service.access)
    return principal
  } catch (error) {
    if (error instanceof ServiceError) throw new ServiceError(error.type, error.message, 403)
    throw error
  }
}

async function inputOf(request: WireRequest): Promise<Input> {
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

import { page } from '@backline/core/page'
import {
  AmplifyError,
  type Context,
  type ErrorDetails,
  type HttpRequest,
  request,
} from '@backline/core/unsigned'
import { contextOf } from './contextFirst.js'

/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface RestOptions {
  headers?: Record<string, string>
  /** Added to the query of `path`; one of the same name replaces it. */
  queryParams?: Record<string, string>
  /** Sent as JSON. A form, a blob, bytes and what else `fetch` takes go as they are, and so does a text whose `content-type` is not JSON's. */
  body?: unknown
  /** Sends the cookies of another origin along. */
  withCredentials?: boolean
  /** By default GET, HEAD, PUT and DELETE are tried up to three times, and POST and PATCH only where it is certain that nothing was done. */
  retryStrategy?: { strategy: 'jittered-exponential-backoff' | 'no-retry' }
  /** `none` does not sign. By default what has no `Authorization` header is signed, where there are AWS credentials. */
  defaultAuthMode?: 'none' | 'iam'
  /** Milliseconds until all of it is given up, retries and the body of the answer included. None by default, and for 0. */
  timeout?: number
  signal?: AbortSignal
}

export interface RestInput<Options = RestOptions> {
  /** A name in `API.REST` of the configuration. */
  apiName: string
  /** Follows the endpoint. */
  path: string
  options?: Options
}

/** What was answered. Read it as often and in as many ways as you like. */
export interface RestBody {
  json<T = Json>(): Promise<T>
  text(): Promise<string>
  blob(): Promise<Blob>
}

export interface RestResponse {
  body: RestBody
  statusCode: number
  /** With names in lower case. */
  headers: Record<string, string>
}

export interface RestOperation<Response = RestResponse> {
  response: Promise<Response>
  /** Gives up: `response` rejects with an error for which `isCancelError` is true. */
  cancel(message?: string): void
}

export type HeadInput = RestInput<Omit<RestOptions, 'body'>>
export type HeadOperation = RestOperation<Omit<RestResponse, 'body'>>

/** A service's own name, such as `AccessDeniedException`, passes through unchanged. */
export type ApiErrorName =
  /** No API of that name is configured, or its endpoint is no URL. */
  | 'InvalidApiName'
  | 'InvalidInput'
  | 'CanceledError'
  | 'TimeoutError'
  /** The API answered with an error and gave it no name: `response` has all there is. */
  | 'UnknownError'
  | (string & {})

/** What the functions of REST throw. Without any answer it is core's `NetworkError`. */
export class ApiError extends AmplifyError<ApiErrorName> {
  /** What was answered, where that is the error. `body` is the text. */
  declare readonly response?: { statusCode: number; headers: Record<string, string>; body: string }

  constructor(name: ApiErrorName, message: string, details?: ErrorDetails, response?: ApiError['response']) {
    super(name, message, details)
    Object.assign(this, response && { response })
  }
}

/**
 * Reads from a REST API of the app.
 *
 * @example
 * const { body } = await get({ apiName: 'items', path: 'items/1', options: { queryParams: { full: 'yes' } } }).response
 * const item = await body.json<Item>()
 *
 * @throws {ApiError} for a status of 300 and above, with the service's name for it, `InvalidApiName`, `CanceledError`, `TimeoutError`
 */
export function get(input: RestInput, ctx?: Context): RestOperation
export function get(ctx: Context, input: RestInput): RestOperation
export function get(...args: unknown[]): RestOperation {
  return operate('GET', args)
}

/** Sends something new to a REST API. See {@link get}. */
export function post(input: RestInput, ctx?: Context): RestOperation
export function post(ctx: Context, input: RestInput): RestOperation
export function post(...args: unknown[]): RestOperation {
  return operate('POST', args)
}

/** Puts something in its place in a REST API. See {@link get}. */
export function put(input: RestInput, ctx?: Context): RestOperation
export function put(ctx: Context, input: RestInput): RestOperation
export function put(...args: unknown[]): RestOperation {
  return operate('PUT', args)
}

/** Changes a part of something in a REST API. See {@link get}. */
export function patch(input: RestInput, ctx?: Context): RestOperation
export function patch(ctx: Context, input: RestInput): RestOperation
export function patch(...args: unknown[]): RestOperation {
  return operate('PATCH', args)
}

/** Deletes from a REST API. See {@link get}. */
export function del(input: RestInput, ctx?: Context): RestOperation
export function del(ctx: Context, input: RestInput): RestOperation
export function del(...args: unknown[]): RestOperation {
  return operate('DELETE', args)
}

/** What {@link get} would answer, without its body. */
export function head(input: HeadInput, ctx?: Context): HeadOperation
export function head(ctx: Context, input: HeadInput): HeadOperation
export function head(...args: unknown[]): HeadOperation {
  return operate('HEAD', args)
}

function operate(method: string, args: unknown[]): RestOperation {
  const [context, input] = contextOf<[RestInput]>(args)
  const ctx = context()
  const controller = new AbortController()
  return { response: run(ctx, method, input, controller), cancel: (message) => controller.abort(message) }
}

async function run(
  ctx: Context,
  method: string,
  input: RestInput,
  controller: AbortController,
): Promise<RestResponse> {
  const { signal, timeout = ctx.options.API?.REST?.timeout?.({ apiName: input.apiName, method }) } =
    input.options ?? {}
  if (timeout !== undefined && !(timeout >= 0))
    throw new ApiError('InvalidInput', `timeout must be a number of milliseconds, not ${timeout}.`)
  const abort = () => controller.abort(signal!.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort)
  const late = () => controller.abort(new ApiError('TimeoutError', `Request timeout after ${timeout}ms`))
  const timer = timeout ? setTimeout(late, timeout) : undefined

  try {
    const response = await send(ctx, method, input, controller.signal)
    const { status: statusCode } = response
    const headers = Object.fromEntries(response.headers)
    // At once, so that a cancellation and a timeout mean all of it, and no connection waits for somebody to read.
    const bytes = await response.arrayBuffer().catch((cause) => {
      const { host } = new URL(response.url)
      throw new AmplifyError(
        'NetworkError',
        `A network error has occurred: the answer of ${host} broke off.`,
        {
          cause,
        },
      )
    })
    const text = async () => new TextDecoder().decode(bytes)
    if (statusCode > 299) throw refusal(statusCode, headers, await text())
    return {
      statusCode,
      headers,
      body: {
        text,
        json: async <T>() => JSON.parse(await text()) as T,
        blob: async () => new Blob([bytes], { type: headers['content-type'] ?? '' }),
      },
    }
  } catch (cause) {
    if (!controller.signal.aborted) throw cause
    const { reason } = controller.signal
    // Ours, or that of `AbortSignal.timeout()`.
    if (reason?.name === 'TimeoutError') throw new ApiError(reason.name, reason.message, { cause })
    const message = typeof reason === 'string' && reason ? reason : 'Request is canceled by user'
    throw new ApiError('CanceledError', message, { cause })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

async function send(
  ctx: Context,
  method: string,
  { apiName, path, options = {} }: RestInput,
  signal: AbortSignal,
): Promise<Response> {
  const { REST } = ctx.options.API ?? {}
  const { queryParams, withCredentials, retryStrategy = REST?.retryStrategy } = options
  const url = urlOf(ctx, apiName, path)
  for (const [name, value] of Object.entries(queryParams ?? {})) url.searchParams.set(name, value)

  const headers: Record<string, string> = {}
  for (const given of [await REST?.headers?.({ apiName }), options.headers])
    for (const [name, value] of Object.entries(given ?? {})) headers[name.toLowerCase()] = value
  const body = bodyOf(options.body, headers)
  const signed = !headers.authorization && (options.defaultAuthMode ?? REST?.defaultAuthMode) !== 'none'

  return request(ctx, {
    method,
    url,
    headers,
    body,
    signal,
    ...(retryStrategy?.strategy === 'no-retry' ? { attempts: 1 } : {}),
    ...(signed
      ? {
          authorize: async (ctx, request) => {
            const { signWithCredentials } = await import('./signer.js')
            return signWithCredentials(ctx, request, signingScope(ctx, apiName, url), withBytes)
          },
        }
      : {}),
    ...(withCredentials
      ? { send: (ctx, to, init) => ctx.platform.fetch(to, { ...init, credentials: 'include' }) }
      : {}),
  })
}

function urlOf(ctx: Context, apiName: string, path = ''): URL {
  const apis = ctx.config.API?.REST ?? {}
  const endpoint = apis[apiName]?.endpoint
  const invalid = (recoverySuggestion: string, cause?: unknown) =>
    new ApiError('InvalidApiName', 'API name is invalid.', { cause, recoverySuggestion })
  if (endpoint === undefined) throw invalid(`API.REST has no "${apiName}", only: ${Object.keys(apis)}`)
  // One slash between them, whichever of the two has it. A path may also be just a query.
  const joint = !path || /^[/?]/.test(path) ? '' : '/'
  const text = `${joint || path.startsWith('/') ? endpoint.replace(/\/$/, '') : endpoint}${joint}${path}`
  try {
    return new URL(text, page(ctx)?.url())
  } catch (cause) {
    throw invalid(`Please make sure the REST endpoint URL is a valid URL string. Got ${endpoint}`, cause)
  }
}

/** By the host where it tells, as API Gateway's and AppSync's do; else as configured. */
function signingScope(ctx: Context, apiName: string, { hostname }: URL): { service: string; region: string } {
  const { service = 'execute-api', region = 'us-east-1' } = ctx.config.API?.REST?.[apiName] ?? {}
  const [, name, place] = /\.(execute-api|appsync-api|lambda-url)\.([\w-]+)\./.exec(hostname) ?? []
  if (!name) return { service, region }
  return { service: { 'appsync-api': 'appsync', 'lambda-url': 'lambda' }[name] ?? name, region: place! }
}

const raw = /FormData|Blob|File|URLSearchParams|ArrayBuffer|\w+Array|ReadableStream|DataView/

/** Sees to `content-type` where we know it; a form's own is written with its boundary by whoever sends it. */
function bodyOf(body: unknown, headers: Record<string, string>): BodyInit | undefined {
  if (body === undefined) return undefined
  const type = headers['content-type']
  const isForm = body instanceof FormData
  if (isForm) delete headers['content-type']
  if (isForm || raw.test(Object.prototype.toString.call(body).replace('[object Array]', '')))
    return body as BodyInit
  const isJson = !type || /^application\/(json|.*\+json)/.test(type)
  if (typeof body === 'string' && !isJson) return body
  if (!isJson || !type) headers['content-type'] = 'application/json; charset=UTF-8'
  return JSON.stringify(body)
}

/** AWS's services name their errors in a header or in the body; what the app's own code answers is left as it is. */
function refusal(statusCode: number, headers: Record<string, string>, body: string): ApiError {
  let said: Record<string, unknown> = {}
  try {
    said = Object(JSON.parse(body))
  } catch {
    // A page, or nothing: `response.body` has it.
  }
  const type = headers['x-amzn-errortype'] ?? said.code ?? said.__type ?? ''
  const name = String(type).replace(/^.*#|:.*$/g, '') || 'UnknownError'
  const message = String(said.message ?? said.Message ?? `The API answered with HTTP status ${statusCode}.`)
  const requestId = headers['x-amzn-requestid']
  return new ApiError(
    name,
    message,
    { status: statusCode, ...(requestId ? { requestId } : {}) },
    {
      statusCode,
      headers,
      body,
    },
  )
}

/** A signature names a hash, so what only `fetch` would make bytes of becomes bytes now. */
async function withBytes(request: HttpRequest): Promise<HttpRequest> {
  const { body } = request
  if (!body || typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer)
    return request
  const written = new Response(body as BodyInit)
  const type = written.headers.get('content-type')
  return {
    ...request,
    headers: { ...(type ? { 'content-type': type } : {}), ...request.headers },
    body: new Uint8Array(await written.arrayBuffer()),
  }
}

import { isBedrock, postBedrock } from '../ai/bedrockSource.js'
import type { AiOptions } from '../ai/model.js'
import { SourceError } from '../appsync-js/dynamodb.js'
import type { DataSourcePlan } from '../plan.js'

// HTTP data sources: https://docs.aws.amazon.com/appsync/latest/devguide/js-resolver-reference-http.html

interface HttpRequest {
  method?: string
  resourcePath?: string
  params?: { headers?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }
}

/** Asks the address. Services of AWS are asked with a signature, which nobody has here: Bedrock's are answered by the sandbox's model. */
export async function fetchFrom(
  { endpoint, signs }: DataSourcePlan & { kind: 'http' },
  request: HttpRequest,
  ai: AiOptions | undefined,
) {
  const { method = 'GET', resourcePath = '/', params = {} } = request
  const url = URL.parse(`${endpoint.replace(/\/$/, '')}${resourcePath}`)
  if (!url) throw new SourceError('HttpError', `The endpoint '${endpoint}' is no address.`)
  for (const [name, value] of Object.entries(params.query ?? {})) url.searchParams.set(name, String(value))
  const { body } = params
  if (isBedrock(url)) return postBedrock(url, body, ai)
  if (signs && /\.amazonaws\.com(\.cn)?$/.test(url.hostname))
    throw new SourceError(
      'UnsupportedOperation',
      `${url.host} is asked with a signature of AWS (for ${signs}), which the sandbox has no account for. A function in its place can answer here.`,
    )
  try {
    const response = await fetch(url, {
      method,
      headers: {
        ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
        ...params.headers,
      },
      ...(body === undefined || body === null || method === 'GET' || method === 'HEAD'
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  } catch (error) {
    const { message, cause } = error as Error
    throw new SourceError(
      'HttpError',
      `${method} ${url.host} failed: ${(cause as Error | undefined)?.message ?? message}`,
    )
  }
}

import { randomUUID } from 'node:crypto'
import { ACCOUNT, REGION } from '../place.js'
import type { RestApiPlan, RestRoutePlan } from '../plan.js'
import type { WireRequest, WireResponse } from '../service.js'

// What a function behind API Gateway is handed, and what its answer means:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (1.0) and
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html (2.0)

export interface Asked {
  api: RestApiPlan
  route: RestRoutePlan
  request: WireRequest
  /** Below the stage. */
  path: string
  pathParameters: Record<string, string> | null
  body: Buffer
  /** What the authorizer found out. */
  authorizer: { claims?: Record<string, unknown>; iam?: Record<string, unknown>; lambda?: unknown }
  now: number
}

const isText = (type = '') =>
  type === '' || /json|text|xml|javascript|x-www-form-urlencoded|graphql/i.test(type)

function bodyOf({ body, request }: Asked) {
  if (body.length === 0) return { body: null, isBase64Encoded: false }
  const text = isText(request.headers['content-type'])
  return { body: body.toString(text ? 'utf8' : 'base64'), isBase64Encoded: !text }
}

export function eventOf(asked: Asked): object {
  return asked.api.version === 1 ? eventV1(asked) : eventV2(asked)
}

function eventV1(asked: Asked) {
  const { api, route, request, path, pathParameters, authorizer, now } = asked
  const query = [...request.url.searchParams]
  // Any name may come, `constructor` too, so nothing is looked up in an object.
  const grouped = (pairs: [string, string][]) =>
    Object.fromEntries(
      [...new Set(pairs.map(([name]) => name))].map((name) => [
        name,
        pairs.filter(([each]) => each === name).map(([, value]) => value),
      ]),
    )
  const headers = request.headers
  return {
    resource: route.path,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: grouped(Object.entries(headers)),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? grouped(query) : null,
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      authorizer: authorizer.claims ? { claims: authorizer.claims } : (authorizer.lambda ?? null),
      protocol: 'HTTP/1.1',
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: authorizer.iam ? ACCOUNT : null,
        apiKey: headers['x-api-key'] ?? null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        sourceIp: '127.0.0.1',
        user: null,
        userAgent: headers['user-agent'] ?? null,
        userArn: null,
        ...authorizer.iam,
      },
      path: `/${api.stage}${path}`,
      stage: api.stage,
      requestId: randomUUID(),
      requestTime: new Date(now).toUTCString(),
      requestTimeEpoch: now,
      resourceId: '',
      resourcePath: route.path,
    },
    ...bodyOf(asked),
  }
}

function eventV2(asked: Asked) {
  const { api, route, request, path, pathParameters, authorizer, now } = asked
  const { headers, url } = request
  const { cookie, ...others } = headers
  const query = [...new Set(url.searchParams.keys())]
  return {
    version: '2.0',
    routeKey: `${route.method} ${route.path}`,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookie ? { cookies: cookie.split('; ') } : {}),
    headers: others,
    ...(query.length > 0
      ? {
          queryStringParameters: Object.fromEntries(
            query.map((name) => [name, url.searchParams.getAll(name).join(',')]),
          ),
        }
      : {}),
    ...(pathParameters ? { pathParameters } : {}),
    requestContext: {
      accountId: ACCOUNT,
      apiId: api.id,
      ...(authorizer.claims ? { authorizer: { jwt: { claims: authorizer.claims, scopes: null } } } : {}),
      ...(authorizer.iam ? { authorizer: { iam: authorizer.iam } } : {}),
      ...(authorizer.lambda ? { authorizer: { lambda: authorizer.lambda } } : {}),
      domainName: `${api.id}.execute-api.${REGION}.amazonaws.com`,
      domainPrefix: api.id,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: `${route.method} ${route.path}`,
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...bodyOf(asked),
  }
}

interface Answer {
  statusCode?: unknown
  headers?: Record<string, unknown>
  multiValueHeaders?: Record<string, unknown[]>
  cookies?: unknown[]
  body?: unknown
  isBase64Encoded?: unknown
}

/** @throws {Error} where the answer cannot be meant: 502 for the client. */
export function responseOf(result: unknown, version: 1 | 2): WireResponse {
  const isAnswer = typeof result === 'object' && result !== null && 'statusCode' in result
  // HTTP APIs take anything else for the body of a 200.
  if (version === 2 && !isAnswer) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null)
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  if (!isAnswer) throw new Error('The function must answer with { statusCode, body }.')
  const {
    statusCode,
    headers = {},
    multiValueHeaders = {},
    cookies,
    body,
    isBase64Encoded,
  } = result as Answer
  const status = Number(statusCode)
  if (!(Number.isInteger(status) && status >= 100 && status < 600))
    throw new Error(`${String(statusCode)} is no status.`)
  if (body !== undefined && body !== null && typeof body !== 'string')
    throw new Error('The body of an answer must be a text.')
  const sent: Record<string, string | string[]> = { 'content-type': 'application/json' }
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = String(value)
  for (const [name, values] of Object.entries(multiValueHeaders))
    sent[name.toLowerCase()] = values.map(String)
  if (cookies) sent['set-cookie'] = cookies.map(String)
  const text = (body as string | null | undefined) ?? ''
  return { status, headers: sent, body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text }
}

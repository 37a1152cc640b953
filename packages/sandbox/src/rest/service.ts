import { randomUUID } from 'node:crypto'
import { issuerOf } from '../appsync/authorizers.js'
import { identityOf } from '../appsync/identity.js'
import type { Functions } from '../functions.js'
import type { RestApiPlan, RestRoutePlan } from '../plan.js'
import { isAllowed } from '../policiesOf.js'
import type {
  CredentialAuthority,
  Service,
  TokenAuthority,
  WireRequest,
  WireResponse,
  World,
} from '../service.js'
import { SignatureError, verifySignature } from '../sigv4.js'
import { type Asked, eventOf, responseOf } from './events.js'
import { restApiArn } from './restPlanOf.js'

// API Gateway's REST and HTTP APIs over functions. See docs/protocols/execute-api.md.

export interface RestParts {
  world: World
  tokens: TokenAuthority
  credentials: CredentialAuthority
  functions: Functions
}

const PATH = /^\/execute-api\/([0-9a-f]{10})(\/.*)?$/
/** API Gateway takes ten megabytes. */
const LARGEST = 10 * 1024 * 1024

class Refused extends Error {
  readonly status: number
  readonly type: string
  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

const unauthorized = (message = 'Unauthorized') => new Refused(401, 'UnauthorizedException', message)
const denied = (message: string) => new Refused(403, 'AccessDeniedException', message)

export function createRest({ world, tokens, credentials, functions }: RestParts): Service {
  const find = ({ url }: WireRequest): { api: RestApiPlan; path: string } | undefined => {
    const [, id, rest = '/'] = PATH.exec(url.pathname) ?? []
    const api = world.plan.restApis?.find((each) => each.id === id)
    if (!api) return undefined
    if (!api.stage) return { api, path: rest }
    const below =
      rest === `/${api.stage}`
        ? '/'
        : rest.startsWith(`/${api.stage}/`)
          ? rest.slice(api.stage.length + 1)
          : undefined
    return below === undefined ? undefined : { api, path: below }
  }

  async function authorize(
    request: WireRequest,
    api: RestApiPlan,
    route: RestRoutePlan,
    path: string,
  ): Promise<Asked['authorizer']> {
    const { authorization } = route
    if (route.needsKey && !api.keys.includes(request.headers['x-api-key'] ?? '')) throw denied('Forbidden')
    if (authorization.kind === 'none') return {}
    const token = request.headers.authorization ?? ''
    if (authorization.kind === 'userPool') {
      if (!token) throw unauthorized()
      const user = await tokens.verify(token.replace(/^Bearer\s+/i, '')).catch((error: Error) => {
        throw unauthorized(/expired/i.test(error.message) ? 'The incoming token has expired' : 'Unauthorized')
      })
      return { claims: user.claims }
    }
    if (authorization.kind !== 'lambda') return iam(request, api, path)
    if (!token) throw unauthorized()
    const answer = (await functions.invoke(authorization.function, {
      type: 'TOKEN',
      authorizationToken: token,
      methodArn: `${restApiArn(api.id)}/${api.stage || '$default'}/${request.method}${path}`,
      headers: request.headers,
      routeArn: `${restApiArn(api.id)}/$default/${request.method}${path}`,
      issuer: issuerOf(token) ?? null,
    })) as {
      isAuthorized?: boolean
      policyDocument?: { Statement?: { Effect?: string }[] }
      context?: unknown
    } | null
    const allows = authorization.simple
      ? answer?.isAuthorized === true
      : (answer?.policyDocument?.Statement?.every(({ Effect }) => Effect === 'Allow') ??
        answer?.isAuthorized === true)
    if (!allows) throw denied('User is not authorized to access this resource')
    return { lambda: answer?.context ?? {} }
  }

  async function iam(request: WireRequest, api: RestApiPlan, path: string): Promise<Asked['authorizer']> {
    try {
      await request.bytes(LARGEST)
      const { principal } = await verifySignature(request, {
        service: 'execute-api',
        authority: credentials,
        clock: world.clock,
      })
      if (principal.role !== 'root') {
        const role = principal.role === 'group' ? { group: principal.group } : principal.role
        const resource = `${restApiArn(api.id)}/${api.stage || '$default'}/${request.method}${path}`
        if (!isAllowed(world.plan.policies ?? [], role, 'execute-api:Invoke', [resource]))
          throw denied(`User is not authorized to perform: execute-api:Invoke on resource: ${resource}`)
      }
      const identity = identityOf({ mode: 'iam', principal }, world) as Record<string, unknown>
      const { cognitoIdentityId, cognitoIdentityPoolId, cognitoIdentityAuthType, userArn } = identity
      return {
        iam:
          api.version === 1
            ? {
                cognitoIdentityId,
                cognitoIdentityPoolId,
                cognitoAuthenticationType: cognitoIdentityAuthType,
                userArn,
              }
            : {
                accountId: world.accountId,
                cognitoIdentity: { identityId: cognitoIdentityId, identityPoolId: cognitoIdentityPoolId },
                userArn,
              },
      }
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error
      const isMissing = error.fault === 'MissingAuthenticationToken'
      throw new Refused(
        403,
        isMissing
          ? 'MissingAuthenticationTokenException'
          : error.fault === 'ExpiredToken'
            ? 'ExpiredTokenException'
            : 'InvalidSignatureException',
        isMissing ? 'Missing Authentication Token' : error.message,
      )
    }
  }

  async function answer(request: WireRequest): Promise<WireResponse> {
    const found = find(request)
    const matched = found && match(found.api, request.method, found.path)
    // API Gateway says so of whatever it does not know.
    if (!found || !matched) throw notFound(found?.api)
    const { api, path } = found
    const { route, pathParameters } = matched
    const body = await request.bytes(LARGEST)
    const authorizer = await authorize(request, api, route, path)
    const event = eventOf({
      api,
      route,
      request,
      path,
      pathParameters,
      body,
      authorizer,
      now: world.clock.now(),
    })
    try {
      return responseOf(await functions.invoke(route.function, event), api.version)
    } catch (error) {
      world.log(`execute-api: ${request.method} ${path}: ${(error as Error).message}`)
      throw new Refused(
        api.version === 1 ? 502 : 500,
        'InternalServerErrorException',
        api.version === 1 ? 'Internal server error' : 'Internal Server Error',
      )
    }
  }

  return {
    name: 'execute-api',
    matches: ({ url }) => PATH.test(url.pathname),
    async handle(request) {
      try {
        return await answer(request)
      } catch (error) {
        if (error instanceof Refused) return refusal(error.status, error.type, error.message)
        throw error
      }
    },
    fault: (status, message) =>
      refusal(status, status < 500 ? 'BadRequestException' : 'InternalServerErrorException', message),
  }
}

const notFound = (api: RestApiPlan | undefined) =>
  api?.version === 2
    ? new Refused(404, 'NotFoundException', 'Not Found')
    : new Refused(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token')

const refusal = (status: number, type: string, message: string): WireResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': type, 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify({ message }),
})

/** The route that fits best: one in plain words before one with parameters, and those before `{proxy+}`. */
function match(api: RestApiPlan, method: string, path: string) {
  const fitting = api.routes.flatMap((route) => {
    if (route.method !== 'ANY' && route.method !== method) return []
    const names: string[] = []
    const source = route.path
      .split('/')
      .map((part) => {
        const [, name, greedy] = /^\{(\w+)(\+)?\}$/.exec(part) ?? []
        if (!name) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
        names.push(name)
        return greedy ? '(.+)' : '([^/]+)'
      })
      .join('/')
    const found = new RegExp(`^${source}/?$`).exec(path)
    if (!found) return []
    const values = names.map((name, i) => [name, decode(found[i + 1]!)])
    const weight = (route.path.includes('+}') ? 1000 : 0) + names.length + (route.method === 'ANY' ? 0.5 : 0)
    return [
      {
        route,
        weight,
        pathParameters: names.length > 0 ? (Object.fromEntries(values) as Record<string, string>) : null,
      },
    ]
  })
  return fitting.sort((one, other) => one.weight - other.weight)[0]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

import type {
  CredentialAuthority,
  Service,
  TokenAuthority,
  WireRequest,
  WireResponse,
  World,
} from '../service.js'
import { failureOf, faultOf, json } from './answers.js'
import { createApiKeys, USUAL_DAYS } from './apiKeys.js'
import { type Backend, createBackend, PROVIDERS } from './backend.js'
import { identify, NotAllowed } from './callers.js'
import { type GraphQLRequest, isMutation, isSubscription, Unreadable } from './execution.js'
import { createItems } from './items.js'
import { createRealtime } from './realtime.js'
import { eventsOf, openSubscription } from './subscriptions.js'

// AppSync as an Amplify app meets it: GraphQL over POST, and its realtime WebSocket. See docs/protocols/appsync-graphql.md and
// appsync-realtime.md. Deliberately not here: the control plane, caching, and GraphQL over GET.

const TYPES = {
  aws_api_key: 'API_KEY',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
  aws_iam: 'AWS_IAM',
  aws_lambda: 'AWS_LAMBDA',
  aws_oidc: 'OPENID_CONNECT',
} as const

export interface AppSync {
  service: Service
}

/** The AppSync of a backend. Without `defineData` there is one too, with nothing to answer. */
export function createAppSync(
  world: World,
  tokens: TokenAuthority,
  credentials: CredentialAuthority,
): AppSync {
  const { store, clock } = world
  const items = createItems(store)
  const apiKeys = createApiKeys(store, clock)
  const gate = { apiKeys, tokens, credentials, clock }
  let backend = load()

  /** @throws {Error} where the plan cannot be served; then nothing has changed. */
  function load(): Backend | undefined {
    const plan = world.plan.data
    if (!plan) {
      apiKeys.plan(undefined)
      return undefined
    }
    const made = createBackend(plan, { items, store, clock })
    items.adopt(made.definition)
    apiKeys.plan(plan.apiKeyDays ?? (plan.defaultAuthMode === 'apiKey' ? USUAL_DAYS : undefined))
    for (const { name, rules } of made.definition.models.values()) {
      const foreign = rules.find((rule) => rule.provider === 'function' || rule.provider === 'oidc')
      if (foreign)
        world.log(
          `${name}: the rule for ${foreign.provider === 'oidc' ? 'OpenID Connect' : 'a Lambda authorizer'} is not run here; its callers are refused.`,
        )
    }
    return made
  }

  const realtime = createRealtime({
    identify: (request) => identify(request, gate),
    open: (request, caller) => openSubscription(loaded(backend), request, caller),
    log: world.log,
  })

  async function answer(request: WireRequest): Promise<WireResponse> {
    const running = loaded(backend)
    const caller = await identify(request, gate)
    const asked = readRequest(await request.bytes())
    const prepared = running.engine.prepare(asked)
    if (Array.isArray(prepared)) return json(200, { data: null, errors: prepared })
    if (isSubscription(prepared)) {
      throw new NotAllowed(
        'Subscriptions are served over the WebSocket /graphql/realtime only.',
        'UnsupportedOperation',
        400,
      )
    }
    const result = running.engine.run(prepared, asked, { caller })
    // Every row is committed by now.
    if (isMutation(prepared)) realtime.publish(eventsOf(running, prepared, asked, result))
    return json(200, result)
  }

  const service: Service = {
    name: 'appsync',
    matches: ({ url }) =>
      url.pathname === '/graphql' ||
      url.pathname === '/graphql/realtime' ||
      /\.appsync-(realtime-)?api\.[\w-]+\.amazonaws\.com$/i.test(url.hostname),
    async handle(request) {
      if (request.method !== 'POST' || request.url.pathname !== '/graphql') {
        return faultOf(
          request.url.pathname === '/graphql' ? 405 : 404,
          `${request.method} ${request.url.pathname} is not served: POST to /graphql.`,
        )
      }
      try {
        return await answer(request)
      } catch (error) {
        if (error instanceof NotAllowed) return failureOf(error.status, error.errorType, error.message)
        if (error instanceof Unreadable) return failureOf(400, 'MalformedHttpRequestException', error.message)
        throw error
      }
    },
    fault: faultOf,
    upgrade: (request, incoming, socket, head) => realtime.accept(request, incoming, socket, head),
    outputs: () => (backend ? { data: outputs(backend) } : {}),
    reload() {
      backend = load()
      realtime.renew()
    },
    reset: () => items.clear(),
    close: () => realtime.close(),
  }

  function outputs({ introspection }: Backend): Record<string, unknown> {
    const { data, auth } = world.plan
    const key = apiKeys.current()
    const usual = TYPES[PROVIDERS[data!.defaultAuthMode]]
    const all = ['AMAZON_COGNITO_USER_POOLS', 'API_KEY', 'AWS_IAM'].filter(
      (type) => (type !== 'API_KEY' || key) && (type !== 'AMAZON_COGNITO_USER_POOLS' || auth),
    )
    return {
      url: `${world.url}/graphql`,
      aws_region: world.region,
      ...(key ? { api_key: key } : {}),
      default_authorization_type: usual,
      authorization_types: all.filter((type) => type !== usual),
      model_introspection: introspection,
    }
  }

  return { service }
}

function loaded(backend: Backend | undefined): Backend {
  if (!backend) throw new NotAllowed('This backend has no defineData.', 'NotFoundException', 404)
  return backend
}

function readRequest(body: Buffer): GraphQLRequest {
  let request: Partial<GraphQLRequest> | null
  try {
    request = JSON.parse(body.toString()) as Partial<GraphQLRequest> | null
  } catch {
    throw new NotAllowed('The request body is not valid JSON.', 'BadRequestException', 400)
  }
  const { query, variables, operationName } = request ?? {}
  if (typeof query !== 'string' || query.trim() === '') {
    throw new NotAllowed('The request body needs a query.', 'BadRequestException', 400)
  }
  if (
    variables !== null &&
    variables !== undefined &&
    (typeof variables !== 'object' || Array.isArray(variables))
  ) {
    throw new NotAllowed('The variables of a request must be an object.', 'BadRequestException', 400)
  }
  return { query, variables, operationName: typeof operationName === 'string' ? operationName : undefined }
}

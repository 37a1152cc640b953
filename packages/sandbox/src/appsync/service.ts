import { randomUUID } from 'node:crypto'
import type { Functions } from '../functions.js'
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
import { createLambdaAuthority, createOidc } from './authorizers.js'
import { type Backend, createBackend, PROVIDERS } from './backend.js'
import { type Gate, identify, NotAllowed } from './callers.js'
import { createCall } from './calls.js'
import { type GraphQLRequest, isMutation, isSubscription, Unreadable } from './execution.js'
import { createItems } from './items.js'
import { createRealtime } from './realtime.js'
import type { Caller } from './rules.js'
import { createStreams } from './streams.js'
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
  functions: Functions,
): AppSync {
  const { store, clock } = world
  const streams = createStreams(world, functions)
  const items = streams.watch(createItems(store))
  const apiKeys = createApiKeys(store, clock)
  let gate: Gate = { apiKeys, tokens, credentials, clock }
  let backend = load()

  /** @throws {Error} where the plan cannot be served; then nothing has changed. */
  function load(): Backend | undefined {
    const plan = world.plan.data
    if (!plan) {
      apiKeys.plan(undefined)
      return undefined
    }
    const made = createBackend(plan, {
      items,
      world,
      functions,
      publish: (field, payload) => realtime.publish([{ field, payload }]),
    })
    const foreign = plan.streams?.find(({ model }) => !made.definition.models.has(model))
    if (foreign)
      throw new Error(
        `The function ${foreign.function.name} hears the stream of the table '${foreign.model}', which is no model.`,
      )
    gate = {
      ...gate,
      oidc: plan.oidc && createOidc(plan.oidc, clock),
      lambda: plan.lambda && createLambdaAuthority(plan.lambda, functions, clock),
    }
    items.adopt(made.definition)
    apiKeys.plan(plan.apiKeyDays ?? (plan.defaultAuthMode === 'apiKey' ? USUAL_DAYS : undefined))
    return made
  }

  const realtime = createRealtime({
    identify: (request, asked) => identify(request, gate, contextOf(asked)),
    open(request, caller, headers) {
      checkAccess(caller, 'listen')
      return openSubscription(loaded(backend), request, caller, headers)
    },
    log: world.log,
  })

  async function answer(request: WireRequest): Promise<WireResponse> {
    const running = loaded(backend)
    const asked = readRequest(await request.bytes())
    const caller = await identify(request, gate, contextOf(asked))
    const prepared = running.engine.prepare(asked)
    if (Array.isArray(prepared)) return json(200, { data: null, errors: prepared })
    if (isSubscription(prepared)) {
      throw new NotAllowed(
        'Subscriptions are served over the WebSocket /graphql/realtime only.',
        'UnsupportedOperation',
        400,
      )
    }
    checkAccess(caller, isMutation(prepared) ? 'mutate' : 'query')
    const call = createCall(caller, request.headers)
    const result = await running.engine.run(prepared, asked, call)
    // Every row is committed by now.
    if (isMutation(prepared)) {
      realtime.publish(eventsOf(running, prepared, asked, result))
      realtime.invalidate(call.invalidations)
    }
    return json(200, result, call.answerHeaders)
  }

  /** What a Lambda authorizer is told of a request. */
  const contextOf = (asked: GraphQLRequest | undefined) => () => ({
    apiId: 'sandbox',
    accountId: world.accountId,
    requestId: randomUUID(),
    queryString: asked?.query ?? '',
    operationName: asked?.operationName ?? null,
    variables: asked?.variables ?? {},
  })

  /** Functions are let in by the schema: `allow.resource(fn)`. */
  function checkAccess(caller: Caller, action: 'query' | 'mutate' | 'listen') {
    const name = caller.mode === 'iam' && caller.principal.role === 'root' && caller.principal.function
    if (!name) return
    const granted = world.plan.data?.access?.filter((each) => each.function === name) ?? []
    if (granted.some(({ actions }) => actions.includes(action))) return
    world.log(
      `The function ${name} may not ${action} here: the schema must let it in, as in schema.authorization((allow) => [allow.resource(${name})]).`,
    )
    throw new NotAllowed(`The function ${name} is not authorized to ${action}.`, 'UnauthorizedException', 401)
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
      const before = backend
      backend = load()
      before
        ?.close()
        .catch((error: Error) => world.log(`appsync: a database could not be left: ${error.message}`))
      realtime
        .renew()
        .catch((error: Error) => world.log(`appsync: subscriptions could not be renewed: ${error.stack}`))
    },
    reset() {
      items.clear()
      streams.reset()
    },
    async close() {
      streams.close()
      await realtime.close()
      await backend?.close()
    },
  }

  function outputs({ introspection }: Backend): Record<string, unknown> {
    const { data, auth } = world.plan
    const key = apiKeys.current()
    const usual = TYPES[PROVIDERS[data!.defaultAuthMode]]
    const all = [
      ...(auth ? ['AMAZON_COGNITO_USER_POOLS'] : []),
      ...(key ? ['API_KEY'] : []),
      'AWS_IAM',
      ...(data!.oidc ? ['OPENID_CONNECT'] : []),
      ...(data!.lambda ? ['AWS_LAMBDA'] : []),
    ]
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

import { createHash } from 'node:crypto'
import {
  asArray,
  asObject,
  type Construct,
  type Constructs,
  constantOf,
  HOST,
  propsOf,
} from '../constructs.js'
import { ACCOUNT, REGION } from '../place.js'
import type { FunctionPlan, RestApiPlan, RestAuthorization, RestRoutePlan } from '../plan.js'

// API Gateway as a `backend.ts` makes it: `RestApi` with resources and methods, `HttpApi` with routes, both over functions.
// https://docs.amplify.aws/react/build-a-backend/add-aws-services/rest-api/

export interface RestApis {
  plans: RestApiPlan[]
  attribute(construct: Construct, name: string): string | undefined
}

type FunctionOf = (value: unknown) => FunctionPlan | undefined

export function restApisOf(constructs: Constructs, functionOf: FunctionOf): RestApis {
  const rest = constructs.all('aws-apigateway.RestApi', 'aws-apigateway.LambdaRestApi')
  const http = constructs.all('aws-apigatewayv2.HttpApi')
  const context = { constructs, functionOf }
  const plans = new Map<string, RestApiPlan>([
    ...rest.map((api) => [api.path, restApi(api, context)] as const),
    ...http.map((api) => [api.path, httpApi(api, context)] as const),
  ])
  return {
    plans: [...plans.values()],
    attribute(construct, name) {
      const owner = [...plans.keys()].find(
        (path) => construct.path === path || construct.path.startsWith(`${path}.`),
      )
      const plan = owner && plans.get(owner)
      if (!plan) return undefined
      if (construct.type === 'arnForExecuteApi') {
        const [method = '*', path = '/*', stage = '*'] = construct.args.map(String)
        return `${restApiArn(plan.id)}/${stage}/${method}${path}`
      }
      const url = `https://${HOST}/execute-api/${plan.id}${plan.stage ? `/${plan.stage}` : ''}`
      if (name === 'url') return `${url}/`
      if (name === 'apiEndpoint') return url
      if (/^(restApiId|apiId|httpApiId)$/.test(name)) return plan.id
      return /^(restApiName|httpApiName)$/.test(name) ? plan.name : undefined
    },
  }
}

export const restApiArn = (id: string) => `arn:aws:execute-api:${REGION}:${ACCOUNT}:${id}`

interface Context {
  constructs: Constructs
  functionOf: FunctionOf
}

function identified(api: Construct, name: string): Pick<RestApiPlan, 'id' | 'name'> {
  const digest = createHash('sha256').update(`${api.args[1]}/${name}`).digest('hex')
  return { id: digest.slice(0, 10), name }
}

// ---- RestApi

function restApi(api: Construct, context: Context): RestApiPlan {
  const { constructs } = context
  constructs.use(api)
  const props = propsOf(api)
  const name = String(props.restApiName ?? api.args[1])
  const stage = String(asObject(props.deployOptions).stageName ?? 'prod')
  const routes: RestRoutePlan[] = []
  const usual = {
    integration: props.defaultIntegration ?? props.handler,
    options: asObject(props.defaultMethodOptions),
  }
  if (api.type.endsWith('LambdaRestApi') && props.proxy !== false) {
    for (const path of ['/', '/{proxy+}'])
      routes.push(route('ANY', path, props.handler, usual.options, context))
  }
  walk(`${api.path}.root`, '', usual)

  function walk(at: string, path: string, inherited: typeof usual) {
    for (const call of constructs.calls(at)) {
      if (call.method === 'addMethod') {
        const [method, integration = inherited.integration, options] = call.args
        const merged = { ...inherited.options, ...asObject(options) }
        routes.push(route(String(method), path || '/', integration, merged, context))
      } else if (call.method === 'addResource' || call.method === 'resourceForPath') {
        const options = asObject(call.args[1])
        const part = String(call.args[0]).replace(/^\//, '')
        walk(call.made, `${path}/${part}`, {
          integration: options.defaultIntegration ?? inherited.integration,
          options: { ...inherited.options, ...asObject(options.defaultMethodOptions) },
        })
      } else if (call.method === 'addProxy') {
        const options = asObject(call.args[0])
        const merged = { ...inherited.options, ...asObject(options.defaultMethodOptions) }
        const proxied = `${path}/{proxy+}`
        if (options.anyMethod !== false)
          routes.push(
            route('ANY', proxied, options.defaultIntegration ?? inherited.integration, merged, context),
          )
        walk(call.made, proxied, { ...inherited, options: merged })
      }
    }
  }
  return { ...identified(api, name), version: 1, stage, routes, keys: keysOf(api, context) }
}

/** `new ApiKey(stack, 'Key', { value })`, its plain twin, and `api.addApiKey('Key', { value })`. */
function keysOf(api: Construct, { constructs }: Context): string[] {
  const made = constructs.all('aws-apigateway.ApiKey', 'aws-apigateway.CfnApiKey')
  for (const key of made) constructs.use(key)
  const added = constructs.calls(api.path).filter(({ method }) => method === 'addApiKey')
  return [...made.map(propsOf), ...added.map(({ args }) => asObject(args[1]))].flatMap(({ value }) =>
    typeof value === 'string' ? value : [],
  )
}

function route(
  method: string,
  path: string,
  integration: unknown,
  options: Record<string, unknown>,
  { constructs, functionOf }: Context,
): RestRoutePlan {
  const made = constructs.find(integration)
  const plan = functionOf(made?.args.find((each) => functionOf(each)) ?? integration)
  if (!plan)
    throw new Error(
      `${method} ${path}: the sandbox serves routes over functions of defineBackend (LambdaIntegration, HttpLambdaIntegration) only.`,
    )
  return {
    method: method.toUpperCase(),
    path,
    function: plan,
    authorization: authorizationOf(options, constructs, functionOf, `${method} ${path}`),
    ...(options.apiKeyRequired === true ? { needsKey: true } : {}),
  }
}

function authorizationOf(
  { authorizationType, authorizer }: Record<string, unknown>,
  constructs: Constructs,
  functionOf: FunctionOf,
  where: string,
): RestAuthorization {
  const type = constantOf(authorizationType)
  const made = constructs.find(authorizer)
  if (made) constructs.use(made)
  if (type === 'IAM' || type === 'AWS_IAM' || made?.type.endsWith('HttpIamAuthorizer')) return { kind: 'iam' }
  if (
    type === 'COGNITO' ||
    type === 'COGNITO_USER_POOLS' ||
    /CognitoUserPoolsAuthorizer$|HttpUserPoolAuthorizer$/.test(made?.type ?? '')
  )
    return { kind: 'userPool' }
  if (made && /(Token|Request|Lambda)Authorizer$/.test(made.type)) {
    const handler = functionOf(propsOf(made).handler) ?? made.args.map(functionOf).find(Boolean)
    if (!handler) throw new Error(`${where}: its authorizer is none of the functions in defineBackend.`)
    return {
      kind: 'lambda',
      function: handler,
      simple: /SIMPLE/.test(asArray(propsOf(made).responseTypes).map(constantOf).join()),
    }
  }
  if (made && !/HttpNoneAuthorizer$/.test(made.type))
    throw new Error(`${where}: the sandbox does not serve the authorizer ${made.type}.`)
  return { kind: 'none' }
}

// ---- HttpApi

function httpApi(api: Construct, context: Context): RestApiPlan {
  const { constructs } = context
  constructs.use(api)
  const props = propsOf(api)
  const name = String(props.apiName ?? api.args[1])
  const routes = constructs.calls(api.path).flatMap(({ method, args }) => {
    if (method !== 'addRoutes') return []
    const options = asObject(args[0])
    const methods =
      options.methods === undefined
        ? ['ANY']
        : asArray(options.methods).map((each) => constantOf(each) ?? 'ANY')
    const authorizer = options.authorizer ?? props.defaultAuthorizer
    return methods.map((each) =>
      route(each, String(options.path), options.integration, { authorizer }, context),
    )
  })
  if (props.defaultIntegration)
    routes.push(
      route('ANY', '/{proxy+}', props.defaultIntegration, { authorizer: props.defaultAuthorizer }, context),
    )
  return { ...identified(api, name), version: 2, stage: '', routes, keys: [] }
}

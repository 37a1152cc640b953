import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import {
  asArray,
  asObject,
  type Construct,
  type Constructs,
  constantOf,
  HOST,
  propsOf,
} from './constructs.js'
import { type EventSources, eventSourcesOf } from './eventSourcesOf.js'
import { ACCOUNT, REGION } from './place.js'
import type { AuthType, EventApiPlan, EventAuthorization, EventNamespacePlan, FunctionPlan } from './plan.js'

// AppSync Events as a `backend.ts` makes them: `CfnApi`, `CfnChannelNamespace` and `CfnApiKey`, or the one `EventApi` that stands for
// them. https://docs.amplify.aws/react/build-a-backend/data/connect-event-api/

/** How CDK's constants and CloudFormation's texts say it. */
const TYPES: Record<string, AuthType> = {
  API_KEY: 'API_KEY',
  USER_POOL: 'AMAZON_COGNITO_USER_POOLS',
  AMAZON_COGNITO_USER_POOLS: 'AMAZON_COGNITO_USER_POOLS',
  IAM: 'AWS_IAM',
  AWS_IAM: 'AWS_IAM',
  OIDC: 'OPENID_CONNECT',
  OPENID_CONNECT: 'OPENID_CONNECT',
  LAMBDA: 'AWS_LAMBDA',
  AWS_LAMBDA: 'AWS_LAMBDA',
}

export interface EventApis {
  plans: EventApiPlan[]
  /** What an attribute of one of them reads as, as far as it is known before the sandbox listens. */
  attribute(construct: Construct, name: string): string | undefined
}

export function eventApisOf(
  constructs: Constructs,
  functionOf: (value: unknown) => FunctionPlan | undefined,
  attribute: (name: string) => string | undefined,
): EventApis {
  const apis = constructs.all('aws-appsync.CfnApi', 'aws-appsync.EventApi')
  const ids = new Map(apis.map((api) => [api.path, idOf(api)]))
  const keys = constructs.all('aws-appsync.CfnApiKey')
  const hosts = new Map(
    apis.map((api, i) => [api.path, i === 0 ? HOST : `${HOST}/events/${ids.get(api.path)}`]),
  )
  const plans = apis.map((api, i): EventApiPlan => {
    constructs.use(api)
    const name = String(propsOf(api).name ?? propsOf(api).apiName ?? api.args[1])
    const authorization = authorizationOf(api, name, functionOf)
    const sources = eventSourcesOf(api, (part) => isOf(part, api), { constructs, functionOf, attribute })
    return {
      id: ids.get(api.path)!,
      name,
      isFirst: i === 0,
      ...authorization,
      keyExpires: keyExpires(keys.filter((key) => isOf(key, api))),
      dataSources: sources.plans,
      namespaces: namespacesOf(api, sources),
    }
  })

  function isOf(part: Construct, api: Construct): boolean {
    const { apiId, api: whole } = propsOf(part)
    const belongs = constructs.find(apiId ?? whole)?.path === api.path
    if (belongs) constructs.use(part)
    return belongs
  }

  function namespacesOf(api: Construct, sources: EventSources): EventNamespacePlan[] {
    const made = constructs
      .all('aws-appsync.CfnChannelNamespace', 'aws-appsync.ChannelNamespace')
      .filter((each) => isOf(each, api))
      .map((each): [unknown, Record<string, unknown>] => [
        propsOf(each).name ?? propsOf(each).channelNamespaceName ?? each.args[1],
        propsOf(each),
      ])
    const added = constructs
      .calls(api.path)
      .filter(({ method }) => method === 'addChannelNamespace')
      .map(({ args }): [unknown, Record<string, unknown>] => [args[0], asObject(args[1])])
    return [...made, ...added].map(([name, props]) => {
      const text = String(name)
      if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?$/.test(text)) {
        throw new Error(
          `The channel namespace '${text}' must be 1 to 50 letters, digits and dashes, with no dash at either end.`,
        )
      }
      const settings = asObject(props.authorizationConfig)
      const modes = (...given: unknown[]) => {
        const found = given.find((each) => each !== undefined)
        return found === undefined ? undefined : modesOf(found, `The channel namespace '${text}'`)
      }
      return {
        name: text,
        publish: modes(props.publishAuthModes, settings.publishAuthModeTypes),
        subscribe: modes(props.subscribeAuthModes, settings.subscribeAuthModeTypes),
        source: sourceOf(props, `The channel namespace '${text}'`),
        handlers: sources.handlersOf(props, `The channel namespace '${text}'`),
      }
    })
  }

  /** The code of a namespace: `codeHandlers`, or `code` as `Code.fromInline(text)` or `Code.fromAsset(file)`. */
  function sourceOf(props: Record<string, unknown>, where: string): EventNamespacePlan['source'] {
    if (props.codeS3Location !== undefined)
      throw new Error(`${where} has its code in a bucket (codeS3Location); give it as codeHandlers here.`)
    if (typeof props.codeHandlers === 'string') return { text: props.codeHandlers }
    const code = props.code ?? props.codeHandlers
    if (code === undefined) return undefined
    const call = constructs.find(code)
    if (call?.type === 'fromInline') return { text: String(call.args[0]) }
    if (call?.type === 'fromAsset') return { file: resolve(String(call.args[0])) }
    throw new Error(`${where}: its code must be Code.fromInline(…) or Code.fromAsset(…).`)
  }

  return {
    plans,
    attribute(construct, name) {
      if (construct.type === 'getAtt') {
        const api = apis.find(({ path }) => construct.path.startsWith(`${path}.`))
        return api && this.attribute(api, String(construct.args[0]))
      }
      const key = keys.find(({ path }) => path === construct.path)
      const api = key
        ? apis.find((each) => isOf(key, each))
        : apis.find(({ path }) => path === construct.path)
      if (!api) return undefined
      const id = ids.get(api.path)!
      if (/^(attrApiKey|apiKeys\..*attrApiKey|ApiKey)$/.test(name)) return `\${events.key.${id}}`
      if (/^(attrDns(Http|Realtime|\.Http|\.Realtime)|Dns\.(Http|Realtime)|httpDns|realtimeDns)$/.test(name))
        return hosts.get(api.path)
      if (/^(attrApiId|apiId|ApiId)$/.test(name)) return id
      if (/^(attrApiArn|apiArn|ApiArn)$/.test(name)) return eventApiArn(id)
      return undefined
    },
  }
}

export const eventApiArn = (id: string) => `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${id}`

/** The same at every start, and 26 letters as AppSync's are. */
function idOf({ args, path }: Construct): string {
  const digest = createHash('sha256')
    .update(`${args[1]}/${path.replace(/#\d+$/, '')}`)
    .digest()
  return [...digest.subarray(0, 26)].map((byte) => 'abcdefghijklmnopqrstuvwxyz'[byte % 26]).join('')
}

function authorizationOf(
  api: Construct,
  name: string,
  functionOf: (value: unknown) => FunctionPlan | undefined,
): EventAuthorization {
  const where = `The Event API '${name}'`
  const props = propsOf(api)
  // EventApi without a word about it takes API keys.
  const isWhole = api.type === 'aws-appsync.EventApi'
  const config = asObject(isWhole ? props.authorizationConfig : props.eventConfig)
  if (!isWhole && props.eventConfig === undefined) throw new Error(`${where} has no eventConfig.`)
  const providers = asArray(config.authProviders).map(asObject)
  const types = providers.map((each) => typeOf(each.authType ?? each.authorizationType, where))
  if (isWhole && types.length === 0) types.push('API_KEY')
  const modes = (...given: unknown[]) => {
    const found = given.find((each) => each !== undefined)
    return found === undefined ? types : modesOf(found, where)
  }
  const all = {
    connect: modes(config.connectionAuthModes, config.connectionAuthModeTypes),
    publish: modes(config.defaultPublishAuthModes, config.defaultPublishAuthModeTypes),
    subscribe: modes(config.defaultSubscribeAuthModes, config.defaultSubscribeAuthModeTypes),
  }
  for (const type of Object.values(all).flat()) {
    if (!types.includes(type)) throw new Error(`${where} names ${type}, which is none of its authProviders.`)
  }
  const oidc = asObject(providers[types.indexOf('OPENID_CONNECT')]?.openIdConnectConfig)
  const lambda = asObject(providers[types.indexOf('AWS_LAMBDA')]?.lambdaAuthorizerConfig)
  const authorizer = functionOf(lambda.authorizerUri ?? lambda.handler)
  if (types.includes('AWS_LAMBDA') && !authorizer)
    throw new Error(`${where}: its Lambda authorizer is none of the functions in defineBackend.`)
  if (types.includes('OPENID_CONNECT') && typeof (oidc.issuer ?? oidc.oidcProvider) !== 'string')
    throw new Error(`${where}: openIdConnectConfig needs an issuer.`)
  return {
    providers: types,
    ...all,
    ...(types.includes('OPENID_CONNECT')
      ? {
          oidc: {
            issuer: String(oidc.issuer ?? oidc.oidcProvider),
            clientId: oidc.clientId as string | undefined,
            secondsFromAuth: seconds(oidc.authTtl),
            secondsFromIssue: seconds(oidc.iatTtl),
          },
        }
      : {}),
    ...(authorizer
      ? {
          lambda: {
            function: authorizer,
            ttlSeconds: (lambda.authorizerResultTtlInSeconds as number | undefined) ?? 300,
            pattern: lambda.identityValidationExpression as string | undefined,
          },
        }
      : {}),
  }
}

/** AppSync counts these in milliseconds. */
const seconds = (value: unknown) => (value === undefined ? undefined : Number(value) / 1000)

const modesOf = (value: unknown, where: string): AuthType[] =>
  asArray(value).map((each) =>
    typeOf(typeof each === 'object' && each !== null ? asObject(each).authType : each, where),
  )

function typeOf(value: unknown, where: string): AuthType {
  const type = TYPES[constantOf(value) ?? '']
  if (!type)
    throw new Error(
      `${where} names the authorization type ${constantOf(value)}, which AppSync does not know.`,
    )
  return type
}

/** Milliseconds since 1970, where a key says when it expires. */
function keyExpires(keys: Construct[]): number | undefined {
  const expires = keys.map((key) => propsOf(key).expires).find((each) => typeof each === 'number')
  return expires === undefined ? undefined : expires * 1000
}

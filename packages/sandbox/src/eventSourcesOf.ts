import { asObject, type Construct, type Constructs, constantOf, propsOf } from './constructs.js'
import { type DataSourceParts, dataSourceOf } from './dataSourceOf.js'
import type { DataSourcePlan, EventHandlerName, EventHandlerPlan } from './plan.js'

// Data sources of an Event API, and the handlers of its namespaces that ask them: `publishHandlerConfig` and `subscribeHandlerConfig` of
// CDK's `ChannelNamespace`, or `handlerConfigs` of `CfnChannelNamespace`.
// https://docs.aws.amazon.com/appsync/latest/eventapi/data-source-integrations.html

export interface EventSources {
  plans: Record<string, DataSourcePlan>
  /** @throws {Error} that names the namespace */
  handlersOf(
    props: Record<string, unknown>,
    where: string,
  ): Partial<Record<EventHandlerName, EventHandlerPlan>>
}

/** `AppSyncLambdaDataSource` of CDK: what each has behind it. */
const WHOLE = {
  Lambda: 'lambdaFunction',
  DynamoDb: 'table',
  Http: 'endpoint',
  EventBridge: 'eventBus',
}

/** `CfnDataSource`: its type, and where it says what is behind it. */
const PLAIN: Record<string, [kind: string, config: string, target: string]> = {
  AWS_LAMBDA: ['Lambda', 'lambdaConfig', 'lambdaFunctionArn'],
  AMAZON_DYNAMODB: ['DynamoDb', 'dynamoDbConfig', 'tableName'],
  HTTP: ['Http', 'httpConfig', 'endpoint'],
  AMAZON_EVENTBRIDGE: ['EventBridge', 'eventBridgeConfig', 'eventBusArn'],
  AMAZON_BEDROCK_RUNTIME: ['Bedrock', '', ''],
  NONE: ['None', '', ''],
}

const HANDLERS = [
  ['onPublish', 'publishHandlerConfig'],
  ['onSubscribe', 'subscribeHandlerConfig'],
] as const

/** @param isOf does this construct belong to the API? */
export function eventSourcesOf(
  api: Construct,
  isOf: (part: Construct) => boolean,
  parts: DataSourceParts,
): EventSources {
  const { constructs } = parts
  const plans: Record<string, DataSourcePlan> = {}
  const names = new Map<string, string>()
  const add = (path: string, kind: string, name: unknown, target: unknown, options: unknown) => {
    names.set(path, String(name))
    plans[String(name)] = dataSourceOf(kind, String(name), { target, options }, parts)
  }

  for (const { method, args, made } of constructs.calls(api.path)) {
    const [, kind] = /^add(\w+)DataSource$/.exec(method) ?? []
    if (kind) add(made, kind, asObject(args[2]).name ?? args[0], args[1], args[2])
  }
  for (const [kind, target] of Object.entries(WHOLE))
    for (const made of own(constructs, isOf, `aws-appsync.AppSync${kind}DataSource`))
      add(made.path, kind, propsOf(made).name ?? made.args[1], propsOf(made)[target], propsOf(made))
  for (const made of own(constructs, isOf, 'aws-appsync.CfnDataSource')) {
    const { name, type, ...props } = propsOf(made)
    const [kind, config, target] = PLAIN[String(type)] ?? [String(type), '', '']
    add(made.path, kind, name, asObject(props[config])[target], props[config])
  }

  /** By its name, or as the construct that it is. */
  function sourceNamed(value: unknown, where: string): string {
    const name = names.get(constructs.find(value)?.path ?? '') ?? String(value)
    const source = plans[name]
    if (!source)
      throw new Error(`${where} names the data source '${name}', which its Event API does not have.`)
    if (source.kind === 'unknown')
      throw new Error(
        `${where} names the data source '${name}', ${source.what}, which the sandbox does not serve.`,
      )
    return name
  }

  return {
    plans,
    handlersOf(props, where) {
      const handlers: Partial<Record<EventHandlerName, EventHandlerPlan>> = {}
      for (const [handler, whole] of HANDLERS) {
        const { dataSource, direct, lambdaInvokeType, behavior, integration } = {
          ...asObject(props[whole]),
          ...asObject(asObject(props.handlerConfigs)[handler]),
        } as Record<string, unknown>
        const { dataSourceName, lambdaConfig } = asObject(integration)
        const named = dataSource ?? dataSourceName
        const of = `${where}: ${handler}`
        const isDirect = direct === true || constantOf(behavior) === 'DIRECT'
        if (named === undefined) {
          if (isDirect) throw new Error(`${of} is DIRECT, and needs a data source.`)
          continue
        }
        const name = sourceNamed(named, of)
        if (isDirect && plans[name]!.kind !== 'lambda')
          throw new Error(`${of} is DIRECT, which only functions can be: '${name}' is none.`)
        const type = constantOf(lambdaInvokeType ?? asObject(lambdaConfig).invokeType) ?? 'REQUEST_RESPONSE'
        if (!/^(REQUEST_RESPONSE|EVENT)$/.test(type))
          throw new Error(`${of} has the invokeType '${type}': AppSync knows REQUEST_RESPONSE and EVENT.`)
        handlers[handler] = { dataSource: name, isDirect, isAsync: isDirect && type === 'EVENT' }
      }
      return handlers
    },
  }
}

const own = (constructs: Constructs, isOf: (part: Construct) => boolean, type: string) =>
  constructs.all(type).filter(isOf)

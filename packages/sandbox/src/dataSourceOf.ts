import { recordedPath } from '@backline/schema/backend'
import { asObject, type Construct, type Constructs, constantOf, propsOf, written } from './constructs.js'
import type { DataSourcePlan, FunctionPlan } from './plan.js'

// A data source of AppSync, as CDK's `addLambdaDataSource(…)` and its kin say it.

export interface DataSourceParts {
  constructs: Constructs
  functionOf(value: unknown): FunctionPlan | undefined
  /** What an attribute of a construct reads as. */
  attribute(name: string): string | undefined
}

/** What CDK is told of a data source: the function, table, bus or address behind it, and more. */
export interface DataSourceProps {
  target: unknown
  options?: unknown
}

/** @param kind `Lambda` of `addLambdaDataSource` */
export function dataSourceOf(
  kind: string,
  name: string,
  { target, options }: DataSourceProps,
  { constructs, functionOf, attribute }: DataSourceParts,
): DataSourcePlan {
  if (kind === 'Http') {
    const { signingServiceName, awsIamConfig } = asObject(asObject(options).authorizationConfig)
    const signs = signingServiceName ?? asObject(awsIamConfig).signingServiceName
    const endpoint = String(written(target, attribute))
    return { kind: 'http', endpoint, ...(signs === undefined ? {} : { signs: String(signs) }) }
  }
  if (kind === 'Lambda') return lambdaSource(name, functionOf(target))
  if (kind === 'DynamoDb') return tableSource(name, constructs, target)
  if (kind === 'EventBridge') return { kind: 'eventBridge', bus: busNamed(constructs, target) }
  if (kind === 'Bedrock') return { kind: 'bedrock' }
  return kind === 'None' ? { kind: 'none' } : { kind: 'unknown', what: kind }
}

function lambdaSource(name: string, plan: FunctionPlan | undefined): DataSourcePlan {
  if (!plan) throw new Error(`The data source '${name}' is none of the functions in defineBackend.`)
  return { kind: 'lambda', function: plan }
}

function tableSource(name: string, constructs: Constructs, target: unknown): DataSourcePlan {
  const table = constructs.find(target)
  const elsewhere = table && importedAs(table, 'Table')
  if (elsewhere) return { kind: 'table', name: elsewhere, key: [] }
  if (!table || !/(^|\.)Table(V2)?$/.test(table.type))
    return { kind: 'unknown', what: `a table that is elsewhere (${recordedPath(target) ?? 'unknown'})` }
  constructs.use(table)
  const { partitionKey, sortKey, tableName } = propsOf(table)
  const keyOf = (key: unknown) => constantOf(asObject(key).name)
  const keys = [keyOf(partitionKey), keyOf(sortKey)].filter((each) => each !== undefined)
  if (keys.length === 0) throw new Error(`The table behind the data source '${name}' has no partitionKey.`)
  return { kind: 'table', name: String(tableName ?? table.args[1]), key: keys }
}

function busNamed(constructs: Constructs, target: unknown): string {
  const bus = constructs.find(target)
  if (!bus) return 'default'
  constructs.use(bus)
  return importedAs(bus, 'EventBus') ?? String(propsOf(bus).eventBusName ?? bus.args[1])
}

/** The name of what `Table.fromTableName(stack, 'Id', 'Posts')` and its kin refer to; undefined where it is made here. */
function importedAs({ type, args }: Construct, kind: string): string | undefined {
  if (!new RegExp(`^from${kind}(Name|Arn|Attributes)$`).test(type)) return undefined
  const props = asObject(args[2])
  const [told] = [`${kind}Name`, `${kind}Arn`].map((key) => props[key.charAt(0).toLowerCase() + key.slice(1)])
  return String(told ?? args[2]).replace(/^arn:.*[/:]/, '')
}

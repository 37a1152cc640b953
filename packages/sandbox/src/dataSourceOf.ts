import { recordedPath } from '@backline/schema/backend'
import { asObject, type Constructs, constantOf, propsOf } from './constructs.js'
import type { DataSourcePlan, FunctionPlan } from './plan.js'

// A data source of AppSync, as CDK's `addLambdaDataSource(…)` and its kin say it.

export interface DataSourceParts {
  constructs: Constructs
  functionOf(value: unknown): FunctionPlan | undefined
}

/** @param kind `Lambda` of `addLambdaDataSource` @param target the function, table or address behind it */
export function dataSourceOf(
  kind: string,
  name: string,
  target: unknown,
  { constructs, functionOf }: DataSourceParts,
): DataSourcePlan {
  if (kind === 'Http') return { kind: 'http', endpoint: String(target) }
  if (kind === 'Lambda') return lambdaSource(name, functionOf(target))
  if (kind === 'DynamoDb') return tableSource(name, constructs, target)
  return kind === 'None' ? { kind: 'none' } : { kind: 'unknown', what: kind }
}

function lambdaSource(name: string, plan: FunctionPlan | undefined): DataSourcePlan {
  if (!plan) throw new Error(`The data source '${name}' is none of the functions in defineBackend.`)
  return { kind: 'lambda', function: plan }
}

function tableSource(name: string, constructs: Constructs, target: unknown): DataSourcePlan {
  const table = constructs.find(target)
  if (!table || !/(^|\.)Table(V2)?$/.test(table.type))
    return { kind: 'unknown', what: `a table that is elsewhere (${recordedPath(target) ?? 'unknown'})` }
  constructs.use(table)
  const { partitionKey, sortKey, tableName } = propsOf(table)
  const keyOf = (key: unknown) => constantOf(asObject(key).name)
  const keys = [keyOf(partitionKey), keyOf(sortKey)].filter((each) => each !== undefined)
  if (keys.length === 0) throw new Error(`The table behind the data source '${name}' has no partitionKey.`)
  return { kind: 'table', name: String(tableName ?? table.args[1]), key: keys }
}

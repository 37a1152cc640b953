// What `transform()` says beside the SDL: what the official tools deploy, and what the sandbox runs.

import type { OperationDefinition, SchemaDefinition } from './definition.js'
import type { EntryPath } from './handlers.js'
import type { ResourceOperation } from './rules.js'
import { toSdl } from './sdl.js'

/** The parts of an API as `@aws-amplify/backend` takes them, from our builder as from the official one. */
export interface Transformed {
  /** GraphQL in the directives of Amplify's transformer. */
  schema: string
  functionSlots: never[]
  /** Custom handlers, by the field that they answer. */
  jsFunctions: JsFunction[]
  /** Functions that `allow.resource(…)` lets in. */
  functionSchemaAccess: { resourceProvider: object; actions: ResourceOperation[] }[]
  /** What `defineFunction` returned, by the name that `@function(name)` and `@conversation(handler)` have for it. */
  lambdaFunctions: Record<string, object>
  customSqlDataSourceStrategies: {
    typeName: OperationDefinition['operation']
    fieldName: string
    entry?: EntryPath
  }[]
}

/** One field with JavaScript resolvers, which run one after the other. */
export interface JsFunction {
  typeName: OperationDefinition['operation']
  fieldName: string
  handlers: {
    /** `NONE_DS`; a model's table, `OrderTable`; or a data source that the backend added under this name. */
    dataSource: string
    /** The file that exports `request` and `response`. */
    entry: EntryPath
  }[]
}

export function transformed(definition: SchemaDefinition): Transformed {
  const operations = Object.values(definition.operations)
  return {
    schema: toSdl(definition),
    functionSlots: [],
    jsFunctions: operations.flatMap(({ name, operation, handler }) =>
      handler.kind === 'custom'
        ? { typeName: operation, fieldName: name, handlers: handler.steps.map((step) => ({ ...step })) }
        : [],
    ),
    functionSchemaAccess: definition.access.map(({ resource, operations: actions }) => ({
      resourceProvider: resource,
      actions: [...actions],
    })),
    lambdaFunctions: Object.fromEntries([
      ...operations.flatMap(({ handler }) =>
        handler.kind === 'function'
          ? handler.steps.flatMap(({ name, definition: fn }) => (fn ? [[name, fn] as const] : []))
          : [],
      ),
      ...Object.values(definition.conversations).flatMap(({ handler }) =>
        handler ? [[handler.name, handler.definition] as const] : [],
      ),
    ]),
    customSqlDataSourceStrategies: operations.flatMap(({ name, operation, handler }) =>
      handler.kind === 'inlineSql' || handler.kind === 'sqlReference'
        ? {
            typeName: operation,
            fieldName: name,
            ...(handler.kind === 'sqlReference' && { entry: handler.entry }),
          }
        : [],
    ),
  }
}

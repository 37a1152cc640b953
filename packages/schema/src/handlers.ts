// What runs when a custom operation is called, as it is written: a.handler.function(fn), a.handler.custom({ entry }).

import { SchemaError } from './errors.js'
import type { Buildable, FieldData } from './fields.js'

/** A function of the app. Several in a row are a pipeline. */
export interface FunctionHandler extends Buildable<'functionHandler'> {
  /** Answers at once that the function was called, and does not wait for it. */
  async(): AsyncFunctionHandler
}
export interface AsyncFunctionHandler extends Buildable<'asyncFunctionHandler'> {}
/** A file of JavaScript that exports `request` and `response`. Several in a row are a pipeline. */
export interface CustomHandler extends Buildable<'customHandler'> {}
export interface InlineSqlHandler extends Buildable<'inlineSql'> {}
export interface SqlReferenceHandler extends Buildable<'sqlReference'> {}

export type SingleHandler =
  | FunctionHandler
  | AsyncFunctionHandler
  | CustomHandler
  | InlineSqlHandler
  | SqlReferenceHandler

/** One handler, or several of one kind. The last function may be asynchronous. */
export type Handlers =
  | SingleHandler
  | readonly (FunctionHandler | AsyncFunctionHandler)[]
  | readonly CustomHandler[]

/** A file: its absolute path, or a path as written and the line that wrote it, as stacks show it. */
export type EntryPath = string | { readonly relativePath: string; readonly importLine: string }

export type HandlerData =
  | {
      readonly kind: 'function'
      /** A name in `functions` of defineData, or what `defineFunction(…)` returned. */
      readonly function: string | object
      readonly isAsync: boolean
    }
  | {
      readonly kind: 'custom'
      /** As in `jsFunctions` of `transform()`: `NONE_DS`, `OrderTable` of a model, or a name of the backend. */
      readonly dataSource: string
      readonly entry: EntryPath
    }
  | { readonly kind: 'inlineSql'; readonly statement: string }
  | { readonly kind: 'sqlReference'; readonly entry: EntryPath }

export interface CustomHandlerInput {
  /** A model's table, or the name of a data source of the backend. None when left out. */
  dataSource?: string | Buildable<'ref'>
  /** The file of the resolver, from the file that says so. */
  entry: string
}

export interface HandlerBuilder {
  function(fn: string | object): FunctionHandler
  custom(handler: CustomHandlerInput): CustomHandler
  /** For schemas of an SQL database. */
  inlineSql(statement: string): InlineSqlHandler
  /** A file with a statement, for schemas of an SQL database. */
  sqlReference(file: string): SqlReferenceHandler
}

export const handler: HandlerBuilder = /* @__PURE__ */ Object.freeze<HandlerBuilder>({
  function: (fn) => {
    if (!((typeof fn === 'string' && fn) || (typeof fn === 'object' && fn !== null)))
      throw new SchemaError(
        'a.handler.function() takes what defineFunction({ … }) returned, or the name of one of the functions of defineData.',
      )
    return functionOf(fn) as unknown as FunctionHandler
  },
  custom: ({ dataSource, entry }) =>
    handlerOf({
      kind: 'custom',
      dataSource: dataSourceName(dataSource),
      entry: entryPath(entry, 'a.handler.custom({ entry })'),
    }) as never,
  inlineSql: (statement) => handlerOf({ kind: 'inlineSql', statement: String(statement) }) as never,
  sqlReference: (file) =>
    handlerOf({ kind: 'sqlReference', entry: entryPath(file, 'a.handler.sqlReference()') }) as never,
})

function functionOf(fn: string | object): object {
  const data = { kind: 'function', function: fn } as const
  return Object.freeze({
    data: Object.freeze({ ...data, isAsync: false }),
    async: () => handlerOf({ ...data, isAsync: true }),
  })
}

function handlerOf(data: HandlerData): object {
  return Object.freeze({ data: Object.freeze(data) })
}

function dataSourceName(dataSource: CustomHandlerInput['dataSource']): string {
  if (dataSource === undefined) return 'NONE_DS'
  if (typeof dataSource === 'string') return dataSource
  const data = (dataSource as { data?: FieldData }).data
  if (data?.kind !== 'ref')
    throw new SchemaError("The data source of a.handler.custom() is a name or a model: a.ref('Order').")
  return `${data.to}Table`
}

/** Absolute paths on any system. A path from a file needs the line that wrote it: that of whoever called the builder. */
function entryPath(entry: string, where: string): EntryPath {
  if (typeof entry !== 'string' || !entry) throw new SchemaError(`${where} needs the path of a file.`)
  if (/^(\/|\\|[A-Za-z]:[\\/])/.test(entry)) return entry
  const lines = (new Error().stack ?? '').split(/\r?\n/).map((line) => line.trim())
  const calls = lines.filter((line) => line.startsWith('at '))
  // This function, the builder's, and then the app's.
  return Object.freeze({ relativePath: entry, importLine: calls[2] ?? '' })
}

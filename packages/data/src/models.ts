// `client.models`: what one can do with each model, out of the introspection.

import type { GraphQLCall } from './authorization.js'
import {
  type Answer,
  type Caller,
  type CallOptions,
  firstOf,
  type ListAnswer,
  list,
  type ModelOperations,
  type Models,
  type Paging,
  pageReader,
  type ReadPage,
  type SingleResult,
  single,
  subscribe,
} from './caller.js'
import { DataError } from './errors.js'
import {
  type Introspection,
  indexesOf,
  keysOf,
  type Model,
  type Operation,
  operationsOf,
} from './introspection.js'
import type { Watcher } from './liveQuery.js'
import { observable } from './observable.js'
import {
  indexText,
  joined,
  nestedVariables,
  operationText,
  pageVariables,
  type Selecting,
  selectionId,
  type Variables,
} from './operations.js'
import { relationsOf } from './relations.js'
import { type Finish, type Row, readRow, writeCondition, writeFilter, writeInput } from './rows.js'

/** The models, each made when it is first touched. */
export function createModels(
  caller: Caller,
  introspection: Introspection,
): { models: Models; finish: Finish } {
  const models: Models = {}
  const relations = new Map<Model, ReturnType<typeof relationsOf>>()
  const relate: Finish = (of, row, options) => {
    if (!row || options?.selectionSet) return row
    let known = relations.get(of)
    if (!known) relations.set(of, (known = relationsOf(caller, introspection, of, models, finish)))
    return known.none ? row : known.relate(row, options)
  }
  /** Rows with a selection of their own have what was asked for; others have lazy relations. */
  const finish: Finish = (of, raw, options) => relate(of, readRow(introspection, of.name, raw), options)

  for (const model of Object.values(introspection.models)) {
    const define = (descriptor: PropertyDescriptor) =>
      Object.defineProperty(models, model.name, { ...descriptor, enumerable: true, configurable: true })
    define({
      get() {
        const value = createModel(caller, introspection, model, finish, relate)
        define({ value })
        return value
      },
    })
  }
  // From JavaScript, or with a schema that is newer than the backend: better named than "undefined has no list".
  const named = new Proxy(models, {
    get(target, name) {
      if (name in target || typeof name === 'symbol' || !/^[A-Z]/.test(name)) return Reflect.get(target, name)
      throw new DataError('UnknownModel', `"${name}" is not a model of this backend.`, {
        recoverySuggestion: `There are: ${Object.keys(target).join(', ') || 'none'}.`,
      })
    },
  })
  return { models: named, finish }
}

function createModel(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  finish: Finish,
  relate: Finish,
): ModelOperations {
  const { name } = model
  const keys = keysOf(model)
  const texts = new Map<string, string>()

  /** Texts are made once for each selection. */
  function text(kind: string, selecting: Selecting | undefined, make: () => string): string {
    const id = `${kind} ${selectionId(selecting)}`
    let known = texts.get(id)
    if (known === undefined) texts.set(id, (known = make()))
    return known
  }

  const operationOf = (operation: Operation, selecting?: Selecting, conditional = false) =>
    text(operation + conditional, selecting, () =>
      operationText(introspection, model, operation, selecting, conditional),
    )

  /** Values of keys as the wire has them; conditions on several sort keys are an object per operator, and stay as they are. */
  function keyValue(field: string, value: unknown): unknown {
    return writeCondition(model.fields[field], value, `${name}.${field}`)
  }

  function pageOf(keyNames: string[], given: Row & CallOptions, paging: Paging): Variables {
    const [partition = '', ...sortKeys] = keyNames
    const sort = joined(sortKeys)
    const variables = pageVariables(model, keyNames, {
      ...given,
      ...paging,
      [partition]: keyValue(partition, given[partition]),
      [sort]: keyValue(sort, given[sort]),
      filter: writeFilter(introspection, model, given.filter),
    })
    return { ...variables, ...nestedVariables(introspection, model, given) }
  }

  function mutate(
    operation: Operation,
    input: () => Row,
    options: CallOptions | undefined,
  ): Answer<SingleResult> {
    return single(
      caller,
      () => {
        const condition = options?.condition && writeFilter(introspection, model, options.condition)
        const variables = {
          input: input(),
          ...(condition ? { condition } : {}),
          ...nestedVariables(introspection, model, options),
        }
        return [operationOf(operation, options, !!condition), variables]
      },
      options,
      (raw) => finish(model, raw, options),
    )
  }

  /** Only what identifies the row is sent. */
  function identify(
    operation: 'get' | 'delete',
    input: Row | undefined,
    options?: CallOptions,
  ): Answer<SingleResult> {
    const missing = keys.find((key) => (input?.[key] ?? null) === null)
    if (missing) {
      const message = `${name}.${operation} needs "${missing}".`
      return caller.answer(async () => ({
        data: null,
        errors: [{ message, errorType: 'InvalidInput', errorInfo: null }],
      }))
    }
    const key = () => Object.fromEntries(keys.map((field) => [field, keyValue(field, input![field])]))
    if (operation === 'delete') return mutate('delete', key, options)
    return single(
      caller,
      () => [operationOf('get', options), { ...key(), ...nestedVariables(introspection, model, options) }],
      options,
      (raw) => finish(model, raw, options),
    )
  }

  // Where the key is just `id`, the API offers no query by it.
  const listKeys = model.primaryKeyInfo.isCustomPrimaryKey ? keys : []

  const listReader = (
    options: Row & CallOptions,
    read = (raw: Row | null) => finish(model, raw, options),
  ): ReadPage =>
    pageReader(
      caller,
      (paging) => [
        operationOf('list', options, options[joined(listKeys.slice(1))] !== undefined),
        pageOf(listKeys, options, paging),
      ],
      options,
      read,
    )

  /**
   * Rows of one subscription. A row that could not be read is null, and the Hub says why. What the service cannot filter by is looked at
   * here.
   */
  function watch(
    operation: Operation,
    options: CallOptions,
    watcher: Pick<Watcher, 'next' | 'error'> & Partial<Watcher> & { complete?: () => void },
  ): () => void {
    const ctx = caller.context()
    const filter = writeFilter(introspection, model, options.filter) as Row | undefined
    let wanted = (row: Row): Row | undefined => row

    async function prepare(): Promise<GraphQLCall> {
      const { subscriptionFilter, fieldsIn, matches, widened } = await import('./live.js')
      const { sent, whole } = subscriptionFilter(filter ?? {})
      const selecting = { ...options }
      if (!whole) {
        const { selectionSet, narrow } = widened(options.selectionSet, fieldsIn(filter))
        selecting.selectionSet = selectionSet
        wanted = (row) => (matches(row, filter) ? (narrow?.(row) ?? row) : undefined)
      }
      const variables = {
        ...(sent ? { filter: sent } : {}),
        ...nestedVariables(introspection, model, options),
      }
      return caller.call(operationOf(operation, selecting), variables, options)
    }

    return subscribe(ctx, prepare(), {
      ...watcher,
      complete: watcher.complete ?? (() => {}),
      next(answer) {
        const { errors } = answer
        if (errors?.length) ctx.events.emit('api', 'subscriptionErrors', { model: name, operation, errors })
        const row = readRow(introspection, name, firstOf(answer))
        const passed = row && wanted(row)
        if (passed !== undefined) watcher.next(passed)
      },
    })
  }

  const on =
    (operation: Operation) =>
    (options: CallOptions = {}) =>
      observable<Row | null>((subscriber) =>
        watch(operation, options, {
          next: (row) => subscriber.next(relate(model, row, options)),
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      )

  const observed = {
    introspection,
    model,
    listKeys,
    listReader,
    watch,
    relate: (row: Row, options: CallOptions) => relate(model, row, options)!,
  }
  const observeQuery = (options: Row & CallOptions = {}) =>
    observable((subscriber) => {
      import('./live.js')
        .then(({ observe }) => subscriber.closed || observe(observed, options).subscribe(subscriber))
        .catch((error) => subscriber.error(error))
    })

  const all: ModelOperations = {
    create: (input: Row, options?: CallOptions) =>
      mutate('create', () => writeInput(introspection, model, input, false), options),
    update: (input: Row, options?: CallOptions) =>
      mutate('update', () => writeInput(introspection, model, input, true), options),
    delete: (input: Row, options?: CallOptions) => identify('delete', input, options),
    get: (input: Row, options?: CallOptions) => identify('get', input, options),
    list: (options: Row & CallOptions = {}): ListAnswer => list(caller, listReader(options), options),
    onCreate: on('onCreate'),
    onUpdate: on('onUpdate'),
    onDelete: on('onDelete'),
  }
  const offered: ModelOperations = Object.fromEntries(
    operationsOf(model).map((operation) => [operation, all[operation]!]),
  )
  if (offered.list) offered.observeQuery = observeQuery
  for (const index of indexesOf(model))
    offered[index.queryField] = (input: Row, options: CallOptions = {}) => {
      const given = { ...input, ...options }
      const reader = pageReader(
        caller,
        (paging) => [
          text(index.queryField, options, () => indexText(introspection, model, index, options)),
          pageOf(index.fields, given, paging),
        ],
        options,
        (raw) => finish(model, raw, options),
      )
      return list(caller, reader, options)
    }
  return offered
}

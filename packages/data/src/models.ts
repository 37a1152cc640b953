// `client.models`: what one can do with each model, out of the introspection.

import { Observable } from 'rxjs'
import {
  type Caller,
  type CallOptions,
  firstOf,
  type ListResult,
  type ModelOperations,
  type Models,
  page,
  type SingleResult,
  single,
  subscribe,
} from './caller.js'
import {
  type Introspection,
  indexesOf,
  keysOf,
  type Model,
  type Operation,
  operationsOf,
} from './introspection.js'
import type { Watcher } from './liveQuery.js'
import { indexText, joined, operationText, pageVariables, type Variables } from './operations.js'
import { withRelations } from './relations.js'
import { type Row, readRow, writeCondition, writeFilter, writeInput } from './rows.js'

/** The models, each made when it is first touched. */
export function createModels(caller: Caller, introspection: Introspection): Models {
  const models: Models = {}
  for (const model of Object.values(introspection.models)) {
    const define = (descriptor: PropertyDescriptor) =>
      Object.defineProperty(models, model.name, { ...descriptor, enumerable: true, configurable: true })
    define({
      get() {
        const value = createModel(caller, introspection, model, models)
        define({ value })
        return value
      },
    })
  }
  return models
}

function createModel(
  caller: Caller,
  introspection: Introspection,
  model: Model,
  models: Models,
): ModelOperations {
  const { name } = model
  const keys = keysOf(model)
  const texts = new Map<string, string>()

  /** Texts are made once for each selection. */
  function text(kind: string, selectionSet: readonly string[] | undefined, make: () => string): string {
    const id = `${kind} ${selectionSet ?? ''}`
    let known = texts.get(id)
    if (known === undefined) texts.set(id, (known = make()))
    return known
  }

  const operationOf = (operation: Operation, selectionSet?: readonly string[], conditional = false) =>
    text(operation + conditional, selectionSet, () =>
      operationText(introspection, model, operation, selectionSet, conditional),
    )

  /** Rows with a selection of their own have what was asked for; others have lazy relations. */
  function finish(of: Model, raw: Row | null, options: CallOptions | undefined): Row | null {
    return relate(of, readRow(introspection, of.name, raw), options)
  }
  function relate(of: Model, row: Row | null, options: CallOptions | undefined): Row | null {
    if (!row || options?.selectionSet) return row
    return withRelations(caller, introspection, of, models, finish, row, options)
  }

  /** Values of keys as the wire has them; conditions on several sort keys are an object per operator, and stay as they are. */
  function keyValue(field: string, value: unknown): unknown {
    return writeCondition(model.fields[field], value, `${name}.${field}`)
  }

  function paging(keyNames: string[], given: Row): Variables {
    const [partition = '', ...sortKeys] = keyNames
    const sort = joined(sortKeys)
    return pageVariables(model, keyNames, {
      ...given,
      [partition]: keyValue(partition, given[partition]),
      [sort]: keyValue(sort, given[sort]),
      filter: writeFilter(introspection, model, given.filter),
    })
  }

  function mutate(
    operation: Operation,
    input: () => Row,
    options: CallOptions | undefined,
  ): Promise<SingleResult> {
    return single(
      caller,
      () => {
        const condition = options?.condition && writeFilter(introspection, model, options.condition)
        const variables = { input: input(), ...(condition ? { condition } : {}) }
        return [operationOf(operation, options?.selectionSet, !!condition), variables]
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
  ): Promise<SingleResult> {
    const missing = keys.find((key) => (input?.[key] ?? null) === null)
    if (missing) {
      const message = `${name}.${operation} needs "${missing}".`
      return Promise.resolve({
        data: null,
        errors: [{ message, errorType: 'InvalidInput', errorInfo: null }],
      })
    }
    const key = () => Object.fromEntries(keys.map((field) => [field, keyValue(field, input![field])]))
    if (operation === 'delete') return mutate('delete', key, options)
    return single(
      caller,
      () => [operationOf('get', options?.selectionSet), key()],
      options,
      (raw) => finish(model, raw, options),
    )
  }

  // Where the key is just `id`, the API offers no query by it.
  const listKeys = model.primaryKeyInfo.isCustomPrimaryKey ? keys : []

  const list = (options: Row & CallOptions = {}, read = (raw: Row | null) => finish(model, raw, options)) =>
    page(caller, () => [operationOf('list', options.selectionSet), paging(listKeys, options)], options, read)

  /** Rows of one subscription. A row that could not be read is null, and the Hub says why. */
  function watch(
    operation: Operation,
    options: CallOptions,
    watcher: Pick<Watcher, 'next' | 'error'> & Partial<Watcher> & { complete?: () => void },
  ): () => void {
    const ctx = caller.context()
    const filter = writeFilter(introspection, model, options.filter) as Row | undefined
    const variables = filter && Object.keys(filter).length ? { filter } : {}
    return subscribe(ctx, caller.call(operationOf(operation, options.selectionSet), variables, options), {
      ...watcher,
      complete: watcher.complete ?? (() => {}),
      next(answer) {
        const { errors } = answer
        if (errors?.length) ctx.events.emit('api', 'subscriptionErrors', { model: name, operation, errors })
        watcher.next(readRow(introspection, name, firstOf(answer)))
      },
    })
  }

  const on =
    (operation: Operation) =>
    (options: CallOptions = {}) =>
      new Observable<Row | null>((subscriber) =>
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
    list,
    watch,
    relate: (row: Row, options: CallOptions) => relate(model, row, options)!,
  }
  const observeQuery = (options: Row & CallOptions = {}) =>
    new Observable((subscriber) => {
      import('./live.js')
        .then(
          ({ observe }) =>
            subscriber.closed || subscriber.add(observe(observed, options).subscribe(subscriber)),
        )
        .catch((error) => subscriber.error(error))
    })

  const all: ModelOperations = {
    create: (input: Row, options?: CallOptions) =>
      mutate('create', () => writeInput(introspection, model, input, false), options),
    update: (input: Row, options?: CallOptions) =>
      mutate('update', () => writeInput(introspection, model, input, true), options),
    delete: (input: Row, options?: CallOptions) => identify('delete', input, options),
    get: (input: Row, options?: CallOptions) => identify('get', input, options),
    list: (options?: Row & CallOptions): Promise<ListResult> => list(options),
    onCreate: on('onCreate'),
    onUpdate: on('onUpdate'),
    onDelete: on('onDelete'),
  }
  const offered: ModelOperations = Object.fromEntries(
    operationsOf(model).map((operation) => [operation, all[operation]!]),
  )
  if (offered.list) offered.observeQuery = observeQuery
  for (const index of indexesOf(model))
    offered[index.queryField] = (input: Row, options: CallOptions = {}) =>
      page(
        caller,
        () => [
          text(index.queryField, options.selectionSet, () =>
            indexText(introspection, model, index, options.selectionSet),
          ),
          paging(index.fields, { ...input, ...options }),
        ],
        options,
        (raw) => finish(model, raw, options),
      )
  return offered
}

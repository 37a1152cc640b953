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
} from './caller.js'
import {
  type Introspection,
  indexesOf,
  keysOf,
  type Model,
  type Operation,
  operationsOf,
} from './introspection.js'
import { liveQuery, type Watcher } from './liveQuery.js'
import { matches } from './match.js'
import { indexText, joined, operationText, pageVariables, type Variables } from './operations.js'
import { subscribe } from './realtime.js'
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
    const row = readRow(introspection, of.name, raw)
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

  const relate = (row: Row | null, options: CallOptions) =>
    row && !options.selectionSet
      ? withRelations(caller, introspection, model, models, finish, row, options)
      : row

  const on =
    (operation: Operation) =>
    (options: CallOptions = {}) =>
      new Observable<Row | null>((subscriber) =>
        watch(operation, options, {
          next: (row) => subscriber.next(relate(row, options)),
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      )

  function observeQuery(options: Row & CallOptions = {}) {
    const { selectionSet, filter: given, ...others } = options
    const filter = writeFilter(introspection, model, given) as Row | undefined
    const [partition = '', ...sortKeys] = listKeys
    const bound = partition && options[partition] !== undefined
    // What it takes to tell rows apart, to order them, and to know whether they still match.
    const needed = [...keys, ...(model.fields.updatedAt ? ['updatedAt'] : []), ...fieldsOf(filter)]
    const whole = selectionSet && [...new Set([...selectionSet, ...needed])]
    const asked = new Set(selectionSet?.map((path) => path.split('.')[0]!))
    const withSelection = whole ? { selectionSet: whole } : {}
    const sort = joined(sortKeys)
    // A filter on the service's side would hide the update by which a row stops matching.
    const watching = (operation: Operation) => (watcher: Watcher) =>
      watch(operation, { ...others, ...withSelection }, watcher)
    const offered = operationsOf(model)
    return liveQuery<Row>({
      keys,
      page: (nextToken) =>
        list({ ...options, ...withSelection, nextToken }, (raw) => readRow(introspection, name, raw)),
      watch: Object.fromEntries(
        (['onCreate', 'onUpdate', 'onDelete'] as const)
          .filter((operation) => offered.includes(operation))
          .map((operation) => [operation.slice(2).toLowerCase(), watching(operation)]),
      ),
      belongs: (row) =>
        matches(row, filter) &&
        (!bound || row[partition] === keyValue(partition, options[partition])) &&
        (sortKeys.length !== 1 || !options[sort] || matches(row, { [sort]: keyValue(sort, options[sort]) })),
      ...(bound && sortKeys.length
        ? { compare: by(sortKeys, options.sortDirection === 'DESC' ? -1 : 1) }
        : {}),
      finish: (row) =>
        selectionSet
          ? Object.fromEntries(Object.entries(row).filter(([field]) => asked.has(field) || asked.has('*')))
          : relate(row, options)!,
    })
  }

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

function fieldsOf(filter: Row | undefined): string[] {
  return Object.entries(filter ?? {}).flatMap(([name, value]) =>
    /^(and|or|not)$/.test(name) ? [value].flat().flatMap((inner) => fieldsOf(inner as Row)) : [name],
  )
}

const by = (names: string[], sign: 1 | -1) => (one: Row, other: Row) => {
  const name = names.find((field) => one[field] !== other[field])
  return name === undefined ? 0 : one[name] < other[name] ? -sign : sign
}

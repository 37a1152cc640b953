// Operations that a schema adds to those of its models: `client.queries`, `mutations`, `subscriptions` and `generations`.

import type { Observable } from 'rxjs'
import {
  type Answer,
  type Caller,
  type CallOptions,
  firstOf,
  type SingleResult,
  single,
  subscribe,
} from './caller.js'
import type { DataError } from './errors.js'
import type { CustomOperation, Field, FieldType, Introspection } from './introspection.js'
import { observable } from './observable.js'
import { document, selected } from './operations.js'
import { type Finish, type Row, readValue, writeValue } from './rows.js'

export type OperationKind = 'query' | 'mutation' | 'subscription'

/** One operation, ready to be called. */
export interface CustomCall {
  caller: Caller
  introspection: Introspection
  /** Gives rows of models their relations. */
  finish: Finish
  kind: OperationKind
  operation: CustomOperation
}

function textOf({ introspection, kind, operation }: CustomCall): string {
  const { name, type, arguments: args = {} } = operation
  const types = Object.fromEntries(Object.values(args).map((arg) => [arg.name, argumentType(arg)]))
  const target = targetOf(type)
  const { selection } = target ? selected(introspection, target) : { selection: '' }
  return document(kind, name, types, selection, {})
}

/** The model or custom type that an operation gives back; none where that is a scalar or an enum. */
function targetOf(type: FieldType): string | undefined {
  if (typeof type === 'string') return undefined
  return 'model' in type ? type.model : 'nonModel' in type ? type.nonModel : undefined
}

function argumentType({ type, isArray, isRequired, isArrayNullable }: Field): string {
  const name = typeof type === 'string' ? type : Object.values(type)[0]
  const item = `${name}${isRequired ? '!' : ''}`
  return isArray ? `[${item}]${isArrayNullable === false ? '!' : ''}` : item
}

function variablesOf({ introspection, operation }: CustomCall, input: Row | undefined): Row {
  const { name, arguments: args = {} } = operation
  return Object.fromEntries(
    Object.entries(input ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, writeValue(introspection, args[key], value, `${name}.${key}`)]),
  )
}

/** What the operation gave back: rows with their relations, custom types, or just a value. */
function readAnswer({ introspection, finish, operation }: CustomCall, raw: unknown, options?: CallOptions) {
  const { type } = operation
  if (typeof type === 'string' || !('model' in type))
    return readValue(introspection, operation as Field, raw) ?? null
  const model = introspection.models[type.model]!
  return Array.isArray(raw)
    ? raw.map((one) => finish(model, one, options))
    : finish(model, raw as Row, options)
}

export function callOperation(
  call: CustomCall,
  input: Row | undefined,
  options?: CallOptions,
): Answer<SingleResult> {
  return single(
    call.caller,
    () => [textOf(call), variablesOf(call, input)],
    options,
    (raw) => readAnswer(call, raw, options) as Row,
  )
}

export function observeOperation(
  call: CustomCall,
  input: Row | undefined,
  options?: CallOptions,
): Observable<unknown> {
  return observable((subscriber) => {
    const ctx = call.caller.context()
    try {
      const asked = call.caller.call(textOf(call), variablesOf(call, input), options)
      return subscribe(ctx, asked, {
        next(answer) {
          const { errors } = answer
          const { name } = call.operation
          if (errors?.length) ctx.events.emit('api', 'subscriptionErrors', { operation: name, errors })
          subscriber.next(readAnswer(call, firstOf(answer), options))
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      })
    } catch (error) {
      subscriber.error(error as DataError)
      return undefined
    }
  })
}

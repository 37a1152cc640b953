// The values of custom operations, and how a client calls them. As with models, all types of one operation are members of
// one interface, worked out at most once and only when somebody touches them.
//
// S is the schema, D the definition of an operation, R what it returns.

import type { AnyRecord } from './fields.js'
import type { OperationHandler } from './lambda.js'
import type { CallOptions, Cancellable, ObservedReturnValue, SingularReturnValue } from './results.js'
import type { CustomTypes, GivenNamed, GivenValue, Listed, ModelTypes, PresentValue } from './values.js'

/** All there is to know about an operation. */
export interface OperationTypes<S extends AnyRecord, D extends AnyRecord> {
  readonly args: [keyof D['~fields']] extends [never] ? never : CustomTypes<S, D>['type']
  /** What a call gives back. */
  readonly answer: Answer<S, ReturnsOf<S, D>, 'row'>
  /** The same as `Schema['X']['type']` has it. */
  readonly type: Answer<S, ReturnsOf<S, D>, 'type'>
  /** What its function answers: rows without their relations. */
  // biome-ignore lint/suspicious/noConfusingVoidType: it is what the handler returns, and may leave out
  readonly result: D['~handled'] extends 'async' ? void : Answer<S, ReturnsOf<S, D>, 'stored'>
}

/** `Schema['totalFor']` of an operation. */
export interface OperationEntry<Kind extends string, T extends AnyRecord> {
  readonly __entityType: `custom${Kind}`
  readonly operationType: Kind
  /** What it is given. */
  args: T['args']
  /** What a call of it gives back. */
  type: T['type']
  /** What its function answers. */
  returnType: T['result']
  /** The `handler` of its function. */
  functionHandler: OperationHandler<T['args'], T['result']>
}

/** What an operation returns, or the mutation that a subscription hears. */
type ReturnsOf<S extends AnyRecord, D extends AnyRecord> = D['~operation'] extends 'Subscription'
  ? Heard<S['~types'][D['~to']], D['~to']>
  : D['~returns']

type Heard<Source extends AnyRecord, To> = Source['~kind'] extends 'operation'
  ? Source['~returns']
  : {
      readonly '~plain': false
      readonly '~kind': 'ref'
      readonly '~to': To
      readonly '~isList': false
      readonly '~null': never
    }

type Answer<S extends AnyRecord, R, As extends string> = R extends AnyRecord
  ? R['~plain'] extends true
    ? R['~value']
    : R['~kind'] extends 'ref'
      ? S['~types'][R['~to']]['~kind'] extends 'model'
        ? Listed<R, ModelTypes<S, R['~to']>[As & keyof ModelTypes<S, R['~to']>]>
        : As extends 'row'
          ? PresentValue<S, R>
          : Listed<R, GivenNamed<S, S['~types'][R['~to']]>>
      : As extends 'row'
        ? PresentValue<S, R>
        : GivenValue<S, R>
  : never

// ------------------------------------------------------------------------------------------------------------------ calls

export interface OperationOptions extends CallOptions, Cancellable {}

/** The operations of a client: those of one kind, by name. */
export type OperationCalls<S extends AnyRecord, Kind extends 'Query' | 'Mutation' | 'Generation'> = {
  readonly [N in keyof S['~types'] as NameOf<S['~types'][N], Kind, N>]: OperationCall<
    OperationTypes<S, S['~types'][N]>
  >
}

export type SubscriptionCalls<S extends AnyRecord> = {
  readonly [N in keyof S['~types'] as NameOf<S['~types'][N], 'Subscription', N>]: SubscriptionCall<
    OperationTypes<S, S['~types'][N]>
  >
}

type NameOf<D extends AnyRecord, Kind, N> = D['~kind'] extends 'operation'
  ? D['~operation'] extends Kind
    ? N
    : never
  : never

/** One call. Without arguments the options come first, as in `aws-amplify`. */
export type OperationCall<T extends { args: unknown; answer: unknown }> = [T['args']] extends [never]
  ? (options?: OperationOptions) => SingularReturnValue<T['answer']>
  : Record<never, never> extends T['args']
    ? (input?: T['args'], options?: OperationOptions) => SingularReturnValue<T['answer']>
    : (input: T['args'], options?: OperationOptions) => SingularReturnValue<T['answer']>

export type SubscriptionCall<T extends { args: unknown; answer: unknown }> = [T['args']] extends [never]
  ? (options?: CallOptions) => ObservedReturnValue<NonNullable<T['answer']>>
  : Record<never, never> extends T['args']
    ? (input?: T['args'], options?: CallOptions) => ObservedReturnValue<NonNullable<T['answer']>>
    : (input: T['args'], options?: CallOptions) => ObservedReturnValue<NonNullable<T['answer']>>

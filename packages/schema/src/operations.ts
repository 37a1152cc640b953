// Custom operations as they are written: a.query().arguments({...}).returns(...).handler(...).authorization(...).
//
// To the compiler an operation is what a model is: a named interface with facts under `~` names. Those of its handler and
// its rules are kept so that the two can be held against each other, whichever is written first.

import { type AiRouteData, type GenerationInput, readRoute } from './ai.js'
import { SchemaError } from './errors.js'
import {
  type AnyRecord,
  type BooleanFamily,
  type Buildable,
  bare,
  type CustomType,
  type FieldData,
  type MutationsOf,
  type NamesWith,
  type NestableField,
  type RefField,
  type ScalarField,
  type Unrelated,
} from './fields.js'
import type { AsyncFunctionHandler, CustomHandler, HandlerData, Handlers } from './handlers.js'
import { type OperationAllow, type OperationRule, type RuleDefinition, readRules } from './rules.js'

export type OperationKind = 'Query' | 'Mutation' | 'Subscription' | 'Generation'

export type Arguments = Record<string, NestableField>

/** What an asynchronous function answers: that it was called. */
export interface EventInvocationResponse
  extends CustomType<{ success: ScalarField<BooleanFamily, boolean> }> {}

interface Operation<Kind extends OperationKind, Args extends AnyRecord>
  extends Buildable<'operation'>,
    Unrelated {
  readonly '~operation': Kind
  readonly '~fields': Args
  readonly '~requiredNames': NamesWith<Args, '~required'>
  readonly '~optionalNames': NamesWith<Args, '~optional'>
}

/** A query, mutation or generation route. `Pool`: the rules that a custom handler cannot have. */
export interface CallOperation<
  Kind extends OperationKind,
  Args extends AnyRecord = Record<never, never>,
  Returns = null,
  Handled extends string = 'none',
  Pool extends string = never,
> extends Operation<Kind, Args> {
  readonly '~returns': Returns
  readonly '~handled': Handled
  /** What it is given, by name. */
  arguments<A extends Arguments>(fields: A): CallOperation<Kind, A, Returns, Handled, Pool>
  /** What it gives back. */
  returns<R extends NestableField>(type: R): CallOperation<Kind, Args, R, Handled, Pool>
  /** What runs. Several functions, or several files, run in a row. */
  handler<const H extends Handlers>(
    handlers: H & HandlerFor<H, Pool>,
  ): CallOperation<
    Kind,
    Args,
    HandledBy<H> extends 'async' ? EventInvocationResponse : Returns,
    HandledBy<H>,
    Pool
  >
  /** Who may call it. */
  authorization<R extends OperationRule>(
    callback: (allow: AllowFor<Handled>) => R | readonly R[],
  ): CallOperation<Kind, Args, Returns, Handled, R['~pool']>
}

/** A subscription to what mutations return. `To` names them, or their model. */
export interface SubscriptionOperation<
  Args extends AnyRecord = Record<never, never>,
  To extends string = never,
  Handled extends string = 'none',
  Pool extends string = never,
> extends Operation<'Subscription', Args> {
  readonly '~to': To
  /** The mutations it hears of: custom ones by name, those of a model by `a.ref('Order').mutations(['create'])`. */
  for<const T extends string>(
    sources: Source<T> | readonly Source<T>[],
  ): SubscriptionOperation<Args, T, Handled, Pool>
  arguments<A extends Arguments>(fields: A): SubscriptionOperation<A, To, Handled, Pool>
  /** A file that filters what a subscriber gets. */
  handler<const H extends Handlers>(
    handlers: H & HandlerFor<H, Pool>,
  ): SubscriptionOperation<Args, To, HandledBy<H>, Pool>
  /** Who may subscribe. */
  authorization<R extends OperationRule>(
    callback: (allow: AllowFor<Handled>) => R | readonly R[],
  ): SubscriptionOperation<Args, To, Handled, R['~pool']>
}

type Source<To extends string> = RefField<To, null> | MutationsOf<To>

type HandledBy<H> = H extends AsyncFunctionHandler | readonly [...unknown[], AsyncFunctionHandler]
  ? 'async'
  : H extends CustomHandler | readonly CustomHandler[]
    ? 'custom'
    : 'other'

/** Custom handlers are checked by AppSync itself, which knows no identity pool and no groups of OpenID Connect there. */
type HandlerFor<H, Pool extends string> = [Pool] extends [never]
  ? unknown
  : HandledBy<H> extends 'custom'
    ? `a.handler.custom() does not go with ${Pool}`
    : unknown

/** What `allow` offers an operation with a custom handler. */
export interface CustomHandlerAllow extends Pick<OperationAllow, 'publicApiKey' | 'custom'> {
  /** Anyone signed in. */
  authenticated(provider?: 'userPools' | 'oidc'): OperationRule<never>
  group(group: string, provider?: 'userPools'): OperationRule<never>
  groups(groups: readonly string[], provider?: 'userPools'): OperationRule<never>
}

type AllowFor<Handled extends string> = 'custom' extends Handled ? CustomHandlerAllow : OperationAllow

/** What an operation was built to, before its names are resolved. Kept in `data`, frozen. */
export interface OperationData {
  readonly kind: 'operation'
  readonly operation: OperationKind
  readonly arguments: Readonly<Record<string, { readonly data: FieldData }>>
  readonly returns: { readonly data: FieldData } | null
  readonly handlers: readonly HandlerData[]
  readonly sources: readonly SourceData[]
  readonly rules: readonly RuleDefinition[]
  readonly route?: AiRouteData
}

/** What a subscription hears of. Without mutations it is a custom mutation. */
export interface SourceData {
  readonly to: string
  readonly mutations: readonly string[]
}

export function query(): CallOperation<'Query'> {
  return begin('Query') as unknown as CallOperation<'Query'>
}

export function mutation(): CallOperation<'Mutation'> {
  return begin('Mutation') as unknown as CallOperation<'Mutation'>
}

export function subscription(): SubscriptionOperation {
  return begin('Subscription') as unknown as SubscriptionOperation
}

/** A generation route: one question to a model of AI, answered in the shape of `returns`. */
export function generation(input: GenerationInput): CallOperation<'Generation'> {
  return begin('Generation', readRoute(input, 'a.generation()')) as unknown as CallOperation<'Generation'>
}

function begin(operation: OperationKind, route?: AiRouteData): object {
  return operationOf({
    kind: 'operation',
    operation,
    arguments: Object.freeze({}),
    returns: null,
    handlers: [],
    sources: [],
    rules: [],
    ...(route && { route }),
  })
}

// Every operation carries every method at run time; the interfaces above say which of them make sense where.
function operationOf(data: OperationData): object {
  return Object.freeze({
    data: Object.freeze(data),
    arguments: (fields: OperationData['arguments']) =>
      operationOf({ ...data, arguments: Object.freeze({ ...fields }) }),
    returns: (returns: { data: FieldData }) => operationOf({ ...data, returns }),
    handler: (given: unknown) =>
      operationOf({ ...data, handlers: Object.freeze(listOf(given).map(readHandler)) }),
    for: (given: unknown) => operationOf({ ...data, sources: Object.freeze(listOf(given).map(readSource)) }),
    authorization: (callback: (allow: never) => unknown) =>
      operationOf({ ...data, rules: readRules(callback) }),
  })
}

function listOf(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [given]
}

function readHandler(given: unknown): HandlerData {
  const data = (given as { data?: HandlerData } | undefined)?.data
  if (!data || !['function', 'custom', 'inlineSql', 'sqlReference'].includes(data.kind))
    throw new SchemaError(
      'handler() takes what a.handler makes: a.handler.function(fn) or a.handler.custom({ entry }).',
    )
  return data
}

function readSource(given: unknown): SourceData {
  const data = (given as { data?: FieldData } | undefined)?.data
  if (data?.kind !== 'ref')
    throw new SchemaError("for() takes mutations: a.ref('publish'), or a.ref('Order').mutations(['create']).")
  return Object.freeze({ to: data.to, mutations: data.mutations ?? [] })
}

/** What the answer of an asynchronous function is, as a type of the schema. */
export const invocationResponse = /* @__PURE__ */ Object.freeze({
  name: 'EventInvocationResponse',
  data: {
    kind: 'custom',
    fields: {
      success: { data: { kind: 'scalar', scalar: 'Boolean', ...bare, isRequired: true } },
    },
  } satisfies FieldData,
})

/** Its last handler is a function that nobody waits for. */
export function isAsynchronous({ handlers }: OperationData): boolean {
  const last = handlers.at(-1)
  return last?.kind === 'function' && last.isAsync
}

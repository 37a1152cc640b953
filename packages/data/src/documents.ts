// Types of `client.graphql`: what a document gives back, as far as its type tells.

import type { Observable } from 'rxjs'
import type { GraphQLFormattedError } from './errors.js'

export interface GraphQLResult<Data = object | null> {
  data: Data
  errors?: GraphQLFormattedError[]
  // biome-ignore lint/suspicious/noExplicitAny: the service decides
  extensions?: Record<string, any>
}

export type GraphqlSubscriptionMessage<Data> = GraphQLResult<Data>
export type GraphqlSubscriptionResult<Data> = Observable<GraphqlSubscriptionMessage<Data>>

declare const kind: unique symbol
/** `client.graphql<GraphQLQuery<ListTodosQuery>>({ query })` gives a promise. */
export type GraphQLQuery<Data> = Data & { readonly [kind]: 'query' }
/** `client.graphql<GraphQLSubscription<OnCreateTodoSubscription>>({ query })` gives an observable. */
export type GraphQLSubscription<Data> = Data & { readonly [kind]: 'subscription' }

/** A row as any selection may have left it. */
export type GraphQLReturnType<Row> =
  Row extends Record<string, unknown> ? { [K in keyof Row]?: GraphQLReturnType<Row[K]> } : Row

// Text that Amplify's code generator has branded with the types of its operation.
interface BrandedQuery<Variables, Data> {
  __generatedQueryInput: Variables
  __generatedQueryOutput: Data
}
interface BrandedMutation<Variables, Data> {
  __generatedMutationInput: Variables
  __generatedMutationOutput: Data
}
interface BrandedSubscription<Variables, Data> {
  __generatedSubscriptionInput: Variables
  __generatedSubscriptionOutput: Data
}

/** The variables that go with a document. */
export type VariablesOf<Types, Text> =
  Text extends BrandedQuery<infer Variables, unknown>
    ? Variables
    : Text extends BrandedMutation<infer Variables, unknown>
      ? Variables
      : Text extends BrandedSubscription<infer Variables, unknown>
        ? Variables
        : Types extends { variables: infer Variables; result: unknown }
          ? Variables
          : Record<string, unknown>

// biome-ignore lint/suspicious/noExplicitAny: nothing is known
type Unknown = Promise<GraphQLResult<any>> | GraphqlSubscriptionResult<any>

type Trimmed<Text> = Text extends `${' ' | '\n' | '\t' | '\r'}${infer Rest}` ? Trimmed<Rest> : Text
/** By how the text begins, where it is written down. */
type ByText<Text> = Text extends `subscription${string}`
  ? // biome-ignore lint/suspicious/noExplicitAny: nothing is known
    GraphqlSubscriptionResult<any>
  : Text extends `${'query' | 'mutation' | '{'}${string}`
    ? // biome-ignore lint/suspicious/noExplicitAny: nothing is known
      Promise<GraphQLResult<any>>
    : Unknown

/** What comes back. Without types of its own, a document may be either: look for `subscribe`. */
export type ReturnOf<Types, Text> =
  Text extends BrandedQuery<unknown, infer Data>
    ? Promise<GraphQLResult<Data>>
    : Text extends BrandedMutation<unknown, infer Data>
      ? Promise<GraphQLResult<Data>>
      : Text extends BrandedSubscription<unknown, infer Data>
        ? GraphqlSubscriptionResult<NonNullable<Data>>
        : unknown extends Types
          ? ByText<Trimmed<Text>>
          : Types extends { variables: unknown; result: infer Result }
            ? Result
            : Types extends GraphQLSubscription<infer Data>
              ? GraphqlSubscriptionResult<Data>
              : Types extends GraphQLQuery<infer Data>
                ? Promise<GraphQLResult<Data>>
                : Types

// What a schema adds to its models, as a client offers it: everything behind it is loaded when it is first used.

import { Observable } from 'rxjs/internal/Observable'
import { type Caller, type CallOptions, type ListResult, list, type SingleResult } from './caller.js'
import type { ConversationOperation, Conversations } from './conversations.js'
import type { CustomCall } from './customOperations.js'
import type { Conversation, CustomOperation, Introspection } from './introspection.js'
import type { Finish, Row } from './rows.js'

const load = () => import('./custom.js')

/** `client.queries` and its kin. Operations without arguments take the options first, as in `aws-amplify`. */
export function createCalls(
  caller: Caller,
  introspection: Introspection,
  finish: Finish,
  kind: CustomCall['kind'],
  operations: Record<string, CustomOperation> = {},
): Record<string, (first?: Row, second?: CallOptions) => unknown> {
  return Object.fromEntries(
    Object.values(operations).map((operation) => {
      const call: CustomCall = { caller, introspection, finish, kind, operation }
      const given = (first?: Row, second?: CallOptions): [Row | undefined, CallOptions | undefined] =>
        operation.arguments ? [first, second] : [undefined, first]
      return [
        operation.name,
        kind === 'subscription'
          ? (first?: Row, second?: CallOptions) => observed(call, ...given(first, second))
          : (first?: Row, second?: CallOptions) => called(call, ...given(first, second)),
      ]
    }),
  )
}

const called = (call: CustomCall, input: Row | undefined, options: CallOptions | undefined) =>
  call.caller.answer(async (signal): Promise<SingleResult> => {
    const { callOperation } = await load()
    return callOperation(call, input, { ...options, signal })
  }, options)

const observed = (call: CustomCall, input: Row | undefined, options: CallOptions | undefined) =>
  new Observable((subscriber) => {
    load().then(
      ({ observeOperation }) =>
        subscriber.closed || subscriber.add(observeOperation(call, input, options).subscribe(subscriber)),
      (error) => subscriber.error(error),
    )
  })

/** `client.conversations`, by their names. */
export function createRoutes(caller: Caller, introspection: Introspection): Record<string, object> {
  return Object.fromEntries(
    Object.entries(introspection.conversations ?? {}).map(([name, route]) => [
      name,
      conversation(caller, introspection, route),
    ]),
  )
}

function conversation(caller: Caller, introspection: Introspection, route: Conversation) {
  let made: Promise<Conversations> | undefined
  const ready = () =>
    (made ??= load().then(({ createConversations }) => createConversations(caller, introspection, route)))
  const single = (operation: ConversationOperation) => (input?: Row) =>
    caller.answer(async (signal): Promise<SingleResult> => (await ready()).single(operation, input, signal))
  return {
    create: single('create'),
    get: single('get'),
    update: single('update'),
    delete: single('delete'),
    list: (options?: CallOptions) =>
      list(
        caller,
        async (paging, signal): Promise<ListResult> => (await ready()).page(options, paging, signal),
        options,
      ),
  }
}

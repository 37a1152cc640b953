// What a schema adds to its models, as a client offers it. What conversations are is loaded when one is first asked for.

import { type Caller, type CallOptions, type ListResult, list, type SingleResult } from './caller.js'
import type { ConversationOperation, Conversations } from './conversations.js'
import { type CustomCall, callOperation, observeOperation } from './customOperations.js'
import type { Conversation, CustomOperation, Introspection } from './introspection.js'
import { createModels } from './models.js'
import type { Finish, Row } from './rows.js'

const parts = { createModels, callOperation, observeOperation, list }

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
          ? (first?: Row, second?: CallOptions) => observeOperation(call, ...given(first, second))
          : (first?: Row, second?: CallOptions) => callOperation(call, ...given(first, second)),
      ]
    }),
  )
}

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
    (made ??= import('./live.js').then(({ createConversations }) =>
      createConversations(parts, caller, introspection, route),
    ))
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

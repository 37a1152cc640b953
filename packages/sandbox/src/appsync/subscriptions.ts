import { isDeepStrictEqual } from 'node:util'
import {
  type FieldNode,
  type GraphQLObjectType,
  getArgumentValues,
  getVariableValues,
  Kind,
  print,
} from 'graphql'
import type { Backend, CustomSubscription } from './backend.js'
import { isDenied } from './calls.js'
import { isLetIn } from './customResolvers.js'
import { checkModelFilter, fits, readEnhancedFilter } from './enhancedFilter.js'
import {
  type GraphQLRequest,
  isSubscription,
  type Prepared,
  type WireError,
  type WireResult,
  wireError,
} from './execution.js'
import { refused } from './fault.js'
import { type Filter, passes } from './filter.js'
import { collect, project, unaliased } from './projection.js'
import { type Caller, type Item, isSelf } from './rules.js'

/** Why a subscription was not begun, as its `error` message carries it. */
export class NotSubscribed extends Error {
  readonly errors: (WireError | { errorType: string | null; message: string })[]

  constructor(errors: NotSubscribed['errors']) {
    super(errors[0]?.message)
    this.errors = errors
  }
}

export interface Listener {
  /** The field subscribed to: `onCreateTodo`. */
  readonly field: string
  /** What this listener gets of an event; undefined: nothing. */
  hear(event: Item): WireResult | undefined
  /** Does such an invalidation end it? */
  endsWith?(payload: Item): boolean
}

export interface Event {
  field: string
  payload: Item
}

/** Begins a subscription. @throws {NotSubscribed} */
export async function openSubscription(
  { engine, guards, subscriptions, schema, plan }: Backend,
  request: GraphQLRequest,
  caller: Caller,
  headers: Record<string, string> = {},
): Promise<Listener> {
  const prepared = prepare(() => engine.prepare(request))
  if (!isSubscription(prepared)) {
    throw new NotSubscribed([
      { errorType: 'BadRequestException', message: 'Only subscriptions are served over this connection.' },
    ])
  }
  const root = schema.getSubscriptionType() as GraphQLObjectType
  const read = getVariableValues(
    schema,
    prepared.operation.variableDefinitions ?? [],
    request.variables ?? {},
  )
  if (read.errors) throw new NotSubscribed(read.errors.map((error) => wireError(error, schema)))
  const variables = read.variableValues.coerced as Record<string, unknown>
  const scope = { prepared, variables }
  const node = [...collect(scope, prepared.operation.selectionSet, root).values()][0]?.[0]
  const known = node && subscriptions.get(node.name.value)
  if (!node || !known)
    throw new NotSubscribed([
      { errorType: 'BadRequestException', message: 'The subscription asks for nothing.' },
    ])

  const field = root.getFields()[node.name.value]!
  const args = getArgumentValues(field, node, read.variableValues)
  const refuse = (error: {
    errorType: string | null
    message: string
    data?: unknown
    errorInfo?: unknown
  }) => new NotSubscribed([{ path: [field.name], data: null, errorInfo: null, locations: null, ...error }])
  const denied = () => {
    const { errorType, message } = refused(field.name, 'Subscription')
    return refuse({ errorType, message })
  }
  const show = (event: Item) => project(scope, root, event)
  if (isDenied(caller, 'Subscription', field.name)) throw denied()
  if ('operation' in known) {
    if (!isLetIn(known.operation, caller, plan)) throw denied()
    const heard = await openCustom(known, args, { caller, headers, selection: node }, refuse)
    return { field: field.name, ...heard, hear: (event) => (heard.passes(event) ? show(event) : undefined) }
  }

  const filter = args.filter as Filter | null | undefined
  try {
    checkModelFilter((filter ?? {}) as Item)
  } catch (error) {
    throw refuse({ errorType: 'BadRequestException', message: (error as Error).message })
  }
  const guard = guards.get(known.model.name)!
  const access = guard.read(caller, 'listen')
  if (access === 'none') throw denied()
  const crowd = access === 'all' ? undefined : guard.crowd(caller)
  if (crowd) throw refuse({ errorType: 'BadRequestException', message: crowd })
  const named: [string, string][] = []
  for (const [name, value] of Object.entries(args)) {
    if (name === 'filter' || value === null || value === undefined) continue
    // Whoever hears only his own rows may not ask for somebody else's.
    if (typeof access === 'function' && !isSelf(known.model, caller, name, value as string)) throw denied()
    if (access === 'all') named.push([name, value as string])
  }
  return {
    field: field.name,
    hear(event) {
      if (typeof access === 'function' && !access(event)) return undefined
      if (named.some(([name, value]) => event[name] !== value) || !passes(event, filter)) return undefined
      return show(event)
    },
  }
}

/** A custom subscription: its resolver decides who may begin it, and may set filters; else its arguments are the filter. */
async function openCustom(
  { operation, resolve }: CustomSubscription,
  args: Record<string, unknown>,
  call: { caller: Caller; headers: Record<string, string>; selection: FieldNode },
  refuse: (error: {
    errorType: string | null
    message: string
    data?: unknown
    errorInfo?: unknown
  }) => NotSubscribed,
) {
  const given = Object.entries(args).filter(([, value]) => value !== null && value !== undefined)
  const byArguments = (event: Item) => given.every(([name, value]) => isDeepStrictEqual(event[name], value))
  if (operation.handler.kind === 'stream') {
    const { caller } = call
    const owner = caller.mode === 'userPools' ? caller.user.username : undefined
    return { passes: (event: Item) => byArguments(event) && event.owner === owner }
  }
  if (!resolve) return { passes: byArguments }
  const info = {
    fieldName: operation.name,
    parentTypeName: 'Subscription',
    variables: args,
    selectionSetList: [],
    selectionSetGraphQL: call.selection.selectionSet ? print(call.selection.selectionSet) : '',
  }
  const { error, filter, invalidationFilter } = await resolve(null, args, call, info)
  if (error) throw refuse(error)
  try {
    const set = readEnhancedFilter(filter)
    const ends = readEnhancedFilter(invalidationFilter)
    return {
      passes: set ? (event: Item) => fits(set, event) : byArguments,
      endsWith: (payload: Item) => ends !== undefined && fits(ends, payload),
    }
  } catch (thrown) {
    throw refuse({ errorType: 'BadRequestException', message: (thrown as Error).message })
  }
}

function prepare(work: () => Prepared | WireError[]): Prepared {
  let prepared: Prepared | WireError[]
  try {
    prepared = work()
  } catch (error) {
    throw new NotSubscribed([
      { errorType: 'MalformedHttpRequestException', message: (error as Error).message },
    ])
  }
  if (Array.isArray(prepared)) throw new NotSubscribed(prepared)
  return prepared
}

/** What a finished mutation has to tell, in the order of its fields. */
export function eventsOf(
  { schema, mutations }: Backend,
  prepared: Prepared,
  request: GraphQLRequest,
  result: WireResult,
): Event[] {
  const root = schema.getMutationType()
  if (!root || !result.data) return []
  const read = getVariableValues(
    schema,
    prepared.operation.variableDefinitions ?? [],
    request.variables ?? {},
  )
  const scope = { prepared, variables: (read.variableValues?.coerced ?? {}) as Record<string, unknown> }
  const events: Event[] = []
  for (const [key, nodes] of collect(scope, prepared.operation.selectionSet, root)) {
    const answer = result.data[key]
    const fields = mutations.get(nodes[0]!.name.value) ?? []
    if (fields.length === 0 || answer === null || answer === undefined) continue
    const node: FieldNode = {
      ...nodes[0]!,
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: nodes.flatMap((each) => each.selectionSet?.selections ?? []),
      },
    }
    const type = root.getFields()[node.name.value]!.type
    const payload = unaliased(scope, node, type, answer) as Item
    for (const field of fields) events.push({ field, payload })
  }
  return events
}

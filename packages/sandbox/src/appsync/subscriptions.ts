import { type FieldNode, type GraphQLObjectType, getArgumentValues, getVariableValues, Kind } from 'graphql'
import type { Backend } from './backend.js'
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
  readonly errors: (WireError | { errorType: string; message: string })[]

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
}

export interface Event {
  field: string
  payload: Item
}

/** Begins a subscription. @throws {NotSubscribed} */
export function openSubscription(
  { engine, guards, subscriptions, schema }: Backend,
  request: GraphQLRequest,
  caller: Caller,
): Listener {
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
  const filter = args.filter as Filter | null | undefined
  const denied = () => {
    const { errorType, message } = refused(field.name, 'Subscription')
    return new NotSubscribed([
      { path: [field.name], data: null, errorType, errorInfo: null, locations: null, message },
    ])
  }

  const access = guards.get(known.model.name)!.read(caller, 'listen')
  if (access === 'none') throw denied()
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
      return project(scope, root, event)
    },
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
    const field = mutations.get(nodes[0]!.name.value)
    if (!field || answer === null || answer === undefined) continue
    const node: FieldNode = {
      ...nodes[0]!,
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: nodes.flatMap((each) => each.selectionSet?.selections ?? []),
      },
    }
    const type = root.getFields()[node.name.value]!.type
    events.push({ field, payload: unaliased(scope, node, type, answer) as Item })
  }
  return events
}

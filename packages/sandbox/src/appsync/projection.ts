import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import type { Prepared, WireError } from './execution.js'

// Subscribers of AppSync get what the mutation's own selection asked for, and no more. So an event is the mutation's finished
// answer, turned back to field names; a subscription cuts its selection out of that. Nothing is resolved again.

type Values = Record<string, unknown>

interface Scope {
  prepared: Prepared
  variables: Values
}

/** The finished answer of one mutation field under its plain field names, without aliases. */
export function unaliased(scope: Scope, field: FieldNode, type: GraphQLOutputType, answer: unknown): unknown {
  if (answer === null || answer === undefined || !field.selectionSet) return answer ?? null
  if (Array.isArray(answer)) {
    const element = elementOf(type)
    return answer.map((each) => unaliased(scope, field, element, each))
  }
  const object = getNamedType(type)
  if (!isObjectType(object)) return answer
  const plain: Values = {}
  for (const [key, nodes] of collect(scope, field.selectionSet, object)) {
    const name = nodes[0]!.name.value
    const child = object.getFields()[name]
    // Asked for twice under two names: the first one speaks.
    if (child && !(name in plain))
      plain[name] = unaliased(scope, merged(nodes), child.type, (answer as Values)[key])
  }
  return plain
}

/** What one subscription shows of an event. */
export function project(
  scope: Scope,
  root: GraphQLObjectType,
  event: unknown,
): { data: Values | null; errors?: WireError[] } {
  const errors: WireError[] = []
  const [entry] = collect(scope, scope.prepared.operation.selectionSet, root)
  if (!entry) return { data: {} }
  const [key, nodes] = entry
  const field = root.getFields()[nodes[0]!.name.value]!
  const value = cut(scope, merged(nodes), field.type, event, [key], root.name, errors)
  const data = { [key]: value === FAILED ? null : value }
  return errors.length > 0 ? { data, errors } : { data }
}

const FAILED = Symbol('a value that may not be null is')

function cut(
  scope: Scope,
  field: FieldNode,
  type: GraphQLOutputType,
  value: unknown,
  path: (string | number)[],
  parent: string,
  errors: WireError[],
): unknown {
  const shown = cutNullable(scope, field, getNullableType(type), value, path, errors)
  if (shown !== null && shown !== FAILED) return shown
  if (!isNonNullType(type)) return null
  // One report, where the hole is; the objects around it fall silently.
  if (shown === null) {
    errors.push({
      path,
      locations: null,
      message: `Cannot return null for non-nullable type: '${getNamedType(type).name}' within parent '${parent}' (/${path.join('/')})`,
    })
  }
  return FAILED
}

function cutNullable(
  scope: Scope,
  field: FieldNode,
  type: GraphQLOutputType,
  value: unknown,
  path: (string | number)[],
  errors: WireError[],
): unknown {
  if (value === null || value === undefined) return null
  if (isListType(type)) {
    if (!Array.isArray(value)) return null
    const elements = value.map((each, i) => cut(scope, field, type.ofType, each, [...path, i], '', errors))
    return elements.includes(FAILED) ? FAILED : elements
  }
  if (!isObjectType(type) || !field.selectionSet) return value
  const object: Values = {}
  for (const [key, nodes] of collect(scope, field.selectionSet, type)) {
    const { value: name } = nodes[0]!.name
    if (name === '__typename') {
      object[key] = type.name
      continue
    }
    const child = type.getFields()[name]
    if (!child) continue
    const shown = cut(
      scope,
      merged(nodes),
      child.type,
      (value as Values)[name],
      [...path, key],
      type.name,
      errors,
    )
    if (shown === FAILED) return FAILED
    object[key] = shown
  }
  return object
}

const elementOf = (type: GraphQLOutputType): GraphQLOutputType => {
  const nullable = getNullableType(type)
  return isListType(nullable) ? nullable.ofType : nullable
}

/** The fields that a selection asks of an object, by response name; fragments opened, `@include` and `@skip` obeyed. */
export function collect(
  scope: Scope,
  { selections }: SelectionSetNode,
  type: GraphQLObjectType,
  found = new Map<string, FieldNode[]>(),
  opened = new Set<string>(),
): Map<string, FieldNode[]> {
  for (const selection of selections) {
    if (!isAsked(selection, scope.variables)) continue
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value
      const same = found.get(key)
      if (same) same.push(selection)
      else found.set(key, [selection])
      continue
    }
    // A fragment says the same however often it is spread, and spreads of spreads double.
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      if (opened.has(selection.name.value)) continue
      opened.add(selection.name.value)
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragmentOf(scope, selection.name.value)
    const on = fragment?.typeCondition?.name.value
    if (fragment && (on === undefined || on === type.name))
      collect(scope, fragment.selectionSet, type, found, opened)
  }
  return found
}

function fragmentOf({ prepared }: Scope, name: string) {
  return prepared.document.definitions.find(
    (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name,
  ) as { typeCondition: { name: { value: string } }; selectionSet: SelectionSetNode } | undefined
}

/** One field asked for in several places asks for all of their selections. */
function merged(nodes: FieldNode[]): FieldNode {
  if (nodes.length === 1) return nodes[0]!
  const selections = nodes.flatMap((node) => node.selectionSet?.selections ?? [])
  return { ...nodes[0]!, selectionSet: { kind: Kind.SELECTION_SET, selections } }
}

function isAsked({ directives }: SelectionNode, variables: Values): boolean {
  for (const directive of directives ?? []) {
    const condition = directive.arguments?.find((each) => each.name.value === 'if')
    if (!condition) continue
    const value = valueFromASTUntyped(condition.value, variables)
    if (directive.name.value === 'skip' && value === true) return false
    if (directive.name.value === 'include' && value === false) return false
  }
  return true
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLResolveInfo,
  getNamedType,
  isLeafType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { Fault } from './fault.js'

// What one request may cost, so that a short query cannot ask for an endless answer: fragments that spread another one twice
// double with every step. https://docs.aws.amazon.com/appsync/latest/devguide/configuration-limits.html
// Resolvers of single values (a protected field, an owner's name) are not counted: they read nothing.

/** Resolvers of one request, as at AppSync. */
const MOST_RESOLVERS = 10_000
/** Fields of a query with its fragments opened. */
const MOST_FIELDS = 50_000
/** Values that an answer is asked to hold: more than pages of a megabyte do, far less than memory does. */
const MOST_VALUES = 1_000_000
/** Of them, those that are asked of the schema itself: they come all at once. */
const MOST_OF_SCHEMA = 200_000
/** Fields with which tools ask for a schema, however large it is, and some more. */
const ONE_INTROSPECTION = 1000
/** Errors that say so. What is refused beyond them is null without a word, or the errors would be the endless answer. */
const MOST_ERRORS = 100

type Fragments = Record<string, { selectionSet: SelectionSetNode } | undefined>
type Widths = Map<SelectionSetNode, number>

/** Fields below, with those of fragments wherever they are spread. Only for validated queries: their fragments make no circle. */
function widthOf(selectionSet: SelectionSetNode | undefined, fragments: Fragments, known: Widths): number {
  if (!selectionSet) return 0
  const found = known.get(selectionSet)
  if (found !== undefined) return found
  let width = 0
  for (const each of selectionSet.selections) {
    if (each.kind === Kind.FRAGMENT_SPREAD)
      width += widthOf(fragments[each.name.value]?.selectionSet, fragments, known)
    else width += (each.kind === Kind.FIELD ? 1 : 0) + widthOf(each.selectionSet, fragments, known)
  }
  known.set(selectionSet, width)
  return width
}

/** Fields below what asks about the schema itself, which no resolver of ours answers. */
function introspected(selectionSet: SelectionSetNode, fragments: Fragments, known: Widths): number {
  const found = known.get(selectionSet)
  if (found !== undefined) return found
  let width = 0
  for (const each of selectionSet.selections) {
    const inner =
      each.kind === Kind.FRAGMENT_SPREAD ? fragments[each.name.value]?.selectionSet : each.selectionSet
    if (each.kind !== Kind.FIELD) width += inner ? introspected(inner, fragments, known) : 0
    else if (each.name.value.startsWith('__')) width += widthOf(inner, fragments, new Map())
  }
  known.set(selectionSet, width)
  return width
}

/** What is wrong with a validated query that opens into too many fields; undefined: nothing. @param types of the schema */
export function tooWide({ definitions }: DocumentNode, types: number): string | undefined {
  const fragments: Fragments = Object.fromEntries(
    definitions
      .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((each) => [each.name.value, each]),
  )
  const [known, ofSchema]: Widths[] = [new Map(), new Map()]
  for (const each of definitions) {
    if (each.kind !== Kind.OPERATION_DEFINITION) continue
    if (widthOf(each.selectionSet, fragments, known!) > MOST_FIELDS)
      return `The query asks for more than ${MOST_FIELDS} fields, its fragments opened.`
    // Each field that is asked of a type is asked of all types.
    const most = Math.max(MOST_OF_SCHEMA / types, ONE_INTROSPECTION)
    if (introspected(each.selectionSet, fragments, ofSchema!) > most)
      return `The query asks for the schema too often, or for too much of it: with ${types} types for at most ${Math.floor(most)} fields.`
  }
  return undefined
}

export interface Spending {
  /** Runs a resolver and counts what it reads, or refuses to. @throws {Fault} */
  resolve(info: GraphQLResolveInfo, work: () => unknown): unknown
}

/** The account of one request. */
export function createSpending(): Spending {
  const widths: Widths = new Map()
  let resolvers = 0
  let values = 0
  let errors = 0

  function refuse(errorType: string, message: string): null {
    errors += 1
    if (errors > MOST_ERRORS) return null
    throw new Fault(errorType, message)
  }

  function counted(result: unknown, { fieldNodes, fragments }: GraphQLResolveInfo): unknown {
    for (const { selectionSet } of fieldNodes)
      values += rowsOf(result) * widthOf(selectionSet, fragments, widths)
    if (values <= MOST_VALUES) return result
    return refuse('ExecutionTimeout', `Execution timed out: an answer holds at most ${MOST_VALUES} values.`)
  }

  return {
    resolve(info, work) {
      if (isLeafType(getNamedType(info.returnType))) return work()
      if (resolvers >= MOST_RESOLVERS) {
        return refuse(
          'ResolverExecutionLimitReached',
          `Resolver execution limit reached: a request runs at most ${MOST_RESOLVERS}.`,
        )
      }
      resolvers += 1
      const result = work()
      return result instanceof Promise
        ? result.then((settled: unknown) => counted(settled, info))
        : counted(result, info)
    },
  }
}

/** A page, a list, or one. */
function rowsOf(result: unknown): number {
  if (Array.isArray(result)) return result.length
  if (typeof result !== 'object' || result === null) return 0
  const { items } = result as { items?: unknown }
  return Array.isArray(items) ? items.length + 1 : 1
}

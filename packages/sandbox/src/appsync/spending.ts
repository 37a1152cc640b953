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

/** What is wrong with a validated query that opens into too many fields; undefined: nothing. */
export function tooWide({ definitions }: DocumentNode): string | undefined {
  const fragments: Fragments = Object.fromEntries(
    definitions
      .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((each) => [each.name.value, each]),
  )
  const known: Widths = new Map()
  const isTooWide = definitions.some(
    (each) =>
      each.kind === Kind.OPERATION_DEFINITION && widthOf(each.selectionSet, fragments, known) > MOST_FIELDS,
  )
  return isTooWide ? `The query asks for more than ${MOST_FIELDS} fields, its fragments opened.` : undefined
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

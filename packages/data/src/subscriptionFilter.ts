// What a subscription's filter can say: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
// It knows fewer operators than a list's, and no `not`. What it cannot say is left to whoever hears the event.

import type { Filter } from './match.js'

const spoken = /^(eq|ne|le|lt|ge|gt|contains|notContains|between|beginsWith|in|notIn)$/

/** What AppSync takes of one: values of `in` and `notIn`, fields in all, and alternatives, which `and` multiplies. */
const mostValues = 5
const mostFields = 5
const mostGroups = 10

/**
 * The part of a filter that the service can apply, which lets through all that the whole filter does and perhaps more; undefined where
 * there is none. `whole` where nothing is left to do.
 */
export function subscriptionFilter(filter: Filter): { sent: Filter | undefined; whole: boolean } {
  const sent: Filter = {}
  let { said, whole } = spokenPart(filter)
  for (const [name, condition] of Object.entries(said)) {
    const more = { ...sent, [name]: condition }
    if (groupsIn(more) > mostGroups || new Set(fieldsIn(more)).size > mostFields) whole = false
    else sent[name] = condition
  }
  return { sent: Object.keys(sent).length ? sent : undefined, whole }
}

function spokenPart(filter: Filter): { said: Filter; whole: boolean } {
  const said: Filter = {}
  let whole = true
  for (const [name, condition] of Object.entries(filter)) {
    if (condition === undefined || condition === null) continue
    if (name === 'and' || name === 'or') {
      const parts = [condition].flat().map((inner) => spokenPart(inner as Filter))
      if (parts.some((part) => !part.whole)) whole = false
      const some = parts.map((part) => part.said).filter((part) => Object.keys(part).length)
      // One alternative that lets everything through is as good as no filter.
      if (some.length && (name === 'and' || some.length === parts.length)) said[name] = some
    } else if (name === 'not') whole = false
    else {
      const operators = Object.entries(condition as Filter)
      const some = operators.filter(
        ([operator, value]) =>
          spoken.test(operator) &&
          !(/in$/i.test(operator) && Array.isArray(value) && value.length > mostValues),
      )
      if (some.length < operators.length) whole = false
      if (some.length) said[name] = Object.fromEntries(some)
    }
  }
  return { said, whole }
}

function groupsIn(filter: Filter): number {
  return Object.entries(filter).reduce((product, [name, value]) => {
    if (name !== 'and' && name !== 'or') return product
    const parts = [value].flat().map((inner) => groupsIn(inner as Filter))
    return product * parts.reduce((one, other) => (name === 'or' ? one + other : one * other))
  }, 1)
}

/** The fields that a filter looks at. */
export function fieldsIn(filter: Filter | undefined): string[] {
  return Object.entries(filter ?? {}).flatMap(([name, value]) =>
    /^(and|or|not)$/.test(name) ? [value].flat().flatMap((inner) => fieldsIn(inner as Filter)) : [name],
  )
}

/** A selection with fields that are needed to decide about a row, and how they are taken out of it again. */
export function widened(selectionSet: readonly string[] | undefined, fields: string[]) {
  if (!selectionSet) return { selectionSet, narrow: undefined }
  const asked = new Set(selectionSet.map((path) => path.split('.')[0]!))
  return {
    selectionSet: [...new Set([...selectionSet, ...fields])],
    narrow: <Row extends object>(row: Row): Row =>
      Object.fromEntries(Object.entries(row).filter(([name]) => asked.has(name) || asked.has('*'))) as Row,
  }
}

// What a subscription's filter can say: https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-enhanced-filtering.html
// It knows fewer operators than a list's, and no `not`. What it cannot say is left to whoever hears the event.

import type { Filter } from './match.js'

const spoken = /^(eq|ne|le|lt|ge|gt|contains|notContains|between|beginsWith|in|notIn)$/

/**
 * The part of a filter that the service can apply, which lets through all that the whole filter does and perhaps more; undefined where
 * there is none. `whole` where nothing is left to do.
 */
export function subscriptionFilter(filter: Filter): { sent: Filter | undefined; whole: boolean } {
  const sent: Filter = {}
  let whole = true
  for (const [name, condition] of Object.entries(filter)) {
    if (condition === undefined || condition === null) continue
    if (name === 'and' || name === 'or') {
      const parts = [condition].flat().map((inner) => subscriptionFilter(inner as Filter))
      if (parts.some((part) => !part.whole)) whole = false
      const said = parts.flatMap((part) => part.sent ?? [])
      // One alternative that lets everything through is as good as no filter.
      if (said.length && (name === 'and' || said.length === parts.length)) sent[name] = said
    } else if (name === 'not') whole = false
    else {
      const operators = Object.entries(condition as Filter)
      const said = operators.filter(([operator]) => spoken.test(operator))
      if (said.length < operators.length) whole = false
      if (said.length) sent[name] = Object.fromEntries(said)
    }
  }
  return { sent: Object.keys(sent).length ? sent : undefined, whole }
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

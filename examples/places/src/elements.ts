/** An element of the page that has to be there. */
export function element<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id)
  if (!found) throw new Error(`The page has no #${id}.`)
  return found as Kind
}

/** What went wrong, for whoever looks at the page. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

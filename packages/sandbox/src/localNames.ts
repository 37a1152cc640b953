import type { LocalAccess } from '@backline/schema/backend'

/** Whose credentials may call a service, as its part says it. @throws {Error} */
export function checkedAccess(
  service: string,
  { access }: { access?: LocalAccess },
): { access?: LocalAccess } {
  if (access === undefined) return {}
  const known = (each: unknown) =>
    each === 'guest' ||
    each === 'authenticated' ||
    Array.isArray((each as { groups?: unknown } | null | undefined)?.groups)
  if (!Array.isArray(access) || !access.every(known)) {
    throw new Error(
      `defineLocal: ${service}.access must be a list of 'guest', 'authenticated', { groups: […] }.`,
    )
  }
  return { access }
}

/** The names of a list, each said once and none empty. @throws {Error} */
export function checkNames(where: string, items: unknown, pattern: RegExp): void {
  if (!Array.isArray(items))
    throw new Error(`defineLocal: ${where} must be a list, such as [{ name: 'one' }].`)
  const seen = new Set<string>()
  for (const { name } of items as { name?: unknown }[]) {
    if (typeof name !== 'string' || !pattern.test(name)) {
      throw new Error(
        `defineLocal: ${where} has the name ${JSON.stringify(name)}, which must match ${pattern.source}.`,
      )
    }
    if (seen.has(name)) throw new Error(`defineLocal: ${where} has two that are called '${name}'.`)
    seen.add(name)
  }
}

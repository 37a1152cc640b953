import type { StorageRule } from '../plan.js'
import type { Principal } from '../service.js'

// What `defineStorage({ access })` turns into on AWS: per role one policy of allowed paths, and of denied ones, because a path that
// has rules of its own takes nothing from the path above it. A member of a group has the role of the group and none besides; the
// rules for owners belong to the role of signed-in users. `*` means any characters, as in IAM.

export type Action = StorageRule['may'][number]

const ENTITY = '{entity_id}'

/** May this principal do this to this key? For `list` the target is the prefix that is to be listed. */
export function isAllowed(
  rules: StorageRule[],
  principal: Principal,
  action: Action,
  target: string,
): boolean {
  if (isAdministrator(principal)) return true
  const pathOf = (rule: StorageRule) =>
    rule.path.replaceAll(
      ENTITY,
      rule.who.kind === 'owner' && 'identityId' in principal ? principal.identityId : '*',
    )
  const allowed = new Set(
    rules.filter((rule) => rule.may.includes(action) && applies(rule, principal)).map(pathOf),
  )
  const covers = (path: string) =>
    like(path, target) || (action === 'list' && path.endsWith('*') && like(path.slice(0, -1), target))
  if (![...allowed].some(covers)) return false
  const denied = rules
    .map(pathOf)
    .filter((path) => !allowed.has(path))
    .filter((path) => [...allowed].some((parent) => path.startsWith(parent.replaceAll('*', ''))))
  return !denied.some(covers)
}

/** A function of the backend has keys like the administrator's, and a role of its own. */
export function isAdministrator(principal: Principal): boolean {
  return principal.role === 'root' && principal.function === undefined
}

function applies({ who }: StorageRule, principal: Principal): boolean {
  if (who.kind === 'function') return principal.role === 'root' && principal.function === who.name
  if (who.kind === 'group') return principal.role === 'group' && principal.group === who.group
  if (who.kind === 'guest') return principal.role === 'guest'
  return principal.role === 'authenticated'
}

function like(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (!rest.length) return text === pattern
  if (!text.startsWith(first)) return false
  const last = rest.pop()!
  let from = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return text.length - last.length >= from && text.endsWith(last)
}

/** The `paths` of a bucket in `amplify_outputs.json`. */
export function pathsOf(rules: StorageRule[]): Record<string, Record<string, Action[]>> {
  const paths: Record<string, Record<string, Action[]>> = {}
  for (const { path, who, may } of rules) {
    if (who.kind === 'function') continue
    const name =
      who.kind === 'owner' ? 'entityidentity' : who.kind === 'group' ? `groups${who.group}` : who.kind
    const known = (paths[path] ??= {})
    known[name] = [...new Set([...(known[name] ?? []), ...may])]
  }
  return paths
}

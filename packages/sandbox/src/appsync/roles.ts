import type { Model } from './sdl.js'
import type { Operation, Rule } from './sdlFields.js'

// Rules become roles, as the official transformer's access control matrix has them: a role is a kind of caller, and may do an
// operation on some of the fields. Rules on a field replace the model's for that field.

export interface Role {
  kind: 'apiKey' | 'userPools' | 'guest' | 'identity' | 'group' | 'owner' | 'groupsField' | 'lambda'
  provider: Rule['provider']
  /** The group of `group`; the field of `owner` and `groupsField`. */
  entity: string
  /** Where the caller's side is found: `sub::username`, `cognito:groups`. */
  claim: string
  /** Which fields each operation reaches. */
  fields: Map<Operation, Set<string>>
}

/** Every role that a model knows, with the fields each may touch. */
export function readRoles(model: Model): Role[] {
  const roles = new Map<string, Role>()
  for (const field of model.fields.values()) {
    for (const rule of field.rules ?? model.rules) {
      for (const role of expand(rule)) {
        const id = `${role.kind}/${role.provider}/${role.entity}/${role.claim}`
        const known = roles.get(id) ?? { ...role, fields: new Map() }
        roles.set(id, known)
        for (const operation of rule.operations) {
          if (!known.fields.has(operation)) known.fields.set(operation, new Set())
          known.fields.get(operation)!.add(field.name)
        }
      }
    }
  }
  return [...roles.values()]
}

/** Roles that may do this at all. Deleting takes every field with it, so it needs them all. */
export function rolesOf(model: Model, operation: Operation, roles = readRoles(model)): Role[] {
  return roles.filter((role) => {
    const fields = role.fields.get(operation)
    return operation === 'delete' ? fields?.size === model.fields.size : fields !== undefined
  })
}

export function expand(rule: Rule): Omit<Role, 'fields'>[] {
  const { provider, allow } = rule
  const role = (kind: Role['kind'], entity = '', claim = '') => [{ kind, provider, entity, claim }]
  if (provider === 'function') return role('lambda')
  if (allow === 'public') return role(provider === 'identityPool' ? 'guest' : 'apiKey')
  if (allow === 'private') return role(provider === 'identityPool' ? 'identity' : 'userPools')
  if (allow === 'owner') return role('owner', rule.ownerField, rule.identityClaim)
  if (rule.groupsField) return role('groupsField', rule.groupsField, rule.groupClaim)
  return rule.groups.flatMap((group) => role('group', group, rule.groupClaim))
}

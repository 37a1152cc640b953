import type { Principal, UserClaims } from '../service.js'
import { type Role, readRoles, rolesOf } from './roles.js'
import type { Model } from './sdl.js'
import type { Operation } from './sdlFields.js'

// Who may do what, decided as the resolvers of the official transformer decide it:
// https://docs.amplify.aws/react/build-a-backend/data/customize-authz/

/** Who calls, once the wire has proved it. */
export type Caller =
  | { mode: 'apiKey' }
  | { mode: 'userPools'; user: UserClaims }
  | { mode: 'iam'; principal: Principal }
  | { mode: 'oidc'; user: UserClaims }
  | { mode: 'lambda'; resolverContext: Record<string, unknown>; deniedFields: string[] }

export type Item = Record<string, unknown>

/** `all`: every row; a function: the rows it says yes to; `none`: refused. */
export type Access = 'all' | 'none' | ((item: Item) => boolean)

export interface Guard {
  /** May this caller get, list or hear rows, and which? `any` of these is asked for where a relation leads here. */
  read(caller: Caller, operation: 'get' | 'list' | 'listen' | 'any'): Access
  /** May this caller see one field of this row? */
  field(caller: Caller, field: string, item: Item): boolean
  /** Does the field need a check of its own? */
  isProtected(field: string): boolean
  /** What to store of a new row: the input, with its owners filled in. @throws {Refused} */
  create(caller: Caller, input: Item): Item
  /** @throws {Refused} */
  update(caller: Caller, input: Item, existing: Item | undefined): void
  /** @throws {Refused} */
  delete(caller: Caller, existing: Item | undefined): void
  /** Why nobody in so many groups can hear the rows of dynamic groups; undefined where it is no matter. */
  crowd(caller: Caller): string | undefined
  /** The names of all roles that may read rows: two models that share them may show each other's rows in a mutation's answer. */
  readonly readers: string
}

/** Refused as a whole, or because of these fields. */
export class Refused extends Error {
  readonly fields: string[]

  constructor(fields: string[] = []) {
    super(fields.length > 0 ? `Unauthorized on [${fields.join(', ')}]` : 'Not authorized')
    this.fields = fields
  }
}

export function createGuard(model: Model): Guard {
  const roles = readRoles(model)
  const may = Object.fromEntries(
    (['create', 'update', 'delete', 'get', 'list', 'listen'] as const).map((operation) => [
      operation,
      rolesOf(model, operation, roles),
    ]),
  ) as Record<Operation, Role[]>

  const reads = (role: Role, field?: string) =>
    [...role.fields].some(([operation, fields]) => isRead(operation) && (!field || fields.has(field)))
  const reading = roles.filter((role) => reads(role))
  const fieldRoles = new Map(
    [...model.fields.keys()].map((field) => [field, reading.filter((role) => reads(role, field))]),
  )
  /** Whoever may read all rows as a signed-in user needs no other role of the user pool. */
  const isCovered = (role: Role, by: Role[]) =>
    by.includes(role) ||
    (byToken(role) && by.some(({ kind, provider }) => kind === 'userPools' && provider === role.provider))

  return {
    readers: JSON.stringify(
      reading.map(({ kind, entity, claim, provider }) => [kind, entity, claim, provider]).sort(),
    ),
    isProtected: (field) => reading.some((role) => !isCovered(role, fieldRoles.get(field) ?? [])),
    read(caller, operation) {
      const fitting = operation === 'any' ? reading : may[operation]
      if (isAdmin(caller) || fitting.some((role) => isStatic(role, caller))) return 'all'
      const dynamic = fitting.filter((role) => isDynamic(role, caller))
      return dynamic.length === 0 ? 'none' : (item) => dynamic.some((role) => holds(role, caller, item))
    },
    crowd(caller) {
      for (const role of may.listen) {
        const user = role.kind === 'groupsField' ? userOf(role, caller) : undefined
        if (!user) continue
        const most = model.fields.get(role.entity)?.type.list ? MOST_GROUPS_OF_LIST : MOST_GROUPS
        const count = groupsOf(user, role.claim).length
        if (count > most)
          return `A user in ${count} groups cannot subscribe by the groups in ${role.entity}: at most ${most} are supported.`
      }
      return undefined
    },
    field: (caller, field, item) =>
      isAdmin(caller) ||
      (fieldRoles.get(field) ?? []).some((role) => isStatic(role, caller) || holds(role, caller, item)),
    create(caller, input) {
      if (isAdmin(caller)) return input
      const item = { ...input }
      const allowed = new Set<string>()
      const grant = (role: Role) => {
        for (const field of role.fields.get('create') ?? []) allowed.add(field)
      }
      for (const role of may.create) if (isStatic(role, caller)) grant(role)
      for (const role of may.create) {
        if (role.kind === 'owner' && isDynamic(role, caller)) {
          if (holds(role, caller, input)) grant(role)
          else if (!(role.entity in input)) {
            const owner = ownerOf(role, caller)
            item[role.entity] = model.fields.get(role.entity)?.type.list ? [owner] : owner
            grant(role)
          }
        } else if (holds(role, caller, input)) grant(role)
      }
      refuseUnless(allowed, Object.keys(input))
      return item
    },
    update(caller, input, existing) {
      if (isAdmin(caller)) return
      const allowed = new Set<string>()
      const nullable = new Set<string>()
      for (const role of may.update) {
        if (!isStatic(role, caller) && !(existing && holds(role, caller, existing))) continue
        for (const field of role.fields.get('update') ?? []) allowed.add(field)
        // Emptying a field is deleting it.
        for (const field of role.fields.get('delete') ?? []) nullable.add(field)
      }
      const emptied = Object.keys(input).filter((field) => input[field] === null && !nullable.has(field))
      // The key says which row; it changes nothing.
      const changed = Object.keys(input).filter((field) => !model.key.includes(field))
      refuseUnless(allowed, changed, emptied)
    },
    delete(caller, existing) {
      if (isAdmin(caller)) return
      const fits = (role: Role) =>
        isStatic(role, caller) || (existing !== undefined && holds(role, caller, existing))
      if (!may.delete.some(fits)) throw new Refused()
    },
  }
}

/** Of the service's filters: https://docs.amplify.aws/react/build-a-backend/data/customize-authz/user-group-based-data-access/ */
const MOST_GROUPS = 5
const MOST_GROUPS_OF_LIST = 20

const isRead = (operation: Operation) => operation === 'get' || operation === 'list' || operation === 'listen'

function refuseUnless(allowed: Set<string>, fields: string[], more: string[] = []) {
  if (allowed.size === 0) throw new Refused()
  const denied = new Set([...fields.filter((field) => !allowed.has(field)), ...more])
  if (denied.size > 0) throw new Refused([...denied])
}

/** Keys of the account itself, not of a user of the app, may do everything: `enableIamAuthorizationMode` of the real service. */
const isAdmin = (caller: Caller) => caller.mode === 'iam' && caller.principal.role === 'root'

function isStatic(role: Role, caller: Caller): boolean {
  switch (role.kind) {
    case 'apiKey':
      return caller.mode === 'apiKey'
    case 'userPools':
      return userOf(role, caller) !== undefined
    case 'lambda':
      return caller.mode === 'lambda'
    case 'guest':
      return caller.mode === 'iam' && caller.principal.role === 'guest'
    case 'identity':
      return (
        caller.mode === 'iam' &&
        (caller.principal.role === 'authenticated' || caller.principal.role === 'group')
      )
    case 'group': {
      const user = userOf(role, caller)
      return user !== undefined && groupsOf(user, role.claim).includes(role.entity)
    }
    default:
      return false
  }
}

/** Could a row make this caller fit the role? */
function isDynamic(role: Role, caller: Caller): boolean {
  const user = userOf(role, caller)
  if (!user) return false
  if (role.kind === 'owner') return ownerOf(role, caller) !== undefined
  return role.kind === 'groupsField' && groupsOf(user, role.claim).length > 0
}

const byToken = ({ provider }: { provider: Role['provider'] }) =>
  provider === 'userPools' || provider === 'oidc'

/** The user behind a token of the role's own issuer. */
function userOf({ provider }: { provider: Role['provider'] }, caller: Caller): UserClaims | undefined {
  if (caller.mode === 'userPools') return provider === 'userPools' ? caller.user : undefined
  return caller.mode === 'oidc' && provider === 'oidc' ? caller.user : undefined
}

function holds(role: Role, caller: Caller, item: Item): boolean {
  const user = userOf(role, caller)
  if (!user || !isDynamic(role, caller)) return false
  const value = item[role.entity]
  const entries = Array.isArray(value) ? value : [value]
  const accepted = role.kind === 'owner' ? ownersAccepted(role.claim, user) : groupsOf(user, role.claim)
  return entries.some((entry) => typeof entry === 'string' && accepted.includes(entry))
}

function ownerOf(role: Role, caller: Caller): string | undefined {
  const user = userOf(role, caller)
  // Tokens of other issuers may have no username: then the first claim alone is the owner.
  const [first, ...more] = user ? role.claim.split('::').map((claim) => claimOf(user, claim)) : []
  return first && [first, ...more.filter((value) => value !== undefined)].join('::')
}

/** A row may name its owner by all the claims joined, or by any single one (rows written before, or by hand). */
function ownersAccepted(claim: string, user: UserClaims): string[] {
  const values = claim.split('::').flatMap((each) => claimOf(user, each) ?? [])
  return values.length > 1 ? [values.join('::'), ...values] : values
}

function claimOf(user: UserClaims, claim: string): string | undefined {
  if (claim === 'username') return user.username || undefined
  const value = claim === 'sub' ? user.sub : user.claims[claim]
  return value === undefined || value === null ? undefined : String(value)
}

function groupsOf(user: UserClaims, claim: string): string[] {
  const value = claim === 'cognito:groups' ? user.groups : user.claims[claim]
  if (Array.isArray(value)) return value.map(String)
  if (typeof value !== 'string') return []
  try {
    const parsed: unknown = JSON.parse(value)
    return Array.isArray(parsed) ? parsed.map(String) : [value]
  } catch {
    return [value]
  }
}

/** Does a subscriber who names an owner name himself? */
export function isSelf(model: Model, caller: Caller, field: string, value: string): boolean {
  return model.rules.some((rule) => {
    const user = userOf(rule, caller)
    return (
      rule.allow === 'owner' &&
      rule.ownerField === field &&
      user !== undefined &&
      ownersAccepted(rule.identityClaim, user).includes(value)
    )
  })
}

/** May this caller call a custom operation? */
export function mayCall(roles: Omit<Role, 'fields'>[], caller: Caller): boolean {
  return isAdmin(caller) || roles.some((role) => isStatic({ ...role, fields: new Map() }, caller))
}

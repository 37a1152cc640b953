import type { Principal, UserClaims } from '../service.js'
import { type Role, readRoles, rolesOf } from './roles.js'
import type { Model, Operation } from './sdl.js'

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
    by.includes(role) || (role.provider === 'userPools' && by.some(({ kind }) => kind === 'userPools'))

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
      return caller.mode === 'userPools'
    case 'guest':
      return caller.mode === 'iam' && caller.principal.role === 'guest'
    case 'identity':
      return (
        caller.mode === 'iam' &&
        (caller.principal.role === 'authenticated' || caller.principal.role === 'group')
      )
    case 'group':
      return caller.mode === 'userPools' && groupsOf(caller.user, role.claim).includes(role.entity)
    default:
      return false
  }
}

/** Could a row make this caller fit the role? */
function isDynamic(role: Role, caller: Caller): boolean {
  if (caller.mode !== 'userPools') return false
  if (role.kind === 'owner') return ownerOf(role, caller) !== undefined
  return role.kind === 'groupsField' && groupsOf(caller.user, role.claim).length > 0
}

function holds(role: Role, caller: Caller, item: Item): boolean {
  if (caller.mode !== 'userPools' || !isDynamic(role, caller)) return false
  const value = item[role.entity]
  const entries = Array.isArray(value) ? value : [value]
  const accepted =
    role.kind === 'owner' ? ownersAccepted(role.claim, caller.user) : groupsOf(caller.user, role.claim)
  return entries.some((entry) => typeof entry === 'string' && accepted.includes(entry))
}

function ownerOf(role: Role, caller: Caller): string | undefined {
  if (caller.mode !== 'userPools') return undefined
  const values = role.claim.split('::').map((claim) => claimOf(caller.user, claim))
  return values.some((value) => value === undefined) ? undefined : values.join('::')
}

/** A row may name its owner by all the claims joined, or by any single one (rows written before, or by hand). */
function ownersAccepted(claim: string, user: UserClaims): string[] {
  const values = claim.split('::').map((each) => claimOf(user, each))
  return [values.join('::'), ...values].filter((each) => each !== undefined)
}

function claimOf(user: UserClaims, claim: string): string | undefined {
  if (claim === 'username') return user.username
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
  return model.rules.some(
    (rule) =>
      rule.allow === 'owner' &&
      rule.ownerField === field &&
      caller.mode === 'userPools' &&
      ownersAccepted(rule.identityClaim, caller.user).includes(value),
  )
}

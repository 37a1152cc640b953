// Authorization rules: who may do what, as `allow` offers them on a schema, a model or a field.

import { SchemaError } from './errors.js'

export type Operation =
  | 'create'
  | 'read'
  | 'update'
  | 'delete'
  | 'get'
  | 'list'
  | 'sync'
  | 'listen'
  | 'search'
export type OwnerProvider = 'userPools' | 'oidc'
export type PrivateProvider = 'userPools' | 'identityPool' | 'oidc'

/** One rule as data. `operations` is absent where the rule allows everything. */
export interface RuleDefinition {
  readonly strategy: 'public' | 'private' | 'owner' | 'groups' | 'custom'
  readonly provider?: 'apiKey' | 'identityPool' | 'userPools' | 'oidc' | 'function'
  readonly operations?: readonly Operation[]
  /** The field that holds the owner, the owners, the group or the groups. */
  readonly ownerOrGroupField?: string
  /** That field holds several. */
  readonly isMany?: true
  readonly groups?: readonly string[]
  readonly identityClaim?: string
  readonly groupClaim?: string
}

/** The least a rule is to the compiler: which fields it adds to a model, one name or several values each. */
export interface AnyRule {
  readonly '~one': string
  readonly '~many': string
}

export interface Rule<One extends string = never, Many extends string = never> {
  readonly '~one': One
  readonly '~many': Many
  /** Allows only these operations. Without it a rule allows all of them. */
  to(operations: readonly Operation[]): this
}

export interface OwnerRule<One extends string = never, Many extends string = never> extends Rule<One, Many> {
  /** The claim of the token that says who the caller is, where it is not the user's own id. */
  identityClaim(claim: string): this
}

export interface GroupRule<One extends string = never, Many extends string = never> extends Rule<One, Many> {
  /** The claim of the token that lists the caller's groups, where it is not `cognito:groups`. */
  withClaimIn(claim: string): this
}

export interface Allow {
  /** Anyone with the API key. */
  publicApiKey(): Rule
  /** Anyone, through the identity pool's guest role. */
  guest(): Rule
  /** Anyone signed in. */
  authenticated(provider?: PrivateProvider): Rule
  /** Who created the row, remembered in its field `owner`. */
  owner(provider?: OwnerProvider): OwnerRule<'owner'>
  /** The one user named in a field. */
  ownerDefinedIn<const Field extends string>(field: Field, provider?: OwnerProvider): OwnerRule<Field>
  /** Every user named in a list field. */
  ownersDefinedIn<const Field extends string>(field: Field, provider?: OwnerProvider): OwnerRule<never, Field>
  group(group: string, provider?: OwnerProvider): GroupRule
  groups(groups: readonly string[], provider?: OwnerProvider): GroupRule
  /** The one group named in a field. */
  groupDefinedIn<const Field extends string>(field: Field, provider?: OwnerProvider): GroupRule<Field>
  /** Every group named in a list field. */
  groupsDefinedIn<const Field extends string>(field: Field, provider?: OwnerProvider): GroupRule<never, Field>
  /** Whom a Lambda authorizer lets in. */
  custom(provider?: 'function'): Rule
}

export type AllowCallback<R extends AnyRule> = (allow: Allow) => R | readonly R[]

const operations: readonly string[] = [
  'create',
  'read',
  'update',
  'delete',
  'get',
  'list',
  'sync',
  'listen',
  'search',
] satisfies Operation[]

/** The rules a callback returns, as data. */
export function readRules(callback: AllowCallback<AnyRule>): readonly RuleDefinition[] {
  if (typeof callback !== 'function')
    throw new SchemaError('authorization() takes a function: authorization((allow) => [allow.owner()]).')
  const returned: unknown = callback(allow)
  const rules = Array.isArray(returned) ? returned : [returned]
  return Object.freeze(
    rules.map((rule: { data?: RuleDefinition } | undefined) => {
      if (!rule?.data?.strategy)
        throw new SchemaError('authorization() must return rules made with `allow`, such as allow.owner().')
      return rule.data
    }),
  )
}

const allow = /* @__PURE__ */ Object.freeze<Allow>({
  publicApiKey: () => rule({ strategy: 'public', provider: 'apiKey' }),
  guest: () => rule({ strategy: 'public', provider: 'identityPool' }),
  authenticated: (provider) => rule({ strategy: 'private', ...(provider && { provider }) }),
  owner: (provider) => ownerRule('owner', provider, false),
  ownerDefinedIn: (field, provider) => ownerRule(field, provider, false),
  ownersDefinedIn: (field, provider) => ownerRule(field, provider, true),
  group: (group, provider) => groupRule({ groups: [group] }, provider),
  groups: (groups, provider) => groupRule({ groups: [...groups] }, provider),
  groupDefinedIn: (field, provider) => groupRule({ ownerOrGroupField: field }, provider),
  groupsDefinedIn: (field, provider) => groupRule({ ownerOrGroupField: field, isMany: true }, provider),
  custom: (provider) => rule({ strategy: 'custom', ...(provider && { provider }) }),
})

function ownerRule(field: string, provider: OwnerProvider | undefined, isMany: boolean) {
  return rule({
    strategy: 'owner',
    ...(provider && { provider }),
    ownerOrGroupField: field,
    ...(isMany && { isMany: true as const }),
  })
}

function groupRule(which: Partial<RuleDefinition>, provider: OwnerProvider | undefined) {
  return rule({ strategy: 'groups', ...(provider && { provider }), ...which })
}

// Every rule carries every method at run time; the interfaces above say which of them make sense where.
function rule(data: RuleDefinition): never {
  const made = {
    data: Object.freeze(data),
    to: (allowed: readonly Operation[]) => {
      for (const operation of allowed)
        if (!operations.includes(operation))
          throw new SchemaError(
            `"${operation}" is not an operation a rule can allow. There are: ${operations.join(', ')}.`,
          )
      return rule({ ...data, operations: [...allowed] })
    },
    identityClaim: (identityClaim: string) => rule({ ...data, identityClaim }),
    withClaimIn: (groupClaim: string) => rule({ ...data, groupClaim }),
  }
  return Object.freeze(made) as never
}

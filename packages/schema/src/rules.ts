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

/** What a function that a schema lets in may call. */
export type ResourceOperation = 'query' | 'mutate' | 'listen'

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
  /** The field that holds the owner or the owners, instead of the one named so far. */
  inField<const Field extends string>(
    field: Field,
  ): [Many] extends [never] ? OwnerRule<Field> : OwnerRule<never, Field>
}

export interface GroupRule<One extends string = never, Many extends string = never> extends Rule<One, Many> {
  /** The claim of the token that lists the caller's groups, where it is not `cognito:groups`. */
  withClaimIn(claim: string): this
}

/** A rule of a schema that lets a function in, with a role of its own. */
export interface ResourceRule extends AnyRule {
  readonly '~one': never
  readonly '~many': never
  /** Allows only these kinds of operations. Without it all of them. */
  to(operations: readonly ResourceOperation[]): this
}

/** A rule of a custom operation. `Pool` says whether it lets callers in by the identity pool. */
export interface OperationRule<Pool extends string = string> {
  readonly '~pool': Pool
}

/** Rules of custom operations: rows, and so owners, do not come into it, and there is but one thing to allow. */
export interface OperationAllow {
  /** Anyone with the API key. */
  publicApiKey(): OperationRule<never>
  /** Anyone, through the identity pool's guest role. */
  guest(): OperationRule<'allow.guest()'>
  /** Anyone signed in. */
  authenticated(provider?: OwnerProvider): OperationRule<never>
  authenticated(provider: 'identityPool'): OperationRule<"allow.authenticated('identityPool')">
  group(group: string): OperationRule<never>
  group(group: string, provider: 'userPools'): OperationRule<never>
  group(group: string, provider: 'oidc'): OperationRule<'OIDC groups'>
  groups(groups: readonly string[]): OperationRule<never>
  groups(groups: readonly string[], provider: 'userPools'): OperationRule<never>
  groups(groups: readonly string[], provider: 'oidc'): OperationRule<'OIDC groups'>
  /** Whom a Lambda authorizer lets in. */
  custom(provider?: 'function'): OperationRule<never>
}

/** A conversation belongs to the user who began it. */
export interface ConversationAllow {
  owner(): OwnerRule<'owner'>
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

/** On a schema also functions can be let in. */
export interface SchemaAllow extends Allow {
  /** A function of the app, which calls the API under a role of its own. */
  resource(resource: object): ResourceRule
}

/** One rule, or a list of them. */
export type AnyRules = AnyRule | readonly AnyRule[]
export type AllowCallback<R extends AnyRules> = (allow: Allow) => R
export type SchemaAllowCallback<R extends AnyRules> = (allow: SchemaAllow) => R

export type RulesIn<R extends AnyRules> = R extends readonly AnyRule[] ? R[number] : R

/** A function that `allow.resource(…)` lets in. */
export interface ResourceAccess {
  readonly resource: object
  readonly operations: readonly ResourceOperation[]
}

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

const resourceOperations: readonly string[] = ['query', 'mutate', 'listen'] satisfies ResourceOperation[]

interface RuleValue {
  readonly data?: RuleDefinition
  readonly access?: ResourceAccess
}

/** The rules a callback returns, as data. */
export function readRules(callback: (allow: never) => unknown): readonly RuleDefinition[] {
  return Object.freeze(
    returnedBy(callback).map(({ data }) => {
      if (!data)
        throw new SchemaError(
          'allow.resource() is for a schema: a.schema({ … }).authorization((allow) => [allow.resource(fn)]).',
        )
      return data
    }),
  )
}

/** The rules of a schema, and the functions that it lets in. */
export function readSchemaRules(callback: (allow: never) => unknown): {
  rules: readonly RuleDefinition[]
  access: readonly ResourceAccess[]
} {
  const returned = returnedBy(callback)
  return {
    rules: Object.freeze(returned.flatMap(({ data }) => data ?? [])),
    access: Object.freeze(returned.flatMap(({ access }) => access ?? [])),
  }
}

function returnedBy(callback: (allow: never) => unknown): RuleValue[] {
  if (typeof callback !== 'function')
    throw new SchemaError('authorization() takes a function: authorization((allow) => [allow.owner()]).')
  const returned = callback(allow as never)
  return (Array.isArray(returned) ? returned : [returned]).map((rule: RuleValue | undefined) => {
    if (!rule?.data?.strategy && !rule?.access)
      throw new SchemaError('authorization() must return rules made with `allow`, such as allow.owner().')
    return rule
  })
}

const privateProviders: readonly string[] = ['userPools', 'identityPool', 'oidc'] satisfies PrivateProvider[]
const ownerProviders: readonly string[] = ['userPools', 'oidc'] satisfies OwnerProvider[]

const allow = /* @__PURE__ */ Object.freeze<SchemaAllow>({
  publicApiKey: () => rule({ strategy: 'public', provider: 'apiKey' }),
  guest: () => rule({ strategy: 'public', provider: 'identityPool' }),
  authenticated: (provider) => rule({ strategy: 'private', ...known(provider, privateProviders) }),
  owner: (provider) => ownerRule('owner', provider, false),
  ownerDefinedIn: (field, provider) => ownerRule(field, provider, false),
  ownersDefinedIn: (field, provider) => ownerRule(field, provider, true),
  group: (group, provider) => groupRule({ groups: [group] }, provider),
  groups: (groups, provider) => groupRule({ groups: [...groups] }, provider),
  groupDefinedIn: (field, provider) => groupRule({ ownerOrGroupField: field }, provider),
  groupsDefinedIn: (field, provider) => groupRule({ ownerOrGroupField: field, isMany: true }, provider),
  custom: (provider) => rule({ strategy: 'custom', ...known(provider, ['function']) }),
  resource: (resource) => resourceRule({ resource, operations: resourceOperations as ResourceOperation[] }),
})

function known<Provider extends string>(
  provider: Provider | undefined,
  providers: readonly string[],
): { provider?: Provider } {
  if (provider === undefined) return {}
  if (!providers.includes(provider))
    throw new SchemaError(
      `"${provider}" cannot be the provider of this rule. There are: ${providers.join(', ')}.`,
    )
  return { provider }
}

function ownerRule(field: string, provider: OwnerProvider | undefined, isMany: boolean) {
  return rule({
    strategy: 'owner',
    ...known(provider, ownerProviders),
    ownerOrGroupField: field,
    ...(isMany && { isMany: true as const }),
  })
}

function groupRule(which: Partial<RuleDefinition>, provider: OwnerProvider | undefined) {
  return rule({ strategy: 'groups', ...known(provider, ownerProviders), ...which })
}

// Every rule carries every method at run time; the interfaces above say which of them make sense where.
function rule(data: RuleDefinition): never {
  const made = {
    data: Object.freeze(data),
    to: (allowed: readonly Operation[]) => {
      checkOperations(allowed, operations)
      return rule({ ...data, operations: [...allowed] })
    },
    identityClaim: (identityClaim: string) => rule({ ...data, identityClaim }),
    withClaimIn: (groupClaim: string) => rule({ ...data, groupClaim }),
    inField: (ownerOrGroupField: string) => rule({ ...data, ownerOrGroupField }),
  }
  return Object.freeze(made) as never
}

function resourceRule(access: ResourceAccess): never {
  if (typeof access.resource !== 'object' || access.resource === null)
    throw new SchemaError('allow.resource() takes what defineFunction({ … }) returned.')
  const made = {
    access: Object.freeze(access),
    to: (allowed: readonly ResourceOperation[]) => {
      checkOperations(allowed, resourceOperations)
      return resourceRule({ ...access, operations: [...allowed] })
    },
  }
  return Object.freeze(made) as never
}

function checkOperations(allowed: readonly string[], known: readonly string[]): void {
  for (const operation of allowed)
    if (!known.includes(operation))
      throw new SchemaError(
        `"${operation}" is not an operation a rule can allow. There are: ${known.join(', ')}.`,
      )
}

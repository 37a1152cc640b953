import { rolesOf } from './roles.js'
import { type Definition, type Model, reaches } from './sdl.js'

// The authorization directives of the served schema. They inform a reader; the rules themselves are enforced in rules.ts.

export interface ServedOptions {
  /** The directive that goes without saying. */
  defaultProvider: Provider
}

export type Provider = 'aws_api_key' | 'aws_cognito_user_pools' | 'aws_iam' | 'aws_lambda' | 'aws_oidc'

export const PROVIDER = {
  apiKey: 'aws_api_key',
  userPools: 'aws_cognito_user_pools',
  identityPool: 'aws_iam',
  function: 'aws_lambda',
  oidc: 'aws_oidc',
} as const

export function providersOf(model: Model, operations: Parameters<typeof rolesOf>[1][]): Set<Provider> {
  return new Set(
    operations.flatMap((operation) => rolesOf(model, operation)).map((role) => PROVIDER[role.provider]),
  )
}

export function directives(providers: Set<Provider>, { defaultProvider }: ServedOptions): string {
  if (providers.size === 0 || (providers.size === 1 && providers.has(defaultProvider))) return ''
  return [...providers].map((each) => ` @${each}`).join('')
}

export function sharedDirectives(type: string, definition: Definition, options: ServedOptions): string {
  const users = [...definition.models.values()].filter((model) =>
    reaches(model.fields.values(), type, definition),
  )
  const written = definition.typeDirectives.get(type) ?? []
  const shared = directives(
    new Set(users.flatMap((model) => [...providersOf(model, ['get', 'list', 'create', 'update', 'delete'])])),
    options,
  )
  return [...new Set([...written, ...shared.split(' ').filter(Boolean)])].map((each) => ` ${each}`).join('')
}

export const connectionDirectives = (model: Model, options: ServedOptions) =>
  directives(providersOf(model, ['get', 'list']), options)

import type { Context } from './context.js'
import { AmplifyError } from './errors.js'
import type { CognitoConfig, CognitoUserPoolConfig, ResourcesConfig } from './resourcesConfig.js'

export type { ResourcesConfig } from './resourcesConfig.js'

export interface UserPool {
  userPoolId: string
  clientId: string
  region: string
  /** Base URL of the user-pool service. */
  url: string
  loginWith?: CognitoUserPoolConfig['loginWith']
}

const suffixes: Record<string, string> = {
  cn: 'amazonaws.com.cn',
  'eusc-de': 'amazonaws.eu',
  'us-iso': 'c2s.ic.gov',
  'us-isob': 'sc2s.sgov.gov',
}

/** The domain of AWS's services in a region's partition. */
export function dnsSuffix(region: string): string {
  return suffixes[region.split(/-\w+-\d/)[0]!] ?? 'amazonaws.com'
}

export function cognitoConfig(ctx: Context): Partial<CognitoConfig> {
  return ctx.config.Auth?.Cognito ?? {}
}

/** True where calls of signed-in users can work at all. */
export function hasUserPool(ctx: Context): boolean {
  const { userPoolId, userPoolClientId } = cognitoConfig(ctx)
  return !!userPoolId && !!userPoolClientId
}

/** @throws {AmplifyError} `AuthUserPoolException` when no user pool is configured, `InvalidUserPoolId`. */
export function userPool(ctx: Context): UserPool {
  const { userPoolId = '', userPoolClientId: clientId = '', userPoolEndpoint, loginWith } = cognitoConfig(ctx)
  if (!hasUserPool(ctx)) {
    throw notConfigured(
      'AuthUserPoolException',
      `Auth.Cognito.${userPoolId ? 'userPoolClientId' : 'userPoolId'}`,
      ctx,
    )
  }
  const region = regionOf('InvalidUserPoolId', 'userPoolId', userPoolId, '_')
  const url = userPoolEndpoint ?? `https://cognito-idp.${region}.${dnsSuffix(region)}/`
  return { userPoolId, clientId, region, url, loginWith }
}

/** The region that a pool's id begins with. */
export function regionOf(error: string, key: string, id: string, separator: string): string {
  const region = id.split(separator)[0]!
  if (!region || region === id) {
    throw new AmplifyError(
      error,
      `Auth.Cognito.${key} is "${id}", which does not begin with a region, as in us-east-1${separator}…`,
    )
  }
  return region
}

/** Names the section that a call needs, and what is there instead: most likely a key is misspelt. */
export function notConfigured(name: string, path: string, ctx: { config: ResourcesConfig }): AmplifyError {
  let section: object = ctx.config
  for (const key of path.split('.')) section = (section as Record<string, object>)[key] ?? section
  const keys = Object.keys(section).join(', ')
  return new AmplifyError(name, `${path} is not configured. There is only: ${keys || 'nothing'}.`, {
    recoverySuggestion: 'Call Amplify.configure with it before anything else.',
  })
}

import type { World } from '../service.js'
import type { Caller } from './rules.js'

// `ctx.identity`, as functions and resolvers see it: https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference-js.html

const SOURCE = ['127.0.0.1']

export function identityOf(caller: Caller, { accountId }: Pick<World, 'accountId'>): object | null {
  switch (caller.mode) {
    case 'apiKey':
      return null
    case 'lambda':
      return { resolverContext: caller.resolverContext }
    case 'oidc': {
      const { sub, claims } = caller.user
      return { sub, issuer: claims.iss, claims }
    }
    case 'userPools': {
      const { sub, username, groups, claims } = caller.user
      return {
        sub,
        issuer: claims.iss,
        username,
        claims,
        sourceIp: SOURCE,
        defaultAuthStrategy: 'ALLOW',
        groups: groups.length > 0 ? groups : null,
      }
    }
    case 'iam': {
      const { principal } = caller
      const identityId = principal.role === 'root' ? null : principal.identityId
      const role = principal.role === 'root' ? 'admin' : principal.role === 'guest' ? 'unauth' : 'auth'
      return {
        accountId,
        cognitoIdentityPoolId: identityId && 'us-east-1:local',
        cognitoIdentityId: identityId,
        sourceIp: SOURCE,
        username: `local:${role}`,
        userArn: `arn:aws:sts::${accountId}:assumed-role/${role}/CognitoIdentityCredentials`,
        cognitoIdentityAuthType: identityId && (role === 'unauth' ? 'unauthenticated' : 'authenticated'),
        cognitoIdentityAuthProvider: null,
      }
    }
  }
}

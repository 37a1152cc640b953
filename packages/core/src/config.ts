import type { Context } from './context.js'

// The normalised configuration: the shape of aws-amplify's ResourcesConfig, plus the endpoints that local services need.
// The helper that owns core completes it (Analytics, Geo, Interactions, Notifications, OAuth …).

export type GraphQLAuthMode = 'apiKey' | 'oidc' | 'userPool' | 'iam' | 'identityPool' | 'lambda' | 'none'

export interface ResourcesConfig {
  Auth?: {
    Cognito: {
      userPoolId?: string
      userPoolClientId?: string
      userPoolEndpoint?: string
      identityPoolId?: string
      identityPoolEndpoint?: string
      allowGuestAccess?: boolean
      loginWith?: { username?: boolean; email?: boolean; phone?: boolean; oauth?: Record<string, unknown> }
    }
  }
  API?: {
    GraphQL?: {
      endpoint: string
      /** Where it is not derived from `endpoint`. */
      realtimeEndpoint?: string
      region?: string
      apiKey?: string
      defaultAuthMode: GraphQLAuthMode
      modelIntrospection?: unknown
    }
  }
  Storage?: {
    S3: {
      bucket?: string
      region?: string
      /** Base URL of an S3 that is not AWS's; buckets are then the first path segment. */
      endpoint?: string
      buckets?: Record<string, { bucketName: string; region: string; paths?: Record<string, unknown> }>
    }
  }
}

export interface LibraryOptions {
  Auth?: { tokenProvider?: unknown; credentialsProvider?: unknown; headers?: unknown }
  API?: { GraphQL?: { headers?: unknown; withCredentials?: boolean }; REST?: unknown }
  Storage?: { S3?: { defaultAccessLevel?: string; isObjectLockEnabled?: boolean; prefixResolver?: unknown } }
  ssr?: boolean
}

export interface UserPool {
  userPoolId: string
  clientId: string
  region: string
  /** Base URL of the user-pool service. */
  url: string
  loginWith?: NonNullable<NonNullable<ResourcesConfig['Auth']>['Cognito']['loginWith']>
}

/** @throws {AmplifyError} `AuthUserPoolException` when no user pool is configured. */
export declare function userPool(ctx: Context): UserPool

import type { JWT } from './jwt.js'
import type { KeyValueStorageInterface, Platform } from './platform.js'

// The normalised configuration: the shape of `aws-amplify`'s ResourcesConfig, plus the endpoints that local services need.

export type GraphQLAuthMode = 'apiKey' | 'oidc' | 'userPool' | 'iam' | 'identityPool' | 'lambda' | 'none'

export interface OAuthConfig {
  domain: string
  scopes: string[]
  redirectSignIn: string[]
  redirectSignOut: string[]
  responseType: 'code' | 'token'
  providers?: ('Google' | 'Facebook' | 'Amazon' | 'Apple' | { custom: string })[]
}

export interface CognitoUserPoolConfig {
  userPoolId: string
  userPoolClientId: string
  /** Base URL of a user-pool service that is not AWS's. */
  userPoolEndpoint?: string
  signUpVerificationMethod?: 'code' | 'link'
  loginWith?: { oauth?: OAuthConfig; username?: boolean; email?: boolean; phone?: boolean }
  userAttributes?: Record<string, { required: boolean }>
  mfa?: { status?: 'on' | 'off' | 'optional'; totpEnabled?: boolean; smsEnabled?: boolean }
  passwordFormat?: {
    minLength?: number
    requireLowercase?: boolean
    requireUppercase?: boolean
    requireNumbers?: boolean
    requireSpecialCharacters?: boolean
  }
  groups?: Record<string, Record<string, number>>[]
  passwordless?: {
    emailOtpEnabled?: boolean
    smsOtpEnabled?: boolean
    webAuthn?: { relyingPartyId?: string; userVerification?: string }
    preferredChallenge?: 'EMAIL_OTP' | 'SMS_OTP' | 'WEB_AUTHN'
  }
}

export interface CognitoIdentityPoolConfig {
  identityPoolId: string
  /** Base URL of an identity-pool service that is not AWS's. */
  identityPoolEndpoint?: string
  allowGuestAccess?: boolean
}

type Without<T> = { [Key in keyof T]?: never }

/** A user pool, an identity pool, or both. */
export type CognitoConfig =
  | (CognitoUserPoolConfig & CognitoIdentityPoolConfig)
  | (CognitoUserPoolConfig & Without<CognitoIdentityPoolConfig>)
  | (CognitoIdentityPoolConfig & Without<CognitoUserPoolConfig>)

export interface AuthConfig {
  Cognito: CognitoConfig
}

export interface APIEventsConfig {
  endpoint: string
  /** Where it is not derived from `endpoint`. */
  realtimeEndpoint?: string
  region?: string
  apiKey?: string
  customEndpoint?: string
  customEndpointRegion?: string
  defaultAuthMode: GraphQLAuthMode
}

export interface APIGraphQLConfig extends APIEventsConfig {
  modelIntrospection?: unknown
}

export interface APIRestConfig {
  endpoint: string
  region?: string
  service?: string
}

export interface APIConfig {
  GraphQL?: APIGraphQLConfig
  Events?: APIEventsConfig
  REST?: Record<string, APIRestConfig>
}

export interface BucketInfo {
  bucketName: string
  region: string
  /** Base URL of an S3 that is not AWS's, for this bucket. */
  endpoint?: string
  /** Path pattern → who (`guest`, `authenticated`, `groups/admin` …) → what. */
  paths?: Record<string, Record<string, string[] | undefined>>
}

export interface StorageConfig {
  S3: {
    bucket?: string
    region?: string
    /** Base URL of an S3 that is not AWS's; buckets are then the first path segment. */
    endpoint?: string
    /** Buckets by their friendly names. */
    buckets?: Record<string, BucketInfo>
    dangerouslyConnectToHttpEndpointForTesting?: string
  }
}

interface BufferConfig {
  /** How many events wait while they cannot be sent; 1000. More are refused, with `overflow` on the Hub. */
  bufferSize?: number
  /** So many events are sent without waiting for the interval; 100, for Personalize 5. */
  flushSize?: number
  /** Milliseconds that an event waits for others; 5000. */
  flushInterval?: number
  /** How often events that the service refuses are sent again; 5. Throttles and a lost network do not count. */
  resendLimit?: number
  /** Base URL of a service that is not AWS's. */
  endpoint?: string
}

interface StreamConfig extends BufferConfig {
  region: string
  /** The field of JSON data that gets an id, by which a consumer knows an event that was sent twice. None where left out. */
  eventIdField?: string
}

export interface AnalyticsConfig {
  Pinpoint?: BufferConfig & { appId: string; region: string }
  Kinesis?: StreamConfig
  KinesisFirehose?: StreamConfig
  Personalize?: BufferConfig & { trackingId: string; region: string }
}

export interface GeoConfig {
  LocationService?: {
    region: string
    /** Base URL of a service that is not AWS's, such as the sandbox. */
    endpoint?: string
    /** 2: the second generation of places and maps, which has no resources. */
    apiVersion?: unknown
    maps?: { items: Record<string, unknown>; default: string }
    searchIndices?: { items: string[]; default: string }
    geofenceCollections?: { items: string[]; default: string }
  }
}

export interface InteractionsConfig {
  LexV1?: Record<string, { alias: string; region: string; endpoint?: string }>
  LexV2?: Record<
    string,
    { botId: string; aliasId: string; localeId: string; region: string; endpoint?: string }
  >
}

interface PinpointApp {
  appId: string
  region: string
  /** Base URL of a service that is not AWS's. */
  endpoint?: string
}

export interface NotificationsConfig {
  InAppMessaging?: { Pinpoint?: PinpointApp }
  PushNotification?: { Pinpoint?: PinpointApp; CustomerProfiles?: { endpoint: string; region: string } }
}

export interface ResourcesConfig {
  API?: APIConfig
  Analytics?: AnalyticsConfig
  Auth?: AuthConfig
  Geo?: GeoConfig
  Interactions?: InteractionsConfig
  Notifications?: NotificationsConfig
  Predictions?: Record<string, unknown>
  Storage?: StorageConfig
}

/** The object that `aws-exports.js` or `amplifyconfiguration.json` holds. */
export interface LegacyConfig {
  aws_project_region?: string
}

/** What `amplify_outputs.json` holds, as a JSON import types it. */
export interface AmplifyOutputsUnknown {
  version?: string
  storage?: unknown
  auth?: unknown
  analytics?: unknown
  geo?: unknown
  data?: unknown
  custom?: unknown
  notifications?: unknown
}

/** Tokens from somewhere else: a provider of your own, a server. */
export interface TokenProvider {
  getTokens(options?: {
    forceRefresh?: boolean
    clientMetadata?: Record<string, string>
  }): Promise<{ accessToken: JWT; idToken?: JWT } | null | undefined>
}

export interface AWSCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

export type GetCredentialsOptions = { forceRefresh?: boolean; authConfig: AuthConfig | undefined } & (
  | { authenticated: true; tokens: { accessToken: JWT; idToken?: JWT } }
  | { authenticated: false; tokens?: never }
)

/** AWS credentials from somewhere else. */
export interface CredentialsAndIdentityIdProvider {
  getCredentialsAndIdentityId(
    options: GetCredentialsOptions,
  ): Promise<{ credentials: AWSCredentials; identityId?: string } | undefined>
  clearCredentialsAndIdentityId(): void | Promise<void>
}

type Headers = Record<string, string>

/** An event as a provider of the app's own gets it. */
export interface AnalyticsEvent {
  /** The same whenever it is sent again. */
  id: string
  name: string
  attributes?: Record<string, string>
  metrics?: Record<string, number>
  /** ISO 8601. */
  timestamp: string
}

export interface AnalyticsBatch {
  events: AnalyticsEvent[]
  /** The page may be about to close: a request must outlive it, as `fetch` with `keepalive: true` does. */
  keepalive: boolean
}

/** Delivers events to a place of the app's own. */
export interface AnalyticsProvider {
  /**
   * Resolves when the batch has been taken, with the ids of those that have not and are to be sent again. A rejection with a `status` from
   * 400 to 499 (except 408 and 429) refuses the batch; after any other it is sent again.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a provider too.
  send(batch: AnalyticsBatch): Promise<{ failed?: string[] } | undefined | void>
  /** What `identifyUser` was told. */
  identify?(input: object): Promise<void>
}

/** What became of an in-app message. */
export interface InAppMessageInteraction {
  /** The same whenever it is told again. */
  id: string
  type: 'messageDisplayed' | 'messageDismissed' | 'messageActionTaken'
  /** Its campaign, and what is known of it beside what it shows. */
  message: { id: string; metadata?: object }
  /** ISO 8601. */
  timestamp: string
}

/** In-app messages from somewhere else than Pinpoint. */
export interface InAppMessagesProvider {
  /** Every campaign for this device, as `InAppMessageCampaign` of in-app messaging says. */
  load(): Promise<object[]>
  /** Told of what becomes of messages. What it rejects with `NetworkError` or a `status` of 429 or 5xx it is told again. */
  interacted?(interaction: InAppMessageInteraction): Promise<void>
  /** What `identifyUser` was told. */
  identify?(input: object): Promise<void>
}

export interface LibraryOptions {
  Notifications?: {
    InAppMessaging?: {
      /** Has the messages instead of Pinpoint. */
      provider?: InAppMessagesProvider
    }
  }
  Analytics?: {
    /** Takes the events of `record` and `configureAutoTrack` instead of Pinpoint. */
    provider?: AnalyticsProvider
    bufferSize?: number
    flushSize?: number
    flushInterval?: number
    resendLimit?: number
  }
  Auth?: {
    tokenProvider?: TokenProvider
    credentialsProvider?: CredentialsAndIdentityIdProvider
    headers?(): Promise<Headers>
  }
  API?: {
    GraphQL?: {
      headers?(options?: {
        query?: string
        variables?: Record<string, unknown>
      }): Promise<Record<string, unknown>>
      withCredentials?: boolean
    }
    REST?: {
      headers?(options: { apiName: string }): Promise<Headers>
      retryStrategy?: { strategy: 'jittered-exponential-backoff' | 'no-retry' }
      defaultAuthMode?: 'none' | 'iam'
      timeout?(options: { apiName: string; method: string }): number
    }
  }
  Storage?: {
    S3?: {
      prefixResolver?(params: {
        accessLevel: 'guest' | 'protected' | 'private'
        targetIdentityId?: string
      }): Promise<string>
      defaultAccessLevel?: 'guest' | 'protected' | 'private'
      isObjectLockEnabled?: boolean
    }
  }
  /** Keeps the session in cookies, where a server that renders pages finds it. */
  ssr?: boolean
  /** Where the session and everything else that outlives the page is kept; `localStorage` by default. */
  store?: KeyValueStorageInterface
  /** Replaces parts of the platform: `fetch`, the clock, WebSockets … */
  platform?: Partial<Platform>
}

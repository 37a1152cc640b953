import type { Code } from './appsync-js/code.js'
import type { FirehosePlan } from './firehose/plan.js'
import type { KinesisPlan } from './kinesis/plan.js'
import type { LexPlan } from './lex/plan.js'
import type { GeoPlan } from './location/plan.js'
import type { PersonalizePlan } from './personalize/plan.js'
import type { PinpointPlan } from './pinpoint/plan.js'

/** What the definition asks for that the sandbox does not do. Said once, so that nobody is surprised later. */
export type Warn = (line: string) => void

/** A backend definition, normalised: what `amplify/backend.ts` says, with every default filled in. */
export interface BackendPlan {
  auth?: AuthPlan
  data?: DataPlan
  storages: StoragePlan[]
  /** What `defineLocal(…)` says; nothing where left out. */
  local?: LocalPlan
  eventApis?: EventApiPlan[]
  restApis?: RestApiPlan[]
  /** What roles of the identity pool may do beyond what the definitions say. */
  policies?: PolicyPlan[]
  /** From `backend.addOutput({ custom })` and friends: merged into the outputs as they are. */
  extraOutputs: Record<string, unknown>
}

/** The services that an `amplify/` folder has no word of its own for. */
export interface LocalPlan {
  kinesis?: KinesisPlan
  firehose?: FirehosePlan
  personalize?: PersonalizePlan
  pinpoint?: PinpointPlan
  geo?: GeoPlan
  lex?: LexPlan
}

export interface AuthPlan {
  /** `anyName`: what is neither an email nor a phone number is a username. */
  loginWith: { email: boolean; phone: boolean; username: boolean; anyName?: boolean }
  /** Only an administrator adds users. */
  signUpClosed?: boolean
  /** The ids of a pool on AWS, in whose place this one stands. */
  reference?: { userPoolId: string; userPoolClientId: string; identityPoolId: string }
  /** Attributes that sign-up must bring. */
  requiredAttributes: string[]
  /** Names with their `custom:`; none where left out. */
  customAttributes?: string[]
  /** In order of precedence. */
  groups: string[]
  /** What was done to groups over the wire; `null` for one that was dropped. */
  groupChanges?: Record<string, GroupChange | null>
  passwordPolicy: {
    minLength: number
    requireLowercase: boolean
    requireUppercase: boolean
    requireNumbers: boolean
    requireSymbols: boolean
  }
  allowGuests: boolean
  /** Lifetimes in seconds. */
  accessTokenSeconds: number
  idTokenSeconds: number
  refreshTokenSeconds: number
  /** The same as CloudFormation says it, kept until all of it is known. */
  lifetimes?: { values: Record<string, number>; units: Record<string, string> }
  /** The second factor; none where left out. */
  mfa?: MfaPlan
  /** Devices get keys: and are remembered at once, or when the user says so. Not tracked where left out. */
  deviceTracking?: 'always' | 'userOptIn'
  /** What may stand instead of a password; nothing where left out. */
  passwordless?: ('EMAIL_OTP' | 'SMS_OTP' | 'WEB_AUTHN')[]
  /** What `InitiateAuth` begins with where the client does not say; only told in the outputs. */
  preferredChallenge?: string
  webAuthn?: { relyingPartyId?: string; userVerification?: 'required' | 'preferred' }
  /** Names beside the one that users were given. */
  preferredUsernameAlias?: boolean
  /** By attribute as on the wire; standard attributes that nothing was said about may be anything. */
  attributeRules?: Record<string, AttributeRule>
  /** Where a forgotten password's code may go, in order; nowhere where empty. Mail before text where left out. */
  recovery?: ('email' | 'phone_number')[]
  messages?: Messages
  /** New accounts are confirmed by following a mailed link, not by typing a code. */
  verifyByLink?: boolean
  /** A refresh token is good once; the old one for so many seconds more. */
  refreshRotation?: { graceSeconds: number }
  /** The hosted pages; none where left out. */
  oauth?: OAuthPlan
  triggers?: Triggers
  /** The operations that functions may call, by the function's name; `*` for all of them. */
  access?: Record<string, string[]>
  /** The event that `preTokenGeneration` gets; 1 where left out. */
  preTokenVersion?: 1 | 2
}

/** As on the wire. */
export interface GroupChange {
  Description?: string
  RoleArn?: string
  Precedence?: number
  CreationDate?: number
  LastModifiedDate?: number
}

export interface OAuthPlan {
  /** As `identity_provider` names them: `Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`, or the definition's own names. */
  providers: string[]
  scopes: string[]
  callbackUrls: string[]
  logoutUrls: string[]
  responseType: 'code' | 'token'
  /** By provider: which attribute of the user comes from which of the provider's claims. */
  mappings?: Record<string, Record<string, string>>
}

export interface AttributeRule {
  type: 'String' | 'Number' | 'Boolean' | 'DateTime'
  mutable: boolean
  minLength?: number
  maxLength?: number
  min?: number
  max?: number
}

/** Texts in the app's words, with `{####}` for the code and `{username}` for the name. */
export interface Messages {
  /** Such as `Shop <no-reply@example.com>`. */
  from?: string
  verification?: { subject?: string; body?: string; sms?: string }
  invitation?: { subject?: string; body?: string; sms?: string }
  mfa?: { sms?: string }
}

export interface MfaPlan {
  mode: 'OPTIONAL' | 'REQUIRED'
  totp: boolean
  sms: boolean
  email: boolean
}

/** The Lambda functions of a user pool, by the names that `defineAuth({ triggers })` has for them. */
export type Triggers = {
  [Name in
    | 'preSignUp'
    | 'postConfirmation'
    | 'preAuthentication'
    | 'postAuthentication'
    | 'preTokenGeneration'
    | 'customMessage'
    | 'defineAuthChallenge'
    | 'createAuthChallenge'
    | 'verifyAuthChallengeResponse'
    | 'userMigration']?: FunctionPlan
}

/** A Lambda function, as `defineFunction` says it. */
export interface FunctionPlan {
  name: string
  /** Absolute path of the file whose `handler` runs. */
  entry: string
  environment: Record<string, string>
  timeoutSeconds: number
}

export interface DataPlan {
  /** What `a.schema(…)` returned. */
  schema: object
  defaultAuthMode: 'apiKey' | 'userPool' | 'identityPool' | 'iam' | 'oidc' | 'lambda'
  /** Days until the API key expires; undefined where no key is wanted. */
  apiKeyDays?: number
  oidc?: OidcPlan
  lambda?: LambdaAuthorizerPlan
  /** By the names that `@function(name: …)` has for them. */
  functions?: Record<string, FunctionPlan>
  /** What `allow.resource(fn)` lets functions do, by their names. */
  access?: { function: string; actions: ('query' | 'mutate' | 'listen')[] }[]
  /** Of the API, for `ctx.env`. */
  environment?: Record<string, string>
  /** Who hears of what happens in the tables of models. */
  streams?: TableStreamPlan[]
  /** By the names under which the backend added them. */
  dataSources?: Record<string, DataSourcePlan>
  /** JavaScript, by `Query.totalFor`: one step after the other. */
  resolvers?: Record<string, ResolverPlan[]>
  /** Of schemas that are of somebody's own databases. */
  databases?: DatabasePlan[]
}

/** A database of PostgreSQL or MySQL: the sandbox makes none, and connects to one that is there. */
export interface DatabasePlan {
  engine: 'mysql' | 'postgresql'
  /** What to call the connection string: the name of its secret. */
  secret: string
  /** The connection string; undefined where nobody has set the secret. */
  uri?: string
  /** A certificate of whom to trust, as PEM. */
  sslCert?: string
  /** The models that are tables of it. */
  models: string[]
  /** The operations that are statements, by `Query.totalFor`; null where the schema has the statement itself. */
  statements: Record<string, string | null>
}

export interface TableStreamPlan {
  model: string
  function: FunctionPlan
  /** The most records of one event. */
  batchSize: number
}

export type DataSourcePlan =
  | { kind: 'none' }
  | { kind: 'bedrock' }
  /** `signs`: the service of AWS for which its requests are signed. */
  | { kind: 'http'; endpoint: string; signs?: string }
  | { kind: 'lambda'; function: FunctionPlan }
  /** `key`: empty where the table is made elsewhere, and only requests tell. */
  | { kind: 'table'; name: string; key: string[] }
  | { kind: 'eventBridge'; bus: string }
  /** One that is not served: what names it answers so. */
  | { kind: 'unknown'; what: string }

export interface ResolverPlan {
  /** `NONE_DS`, `OrderTable` of a model, or a name of `dataSources`. */
  dataSource: string
  file: string
  /** Read before anything is served. */
  code?: Code
}

/** As AppSync names its modes. */
export type AuthType = 'API_KEY' | 'AMAZON_COGNITO_USER_POOLS' | 'AWS_IAM' | 'OPENID_CONNECT' | 'AWS_LAMBDA'

export interface OidcPlan {
  issuer: string
  /** A pattern for `aud` or `azp`; any client where left out. */
  clientId?: string
  /** How long a token is good from its `auth_time` and `iat`, beside its own expiry. */
  secondsFromAuth?: number
  secondsFromIssue?: number
}

export interface LambdaAuthorizerPlan {
  function: FunctionPlan
  /** How long an answer is remembered that does not say so itself. */
  ttlSeconds: number
  /** Tokens that do not fit it are refused without asking. */
  pattern?: string
}

export interface EventAuthorization {
  providers: AuthType[]
  connect: AuthType[]
  publish: AuthType[]
  subscribe: AuthType[]
  oidc?: OidcPlan
  lambda?: LambdaAuthorizerPlan
}

/** An Event API of AppSync. */
export interface EventApiPlan extends EventAuthorization {
  id: string
  name: string
  /** It is served at `/event`; others at `/events/<id>/event`. */
  isFirst: boolean
  /** Milliseconds since 1970. */
  keyExpires?: number
  namespaces: EventNamespacePlan[]
  /** By the names under which the backend added them. */
  dataSources: Record<string, DataSourcePlan>
}

export interface EventNamespacePlan {
  name: string
  /** Where left out, the API's. */
  publish?: AuthType[]
  subscribe?: AuthType[]
  /** JavaScript that exports `onPublish`, `onSubscribe` or both. */
  source?: { text: string } | { file: string }
  /** The same, read. */
  code?: Code
  /** Whom it asks about its events. */
  handlers: { [Name in EventHandlerName]?: EventHandlerPlan }
}

export type EventHandlerName = 'onPublish' | 'onSubscribe'

export interface EventHandlerPlan {
  /** A name of the API's `dataSources`. */
  dataSource: string
  /** Without code: the function gets the call as it is. */
  isDirect: boolean
  /** Nobody waits for the function's answer. */
  isAsync: boolean
}

/** A REST or HTTP API of API Gateway over functions. */
export interface RestApiPlan {
  id: string
  name: string
  /** Of the events that functions get: 1 for a REST API, 2 for an HTTP API. */
  version: 1 | 2
  /** Part of the path; none where empty. */
  stage: string
  routes: RestRoutePlan[]
  /** Values of API keys. */
  keys: string[]
}

export interface RestRoutePlan {
  /** Or `ANY`. */
  method: string
  /** Such as `/items/{id}` or `/items/{proxy+}`. */
  path: string
  function: FunctionPlan
  authorization: RestAuthorization
  needsKey?: boolean
}

export type RestAuthorization =
  | { kind: 'none' | 'iam' | 'userPool' }
  /** `simple`: the function says `isAuthorized`; otherwise it gives a policy. */
  | { kind: 'lambda'; function: FunctionPlan; simple: boolean }

/** A statement of IAM that allows something to one role of the identity pool. */
export interface PolicyPlan {
  role: 'guest' | 'authenticated' | { group: string }
  /** With `*` for anything, as in IAM. */
  actions: string[]
  resources: string[]
}

/** May these principals do these things under this prefix? Mirrors `defineStorage({ access })`. */
export interface StorageRule {
  /** Such as `media/*` or `private/{entity_id}/*`. */
  path: string
  who:
    | { kind: 'guest' }
    | { kind: 'authenticated' }
    | { kind: 'group'; group: string }
    | { kind: 'owner' }
    | { kind: 'function'; name: string }
  may: ('get' | 'list' | 'write' | 'delete')[]
}

export interface StoragePlan {
  /** `name` of defineStorage; the friendly name in outputs. */
  name: string
  isDefault: boolean
  bucketName: string
  rules: StorageRule[]
  /** What functions may do with every object, by their names, because CDK granted it. */
  granted?: Record<string, StorageRule['may']>
  triggers?: StorageTriggers
}

/** What runs when an object was written or deleted. */
export interface StorageTriggers {
  onUpload?: FunctionPlan
  onDelete?: FunctionPlan
}

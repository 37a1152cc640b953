// The words of an `amplify/` folder. Each `define…` returns a plain value that says what was asked for; the sandbox reads it,
// and nothing here touches the network or AWS.

import { type Definition, define, kindOf } from './kind.js'
import type { Recording } from './recording.js'
import { record } from './recording.js'

// ------------------------------------------------------------------------------------------------------------------ auth

/** A value that is set outside the code: `secret('GOOGLE_CLIENT_SECRET')`. */
export type Secret = Definition<'secret', { name: string }>

export function secret(name: string): Secret {
  return define('secret', { name })
}

/** What a function may be allowed to do in the user pool: https://docs.amplify.aws/react/build-a-backend/auth/grant-access-to-auth-resources/ */
export type AuthAction =
  | 'manageUsers'
  | 'manageGroupMembership'
  | 'manageGroups'
  | 'manageUserDevices'
  | 'managePasswordRecovery'
  | 'addUserToGroup'
  | 'createUser'
  | 'deleteUser'
  | 'deleteUserAttributes'
  | 'disableUser'
  | 'enableUser'
  | 'forgetDevice'
  | 'getDevice'
  | 'getUser'
  | 'listDevices'
  | 'listGroupsForUser'
  | 'listUsers'
  | 'listUsersInGroup'
  | 'removeUserFromGroup'
  | 'resetUserPassword'
  | 'setUserMfaPreference'
  | 'setUserPassword'
  | 'setUserSettings'
  | 'updateDeviceStatus'
  | 'updateUserAttributes'

export interface AuthGrant {
  readonly resource: unknown
  readonly actions: readonly AuthAction[]
}

export interface AuthAllow {
  /** A function, as `defineFunction` returned it. */
  resource(resource: unknown): { to(actions: AuthAction[]): AuthGrant }
}

/** The `allow` that `defineAuth({ access })` is called with. */
export const authAllow: AuthAllow = {
  resource: (resource) => ({ to: (actions) => ({ resource, actions }) }),
}

export interface AttributeProps {
  required?: boolean
  mutable?: boolean
  [more: string]: unknown
}

export interface AuthProps {
  name?: string
  loginWith: {
    email?: boolean | Record<string, unknown>
    phone?: boolean | Record<string, unknown>
    username?: boolean
    externalProviders?: Record<string, unknown>
    webAuthn?: boolean | Record<string, unknown>
  }
  userAttributes?: Record<string, AttributeProps | boolean>
  groups?: string[]
  multifactor?: {
    mode: 'OFF' | 'OPTIONAL' | 'REQUIRED'
    totp?: boolean
    sms?: boolean | { smsMessage: (createCode: () => string) => string }
    email?: boolean
  }
  accountRecovery?: string
  triggers?: Record<string, unknown>
  access?: (allow: AuthAllow) => AuthGrant[]
  senders?: Record<string, unknown>
  passwordlessOptions?: Record<string, unknown>
}

export type AuthDefinition = Definition<'auth', AuthProps>

/** Sign-in of the app: `defineAuth({ loginWith: { email: true } })`. */
export function defineAuth(props: AuthProps): AuthDefinition {
  return define('auth', props)
}

export interface ReferenceAuthProps {
  userPoolId: string
  userPoolClientId: string
  identityPoolId: string
  authRoleArn: string
  unauthRoleArn: string
  groups?: Record<string, string>
  access?: (allow: AuthAllow) => AuthGrant[]
}

/** An existing user pool on AWS. The sandbox serves a local pool of the same ids in its place. */
export function referenceAuth(props: ReferenceAuthProps): Definition<'referenceAuth', ReferenceAuthProps> {
  return define('referenceAuth', props)
}

// ------------------------------------------------------------------------------------------------------------------ data

export type AuthorizationModeName = 'apiKey' | 'userPool' | 'identityPool' | 'iam' | 'oidc' | 'lambda'

export interface DataProps {
  /** What `a.schema(…)` or `a.combine(…)` returned, of our builder or the official one, or a schema in GraphQL. */
  schema: object | string
  name?: string
  authorizationModes?: {
    defaultAuthorizationMode?: AuthorizationModeName
    apiKeyAuthorizationMode?: { expiresInDays?: number; description?: string }
    lambdaAuthorizationMode?: {
      /** What `defineFunction(…)` returned: it looks at each call's token. */
      function: object
      /** For how long an answer of it holds, unless it says so itself. 300 by default. */
      timeToLiveInSeconds?: number
    }
    oidcAuthorizationMode?: {
      oidcProviderName: string
      /** Where the provider's `/.well-known/openid-configuration` is. */
      oidcIssuerUrl: string
      /** A regular expression on the client's id. */
      clientId?: string
      tokenExpiryFromAuthInSeconds: number
      tokenExpireFromIssueInSeconds: number
    }
  }
  /** Functions by the names that `a.handler.function('name')` has for them. */
  functions?: Record<string, object>
  /** What AppSync writes to CloudWatch: `true` for the errors. */
  logging?:
    | boolean
    | {
        excludeVerboseContent?: boolean
        fieldLogLevel?: 'none' | 'error' | 'info' | 'debug' | 'all'
        retention?: string
      }
}

export type DataDefinition = Definition<'data', DataProps>

/**
 * The app's GraphQL API: `defineData({ schema, authorizationModes })`.
 *
 * @throws {SchemaError} where the schema refers to a type that it does not have, and is not combined with one that has
 */
export function defineData(props: DataProps): DataDefinition {
  const data = define('data', props)
  const { missing } = (props.schema as { data?: { missing?: Error } } | undefined)?.data ?? {}
  if (missing) throw missing
  return data
}

// --------------------------------------------------------------------------------------------------------------- storage

/** `read` is `get` and `list`. */
export type StorageAction = 'read' | 'get' | 'list' | 'write' | 'delete'

export interface StorageGrant {
  readonly who:
    | 'guest'
    | 'authenticated'
    | 'entity'
    | { readonly groups: readonly string[] }
    | { readonly resource: unknown }
  readonly actions: readonly StorageAction[]
}

interface StorageGrantBuilder {
  to(actions: StorageAction[]): StorageGrant
}

export interface StorageAllow {
  readonly guest: StorageGrantBuilder
  readonly authenticated: StorageGrantBuilder
  groups(names: string[]): StorageGrantBuilder
  /** The owner of a path with `{entity_id}` in it. */
  entity(kind: 'identity'): StorageGrantBuilder
  /** What `defineFunction` returned: its handler may do this, and finds the name of the bucket in its environment. */
  resource(resource: unknown): StorageGrantBuilder
}

export interface StorageProps {
  name: string
  isDefault?: boolean
  versioned?: boolean
  access?: (allow: StorageAllow) => Record<string, StorageGrant[]>
  /** Functions to be run when an object was written (`onUpload`) or deleted (`onDelete`). */
  triggers?: { onUpload?: unknown; onDelete?: unknown }
}

export type StorageDefinition = Definition<'storage', StorageProps>

/** A bucket and who may do what in it: `defineStorage({ name, access: (allow) => ({ 'media/*': [allow.guest.to(['read'])] }) })`. */
export function defineStorage(props: StorageProps): StorageDefinition {
  return define('storage', props)
}

/** The `allow` that `defineStorage({ access })` is called with. */
export const storageAllow: StorageAllow = /* @__PURE__ */ (() => {
  const grant = (who: StorageGrant['who']): StorageGrantBuilder => ({ to: (actions) => ({ who, actions }) })
  return {
    guest: grant('guest'),
    authenticated: grant('authenticated'),
    groups: (names: string[]) => grant({ groups: names }),
    entity: () => grant('entity'),
    resource: (resource: unknown) => grant({ resource }),
  }
})()

// -------------------------------------------------------------------------------------------------------------- functions

export interface FunctionProps {
  name?: string
  entry?: string
  timeoutSeconds?: number
  memoryMB?: number
  runtime?: number
  environment?: Record<string, string | Secret>
  schedule?: string | string[]
  layers?: Record<string, string>
  resourceGroupName?: string
  [more: string]: unknown
}

export type FunctionDefinition = Definition<'function', FunctionProps>

/** A Lambda function of the app. */
export function defineFunction(props: FunctionProps = {}): FunctionDefinition {
  return define('function', props)
}

// ---------------------------------------------------------------------------------------------------------------- backend

// biome-ignore lint/suspicious/noExplicitAny: CDK constructs of every kind hang here; what is called on them is recorded, not typed.
type Constructs = any

export interface BackendProps {
  /** The parts by name, and every CDK call made on the backend, in order. */
  parts: Record<string, Definition>
  recordings: Recording[]
  outputs: Record<string, unknown>[]
}

export type Backend<Parts> = Definition<'backend', BackendProps> & {
  readonly [Name in keyof Parts]: { readonly resources: Constructs; readonly [method: string]: Constructs }
} & {
  createStack(name: string): Constructs
  /** Merged into `amplify_outputs.json`. */
  addOutput(output: Record<string, unknown>): void
}

/** A part as `backend.auth` has it: what was defined, its constructs, and the methods that CDK gives it (`addEnvironment`, `addHttpDataSource`). */
function withResources(name: string, part: Definition, recordings: Recording[]): unknown {
  const constructs = record(name, recordings) as Record<string | symbol, unknown>
  return new Proxy(part, {
    get: (target, key) =>
      key in target || typeof key === 'symbol' ? Reflect.get(target, key) : constructs[key],
  })
}

/** The whole backend: `defineBackend({ auth, data, storage })`, the heart of `amplify/backend.ts`. */
export function defineBackend<Parts extends Record<string, unknown>>(parts: Parts): Backend<Parts> {
  for (const [name, part] of Object.entries(parts)) {
    if (!kindOf(part)) {
      throw new TypeError(`defineBackend: '${name}' is not the result of a define… function.`)
    }
  }
  const recordings: Recording[] = []
  const outputs: Record<string, unknown>[] = []
  const backend = {
    ...define('backend', { parts: parts as Record<string, Definition>, recordings, outputs }),
    ...Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        withResources(name, part as Definition, recordings),
      ]),
    ),
    createStack: (name: string) => record(`stacks.${name}`, recordings),
    addOutput: (output: Record<string, unknown>) => {
      outputs.push(output)
    },
  }
  return backend as unknown as Backend<Parts>
}

export { type Definition, type DefinitionKind, kindOf } from './kind.js'
export { defineLocal, type LocalDefinition, type LocalProps } from './local.js'
export type {
  BotEvent,
  BotProps,
  BotResult,
  IntentProps,
  LexProps,
  SlotProps,
  SlotTypeProps,
} from './localBots.js'
export type { GeoProps } from './localPlaces.js'
export type {
  FirehoseProps,
  KinesisProps,
  LocalAccess,
  PersonalizeProps,
  PinpointProps,
} from './localStreams.js'
export type { Recording } from './recording.js'
export { record, recordedPath } from './recording.js'

// What our own packages import. No promise of stability to anyone else. Signing is an entry of its own, `sigv4`: what a barrel leads to,
// esbuild loads at once.

export { OwnContext } from './amplifyContext.js'
export { type FetchAuthSessionOptions, fetchAuthSession } from './authSession.js'
export { type AwsJsonCall, awsJson, readJson } from './awsJson.js'
export { fromBase64, fromBase64Url, fromHex, toBase64, toBase64Url, toHex, utf8 } from './bytes.js'
export {
  dnsSuffix,
  hasUserPool,
  notConfigured,
  type UserPool,
  userPool,
} from './config.js'
export {
  type Context,
  changedContext,
  currentContext,
  newContext,
  perContext,
  setDevicePlatform,
} from './context.js'
export {
  type AWSCredentials,
  clearCredentials,
  credentials,
  credentialsOf,
  federate,
  type Identity,
} from './credentials.js'
export { AmplifyError, type ErrorClass, type ErrorDetails, isTransient } from './errors.js'
export { type HubCapsule, HubClass, type HubPayload } from './events.js'
export { type Authorize, type Call, type HttpRequest, request, serverTime } from './http.js'
export { Hub } from './hub.js'
export { fetchIdentity, type IdentityPool, identityPool } from './identityPool.js'
export { decodeJWT, type JWT, type JwtPayload } from './jwt.js'
export { withLock } from './lock.js'
export { page } from './page.js'
export { passkey } from './passkeys.js'
export type {
  FileUpload,
  FileUploaded,
  KeyValueStorageInterface,
  LocalFile,
  OpenedPage,
  Page,
  Platform,
  SrpNumbers,
} from './platform.js'
export { definiteRefusal, fetchTokens } from './refresh.js'
export type {
  AnalyticsBatch,
  AnalyticsEvent,
  AnalyticsProvider,
  GeoConfig,
  GraphQLAuthMode,
  InAppMessageInteraction,
  InAppMessagesProvider,
  LibraryOptions,
  OAuthConfig,
  ResourcesConfig,
} from './resourcesConfig.js'
export { type RestJsonCall, restJson } from './restJson.js'
export { session, storedSession } from './session.js'
export {
  type AuthFlowType,
  clearSession,
  clearStoredDevice,
  type DeviceMetadata,
  type Session,
  type SessionOptions,
  type SignInDetails,
  sessionKey,
  sessionState,
  sessionStore,
  setSessionStorage,
  storedDevice,
  storeSession,
} from './sessionStore.js'
export { createMemoryStore, tabStore } from './stores.js'
export { withProgress } from './withProgress.js'

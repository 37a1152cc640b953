// What apps import.
export { Amplify, parseAmplifyConfig } from './amplify.js'
export {
  AMPLIFY_CONTEXT_BRAND,
  type AmplifyContext,
  createAmplifyContext,
} from './amplifyContext.js'
export {
  type AuthSession,
  type AuthTokens,
  type FetchAuthSessionOptions,
  fetchAuthSession,
} from './authSession.js'
export { Cache, type CacheConfig, type CacheItemOptions, type StorageCache } from './cache.js'
export type { AuthHubEventData, Channels } from './channels.js'
export {
  type ConfigurationBuilder,
  type CreateConfigurationBuilderOptions,
  createConfigurationBuilder,
} from './configurationBuilder.js'
export type { Context } from './context.js'
export { CookieStorage, type CookieStorageData } from './cookieStorage.js'
export type { AWSCredentials } from './credentials.js'
export { AmplifyError } from './errors.js'
export type { EventDataMap, HubCallback, HubCapsule, HubPayload, StopListenerCallback } from './events.js'
export { Hub } from './hub.js'
export { I18n } from './i18n.js'
export { decodeJWT, type JWT, type JwtPayload } from './jwt.js'
export { ConsoleLogger, type LoggingProvider, type LogType } from './logger.js'
export type { KeyValueStorageEvent, KeyValueStorageInterface, Platform } from './platform.js'
export type {
  AmplifyOutputsUnknown,
  APIConfig,
  AuthConfig,
  BucketInfo,
  CognitoUserPoolConfig,
  CredentialsAndIdentityIdProvider,
  GetCredentialsOptions,
  GraphQLAuthMode,
  LegacyConfig,
  LibraryOptions,
  OAuthConfig,
  ResourcesConfig,
  StorageConfig,
  TokenProvider,
} from './resourcesConfig.js'
export {
  ServiceWorker,
  type ServiceWorkerOptions,
  type ServiceWorkerStateChangeHandler,
} from './serviceWorker.js'
export { defaultStorage, sessionStorage, sharedInMemoryStorage } from './stores.js'

// `aws-amplify/utils`
export {
  Cache,
  ConsoleLogger,
  CookieStorage,
  defaultStorage,
  Hub,
  type HubCapsule,
  I18n,
  type KeyValueStorageInterface,
  parseAmplifyConfig,
  ServiceWorker,
  type ServiceWorkerOptions,
  type ServiceWorkerStateChangeHandler,
  sessionStorage,
  sharedInMemoryStorage,
} from '@backline/core'

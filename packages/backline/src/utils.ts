// `aws-amplify/utils`
export {
  CookieStorage,
  defaultStorage,
  Hub,
  type HubCapsule,
  type KeyValueStorageInterface,
  parseAmplifyConfig,
  sessionStorage,
  sharedInMemoryStorage,
} from '@backline/core'

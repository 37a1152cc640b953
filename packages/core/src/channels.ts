import type { ResourcesConfig } from './resourcesConfig.js'

/** Events of sign-in, sign-out and the session. */
export type AuthHubEventData =
  | { event: 'signedIn'; data: { username: string; userId: string; signInDetails?: object } }
  | { event: 'signedOut'; data?: undefined }
  | { event: 'tokenRefresh'; data?: undefined }
  | { event: 'tokenRefresh_failure'; data: { error?: HubError } }
  | { event: 'signInWithRedirect'; data?: undefined }
  | { event: 'signInWithRedirect_failure'; data: { error?: HubError } }
  | { event: 'customOAuthState'; data: string }
  | { event: 'autoSignIn'; data?: unknown }

interface HubError {
  name: string
  message: string
  recoverySuggestion?: string
}

/** Events of analytics. Nothing is lost without one. */
export type AnalyticsHubEventData =
  /** Recorded on the default provider: in-app messages listen for it. */
  | {
      event: 'record'
      data: { name: string; attributes?: Record<string, string>; metrics?: Record<string, number> }
    }
  /** The buffer was full: so many events have been refused since the program began. */
  | { event: 'overflow'; data: { provider: string; overflowed: number } }
  /** The service refused these for good. */
  | { event: 'dropped'; data: { provider: string; events: number; error: HubError } }
  /** There is no room on the device: these wait in memory only. */
  | { event: 'notPersisted'; data: { provider: string; error: HubError } }

/** Events of in-app messaging. */
export type InAppMessagingHubEventData = {
  /** Something went wrong while nobody waited for an answer. */
  event: 'failure'
  data: {
    during: 'start' | 'record' | 'messageDisplayed' | 'messageDismissed' | 'messageActionTaken'
    error: HubError
  }
}

/** Every event of the SDK, on one page. Apps may add channels by declaration merging. */
export interface Channels {
  auth: AuthHubEventData
  analytics: AnalyticsHubEventData
  inAppMessaging: InAppMessagingHubEventData
  core: { event: 'configure'; data: ResourcesConfig }
}

/** Ours: apps that dispatch on them are warned. */
export const protectedChannels = [
  'core',
  'auth',
  'api',
  'analytics',
  'interactions',
  'pubsub',
  'storage',
  'ui',
  'xr',
]

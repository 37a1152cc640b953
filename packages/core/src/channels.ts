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

/** Every event of the SDK, on one page. Apps may add channels by declaration merging. */
export interface Channels {
  auth: AuthHubEventData
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

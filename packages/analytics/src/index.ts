export type {
  AnalyticsBatch,
  AnalyticsEvent,
  AnalyticsProvider,
} from '@backline/core/internal'
export type { EventTrackingOptions, PageViewTrackingOptions, SessionTrackingOptions } from './autoTrack.js'
export { disable, enable } from './enable.js'
export { AnalyticsError, type AnalyticsErrorName } from './errors.js'
export { type EventCounts, eventCounts } from './eventCounts.js'
export { type HttpsProviderOptions, httpsProvider } from './eventProvider.js'
export {
  type ConfigureAutoTrackInput,
  configureAutoTrack,
  flushEvents,
  type IdentifyUserInput,
  identifyUser,
  type RecordInput,
  record,
} from './events.js'

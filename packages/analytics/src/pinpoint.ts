// `aws-amplify/analytics/pinpoint`
export type { ConfigureAutoTrackInput, IdentifyUserInput, RecordInput } from './events.js'
export { configureAutoTrack, flushEvents, identifyUser, record } from './events.js'

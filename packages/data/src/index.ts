export type { SelectionSet } from '@backline/schema'
export type { AuthToken, CustomHeaders } from './authorization.js'
export { type Client, type ClientOptions, type GraphQLOptions, generateClient } from './client.js'
export { CONNECTION_STATE_CHANGE, ConnectionState } from './connectionState.js'
export type {
  GraphQLQuery,
  GraphQLResult,
  GraphQLReturnType,
  GraphQLSubscription,
  GraphqlSubscriptionMessage,
  GraphqlSubscriptionResult,
} from './documents.js'
export {
  DataError,
  type DataErrorName,
  GraphQLAuthError,
  type GraphQLFormattedError,
  type GraphQLResponse,
  isCancelError,
} from './errors.js'
export type { Snapshot } from './liveQuery.js'

export type { SelectionSet } from '@backline/schema'
export type { AuthToken, CustomHeaders } from './authorization.js'
export { type BatchOptions, type BatchResult, batch } from './batch.js'
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
export {
  type EventsChannel,
  type EventsObserver,
  type EventsOptions,
  type EventsSubscription,
  events,
  type ReceivedEvent,
} from './events.js'
export type { Snapshot } from './liveQuery.js'
export { nextTokenOf } from './nextToken.js'
export type { PublishedEvent } from './publishing.js'
export {
  ApiError,
  type ApiErrorName,
  del,
  get,
  type HeadInput,
  type HeadOperation,
  head,
  type Json,
  patch,
  post,
  put,
  type RestBody,
  type RestInput,
  type RestOperation,
  type RestOptions,
  type RestResponse,
} from './rest.js'

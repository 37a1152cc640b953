import { AmplifyError, type ErrorDetails } from '@backline/core/unsigned'

/** One error of an answer, as GraphQL services send them, and as we describe what kept us from an answer. */
export interface GraphQLFormattedError {
  readonly message: string
  /** `Unauthorized`, `DynamoDB:ConditionalCheckFailedException`, … from the service; `NetworkError`, `TimeoutError` from us. */
  readonly errorType: string
  readonly errorInfo: null | { [key: string]: unknown }
  readonly path?: readonly (string | number)[]
  readonly locations?: readonly { line: number; column: number }[]
  readonly recoverySuggestion?: string
  /** What lies beneath, where nothing was answered. */
  readonly originalError?: unknown
}

/** What a service answered. */
export interface GraphQLResponse {
  // biome-ignore lint/suspicious/noExplicitAny: the operation decides
  data: any
  errors?: GraphQLFormattedError[]
  // biome-ignore lint/suspicious/noExplicitAny: the service decides
  extensions?: Record<string, any>
}

/** Names we give. A service's own `errorType` passes through unchanged. */
export type DataErrorName =
  | 'NoApiKey'
  | 'NoCredentials'
  | 'NoValidAuthTokens'
  | 'NoSignedUser'
  | 'NoAuthorizationHeader'
  | 'NoEndpoint'
  | 'NoWebSocket'
  | 'NoRegion'
  | 'InvalidAuthMode'
  /** A function of `/server` was called without the context of the request. */
  | 'InvalidServerContext'
  | 'UnknownModel'
  | 'TimeoutError'
  | 'CanceledError'
  | 'InvalidSelectionSet'
  | 'InvalidSortDirection'
  | 'InvalidInput'
  | 'InvalidQuery'
  | 'SubscriptionTimeout'
  | (string & {})

/**
 * What `@backline/data` throws, and what its subscriptions fail with. An answer with errors keeps everything that came:
 * `client.graphql` rejects with one whose `data` and `errors` are the service's.
 */
export class DataError extends AmplifyError<DataErrorName> {
  // biome-ignore lint/suspicious/noExplicitAny: the operation decides
  declare readonly data?: any
  declare readonly errors?: GraphQLFormattedError[]
  // biome-ignore lint/suspicious/noExplicitAny: the service decides
  declare readonly extensions?: Record<string, any>

  constructor(
    name: DataErrorName,
    message: string,
    details?: ErrorDetails,
    answer?: Partial<GraphQLResponse>,
  ) {
    super(name, message, details)
    Object.assign(this, answer)
  }
}

/** An answer with errors, to be thrown. */
export function answerError(answer: GraphQLResponse): DataError {
  const [first] = answer.errors ?? []
  return new DataError(
    first?.errorType || 'GraphQLError',
    first?.message ?? 'The service refused.',
    {
      cause: first?.originalError,
      recoverySuggestion: first?.recoverySuggestion,
    },
    answer,
  )
}

export function isCancelError(error: unknown): boolean {
  return (error as { name?: unknown } | undefined)?.name === 'CanceledError'
}

/** Messages of the errors that say who we are not. */
export const GraphQLAuthError = {
  NO_API_KEY: 'No api-key configured',
  NO_CURRENT_USER: 'No current user',
  NO_CREDENTIALS: 'No credentials',
  NO_FEDERATED_JWT: 'No federated jwt',
  NO_AUTH_TOKEN: 'No auth token specified',
} as const
export type GraphQLAuthError = (typeof GraphQLAuthError)[keyof typeof GraphQLAuthError]

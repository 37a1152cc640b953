// What a function gets when AppSync calls it, and what it may answer: `Schema['echo']['functionHandler']`.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-context-reference.html

/** The call of a custom operation, as its function sees it. */
export interface OperationEvent<Args> {
  arguments: Args
  identity?: CallerIdentity
  source: null
  request: { headers: { [name: string]: string | undefined }; domainName: string | null }
  info: {
    fieldName: string
    parentTypeName: string
    variables: { [name: string]: unknown }
    /** The fields asked for, such as `address/city`. */
    selectionSetList: string[]
    selectionSetGraphQL: string
  }
  /** What the function before it answered, in a pipeline. */
  prev: { result: { [key: string]: unknown } } | null
  stash: { [key: string]: unknown }
}

/** Who calls: by user pool, by IAM, by OpenID Connect or by a Lambda authorizer. Nothing with an API key. */
export type CallerIdentity = UserPoolIdentity | IamIdentity | OidcIdentity | LambdaIdentity | null

export interface UserPoolIdentity {
  sub: string
  issuer: string
  username: string
  claims: { [name: string]: unknown }
  sourceIp: string[]
  defaultAuthStrategy: string
  groups: string[] | null
}

export interface IamIdentity {
  accountId: string
  cognitoIdentityPoolId: string
  cognitoIdentityId: string
  sourceIp: string[]
  username: string
  userArn: string
  cognitoIdentityAuthType: string
  cognitoIdentityAuthProvider: string
}

export interface OidcIdentity {
  sub: string
  issuer: string
  claims: { [name: string]: unknown }
}

export interface LambdaIdentity {
  resolverContext: unknown
}

/** What is known of the run of a function. */
export interface FunctionContext {
  callbackWaitsForEmptyEventLoop: boolean
  functionName: string
  functionVersion: string
  invokedFunctionArn: string
  memoryLimitInMB: string
  awsRequestId: string
  logGroupName: string
  logStreamName: string
  getRemainingTimeInMillis(): number
}

export type FunctionCallback<Result> = (error?: Error | string | null, result?: Result) => void

/** The `handler` of a function behind a custom operation. */
export type OperationHandler<Args, Result> = (
  event: OperationEvent<Args>,
  context: FunctionContext,
  callback: FunctionCallback<Result>,
  // biome-ignore lint/suspicious/noConfusingVoidType: with the callback nothing is returned
) => void | Promise<Result>

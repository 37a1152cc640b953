import { createHash, createHmac } from 'node:crypto'
import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { defineBackend, defineData } from '@backline/schema/backend'
import { afterEach } from 'vitest'
import type { BackendPlan, DataPlan } from '../plan.js'
import { authPlan } from '../pool.fixture.js'
import { type Sandbox, serve } from '../sandbox.js'

// For tests of this folder only: a sandbox with users in it, spoken to from outside.

export interface Answer {
  status: number
  data: any
  errors?: {
    message: string
    errorType?: string | null
    path?: (string | number)[] | null
    data?: unknown
    locations?: unknown
  }[]
}

export type Headers = Record<string, string>

export interface User {
  headers: Headers
  idToken: string
  accessToken: string
  sub: string
}

const PASSWORD = 'Correct-horse-1'

/** A schema as `a.schema()` returns it, of which only the SDL counts. */
export const schemaOf = (sdl: string) =>
  ({ transform: () => ({ schema: sdl }) }) as unknown as DataPlan['schema']

export const planOf = (schema: string | object, data: Partial<DataPlan> = {}): BackendPlan => ({
  auth: { ...authPlan, groups: ['Admin', 'Staff'] },
  data: {
    schema: typeof schema === 'string' ? schemaOf(schema) : (schema as DataPlan['schema']),
    defaultAuthMode: 'apiKey',
    apiKeyDays: 30,
    ...data,
  },
  storages: [],
  extraOutputs: {},
})

/** The same as `defineBackend` makes it, for `sandbox.update`. */
export const defined = (sdl: string) =>
  defineBackend({
    data: defineData({
      schema: schemaOf(sdl),
      authorizationModes: {
        defaultAuthorizationMode: 'apiKey',
        apiKeyAuthorizationMode: { expiresInDays: 30 },
      },
    }),
  })

export async function openStage(schema: string | object, data: Partial<DataPlan> = {}, dataDir = ':memory:') {
  const sandbox = await serve(planOf(schema, data), { dataDir })
  return { sandbox, ...speakTo(sandbox) }
}

export type Stage = Awaited<ReturnType<typeof openStage>>

export function speakTo(sandbox: Sandbox) {
  const outputs = sandbox.outputs.data as {
    url: string
    api_key: string
    default_authorization_type: string
    authorization_types: string[]
    model_introspection: { models: Record<string, unknown> }
  }
  const withKey: Headers = { 'x-api-key': outputs.api_key }

  async function post(body: unknown, headers: Headers = withKey): Promise<Answer> {
    const response = await fetch(outputs.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) }
  }

  return {
    outputs,
    withKey,
    post,
    ask: (query: string, variables: object = {}, headers: Headers = withKey) =>
      post({ query, variables }, headers),
    ...peopleOf(sandbox),
  }
}

/** Users and guests of a sandbox that has a user pool. */
export function peopleOf(sandbox: Sandbox) {
  const auth = sandbox.outputs.auth as {
    user_pool_id: string
    user_pool_client_id: string
    identity_pool_id: string
  }
  const options = {
    region: 'us-east-1',
    endpoint: sandbox.url,
    credentials: { ...sandbox.credentials },
    maxAttempts: 1,
  }
  const idp = new CognitoIdentityProviderClient(options)
  const identity = new CognitoIdentityClient(options)
  return {
    /** Somebody who has signed in. */
    async user(email: string, ...groups: string[]): Promise<User> {
      const who = { UserPoolId: auth.user_pool_id, Username: email }
      await idp.send(new AdminCreateUserCommand({ ...who, MessageAction: 'SUPPRESS' }))
      await idp.send(new AdminSetUserPasswordCommand({ ...who, Password: PASSWORD, Permanent: true }))
      for (const GroupName of groups) await idp.send(new AdminAddUserToGroupCommand({ ...who, GroupName }))
      const { AuthenticationResult } = await idp.send(
        new InitiateAuthCommand({
          ClientId: auth.user_pool_client_id,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: email, PASSWORD },
        }),
      )
      const accessToken = AuthenticationResult!.AccessToken!
      const claims = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as {
        sub: string
      }
      return {
        accessToken,
        idToken: AuthenticationResult!.IdToken!,
        headers: { authorization: accessToken },
        sub: claims.sub,
      }
    },

    /** Keys of the identity pool: of a guest, or of a user. */
    async keys(idToken?: string) {
      const provider = `cognito-idp.us-east-1.amazonaws.com/${auth.user_pool_id}`
      const Logins = idToken ? { [provider]: idToken } : undefined
      const { IdentityId } = await identity.send(
        new GetIdCommand({ IdentityPoolId: auth.identity_pool_id, Logins }),
      )
      const { Credentials } = await identity.send(
        new GetCredentialsForIdentityCommand({ IdentityId, Logins }),
      )
      return {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretKey!,
        sessionToken: Credentials!.SessionToken!,
      }
    },
  }
}

/** Signed with AWS Signature Version 4, from its specification. */
export function signed(
  url: string,
  body: string,
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  { at = new Date(), path = '/graphql', service = 'appsync', method = 'POST' } = {},
): Headers {
  const { host } = new URL(url)
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${time.slice(0, 8)}/us-east-1/${service}/aws4_request`
  const headers: Headers = {
    host,
    'x-amz-date': time,
    ...(keys.sessionToken ? { 'x-amz-security-token': keys.sessionToken } : {}),
  }
  const names = Object.keys(headers).sort().join(';')
  const canonical = [
    method,
    path,
    '',
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    sha(body),
  ]
  const key = [time.slice(0, 8), 'us-east-1', service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${keys.secretAccessKey}`,
  )
  const signature = createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', time, scope, sha(canonical.join('\n'))].join('\n'))
    .digest('hex')
  const { host: _, ...sent } = headers
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

const stages: Stage[] = []
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.sandbox.stop()
})

/** A stage that ends with the test. */
export async function start(...options: Parameters<typeof openStage>): Promise<Stage> {
  const stage = await openStage(...options)
  stages.push(stage)
  return stage
}

/** A schema of one model, and the operations on it that tests of rows share. */
export const TODO = `type Todo @model @auth(rules: [{allow: public, provider: apiKey}]) {
  content: String
  done: Boolean @default(value: "false")
  priority: Int
}`
export const CREATE =
  'mutation ($input: CreateTodoInput!, $condition: ModelTodoConditionInput) { createTodo(input: $input, condition: $condition) { id content done priority createdAt updatedAt } }'
export const UPDATE =
  'mutation ($input: UpdateTodoInput!, $condition: ModelTodoConditionInput) { updateTodo(input: $input, condition: $condition) { id content done priority updatedAt } }'
export const REMOVE =
  'mutation ($input: DeleteTodoInput!, $condition: ModelTodoConditionInput) { deleteTodo(input: $input, condition: $condition) { id content } }'
export const LIST =
  'query ($filter: ModelTodoFilterInput, $limit: Int, $nextToken: String) { listTodos(filter: $filter, limit: $limit, nextToken: $nextToken) { items { id content priority } nextToken } }'

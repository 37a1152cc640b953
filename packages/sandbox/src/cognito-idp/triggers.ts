import { ServiceError } from '../awsJson.js'
import { FunctionError } from '../functions.js'
import type { Triggers } from '../plan.js'
import { authPlan, type Pool } from './pool.js'
import type { User } from './users.js'

// The Lambda functions of a user pool, with Cognito's events:
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html

export type TriggerName = keyof Triggers

type Subject = Pick<User, 'username'> & Partial<Pick<User, 'sub' | 'attributes' | 'status'>>

interface Call {
  /** Such as `PreSignUp_SignUp`. */
  source: string
  user: Subject
  request?: Record<string, unknown>
  /** The answer as the function finds it: every field empty. */
  response?: Record<string, unknown>
  version?: string
}

/**
 * Runs the function that the backend has for this, and gives its `response`; undefined where it has none.
 *
 * @throws {ServiceError} `UserLambdaValidationException` with what the function threw, `UnexpectedLambdaException`, `InvalidLambdaResponseException`
 */
export async function runTrigger(
  pool: Pool,
  name: TriggerName,
  call: Call,
): Promise<Record<string, unknown> | undefined> {
  const plan = authPlan(pool).triggers?.[name]
  if (!plan) return undefined
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const { user } = call
  const event = {
    version: call.version ?? '1',
    region: pool.world.region,
    userPoolId: pool.id,
    userName: user.username,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: pool.clientId },
    triggerSource: call.source,
    request: { userAttributes: attributesOf(user), ...call.request },
    response: call.response ?? {},
  }
  let answer: unknown
  try {
    answer = await pool.functions.invoke(plan, event)
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error
    const type = /^(Sandbox|Runtime)\./.test(error.type)
      ? 'UnexpectedLambdaException'
      : 'UserLambdaValidationException'
    throw new ServiceError(type, `${title} failed with error ${error.message}.`)
  }
  const response = (answer as { response?: unknown } | null)?.response
  if (typeof response !== 'object' || response === null || Array.isArray(response)) {
    throw new ServiceError('InvalidLambdaResponseException', 'Unrecognizable lambda output')
  }
  return response as Record<string, unknown>
}

export const hasTrigger = (pool: Pool, name: TriggerName) => authPlan(pool).triggers?.[name] !== undefined

function attributesOf({ sub, attributes = {}, status }: Subject): Record<string, string> {
  return {
    ...(sub ? { sub } : {}),
    ...(status ? { 'cognito:user_status': status } : {}),
    ...attributes,
  }
}

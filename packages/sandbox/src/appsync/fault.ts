import { randomUUID } from 'node:crypto'
import { BadRequest, ConditionFailed } from './items.js'

/** An error with AppSync's `errorType`. */
export class Fault extends Error {
  readonly errorType: string | null
  /** What a resolver says beside its message. */
  readonly more: { data?: unknown; errorInfo?: unknown }

  constructor(errorType: string | null, message: string, more: { data?: unknown; errorInfo?: unknown } = {}) {
    super(message)
    this.errorType = errorType
    this.more = more
  }
}

export const refused = (field: string, type: string) =>
  new Fault('Unauthorized', `Not Authorized to access ${field} on type ${type}`)

/** What the tables refuse, in AppSync's words. */
export function faults<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof ConditionFailed) {
      throw new Fault(
        'DynamoDB:ConditionalCheckFailedException',
        `The conditional request failed (Service: DynamoDb, Status Code: 400, Request ID: ${randomUUID()})`,
      )
    }
    if (error instanceof BadRequest) throw new Fault('DynamoDB:DynamoDbException', error.message)
    throw error
  }
}

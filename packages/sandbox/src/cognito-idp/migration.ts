import type { Pool } from './pool.js'
import { addUser, newUser } from './signUp.js'
import { hasTrigger, runTrigger } from './triggers.js'
import { findUser, protect, type User } from './users.js'

/**
 * Somebody whom the pool does not know may be known elsewhere: asks the user migration trigger, and adds who it vouches for.
 * Whatever goes wrong looks like an unknown user. https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-migrate-user.html
 */
export async function migrate(
  pool: Pool,
  login: string,
  { password, metadata }: { password?: string; metadata: Record<string, string> },
): Promise<void> {
  if (!hasTrigger(pool, 'userMigration')) return
  try {
    const answer = await runTrigger(pool, 'userMigration', {
      source: password === undefined ? 'UserMigration_ForgotPassword' : 'UserMigration_Authentication',
      user: { username: login },
      request: { password: password ?? null, validationData: metadata, clientMetadata: metadata },
      response: {
        userAttributes: null,
        forceAliasCreation: null,
        enableSMSMFA: null,
        finalUserStatus: null,
        messageAction: null,
        desiredDeliveryMediums: null,
      },
    })
    const attributes = answer?.userAttributes
    if (typeof attributes !== 'object' || attributes === null) return
    const { username: _, ...given } = attributes as Record<string, string>
    const blank = newUser(pool, login, given, true)
    const status: User['status'] =
      answer?.finalUserStatus === 'CONFIRMED'
        ? 'CONFIRMED'
        : password === undefined
          ? 'RESET_REQUIRED'
          : 'FORCE_CHANGE_PASSWORD'
    const user = {
      ...blank,
      status,
      ...(password === undefined ? {} : protect(pool, blank.username, password)),
    }
    // Two sign-ins at once: the first one brought the user over.
    if (!findUser(pool, login)) pool.world.store.transaction(() => addUser(pool, user))
  } catch (error) {
    pool.world.log(`cognito-idp: the user migration trigger brought nobody over: ${(error as Error).message}`)
  }
}

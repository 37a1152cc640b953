import type { Operation } from '../awsJson.js'
import { ServiceError } from '../awsJson.js'
import { notAuthorized, text } from '../input.js'
import { checkClient } from './clients.js'
import type { Pool } from './pool.js'

import { checkRevocable, revokeSession, revokeSessionsOf, verifyAccessToken } from './tokens.js'
import { attributeList, deleteUser, mfaOf, type User, userBySub } from './users.js'

/** What signed-in people do with their own account. */
export function accountOperations(pool: Pool): Record<string, Operation> {
  return {
    async GetUser(input) {
      const user = await signedIn(pool, text(input, 'AccessToken'))
      return { Username: user.username, UserAttributes: attributeList(user), ...mfaOf(user) }
    },

    async GlobalSignOut(input) {
      revokeSessionsOf(pool, await signedIn(pool, text(input, 'AccessToken')))
      return {}
    },

    RevokeToken(input) {
      checkClient(pool, input)
      const token = text(input, 'Token')
      checkRevocable(token)
      revokeSession(pool, token)
      return {}
    },

    async DeleteUser(input) {
      deleteUser(pool, await signedIn(pool, text(input, 'AccessToken')))
      return {}
    },
  }
}

/** The user behind an access token. @throws {ServiceError} `NotAuthorizedException`, `UserNotFoundException` */
export async function signedIn(pool: Pool, accessToken: string): Promise<User> {
  const { sub } = await verifyAccessToken(pool, accessToken)
  const user = userBySub(pool, sub)
  if (!user) throw new ServiceError('UserNotFoundException', 'User does not exist.')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  return user
}

import { type Context, clearStoredDevice, currentContext, session } from '@backline/core/internal'
import { cognito } from './cognito.js'
import { nobody } from './currentUser.js'
import { leave } from './signOut.js'

/**
 * Deletes the account of the signed-in user, for good, and signs them out here.
 *
 * @example
 * await deleteUser()
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `NotAuthorizedException`, `UserNotConfirmedException`. The user stays signed in then.
 */
export async function deleteUser(ctx: Context = currentContext()): Promise<void> {
  const { accessToken, username } = (await session(ctx)) ?? nobody(ctx)
  await cognito(ctx, 'DeleteUser', { AccessToken: `${accessToken}` })
  await clearStoredDevice(ctx, username)
  await leave(ctx)
}

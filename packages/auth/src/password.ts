import { type Context, currentContext, userPool } from '@backline/core/internal'
import type { VerifiableUserAttributeKey } from './attributes.js'
import { type CodeDeliveryDetails, codeDelivery } from './codeDelivery.js'
import { cognito } from './cognito.js'
import { accessToken } from './currentUser.js'
import { AuthError } from './errors.js'

export interface ResetPasswordInput {
  username: string
  options?: {
    /** Goes to the pool's Lambda triggers. */
    clientMetadata?: Record<string, string>
  }
}

export interface ResetPasswordOutput {
  isPasswordReset: boolean
  nextStep: {
    resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE' | 'DONE'
    codeDeliveryDetails: CodeDeliveryDetails<VerifiableUserAttributeKey>
  }
}

/**
 * Sends a code to a user who forgot their password. Finish with {@link confirmResetPassword}.
 *
 * @example
 * const { nextStep } = await resetPassword({ username: 'ada@example.com' })
 * tell(`A code went to ${nextStep.codeDeliveryDetails.destination}.`)
 *
 * @throws {AuthError} `EmptyResetPasswordUsername`, `UserNotFoundException`, `InvalidParameterException` where no address of the user is
 *   confirmed, `NotAuthorizedException`, `LimitExceededException`, `CodeDeliveryFailureException`
 */
export async function resetPassword(
  { username, options = {} }: ResetPasswordInput,
  ctx: Context = currentContext(),
): Promise<ResetPasswordOutput> {
  if (!username) throw new AuthError('EmptyResetPasswordUsername', 'resetPassword needs a username.')

  const { CodeDeliveryDetails } = await cognito(ctx, 'ForgotPassword', {
    ClientId: userPool(ctx).clientId,
    Username: username,
    ClientMetadata: options.clientMetadata,
  })
  return {
    isPasswordReset: false,
    nextStep: {
      resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE',
      codeDeliveryDetails: codeDelivery(CodeDeliveryDetails),
    },
  }
}

export interface ConfirmResetPasswordInput {
  username: string
  newPassword: string
  confirmationCode: string
  options?: ResetPasswordInput['options']
}

/**
 * Sets a new password with the code that {@link resetPassword} sent. Nobody is signed in by it.
 *
 * @example
 * await confirmResetPassword({ username: 'ada@example.com', confirmationCode: '123456', newPassword: 'Analytical-2' })
 *
 * @throws {AuthError} `EmptyConfirmResetPasswordUsername`, `EmptyConfirmResetPasswordNewPassword`, `EmptyConfirmResetPasswordConfirmationCode`,
 *   `CodeMismatchException`, `ExpiredCodeException`, `InvalidPasswordException`, `PasswordHistoryPolicyViolationException`,
 *   `TooManyFailedAttemptsException`, `LimitExceededException`
 */
export async function confirmResetPassword(
  { username, newPassword, confirmationCode, options = {} }: ConfirmResetPasswordInput,
  ctx: Context = currentContext(),
): Promise<void> {
  if (!username) {
    throw new AuthError('EmptyConfirmResetPasswordUsername', 'confirmResetPassword needs a username.')
  }
  if (!newPassword) {
    throw new AuthError('EmptyConfirmResetPasswordNewPassword', 'confirmResetPassword needs a newPassword.')
  }
  if (!confirmationCode) {
    throw new AuthError(
      'EmptyConfirmResetPasswordConfirmationCode',
      'confirmResetPassword needs a confirmationCode.',
    )
  }
  await cognito(ctx, 'ConfirmForgotPassword', {
    ClientId: userPool(ctx).clientId,
    Username: username,
    ConfirmationCode: confirmationCode,
    Password: newPassword,
    ClientMetadata: options.clientMetadata,
  })
}

export interface UpdatePasswordInput {
  oldPassword: string
  newPassword: string
}

/**
 * Changes the password of the signed-in user, who stays signed in.
 *
 * @example
 * await updatePassword({ oldPassword: 'Analytical-1', newPassword: 'Analytical-2' })
 *
 * @throws {AuthError} `EmptyUpdatePassword`, `UserUnAuthenticatedException`, `NotAuthorizedException` when the old one is wrong,
 *   `InvalidPasswordException`, `PasswordHistoryPolicyViolationException`, `LimitExceededException`
 */
export async function updatePassword(
  { oldPassword, newPassword }: UpdatePasswordInput,
  ctx: Context = currentContext(),
): Promise<void> {
  if (!oldPassword || !newPassword) {
    const missing = oldPassword ? 'newPassword' : 'oldPassword'
    throw new AuthError(
      'EmptyUpdatePassword',
      `updatePassword needs an oldPassword and a newPassword; ${missing} is missing.`,
    )
  }
  await cognito(ctx, 'ChangePassword', {
    AccessToken: await accessToken(ctx),
    PreviousPassword: oldPassword,
    ProposedPassword: newPassword,
  })
}

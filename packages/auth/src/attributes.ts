import { type Context, currentContext } from '@backline/core/internal'
import { type CodeDeliveryDetails, codeDelivery } from './codeDelivery.js'
import { attributePairs, cognito } from './cognito.js'
import { accessToken } from './currentUser.js'
import { AuthError } from './errors.js'

export type VerifiableUserAttributeKey = 'email' | 'phone_number'

/** The attributes that every user pool knows, and the app's own (`custom:…`). */
export type UserAttributeKey =
  | 'address'
  | 'birthdate'
  | 'email_verified'
  | 'family_name'
  | 'gender'
  | 'given_name'
  | 'locale'
  | 'middle_name'
  | 'name'
  | 'nickname'
  | 'phone_number_verified'
  | 'picture'
  | 'preferred_username'
  | 'profile'
  | 'sub'
  | 'updated_at'
  | 'website'
  | 'zoneinfo'
  | VerifiableUserAttributeKey
  | (string & {})

export type FetchUserAttributesOutput = Partial<Record<UserAttributeKey, string>>

/**
 * The attributes of the signed-in user, as the service has them now.
 *
 * @example
 * const { email, name } = await fetchUserAttributes()
 *
 * @throws {AuthError} `UserUnAuthenticatedException` when nobody is signed in, `AuthUserPoolException`, `NotAuthorizedException`, `UserNotFoundException`
 */
export async function fetchUserAttributes(
  ctx: Context = currentContext(),
): Promise<FetchUserAttributesOutput> {
  const { UserAttributes } = await cognito(
    ctx,
    'GetUser',
    { AccessToken: await accessToken(ctx) },
    { idempotent: true },
  )
  return Object.fromEntries(UserAttributes?.map(({ Name, Value }) => [Name, Value]) ?? [])
}

export interface UpdateUserAttributesInput {
  userAttributes: Partial<Record<UserAttributeKey, string>>
  options?: {
    /** Goes to the pool's Lambda triggers. */
    clientMetadata?: Record<string, string>
  }
}

export interface UpdateUserAttributeOutput {
  /** False while the user has yet to show that the new address or number is theirs. */
  isUpdated: boolean
  nextStep: {
    updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE' | 'DONE'
    codeDeliveryDetails?: CodeDeliveryDetails
  }
}

export type UpdateUserAttributesOutput = Record<UserAttributeKey, UpdateUserAttributeOutput>

/**
 * Changes attributes of the signed-in user, and says of each whether it holds already or waits for a code that was sent.
 *
 * @example
 * const { email } = await updateUserAttributes({ userAttributes: { email: 'ada@example.com', name: 'Ada' } })
 * if (!email.isUpdated) askForCode(email.nextStep.codeDeliveryDetails)
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `InvalidParameterException`, `AliasExistsException`, `NotAuthorizedException`,
 *   `CodeDeliveryFailureException`
 */
export async function updateUserAttributes(
  { userAttributes, options = {} }: UpdateUserAttributesInput,
  ctx: Context = currentContext(),
): Promise<UpdateUserAttributesOutput> {
  const { CodeDeliveryDetailsList } = await cognito(ctx, 'UpdateUserAttributes', {
    AccessToken: await accessToken(ctx),
    UserAttributes: attributePairs(userAttributes),
    ClientMetadata: options.clientMetadata,
  })
  const output = {} as UpdateUserAttributesOutput
  for (const key in userAttributes)
    output[key] = { isUpdated: true, nextStep: { updateAttributeStep: 'DONE' } }
  for (const details of CodeDeliveryDetailsList ?? []) {
    output[`${details.AttributeName}`] = {
      isUpdated: false,
      nextStep: {
        updateAttributeStep: 'CONFIRM_ATTRIBUTE_WITH_CODE',
        codeDeliveryDetails: codeDelivery(details),
      },
    }
  }
  return output
}

export interface UpdateUserAttributeInput {
  userAttribute: { attributeKey: UserAttributeKey; value: string }
  options?: UpdateUserAttributesInput['options']
}

/**
 * Changes one attribute of the signed-in user.
 *
 * @example
 * await updateUserAttribute({ userAttribute: { attributeKey: 'name', value: 'Ada' } })
 *
 * @throws {AuthError} as {@link updateUserAttributes}
 */
export async function updateUserAttribute(
  { userAttribute: { attributeKey, value }, options }: UpdateUserAttributeInput,
  ctx: Context = currentContext(),
): Promise<UpdateUserAttributeOutput> {
  const output = await updateUserAttributes({ userAttributes: { [attributeKey]: value }, options }, ctx)
  return output[attributeKey]!
}

export interface ConfirmUserAttributeInput {
  userAttributeKey: VerifiableUserAttributeKey
  confirmationCode: string
}

/**
 * Shows with the code that was sent that a new email address or phone number is the user's.
 *
 * @example
 * await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: '123456' })
 *
 * @throws {AuthError} `EmptyConfirmUserAttributeCode`, `UserUnAuthenticatedException`, `CodeMismatchException`, `ExpiredCodeException`,
 *   `AliasExistsException`, `LimitExceededException`
 */
export async function confirmUserAttribute(
  { userAttributeKey, confirmationCode }: ConfirmUserAttributeInput,
  ctx: Context = currentContext(),
): Promise<void> {
  if (!confirmationCode) {
    throw new AuthError('EmptyConfirmUserAttributeCode', 'confirmUserAttribute needs a confirmationCode.')
  }
  await cognito(ctx, 'VerifyUserAttribute', {
    AccessToken: await accessToken(ctx),
    AttributeName: userAttributeKey,
    Code: confirmationCode,
  })
}

export interface SendUserAttributeVerificationCodeInput {
  userAttributeKey: VerifiableUserAttributeKey
  options?: UpdateUserAttributesInput['options']
}

export type SendUserAttributeVerificationCodeOutput = CodeDeliveryDetails<VerifiableUserAttributeKey>

/**
 * Sends a code to the user's email address or phone number, to be given to {@link confirmUserAttribute}, and says where it went.
 *
 * @example
 * const { destination } = await sendUserAttributeVerificationCode({ userAttributeKey: 'email' })
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `LimitExceededException`, `InvalidParameterException`, `CodeDeliveryFailureException`
 */
export async function sendUserAttributeVerificationCode(
  { userAttributeKey, options = {} }: SendUserAttributeVerificationCodeInput,
  ctx: Context = currentContext(),
): Promise<SendUserAttributeVerificationCodeOutput> {
  const { CodeDeliveryDetails } = await cognito(ctx, 'GetUserAttributeVerificationCode', {
    AccessToken: await accessToken(ctx),
    AttributeName: userAttributeKey,
    ClientMetadata: options.clientMetadata,
  })
  return codeDelivery(CodeDeliveryDetails)
}

export interface DeleteUserAttributesInput {
  userAttributeKeys: [UserAttributeKey, ...UserAttributeKey[]]
}

/**
 * Removes attributes of the signed-in user.
 *
 * @example
 * await deleteUserAttributes({ userAttributeKeys: ['nickname', 'custom:team'] })
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `InvalidParameterException`, `NotAuthorizedException`
 */
export async function deleteUserAttributes(
  { userAttributeKeys }: DeleteUserAttributesInput,
  ctx: Context = currentContext(),
): Promise<void> {
  await cognito(ctx, 'DeleteUserAttributes', {
    AccessToken: await accessToken(ctx),
    UserAttributeNames: userAttributeKeys,
  })
}

import { type Context, currentContext, session } from '@backline/core/internal'
import { cognito } from './cognito.js'
import { nobody } from './currentUser.js'

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
  const { accessToken } = (await session(ctx)) ?? nobody(ctx)
  const { UserAttributes } = await cognito(
    ctx,
    'GetUser',
    { AccessToken: accessToken.toString() },
    { idempotent: true },
  )
  return Object.fromEntries(UserAttributes?.map(({ Name, Value }) => [Name, Value]) ?? [])
}

import { type Context, currentContext, session } from '@backline/core/internal'
import { cognito } from './cognito.js'
import { accessToken, nobody, userOf } from './currentUser.js'
import { AuthError } from './errors.js'
import { type AuthMFAType, mfaNames, type SetUpTOTPOutput, totpSetup } from './signInStep.js'

/**
 * Begins to set up an authenticator app for the signed-in user: show the address as a QR code, and finish with
 * {@link verifyTOTPSetup}.
 *
 * @example
 * const { getSetupUri } = await setUpTOTP()
 * showQrCode(getSetupUri('My App', 'ada@example.com').href)
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `SetUpTOTPException`, `NotAuthorizedException`, `SoftwareTokenMFANotFoundException`
 */
export async function setUpTOTP(ctx: Context = currentContext()): Promise<SetUpTOTPOutput> {
  const current = (await session(ctx)) ?? nobody(ctx)
  const { SecretCode } = await cognito(ctx, 'AssociateSoftwareToken', {
    AccessToken: `${current.accessToken}`,
  })
  if (!SecretCode) throw new AuthError('SetUpTOTPException', 'The user pool sent no secret.')
  return totpSetup(SecretCode, userOf(current).username)
}

export interface VerifyTOTPSetupInput {
  code: string
  options?: {
    /** What to call the authenticator app. */
    friendlyDeviceName?: string
  }
}

/**
 * Finishes what {@link setUpTOTP} began, with a code that the app shows. The user is asked for codes once `updateMFAPreference` says so.
 *
 * @example
 * await verifyTOTPSetup({ code: '123456' })
 * await updateMFAPreference({ totp: 'PREFERRED' })
 *
 * @throws {AuthError} `EmptyVerifyTOTPSetupCode`, `UserUnAuthenticatedException`, `EnableSoftwareTokenMFAException` when the code is wrong,
 *   `CodeMismatchException`
 */
export async function verifyTOTPSetup(
  { code, options = {} }: VerifyTOTPSetupInput,
  ctx: Context = currentContext(),
): Promise<void> {
  if (!code) throw new AuthError('EmptyVerifyTOTPSetupCode', 'verifyTOTPSetup needs a code.')

  await cognito(ctx, 'VerifySoftwareToken', {
    AccessToken: await accessToken(ctx),
    UserCode: code,
    FriendlyDeviceName: options.friendlyDeviceName,
  })
}

export interface FetchMFAPreferenceOutput {
  enabled?: AuthMFAType[]
  preferred?: AuthMFAType
}

/**
 * The kinds of MFA that the signed-in user has, and the one they are asked for.
 *
 * @example
 * const { enabled, preferred } = await fetchMFAPreference()
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `NotAuthorizedException`
 */
export async function fetchMFAPreference(ctx: Context = currentContext()): Promise<FetchMFAPreferenceOutput> {
  const { PreferredMfaSetting, UserMFASettingList } = await cognito(
    ctx,
    'GetUser',
    { AccessToken: await accessToken(ctx) },
    { idempotent: true },
  )
  return {
    preferred: mfaNames[`${PreferredMfaSetting}`],
    enabled: UserMFASettingList?.flatMap((name) => mfaNames[name] ?? []),
  }
}

type MFAPreference = 'ENABLED' | 'DISABLED' | 'PREFERRED' | 'NOT_PREFERRED'

/** A kind that is left out stays as it is. */
export interface UpdateMFAPreferenceInput {
  sms?: MFAPreference
  totp?: MFAPreference
  email?: MFAPreference
}

/**
 * Turns kinds of MFA on and off for the signed-in user, and says which they prefer.
 *
 * @example
 * await updateMFAPreference({ totp: 'PREFERRED', sms: 'DISABLED' })
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `InvalidParameterException` where the user has not set up what is turned on
 */
export async function updateMFAPreference(
  { sms, totp, email }: UpdateMFAPreferenceInput,
  ctx: Context = currentContext(),
): Promise<void> {
  await cognito(ctx, 'SetUserMFAPreference', {
    AccessToken: await accessToken(ctx),
    SMSMfaSettings: settings(sms),
    SoftwareTokenMfaSettings: settings(totp),
    EmailMfaSettings: settings(email),
  })
}

function settings(preference: MFAPreference | undefined) {
  return (
    preference && {
      Enabled: preference !== 'DISABLED',
      PreferredMfa: { PREFERRED: true, NOT_PREFERRED: false }[preference as string],
    }
  )
}

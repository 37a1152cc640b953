import type { UserAttributeKey } from './attributes.js'
import type { CodeDeliveryDetails } from './codeDelivery.js'

export type AuthMFAType = 'SMS' | 'TOTP' | 'EMAIL'

export interface SetUpTOTPOutput {
  sharedSecret: string
  /** The address that authenticator apps read from a QR code. `accountName` is the user's name unless given. */
  getSetupUri(appName: string, accountName?: string): URL
}

/** The questions of a user pool, under the names it gives them. */
export type ChallengeName =
  | 'SMS_MFA'
  | 'SMS_OTP'
  | 'SOFTWARE_TOKEN_MFA'
  | 'EMAIL_OTP'
  | 'SELECT_MFA_TYPE'
  | 'SELECT_CHALLENGE'
  | 'MFA_SETUP'
  | 'PASSWORD'
  | 'PASSWORD_SRP'
  | 'PASSWORD_VERIFIER'
  | 'CUSTOM_CHALLENGE'
  | 'DEVICE_SRP_AUTH'
  | 'DEVICE_PASSWORD_VERIFIER'
  | 'ADMIN_NO_SRP_AUTH'
  | 'NEW_PASSWORD_REQUIRED'
  | 'WEB_AUTHN'

/** What has to happen before the user is signed in. Narrow it by `signInStep`. */
export type SignInStep =
  | { signInStep: 'DONE' }
  | { signInStep: 'CONFIRM_SIGN_UP' }
  | { signInStep: 'RESET_PASSWORD' }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED'; missingAttributes?: UserAttributeKey[] }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE'; codeDeliveryDetails?: CodeDeliveryDetails }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE'; codeDeliveryDetails?: CodeDeliveryDetails }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_PASSWORD' }
  | { signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE'; additionalInfo?: Record<string, string> }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION'; allowedMFATypes?: AuthMFAType[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION'; allowedMFATypes?: AuthMFAType[] }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP' }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP'; totpSetupDetails: SetUpTOTPOutput }
  | { signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION'; availableChallenges?: ChallengeName[] }

/** One answer of the service, as far as it decides the step. */
export interface Challenge {
  ChallengeName?: string
  ChallengeParameters?: Record<string, string>
  AvailableChallenges?: string[]
}

/**
 * The step that a challenge asks for; undefined for one that no step stands for. Setting up an authenticator app needs a
 * secret from the service first, and so asks `totpSecret`.
 */
export async function signInStep(
  { ChallengeName, ChallengeParameters = {}, AvailableChallenges }: Challenge,
  totpSecret: () => Promise<SetUpTOTPOutput>,
): Promise<SignInStep | undefined> {
  const codeDeliveryDetails: CodeDeliveryDetails = {
    deliveryMedium:
      ChallengeParameters.CODE_DELIVERY_DELIVERY_MEDIUM as CodeDeliveryDetails['deliveryMedium'],
    destination: ChallengeParameters.CODE_DELIVERY_DESTINATION,
  }
  switch (ChallengeName) {
    case 'NEW_PASSWORD_REQUIRED':
      return {
        signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED',
        missingAttributes: list(ChallengeParameters.requiredAttributes).map((name) =>
          name.replace('userAttributes.', ''),
        ),
      }
    case 'SMS_MFA':
    case 'SMS_OTP':
      return { signInStep: 'CONFIRM_SIGN_IN_WITH_SMS_CODE', codeDeliveryDetails }
    case 'EMAIL_OTP':
      return { signInStep: 'CONFIRM_SIGN_IN_WITH_EMAIL_CODE', codeDeliveryDetails }
    case 'SOFTWARE_TOKEN_MFA':
      return { signInStep: 'CONFIRM_SIGN_IN_WITH_TOTP_CODE' }
    case 'PASSWORD':
    case 'PASSWORD_SRP':
      return { signInStep: 'CONFIRM_SIGN_IN_WITH_PASSWORD' }
    case 'CUSTOM_CHALLENGE':
      return { signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE', additionalInfo: ChallengeParameters }
    case 'SELECT_MFA_TYPE':
      return {
        signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SELECTION',
        allowedMFATypes: mfaTypes(ChallengeParameters.MFAS_CAN_CHOOSE),
      }
    case 'SELECT_CHALLENGE':
      return {
        signInStep: 'CONTINUE_SIGN_IN_WITH_FIRST_FACTOR_SELECTION',
        availableChallenges: AvailableChallenges as ChallengeName[] | undefined,
      }
    case 'MFA_SETUP': {
      // A phone number is not set up during a sign-in: the service offers no way to.
      const allowedMFATypes = mfaTypes(ChallengeParameters.MFAS_CAN_SETUP).filter((type) => type !== 'SMS')
      if (allowedMFATypes.length > 1) {
        return { signInStep: 'CONTINUE_SIGN_IN_WITH_MFA_SETUP_SELECTION', allowedMFATypes }
      }
      if (allowedMFATypes[0] === 'EMAIL') return { signInStep: 'CONTINUE_SIGN_IN_WITH_EMAIL_SETUP' }
      if (allowedMFATypes[0] === 'TOTP') {
        return { signInStep: 'CONTINUE_SIGN_IN_WITH_TOTP_SETUP', totpSetupDetails: await totpSecret() }
      }
    }
  }
  return undefined
}

export function totpSetup(sharedSecret: string, username: string): SetUpTOTPOutput {
  return {
    sharedSecret,
    getSetupUri(appName, accountName = username) {
      const [issuer, account] = [appName, accountName].map(encodeURIComponent)
      return new URL(`otpauth://totp/${issuer}:${account}?secret=${sharedSecret}&issuer=${issuer}`)
    },
  }
}

export const mfaNames: Record<string, AuthMFAType> = {
  SMS_MFA: 'SMS',
  SOFTWARE_TOKEN_MFA: 'TOTP',
  EMAIL_OTP: 'EMAIL',
}

function mfaTypes(json: string | undefined): AuthMFAType[] {
  return list(json).flatMap((name) => mfaNames[name] ?? [])
}

function list(json: string | undefined): string[] {
  return json ? JSON.parse(json) : []
}

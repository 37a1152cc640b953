import type * as official from 'aws-amplify/auth'
import type * as ours from './index.js'
import { type AuthErrorName, type SignInInput, type SignInOutput, signIn, signUp } from './index.js'

// Code written against v6's types takes what we return, and what it passes we take.

type Fits<From, To> = From extends To ? true : { from: From; to: To }
const fits = <_ extends true>() => {}

fits<Fits<ours.SignInOutput, official.SignInOutput>>()
fits<Fits<ours.ConfirmSignInOutput, official.ConfirmSignInOutput>>()
fits<Fits<ours.SignUpOutput, official.SignUpOutput>>()
fits<Fits<ours.ConfirmSignUpOutput, official.ConfirmSignUpOutput>>()
fits<Fits<ours.ResendSignUpCodeOutput, official.ResendSignUpCodeOutput>>()
fits<Fits<ours.AuthUser, official.AuthUser>>()
fits<Fits<ours.FetchUserAttributesOutput, official.FetchUserAttributesOutput>>()
fits<Fits<ours.CodeDeliveryDetails, official.CodeDeliveryDetails>>()
fits<Fits<ours.ResetPasswordOutput, official.ResetPasswordOutput>>()
fits<Fits<ours.UpdateUserAttributeOutput, official.UpdateUserAttributeOutput>>()
fits<Fits<ours.UpdateUserAttributesOutput, official.UpdateUserAttributesOutput>>()
fits<Fits<ours.SendUserAttributeVerificationCodeOutput, official.SendUserAttributeVerificationCodeOutput>>()
fits<Fits<ours.FetchMFAPreferenceOutput, official.FetchMFAPreferenceOutput>>()
fits<Fits<ours.SetUpTOTPOutput, official.SetUpTOTPOutput>>()
fits<Fits<ours.FetchDevicesOutput, official.FetchDevicesOutput>>()
fits<Fits<ours.AuthWebAuthnCredential, official.AuthWebAuthnCredential>>()
fits<Fits<ours.ListWebAuthnCredentialsOutput, official.ListWebAuthnCredentialsOutput>>()

fits<Fits<official.ConfirmSignUpInput, ours.ConfirmSignUpInput>>()
fits<Fits<official.ResendSignUpCodeInput, ours.ResendSignUpCodeInput>>()
fits<Fits<official.ResetPasswordInput, ours.ResetPasswordInput>>()
fits<Fits<official.ConfirmResetPasswordInput, ours.ConfirmResetPasswordInput>>()
fits<Fits<official.UpdatePasswordInput, ours.UpdatePasswordInput>>()
fits<Fits<official.UpdateUserAttributeInput, ours.UpdateUserAttributeInput>>()
fits<Fits<official.UpdateUserAttributesInput, ours.UpdateUserAttributesInput>>()
fits<Fits<official.ConfirmUserAttributeInput, ours.ConfirmUserAttributeInput>>()
fits<Fits<official.SendUserAttributeVerificationCodeInput, ours.SendUserAttributeVerificationCodeInput>>()
fits<Fits<official.DeleteUserAttributesInput, ours.DeleteUserAttributesInput>>()
fits<Fits<official.ConfirmSignInInput, ours.ConfirmSignInInput>>()
fits<Fits<official.SignInInput, ours.SignInInput>>()
fits<Fits<official.SignUpInput, ours.SignUpInput>>()
fits<Fits<official.UpdateMFAPreferenceInput, ours.UpdateMFAPreferenceInput>>()
fits<Fits<official.VerifyTOTPSetupInput, ours.VerifyTOTPSetupInput>>()
fits<Fits<official.ForgetDeviceInput, ours.ForgetDeviceInput>>()
fits<Fits<official.DeleteWebAuthnCredentialInput, ours.DeleteWebAuthnCredentialInput>>()
fits<Fits<official.ListWebAuthnCredentialsInput, ours.ListWebAuthnCredentialsInput>>()
fits<Fits<official.SignInWithRedirectInput, ours.SignInWithRedirectInput>>()
fits<Fits<official.SignOutInput, ours.SignOutInput>>()
fits<Fits<official.FetchAuthSessionOptions, ours.FetchAuthSessionOptions>>()
fits<Fits<official.UserAttributeKey, ours.UserAttributeKey>>()

// A step is narrowed by its name.
export function codeGoesTo({ nextStep }: SignInOutput): string | undefined {
  // @ts-expect-error not every step sends a code
  nextStep.codeDeliveryDetails
  return nextStep.signInStep === 'CONFIRM_SIGN_IN_WITH_SMS_CODE'
    ? nextStep.codeDeliveryDetails?.destination
    : undefined
}

const name: AuthErrorName = 'NotAuthorizedException'
export const retryable: Record<
  Extract<AuthErrorName, 'TooManyRequestsException' | 'LimitExceededException'>,
  true
> = {
  TooManyRequestsException: true,
  LimitExceededException: true,
}

export async function wrong(): Promise<void> {
  // @ts-expect-error a flow that there is not
  await signIn({ username: name, password: 'x', options: { authFlowType: 'SRP' } })
  // @ts-expect-error no username
  await signUp({ password: 'x' })
  // @ts-expect-error attributes are strings
  await signUp({ username: 'x', options: { userAttributes: { name: 1 } } })
  const input: SignInInput = { username: 'x', password: 'y', options: { clientMetadata: { from: 'web' } } }
  await signIn(input)
}

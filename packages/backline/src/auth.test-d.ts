// Every type that v6 exports from its auth entries is here under its name. One that is missing does not compile.

import type * as official from 'aws-amplify/auth'
import type * as auth from './auth.js'
import type * as cognito from './auth-cognito.js'

/** `aws-amplify/auth` */
export type AuthTypes = [
  auth.AuthSession,
  auth.AuthTokens,
  auth.AuthUser,
  auth.AuthWebAuthnCredential,
  auth.CodeDeliveryDetails,
  auth.ConfirmResetPasswordInput,
  auth.ConfirmSignInInput,
  auth.ConfirmSignInOutput,
  auth.ConfirmSignUpInput,
  auth.ConfirmSignUpOutput,
  auth.ConfirmUserAttributeInput,
  auth.CredentialsAndIdentityId,
  auth.CredentialsAndIdentityIdProvider,
  auth.DeleteUserAttributesInput,
  auth.DeleteWebAuthnCredentialInput,
  auth.FetchAuthSessionOptions,
  auth.FetchDevicesOutput,
  auth.FetchMFAPreferenceOutput,
  auth.FetchUserAttributesOutput,
  auth.ForgetDeviceInput,
  auth.GetCredentialsOptions,
  auth.GetCurrentUserOutput,
  auth.JWT,
  auth.ListWebAuthnCredentialsInput,
  auth.ListWebAuthnCredentialsOutput,
  auth.ResendSignUpCodeInput,
  auth.ResendSignUpCodeOutput,
  auth.ResetPasswordInput,
  auth.ResetPasswordOutput,
  auth.SendUserAttributeVerificationCodeInput,
  auth.SendUserAttributeVerificationCodeOutput,
  auth.SetUpTOTPOutput,
  auth.SignInInput,
  auth.SignInOutput,
  auth.SignInWithRedirectInput,
  auth.SignOutInput,
  auth.SignUpInput,
  auth.SignUpOutput,
  auth.TokenProvider,
  auth.UpdateMFAPreferenceInput,
  auth.UpdatePasswordInput,
  auth.UpdateUserAttributeInput,
  auth.UpdateUserAttributeOutput,
  auth.UpdateUserAttributesInput,
  auth.UpdateUserAttributesOutput,
  auth.UserAttributeKey,
  auth.VerifiableUserAttributeKey,
  auth.VerifyTOTPSetupInput,
]

/** `aws-amplify/auth/cognito` */
export type CognitoTypes = [
  cognito.AuthUser,
  cognito.CodeDeliveryDetails,
  cognito.CognitoUserPoolTokenProviderType,
  cognito.ConfirmResetPasswordInput,
  cognito.ConfirmSignInInput,
  cognito.ConfirmSignInOutput,
  cognito.ConfirmSignUpInput,
  cognito.ConfirmSignUpOutput,
  cognito.ConfirmUserAttributeInput,
  cognito.DeleteUserAttributesInput,
  cognito.FetchDevicesOutput,
  cognito.FetchMFAPreferenceOutput,
  cognito.FetchUserAttributesOutput,
  cognito.ForgetDeviceInput,
  cognito.GetCurrentUserOutput,
  cognito.ResendSignUpCodeInput,
  cognito.ResendSignUpCodeOutput,
  cognito.ResetPasswordInput,
  cognito.ResetPasswordOutput,
  cognito.SendUserAttributeVerificationCodeInput,
  cognito.SendUserAttributeVerificationCodeOutput,
  cognito.SetUpTOTPOutput,
  cognito.SignInInput,
  cognito.SignInOutput,
  cognito.SignInWithRedirectInput,
  cognito.SignOutInput,
  cognito.SignUpInput,
  cognito.SignUpOutput,
  cognito.UpdateMFAPreferenceInput,
  cognito.UpdatePasswordInput,
  cognito.UpdateUserAttributeInput,
  cognito.UpdateUserAttributeOutput,
  cognito.UpdateUserAttributesInput,
  cognito.UpdateUserAttributesOutput,
  cognito.UserAttributeKey,
  cognito.VerifiableUserAttributeKey,
  cognito.VerifyTOTPSetupInput,
]

// What passes between an app and the providers of a session, in both directions.

type Fits<From, To> = From extends To ? true : { from: From; to: To }
const fits = <_ extends true>() => {}

fits<Fits<auth.AuthSession, official.AuthSession>>()
fits<Fits<auth.AuthTokens, official.AuthTokens>>()
fits<Fits<auth.JWT, official.JWT>>()
fits<Fits<official.JWT, auth.JWT>>()
fits<Fits<auth.CredentialsAndIdentityId, official.CredentialsAndIdentityId>>()
fits<Fits<official.TokenProvider, auth.TokenProvider>>()
fits<Fits<official.CredentialsAndIdentityIdProvider, auth.CredentialsAndIdentityIdProvider>>()

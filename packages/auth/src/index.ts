export type {
  AuthSession,
  AuthTokens,
  CredentialsAndIdentityIdProvider,
  GetCredentialsOptions,
  JWT,
  TokenProvider,
} from '@backline/core'
export {
  decodeJWT,
  type FetchAuthSessionOptions,
  fetchAuthSession,
  type Identity as CredentialsAndIdentityId,
} from '@backline/core/internal'
export {
  type ConfirmUserAttributeInput,
  confirmUserAttribute,
  type DeleteUserAttributesInput,
  deleteUserAttributes,
  type FetchUserAttributesOutput,
  fetchUserAttributes,
  type SendUserAttributeVerificationCodeInput,
  type SendUserAttributeVerificationCodeOutput,
  sendUserAttributeVerificationCode,
  type UpdateUserAttributeInput,
  type UpdateUserAttributeOutput,
  type UpdateUserAttributesInput,
  type UpdateUserAttributesOutput,
  type UserAttributeKey,
  updateUserAttribute,
  updateUserAttributes,
  type VerifiableUserAttributeKey,
} from './attributes.js'
export { onAuthChange } from './authChange.js'
export { autoSignIn } from './autoSignIn.js'
export type { CodeDeliveryDetails } from './codeDelivery.js'
export { type ConfirmSignInInput, type ConfirmSignInOutput, confirmSignIn } from './confirmSignIn.js'
export { type AuthFlowType, type AuthUser, type GetCurrentUserOutput, getCurrentUser } from './currentUser.js'
export { deleteUser } from './deleteUser.js'
export {
  type AuthClientErrorName,
  AuthError,
  type AuthErrorName,
  type AuthServiceErrorName,
} from './errors.js'
export {
  clearFederationToIdentityPool,
  type FederateToIdentityPoolInput,
  type FederateToIdentityPoolOutput,
  federateToIdentityPool,
} from './federation.js'
export {
  type FetchMFAPreferenceOutput,
  fetchMFAPreference,
  setUpTOTP,
  type UpdateMFAPreferenceInput,
  updateMFAPreference,
  type VerifyTOTPSetupInput,
  verifyTOTPSetup,
} from './mfa.js'
export {
  type AuthWebAuthnCredential,
  associateWebAuthnCredential,
  type DeleteWebAuthnCredentialInput,
  deleteWebAuthnCredential,
  type ListWebAuthnCredentialsInput,
  type ListWebAuthnCredentialsOutput,
  listWebAuthnCredentials,
} from './passkeys.js'
export {
  type ConfirmResetPasswordInput,
  confirmResetPassword,
  type ResetPasswordInput,
  type ResetPasswordOutput,
  resetPassword,
  type UpdatePasswordInput,
  updatePassword,
} from './password.js'
export {
  type AuthFactorType,
  type SignInInput,
  type SignInOptions,
  type SignInOutput,
  signIn,
} from './signIn.js'
export type { AuthMFAType, SetUpTOTPOutput, SignInStep } from './signInStep.js'
export { type SignInWithRedirectInput, signInWithRedirect } from './signInWithRedirect.js'
export { type SignOutInput, signOut } from './signOut.js'
export {
  type ConfirmSignUpInput,
  type ConfirmSignUpOutput,
  confirmSignUp,
  type ResendSignUpCodeInput,
  type ResendSignUpCodeOutput,
  resendSignUpCode,
  type SignUpInput,
  type SignUpOutput,
  signUp,
} from './signUp.js'
export {
  type CognitoUserPoolTokenProviderType,
  cognitoCredentialsProvider,
  cognitoUserPoolsTokenProvider,
} from './tokenProvider.js'
export {
  type AuthDevice,
  type FetchDevicesOutput,
  type ForgetDeviceInput,
  fetchDevices,
  forgetDevice,
  rememberDevice,
} from './userDevices.js'

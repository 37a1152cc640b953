export type {
  AuthSession,
  AuthTokens,
  CredentialsAndIdentityIdProvider,
  GetCredentialsOptions,
  JWT,
  TokenProvider,
} from '@backline/core'
export { decodeJWT, type Identity as CredentialsAndIdentityId } from '@backline/core/internal'
export {
  type FetchUserAttributesOutput,
  fetchUserAttributes,
  type UserAttributeKey,
  type VerifiableUserAttributeKey,
} from './attributes.js'
export { type FetchAuthSessionOptions, fetchAuthSession } from './authSession.js'
export { autoSignIn } from './autoSignIn.js'
export { type AuthFlowType, type AuthUser, type GetCurrentUserOutput, getCurrentUser } from './currentUser.js'
export {
  type AuthClientErrorName,
  AuthError,
  type AuthErrorName,
  type AuthServiceErrorName,
} from './errors.js'
export { type SignInInput, type SignInOptions, type SignInOutput, signIn } from './signIn.js'
export type { AuthMFAType, SetUpTOTPOutput, SignInStep } from './signInStep.js'
export { type SignOutInput, signOut } from './signOut.js'
export {
  type CodeDeliveryDetails,
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
export { cognitoCredentialsProvider, cognitoUserPoolsTokenProvider } from './tokenProvider.js'

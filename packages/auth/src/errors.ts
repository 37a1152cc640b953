import { AmplifyError } from '@backline/core/internal'

/** Faults we find ourselves, before or after the service has spoken. */
export type AuthClientErrorName =
  | 'EmptySignInUsername'
  | 'EmptySignInPassword'
  /** `CUSTOM_WITHOUT_SRP` takes no password. */
  | 'CustomAuthSignInPassword'
  | 'InvalidPreferredChallenge'
  | 'EmptyChallengeResponse'
  | 'IncorrectMFAMethod'
  | 'EmptySignUpUsername'
  | 'EmptyConfirmSignUpUsername'
  | 'EmptyConfirmSignUpCode'
  | 'EmptyResetPasswordUsername'
  | 'EmptyConfirmResetPasswordUsername'
  | 'EmptyConfirmResetPasswordNewPassword'
  | 'EmptyConfirmResetPasswordConfirmationCode'
  | 'EmptyUpdatePassword'
  | 'EmptyConfirmUserAttributeCode'
  /** Somebody else is signed in. See `switchUser` of `signIn`. */
  | 'UserAlreadyAuthenticatedException'
  /** Nobody is signed in. */
  | 'UserUnAuthenticatedException'
  /** No user pool is configured. */
  | 'AuthUserPoolException'
  /** No sign-in is under way, or the service asked for something that cannot be given, or answered with numbers that prove nothing. */
  | 'SignInException'
  /** `authFlowType` is none that there is. */
  | 'UnsupportedAuthFlowException'
  /** The tokens were good, but the store did not keep them. */
  | 'UnexpectedSignInInterruptionException'
  /** `autoSignIn` has no sign-up to finish. */
  | 'AutoSignInException'
  /** The hosted pages are not configured: `loginWith.oauth`. */
  | 'OAuthNotConfigureException'
  /** A sign-in by redirect was cancelled, refused, or came back wrong. */
  | 'OAuthSignInException'
  | 'OAuthSignOutException'
  /** No configured redirect URL is on this page's host. */
  | 'InvalidOriginException'
  /** No redirect URL is configured. */
  | 'InvalidRedirectException'
  | 'InvalidPreferredRedirectUrlException'
  /** No configured redirect URL opens an app on a phone. */
  | 'InvalidAppSchemeException'
  /** No identity pool is configured. */
  | 'AuthIdentityPoolException'
  | 'EmptyFederationToken'
  /** A function of `/server` was called without the context of the request. */
  | 'InvalidServerContext'
  /** A token store was given nowhere to store. */
  | 'KeyValueStorageNotFoundException'
  | 'EmptyTokenStoreException'
  | 'SetUpTOTPException'
  | 'EmptyVerifyTOTPSetupCode'
  /** The pool does not track this device. */
  | 'DeviceMetadataNotFoundException'
  /** Neither the device nor the page can do passkeys. */
  | 'PasskeyNotSupported'
  | 'PasskeyAlreadyExists'
  | 'PasskeyRegistrationCanceled'
  | 'PasskeyAuthenticationCanceled'
  | 'PasskeyOperationAborted'
  | 'PasskeyRegistrationFailed'
  | 'PasskeyRetrievalFailed'
  | 'RelyingPartyMismatch'
  | 'InvalidPasskeyRegistrationOptions'
  | 'InvalidPasskeyAuthenticationOptions'
  | 'NetworkError'
  | 'TimeoutError'
  | 'AbortError'

/** Faults of Amazon Cognito, under its own names, in all operations spoken here. */
export type AuthServiceErrorName =
  | 'AliasExistsException'
  | 'CodeDeliveryFailureException'
  | 'CodeMismatchException'
  | 'EnableSoftwareTokenMFAException'
  | 'ExpiredCodeException'
  | 'ForbiddenException'
  | 'InternalErrorException'
  | 'InvalidEmailRoleAccessPolicyException'
  | 'InvalidLambdaResponseException'
  | 'InvalidParameterException'
  | 'InvalidPasswordException'
  | 'InvalidSmsRoleAccessPolicyException'
  | 'InvalidSmsRoleTrustRelationshipException'
  | 'InvalidUserPoolConfigurationException'
  | 'LimitExceededException'
  | 'MFAMethodNotFoundException'
  | 'NotAuthorizedException'
  | 'PasswordHistoryPolicyViolationException'
  | 'PasswordResetRequiredException'
  | 'ResourceNotFoundException'
  | 'SoftwareTokenMFANotFoundException'
  | 'TooManyFailedAttemptsException'
  | 'TooManyRequestsException'
  | 'UnauthorizedException'
  | 'UnexpectedLambdaException'
  | 'UnsupportedOperationException'
  | 'UnsupportedTokenTypeException'
  | 'UserLambdaValidationException'
  | 'UserNotConfirmedException'
  | 'UserNotFoundException'
  | 'UsernameExistsException'
  | 'WebAuthnChallengeNotFoundException'
  | 'WebAuthnClientMismatchException'
  | 'WebAuthnConfigurationMissingException'
  | 'WebAuthnCredentialNotSupportedException'
  | 'WebAuthnNotEnabledException'
  | 'WebAuthnOriginNotAllowedException'
  | 'WebAuthnRelyingPartyMismatchException'

/** Every name an {@link AuthError} is known to carry. A name that Cognito invents tomorrow passes through as it is. */
export type AuthErrorName = AuthClientErrorName | AuthServiceErrorName | (string & {})

/** What auth throws. Branch on `name`: two copies of a package may be loaded, and `instanceof` knows only one of them. */
export class AuthError extends AmplifyError<AuthErrorName> {}

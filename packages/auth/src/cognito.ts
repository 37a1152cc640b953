import type * as aws from '@aws-sdk/client-cognito-identity-provider'
import {
  type AwsJsonCall,
  awsJson,
  type Context,
  fromBase64,
  serverTime,
  toBase64,
  userPool,
} from '@backline/core/internal'
import { AuthError } from './errors.js'
import { type Ephemeral, proof, timestamp } from './srp.js'

// The user-pool wire, as far as we speak it: AWS JSON 1.1, unsigned. Refreshing tokens is core's. Not spoken: client secrets
// (an app in a user's hands cannot keep one) and the Admin operations. See docs/protocols/cognito-idp.md.

/** Operation → [what we send, what comes back]. Spelled as on the wire. */
interface Operations {
  AssociateSoftwareToken: [aws.AssociateSoftwareTokenRequest, aws.AssociateSoftwareTokenResponse]
  ChangePassword: [aws.ChangePasswordRequest, aws.ChangePasswordResponse]
  CompleteWebAuthnRegistration: [
    aws.CompleteWebAuthnRegistrationRequest,
    aws.CompleteWebAuthnRegistrationResponse,
  ]
  ConfirmDevice: [aws.ConfirmDeviceRequest, aws.ConfirmDeviceResponse]
  ConfirmForgotPassword: [aws.ConfirmForgotPasswordRequest, aws.ConfirmForgotPasswordResponse]
  ConfirmSignUp: [aws.ConfirmSignUpRequest, aws.ConfirmSignUpResponse]
  DeleteUser: [aws.DeleteUserRequest, Record<string, never>]
  DeleteUserAttributes: [aws.DeleteUserAttributesRequest, aws.DeleteUserAttributesResponse]
  DeleteWebAuthnCredential: [aws.DeleteWebAuthnCredentialRequest, aws.DeleteWebAuthnCredentialResponse]
  ForgetDevice: [aws.ForgetDeviceRequest, Record<string, never>]
  ForgotPassword: [aws.ForgotPasswordRequest, aws.ForgotPasswordResponse]
  GetUser: [aws.GetUserRequest, aws.GetUserResponse]
  GetUserAttributeVerificationCode: [
    aws.GetUserAttributeVerificationCodeRequest,
    aws.GetUserAttributeVerificationCodeResponse,
  ]
  GlobalSignOut: [aws.GlobalSignOutRequest, aws.GlobalSignOutResponse]
  InitiateAuth: [aws.InitiateAuthRequest, aws.InitiateAuthResponse]
  ListDevices: [aws.ListDevicesRequest, aws.ListDevicesResponse]
  ListWebAuthnCredentials: [aws.ListWebAuthnCredentialsRequest, aws.ListWebAuthnCredentialsResponse]
  ResendConfirmationCode: [aws.ResendConfirmationCodeRequest, aws.ResendConfirmationCodeResponse]
  RespondToAuthChallenge: [aws.RespondToAuthChallengeRequest, aws.RespondToAuthChallengeResponse]
  RevokeToken: [aws.RevokeTokenRequest, aws.RevokeTokenResponse]
  SetUserMFAPreference: [aws.SetUserMFAPreferenceRequest, aws.SetUserMFAPreferenceResponse]
  SignUp: [aws.SignUpRequest, aws.SignUpResponse]
  StartWebAuthnRegistration: [aws.StartWebAuthnRegistrationRequest, aws.StartWebAuthnRegistrationResponse]
  UpdateDeviceStatus: [aws.UpdateDeviceStatusRequest, aws.UpdateDeviceStatusResponse]
  UpdateUserAttributes: [aws.UpdateUserAttributesRequest, aws.UpdateUserAttributesResponse]
  VerifySoftwareToken: [aws.VerifySoftwareTokenRequest, aws.VerifySoftwareTokenResponse]
  VerifyUserAttribute: [aws.VerifyUserAttributeRequest, aws.VerifyUserAttributeResponse]
}

/** What the service answers to every step of a sign-in: the next challenge, or tokens. */
export type AuthResponse = aws.RespondToAuthChallengeResponse

export function cognito<Op extends keyof Operations>(
  ctx: Context,
  operation: Op,
  input: Operations[Op][0],
  limits?: Pick<AwsJsonCall, 'idempotent' | 'timeout' | 'attempts'>,
): Promise<Operations[Op][1]> {
  return awsJson(ctx, {
    ...limits,
    url: userPool(ctx).url,
    target: `AWSCognitoIdentityProviderService.${operation}`,
    input,
    error: AuthError,
  })
}

/** Attributes and the like, as the service writes lists of them. */
export function attributePairs(values: Record<string, string | undefined> | undefined) {
  return values && Object.entries(values).map(([Name, Value]) => ({ Name, Value }))
}

/** The answers to `PASSWORD_VERIFIER` and `DEVICE_PASSWORD_VERIFIER` that prove a password. */
export async function passwordClaim(
  ctx: Context,
  secret: Ephemeral,
  who: { pool: string; user: string; password: string },
  { SRP_B = '', SALT = '', SECRET_BLOCK = '' }: Record<string, string> = {},
): Promise<Record<string, string>> {
  const TIMESTAMP = timestamp(serverTime(ctx))
  const signature = await proof(ctx.platform.sha256, secret, {
    ...who,
    B: SRP_B,
    salt: SALT,
    secretBlock: fromBase64(SECRET_BLOCK),
    timestamp: TIMESTAMP,
  })
  return {
    PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
    PASSWORD_CLAIM_SIGNATURE: toBase64(signature),
    TIMESTAMP,
  }
}

import { type Context, currentContext } from '@backline/core/internal'
import { cognito } from './cognito.js'
import { accessToken } from './currentUser.js'
import { makePasskey } from './passkeyCeremony.js'

/**
 * Makes a passkey on this device for the signed-in user, who can come in with it from then on: `signIn` with `USER_AUTH` and
 * `preferredChallenge: 'WEB_AUTHN'`.
 *
 * @example
 * await associateWebAuthnCredential()
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `PasskeyNotSupported`, `PasskeyRegistrationCanceled`, `PasskeyAlreadyExists`,
 *   `RelyingPartyMismatch`, `PasskeyOperationAborted`, `PasskeyRegistrationFailed`, `InvalidPasskeyRegistrationOptions`, and the service's
 *   own, like `WebAuthnNotEnabledException`
 */
export async function associateWebAuthnCredential(ctx: Context = currentContext()): Promise<void> {
  const AccessToken = await accessToken(ctx)
  const { CredentialCreationOptions } = await cognito(ctx, 'StartWebAuthnRegistration', { AccessToken })
  await cognito(ctx, 'CompleteWebAuthnRegistration', {
    AccessToken,
    Credential: (await makePasskey(ctx, CredentialCreationOptions)) as Record<string, never>,
  })
}

export interface AuthWebAuthnCredential {
  credentialId: string | undefined
  friendlyCredentialName: string | undefined
  relyingPartyId: string | undefined
  authenticatorAttachment?: string
  authenticatorTransports: string[] | undefined
  createdAt: Date | undefined
}

export interface ListWebAuthnCredentialsInput {
  pageSize?: number
  nextToken?: string
}

export interface ListWebAuthnCredentialsOutput {
  credentials: AuthWebAuthnCredential[]
  /** There is more: list again with this. */
  nextToken?: string
}

/**
 * The passkeys of the signed-in user, on whatever device they are.
 *
 * @example
 * const { credentials } = await listWebAuthnCredentials()
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `NotAuthorizedException`
 */
export async function listWebAuthnCredentials(
  { pageSize, nextToken }: ListWebAuthnCredentialsInput = {},
  ctx: Context = currentContext(),
): Promise<ListWebAuthnCredentialsOutput> {
  const { Credentials, NextToken } = await cognito(
    ctx,
    'ListWebAuthnCredentials',
    { AccessToken: await accessToken(ctx), MaxResults: pageSize, NextToken: nextToken },
    { idempotent: true },
  )
  return {
    credentials: (Credentials ?? []).map((item) => ({
      credentialId: item.CredentialId,
      friendlyCredentialName: item.FriendlyCredentialName,
      relyingPartyId: item.RelyingPartyId,
      authenticatorAttachment: item.AuthenticatorAttachment,
      authenticatorTransports: item.AuthenticatorTransports,
      // On the wire a date is a number of seconds, whatever the type says.
      createdAt: item.CreatedAt && new Date((item.CreatedAt as unknown as number) * 1000),
    })),
    nextToken: NextToken,
  }
}

export interface DeleteWebAuthnCredentialInput {
  credentialId: string
}

/**
 * Makes the user pool forget a passkey. The device keeps it, and shows it until its user removes it there.
 *
 * @example
 * await deleteWebAuthnCredential({ credentialId })
 *
 * @throws {AuthError} `UserUnAuthenticatedException`, `ResourceNotFoundException`
 */
export async function deleteWebAuthnCredential(
  { credentialId }: DeleteWebAuthnCredentialInput,
  ctx: Context = currentContext(),
): Promise<void> {
  await cognito(ctx, 'DeleteWebAuthnCredential', {
    AccessToken: await accessToken(ctx),
    CredentialId: credentialId,
  })
}

import { awsJson } from './awsJson.js'
import { cognitoConfig, dnsSuffix, regionOf } from './config.js'
import type { Context } from './context.js'
import { AmplifyError } from './errors.js'
import type { AWSCredentials } from './resourcesConfig.js'
import type { Session } from './sessionStore.js'

// The identity-pool wire, as far as we speak it: GetId and GetCredentialsForIdentity, unsigned, the enhanced flow.

export interface IdentityPool {
  identityPoolId: string
  region: string
  url: string
  allowGuestAccess: boolean
}

/** The identity pool, if one is configured. */
export function identityPool(ctx: Context): IdentityPool | undefined {
  const { identityPoolId, identityPoolEndpoint, allowGuestAccess } = cognitoConfig(ctx)
  if (!identityPoolId) return undefined

  const region = regionOf('InvalidIdentityPoolIdException', 'identityPoolId', identityPoolId, ':')
  const url = identityPoolEndpoint ?? `https://cognito-identity.${region}.${dnsSuffix(region)}/`
  return { identityPoolId, region, url, allowGuestAccess: !!allowGuestAccess }
}

export interface Identity {
  credentials: AWSCredentials
  identityId?: string
}

/** Whoever is here by a provider's word, with no user pool between. */
export interface Federation {
  logins: Record<string, string>
  identityId?: string
}

/** Credentials for the user or guest, under the identity that is known for them or a new one. */
export async function fetchIdentity(
  ctx: Context,
  pool: IdentityPool,
  who: Session | undefined,
  known: string | null,
  federation?: Federation,
): Promise<Required<Identity>> {
  const logins = who ? loginsOf(who) : federation?.logins
  try {
    return await getCredentials(ctx, pool, logins, known ?? (await getId(ctx, pool, logins)))
  } catch (error) {
    // The stored identity was deleted, or has come to belong to somebody: a new one, once.
    // One that the app has named is not replaced.
    if (
      !known ||
      known === federation?.identityId ||
      !/^(ResourceNotFound|NotAuthorized)Exception/.test((error as Error).name)
    )
      throw error
    return getCredentials(ctx, pool, logins, await getId(ctx, pool, logins))
  }
}

/** Which login proves who this is, by the issuer of the token, as identity pools name them. */
function loginsOf({ idToken }: Session): Record<string, string> {
  if (!idToken) {
    throw new AmplifyError(
      'AuthTokenConfigException',
      'Credentials of a signed-in user need an id token; there is none.',
    )
  }
  const { iss } = idToken.payload
  if (!iss) throw new AmplifyError('InvalidIdTokenException', 'The id token does not say who issued it.')
  return { [iss.replace(/^\w+:\/\//, '')]: `${idToken}` }
}

function identityService<Output>(
  ctx: Context,
  pool: IdentityPool,
  operation: string,
  input: object,
): Promise<Output> {
  return awsJson(ctx, {
    url: pool.url,
    target: `AWSCognitoIdentityService.${operation}`,
    input,
    error: AmplifyError,
    // Asking twice for the same identity gives the same, and credentials are not used up.
    idempotent: true,
  })
}

async function getId(
  ctx: Context,
  pool: IdentityPool,
  Logins: Record<string, string> | undefined,
): Promise<string> {
  const { IdentityId } = await identityService<{ IdentityId?: string }>(ctx, pool, 'GetId', {
    IdentityPoolId: pool.identityPoolId,
    Logins,
  })
  if (IdentityId) return IdentityId
  throw new AmplifyError('GetIdResponseException', 'The identity pool answered GetId without an identity.')
}

async function getCredentials(
  ctx: Context,
  pool: IdentityPool,
  Logins: Record<string, string> | undefined,
  identityId: string,
): Promise<Required<Identity>> {
  const { Credentials, IdentityId } = await identityService<{
    IdentityId?: string
    Credentials?: { AccessKeyId?: string; SecretKey?: string; SessionToken?: string; Expiration?: number }
  }>(ctx, pool, 'GetCredentialsForIdentity', { IdentityId: identityId, Logins })
  if (!Credentials?.AccessKeyId || !Credentials.SecretKey) {
    throw new AmplifyError('CredentialsNotFoundException', 'The identity pool answered without credentials.')
  }
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = Credentials
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretKey,
      sessionToken: SessionToken,
      expiration: Expiration ? new Date(Expiration * 1000) : undefined,
    },
    // Where a guest signs in whose login has an identity already, that one answers.
    identityId: IdentityId ?? identityId,
  }
}

import {
  CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Sandbox } from '@backline/sandbox'
import { outputsOf, PASSWORD } from './shop.fixture.js'

/** The AWS SDK's two clients of Cognito, pointed at the sandbox, and what most tests do first with them. */
export function peopleOf(sandbox: Sandbox) {
  const { auth } = outputsOf(sandbox)
  const at = { region: auth.aws_region, endpoint: sandbox.url, maxAttempts: 1 }
  // Neither signs what it sends here; the SDK would look for credentials all the same.
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  const pool = new CognitoIdentityProviderClient({ ...at, credentials })
  const identities = new CognitoIdentityClient({ ...at, credentials })
  const ClientId = auth.user_pool_client_id

  return {
    pool,
    identities,
    ClientId,
    auth,
    async register(Username: string) {
      await pool.send(new SignUpCommand({ ClientId, Username, Password: PASSWORD }))
      const { code } = await sandbox.inbox.next({ to: Username })
      await pool.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: code }))
    },
    async signIn(USERNAME: string, password = PASSWORD) {
      const { AuthenticationResult } = await pool.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME, PASSWORD: password },
        }),
      )
      return {
        AccessToken: AuthenticationResult!.AccessToken!,
        IdToken: AuthenticationResult!.IdToken!,
        RefreshToken: AuthenticationResult!.RefreshToken!,
      }
    },
    logins: (idToken: string) => ({
      [`cognito-idp.${auth.aws_region}.amazonaws.com/${auth.user_pool_id}`]: idToken,
    }),
    /** Keys of the identity pool, in the form in which the SDK's clients take them; a guest's without a token. */
    async credentials(idToken?: string) {
      const Logins = idToken ? this.logins(idToken) : undefined
      const { IdentityId } = await identities.send(
        new GetIdCommand({ IdentityPoolId: auth.identity_pool_id, Logins }),
      )
      const { Credentials } = await identities.send(
        new GetCredentialsForIdentityCommand({ IdentityId, Logins }),
      )
      const { AccessKeyId, SecretKey, SessionToken, Expiration } = Credentials!
      return {
        identityId: IdentityId!,
        expiration: Expiration!,
        keys: { accessKeyId: AccessKeyId!, secretAccessKey: SecretKey!, sessionToken: SessionToken! },
      }
    },
    close() {
      pool.destroy()
      identities.destroy()
    },
  }
}

export type People = ReturnType<typeof peopleOf>

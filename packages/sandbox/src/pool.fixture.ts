import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { AuthPlan } from './plan.js'
import { type SandboxOptions, serve } from './sandbox.js'

/** What Amplify gives a pool whose users sign in by email. */
export const authPlan: AuthPlan = {
  loginWith: { email: true, phone: false, username: false },
  requiredAttributes: ['email'],
  groups: ['ADMINS', 'EDITORS'],
  passwordPolicy: {
    minLength: 8,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
  allowGuests: true,
  accessTokenSeconds: 3600,
  idTokenSeconds: 3600,
  refreshTokenSeconds: 30 * 86_400,
}

interface Tokens {
  AccessToken: string
  IdToken: string
  RefreshToken: string
  ExpiresIn: number
  TokenType: string
}

export const PASSWORD = 'Correct-horse-1'

/** A sandbox with nothing but a user pool, the AWS SDK pointed at it, and what most tests do first. */
export async function startPool(auth: Partial<AuthPlan> = {}, options: Omit<SandboxOptions, 'backend'> = {}) {
  const sandbox = await serve({ auth: { ...authPlan, ...auth }, storages: [], extraOutputs: {} }, options)
  const sdk = new CognitoIdentityProviderClient({
    region: 'us-east-1',
    endpoint: sandbox.url,
    // A copy: the SDK writes into what it gets.
    credentials: { ...sandbox.credentials },
    maxAttempts: 1,
  })
  const outputs = sandbox.outputs.auth as {
    user_pool_id: string
    user_pool_client_id: string
    identity_pool_id: string
  }
  const ClientId = outputs.user_pool_client_id
  const UserPoolId = outputs.user_pool_id

  return {
    sandbox,
    sdk,
    outputs,
    ClientId,
    UserPoolId,
    /** Signs somebody up and confirms them with the mailed code; gives the sub. */
    async register(Username: string, attributes: Record<string, string> = {}): Promise<string> {
      const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }))
      const { UserSub } = await sdk.send(
        new SignUpCommand({ ClientId, Username, Password: PASSWORD, UserAttributes }),
      )
      const { code } = await sandbox.inbox.next({ to: attributes.email ?? Username })
      await sdk.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode: code }))
      return UserSub!
    },
    /** An administrator's way to a user who can sign in at once. */
    async addUser(Username: string): Promise<void> {
      await sdk.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }))
      await sdk.send(
        new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: PASSWORD, Permanent: true }),
      )
    },
    async signIn(USERNAME: string, password = PASSWORD) {
      const { AuthenticationResult } = await sdk.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME, PASSWORD: password },
        }),
      )
      return AuthenticationResult as Tokens
    },
    async stop(): Promise<void> {
      sdk.destroy()
      await sandbox.stop()
    },
  }
}

export type TestPool = Awaited<ReturnType<typeof startPool>>

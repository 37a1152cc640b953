import type { Input } from '../awsJson.js'
import { invalidParameter, optionalText } from '../input.js'
import { authPlan, checkClient, type Pool, setInPool } from './pool.js'
import { listUsers } from './users.js'

/** An administrator's changes to the pool itself. They stand above the definition until the sandbox is reset. */
export const poolOperations = (pool: Pool): Record<string, (input: Input) => object> => ({
  ListUserPools: () => ({ UserPools: [{ Id: pool.id, Name: POOL_NAME }] }),
  DescribeUserPool: () => ({ UserPool: describedPool(pool) }),
  ListUserPoolClients: () => ({
    UserPoolClients: [{ ClientId: pool.clientId, ClientName: CLIENT_NAME, UserPoolId: pool.id }],
  }),

  DescribeUserPoolClient(input) {
    checkClient(pool, input)
    return { UserPoolClient: describedClient(pool) }
  },

  /** Lifetimes and rotation; the rest of a client is the definition's. */
  UpdateUserPoolClient(input) {
    checkClient(pool, input)
    const units = (input.TokenValidityUnits ?? {}) as Record<string, string>
    for (const [token, usual] of [
      ['accessToken', 'hours'],
      ['idToken', 'hours'],
      ['refreshToken', 'days'],
    ] as const) {
      const name = `${token.charAt(0).toUpperCase()}${token.slice(1)}`
      const [amount, unit] = [input[`${name}Validity`], UNITS[units[name] ?? usual]]
      if (amount === undefined) continue
      if (typeof amount !== 'number' || !(amount > 0) || !unit)
        throw invalidParameter(`Invalid ${name}Validity.`)
      setInPool(pool, `${token}Seconds`, amount * unit)
    }
    const rotation = input.RefreshTokenRotation as Input | undefined
    if (rotation) {
      const graceSeconds = Number(rotation.RetryGracePeriodSeconds ?? 0)
      setInPool(pool, 'refreshRotation', rotation.Feature === 'ENABLED' ? { graceSeconds } : null)
    }
    return { UserPoolClient: describedClient(pool) }
  },

  GetUserPoolMfaConfig: () => mfaConfig(pool),

  SetUserPoolMfaConfig(input) {
    const mode = optionalText(input, 'MfaConfiguration') ?? 'OFF'
    if (mode !== 'OFF' && mode !== 'ON' && mode !== 'OPTIONAL') {
      throw invalidParameter('MfaConfiguration must be OFF, ON or OPTIONAL.')
    }
    const totp = (input.SoftwareTokenMfaConfiguration as Input | undefined)?.Enabled === true
    const [sms, email] = [!!input.SmsMfaConfiguration, !!input.EmailMfaConfiguration]
    if (mode !== 'OFF' && !totp && !sms && !email) {
      throw invalidParameter("Invalid MFA configuration given, can't turn on MFA without an MFA method.")
    }
    setInPool(
      pool,
      'mfa',
      mode === 'OFF' ? null : { mode: mode === 'ON' ? 'REQUIRED' : 'OPTIONAL', totp, sms, email },
    )
    return mfaConfig(pool)
  },
})

function mfaConfig(pool: Pool) {
  const { mfa } = authPlan(pool)
  return {
    MfaConfiguration: mfa ? (mfa.mode === 'REQUIRED' ? 'ON' : 'OPTIONAL') : 'OFF',
    SoftwareTokenMfaConfiguration: { Enabled: !!mfa?.totp },
    ...(mfa?.sms ? { SmsMfaConfiguration: {} } : {}),
    ...(mfa?.email ? { EmailMfaConfiguration: {} } : {}),
  }
}

const POOL_NAME = 'amplify-sandbox'
const CLIENT_NAME = 'amplify-sandbox-client'
const UNITS: Record<string, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

function describedPool(pool: Pool) {
  const { loginWith, passwordPolicy: policy, deviceTracking, verifyByLink } = authPlan(pool)
  const addresses = [...(loginWith.email ? ['email'] : []), ...(loginWith.phone ? ['phone_number'] : [])]
  return {
    Id: pool.id,
    Name: POOL_NAME,
    Arn: `arn:aws:cognito-idp:${pool.world.region}:${pool.world.accountId}:userpool/${pool.id}`,
    Policies: {
      PasswordPolicy: {
        MinimumLength: policy.minLength,
        RequireLowercase: policy.requireLowercase,
        RequireUppercase: policy.requireUppercase,
        RequireNumbers: policy.requireNumbers,
        RequireSymbols: policy.requireSymbols,
      },
    },
    ...(loginWith.username ? { AliasAttributes: addresses } : { UsernameAttributes: addresses }),
    AutoVerifiedAttributes: addresses,
    VerificationMessageTemplate: {
      DefaultEmailOption: verifyByLink ? 'CONFIRM_WITH_LINK' : 'CONFIRM_WITH_CODE',
    },
    UsernameConfiguration: { CaseSensitive: false },
    MfaConfiguration: mfaConfig(pool).MfaConfiguration,
    ...(deviceTracking
      ? { DeviceConfiguration: { DeviceOnlyRememberedOnUserPrompt: deviceTracking === 'userOptIn' } }
      : {}),
    EstimatedNumberOfUsers: listUsers(pool).length,
  }
}

function describedClient(pool: Pool) {
  const { accessTokenSeconds, idTokenSeconds, refreshTokenSeconds, refreshRotation, oauth } = authPlan(pool)
  return {
    UserPoolId: pool.id,
    ClientName: CLIENT_NAME,
    ClientId: pool.clientId,
    AccessTokenValidity: accessTokenSeconds,
    IdTokenValidity: idTokenSeconds,
    RefreshTokenValidity: refreshTokenSeconds,
    TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
    RefreshTokenRotation: refreshRotation
      ? { Feature: 'ENABLED', RetryGracePeriodSeconds: refreshRotation.graceSeconds }
      : { Feature: 'DISABLED' },
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    ...(oauth
      ? {
          AllowedOAuthFlows: ['code', 'implicit'],
          AllowedOAuthScopes: oauth.scopes,
          CallbackURLs: oauth.callbackUrls,
          LogoutURLs: oauth.logoutUrls,
          SupportedIdentityProviders: ['COGNITO', ...oauth.providers],
        }
      : {}),
  }
}

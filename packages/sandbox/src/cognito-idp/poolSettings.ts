import type { Input } from '../awsJson.js'
import { invalidParameter, optionalText, text } from '../input.js'
import type { AuthPlan } from '../plan.js'
import { paged } from './adminGroups.js'
import { authPlan, type Pool, setInPool } from './pool.js'
import { poolSettings, USUAL_POOL } from './poolInput.js'
import type { Pools } from './pools.js'
import { regionOf } from './tokens.js'
import { listUsers } from './users.js'

/** Pools that are made, and changes to those there are. What is changed in the definition's stands above it until the sandbox is reset. */
export const poolOperations = (pool: Pool, pools: Pools): Record<string, (input: Input) => object> => ({
  ListUserPools(input) {
    const { page, next } = paged(
      { ...input, Limit: input.MaxResults },
      'NextToken',
      pools.all(),
      ({ id }) => id,
    )
    return {
      UserPools: page.map((each) => ({ Id: each.id, Name: nameOf(each) })),
      ...(next ? { NextToken: next } : {}),
    }
  },

  CreateUserPool(input) {
    const name = text(input, 'PoolName')
    return { UserPool: describedPool(pools.make(name, { ...USUAL_POOL, ...poolSettings(input) })) }
  },

  UpdateUserPool(input) {
    for (const [name, value] of Object.entries(poolSettings(input)))
      setInPool(pool, name as keyof AuthPlan, value as never)
    return {}
  },

  DeleteUserPool() {
    const made = pools.all().find(({ id, made }) => made && id === pool.id)
    if (!made)
      throw invalidParameter('The pool of the definition cannot be deleted while the sandbox serves it.')
    pools.drop(made)
    return {}
  },

  DescribeUserPool: () => ({ UserPool: describedPool(pool) }),

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
const nameOf = ({ made }: Pool) => made?.name ?? POOL_NAME

function describedPool(pool: Pool) {
  const { loginWith, passwordPolicy: policy, deviceTracking, verifyByLink } = authPlan(pool)
  const addresses = [...(loginWith.email ? ['email'] : []), ...(loginWith.phone ? ['phone_number'] : [])]
  return {
    Id: pool.id,
    Name: nameOf(pool),
    Arn: `arn:aws:cognito-idp:${regionOf(pool.id)}:${pool.world.accountId}:userpool/${pool.id}`,
    ...(pool.made ? { CreationDate: pool.made.createdAt / 1000 } : {}),
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

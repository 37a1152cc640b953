import type { Input } from '../awsJson.js'
import { invalidParameter, optionalText } from '../input.js'
import { authPlan, type Pool, setInPool } from './pool.js'

/** An administrator's changes to the pool itself. They stand above the definition until the sandbox is reset. */
export const poolOperations = (pool: Pool): Record<string, (input: Input) => object> => ({
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

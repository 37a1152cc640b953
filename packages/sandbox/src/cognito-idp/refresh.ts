import { notAuthorized } from '../input.js'
import { checkSecretOf } from './clients.js'
import { authPlan, type Pool } from './pool.js'
import { readRefreshToken, rotate, sign } from './tokens.js'
import { userBySub } from './users.js'

/** New tokens for a refresh token. */
export async function refresh(
  pool: Pool,
  token: string,
  metadata: Record<string, string>,
  secretHash?: string,
) {
  const { sub, originJti, authTime, deviceKey, scopes } = readRefreshToken(pool, token)
  const user = userBySub(pool, sub)
  if (!user) throw notAuthorized('Invalid Refresh Token')
  if (!user.enabled) throw notAuthorized('User is disabled.')
  // Whoever has shown the secret itself need not hash it.
  if (secretHash !== undefined)
    checkSecretOf(pool, [user.username, user.sub, ...Object.values(user.attributes)], secretHash)
  const rotation = authPlan(pool).refreshRotation
  const tokens = await sign(pool, user, {
    originJti,
    authTime,
    deviceKey,
    scopes,
    source: 'RefreshTokens',
    metadata,
  })
  return {
    ChallengeParameters: {},
    AuthenticationResult: rotation
      ? { ...tokens, RefreshToken: rotate(pool, token, originJti, rotation.graceSeconds) }
      : tokens,
  }
}

import type { JWTPayload } from 'jose'
import { authPlan, type Pool } from './pool.js'
import { runTrigger } from './triggers.js'
import { groupsOf, type User } from './users.js'

/** Claims that no function may touch: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html */
const FIXED =
  /^(acr|amr|at_hash|auth_time|azp|aud|client_id|cognito:.*|dev:.*|device_key|event_id|exp|iat|identities|iss|jti|nbf|nonce|origin_jti|sub|token_use|username|version)$/
const SCOPES = ['aws.cognito.signin.user.admin']

/** What tokens are made for, beside the user. */
export interface Occasion {
  /** In the words of the pre token generation trigger. */
  source: 'Authentication' | 'NewPasswordChallenge' | 'AuthenticateDevice' | 'RefreshTokens' | 'HostedAuth'
  deviceKey?: string
  metadata?: Record<string, string>
  /** What the hosted pages were asked for; everything of one's own where left out. */
  scopes?: string[]
  nonce?: string
}

type Change = (claims: JWTPayload) => JWTPayload

/** What the pre token generation trigger makes of the claims; nothing where there is none. */
export async function customised(
  pool: Pool,
  user: User,
  { source, metadata = {}, scopes: base = SCOPES }: Occasion,
): Promise<{ groups: string[]; scopes: string[]; id: Change; access: Change }> {
  const own = groupsOf(pool, user)
  const second = authPlan(pool).preTokenVersion === 2
  const response = await runTrigger(pool, 'preTokenGeneration', {
    source: `TokenGeneration_${source}`,
    version: second ? '2' : '1',
    user,
    request: {
      groupConfiguration: { groupsToOverride: own, iamRolesToOverride: [], preferredRole: null },
      clientMetadata: metadata,
      ...(second ? { scopes: base } : {}),
    },
    response: second ? { claimsAndScopeOverrideDetails: null } : { claimsOverrideDetails: null },
  })
  const first = part(response, 'claimsOverrideDetails')
  const both = part(response, 'claimsAndScopeOverrideDetails')
  const access = part(both, 'accessTokenGeneration')
  const groups = part(both ?? first, 'groupOverrideDetails')?.groupsToOverride
  const scopes = [...base, ...texts(access?.scopesToAdd)].filter(
    (scope) => !texts(access?.scopesToSuppress).includes(scope),
  )
  return {
    groups: Array.isArray(groups) ? texts(groups) : own,
    scopes,
    id: change(both ? part(both, 'idTokenGeneration') : first),
    access: change(access),
  }
}

function change(details: Record<string, unknown> | undefined): Change {
  const added = Object.entries(part(details, 'claimsToAddOrOverride') ?? {}).filter(
    ([name]) => !FIXED.test(name),
  )
  const gone = new Set(texts(details?.claimsToSuppress).filter((name) => !FIXED.test(name)))
  return (claims) => ({
    ...Object.fromEntries(Object.entries(claims).filter(([name]) => !gone.has(name))),
    ...Object.fromEntries(added.filter(([name]) => !gone.has(name))),
  })
}

function part(value: Record<string, unknown> | undefined, name: string): Record<string, unknown> | undefined {
  const found = value?.[name]
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

import { createHash, randomUUID } from 'node:crypto'
import { authPlan, type Pool } from '../cognito-idp/pool.js'
import { postConfirmation, preSignUp } from '../cognito-idp/signUp.js'
import { checkAttributes, findUser, saveUser, type User } from '../cognito-idp/users.js'
import { invalidParameter } from '../input.js'

/** What a provider says about somebody: claims of OpenID Connect. */
export type ProviderClaims = { sub: string; email: string } & Record<string, string>

/** The local provider's answer for who types this: always the same person for the same address. */
export function claimsOf(provider: string, typed: Record<string, string>): ProviderClaims {
  const { email = '' } = typed
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw invalidParameter('Invalid email address format.')
  const sub = createHash('sha256').update(`${provider}:${email.toLowerCase()}`).digest('hex').slice(0, 21)
  const said = Object.entries(typed).filter(([, value]) => value)
  return { ...Object.fromEntries(said), sub, email, email_verified: 'true' }
}

/** The claims that a person is asked for at this provider, beside those it knows of everybody. */
export function claimsAsked(pool: Pool, provider: string): string[] {
  const mapped = Object.values(mappingOf(pool, provider))
  return [...new Set(['email', 'name', ...mapped])].filter(
    (claim) => claim !== 'sub' && claim !== 'email_verified',
  )
}

/** Which attribute comes from which claim: as the definition says, and the email where people sign in with one. */
function mappingOf(pool: Pool, provider: string): Record<string, string> {
  const { loginWith, oauth } = authPlan(pool)
  return { ...(loginWith.email ? { email: 'email' } : {}), ...oauth?.mappings?.[provider] }
}

function attributesOf(pool: Pool, provider: string, claims: ProviderClaims): Record<string, string> {
  const mapped = Object.entries(mappingOf(pool, provider)).flatMap(([name, claim]) =>
    claims[claim] === undefined ? [] : [[name, claims[claim]]],
  )
  const attributes: Record<string, string> = Object.fromEntries(mapped)
  const unproven = (['email', 'phone_number'] as const).filter((name) => attributes[name])
  return { ...Object.fromEntries(unproven.map((name) => [`${name}_verified`, 'false'])), ...attributes }
}

/** The user whom a provider vouches for: `Google_1234`. Added at the first visit; what the provider says is taken over at each. */
export async function federatedUser(pool: Pool, provider: string, claims: ProviderClaims): Promise<User> {
  const username = `${provider}_${claims.sub}`
  const attributes = attributesOf(pool, provider, claims)
  const missing = authPlan(pool).requiredAttributes.filter((name) => !attributes[name])
  if (missing.length > 0) throw invalidParameter(`attributes required: [${missing.join(', ')}]`)
  checkAttributes(pool, attributes, true)
  const known = findUser(pool, username)
  if (known) {
    const user = { ...known, attributes: { ...known.attributes, ...attributes } }
    saveUser(pool, user)
    return user
  }
  const now = pool.world.clock.now()
  const identity = {
    userId: claims.sub,
    providerName: provider,
    providerType: provider,
    primary: true,
    dateCreated: now,
  }
  const blank: User = {
    sub: randomUUID(),
    username,
    status: 'EXTERNAL_PROVIDER',
    enabled: true,
    salt: '',
    verifier: '',
    attributes: { ...attributes, identities: JSON.stringify([identity]) },
    mfa: {},
    createdAt: now,
    modifiedAt: now,
  }
  const { user } = await preSignUp(pool, blank, 'PreSignUp_ExternalProvider', {})
  // Two tabs at once: the first one added them.
  const there = findUser(pool, username)
  if (there) return there
  saveUser(pool, user)
  await postConfirmation(pool, user, {})
  return user
}

import { createHash, randomUUID } from 'node:crypto'
import type { Pool } from '../cognito-idp/pool.js'
import { postConfirmation, preSignUp } from '../cognito-idp/signUp.js'
import { findUser, saveUser, type User } from '../cognito-idp/users.js'
import { invalidParameter } from '../input.js'

/** What a provider says about somebody: claims of OpenID Connect. */
export interface ProviderClaims {
  sub: string
  email: string
  name: string
}

/** The local provider's answer for who types this: always the same person for the same address. */
export function claimsOf(provider: string, email: string, name: string): ProviderClaims {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw invalidParameter('Invalid email address format.')
  const sub = createHash('sha256').update(`${provider}:${email.toLowerCase()}`).digest('hex').slice(0, 21)
  return { sub, email, name }
}

/** The user whom a provider vouches for: `Google_1234`. Added at the first visit, updated at each. */
export async function federatedUser(pool: Pool, provider: string, claims: ProviderClaims): Promise<User> {
  const username = `${provider}_${claims.sub}`
  const attributes = {
    email: claims.email,
    email_verified: 'true',
    ...(claims.name ? { name: claims.name } : {}),
  }
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

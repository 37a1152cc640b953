import { randomBytes, randomUUID } from 'node:crypto'
import { answerCall, faultReply, type Input, isCallOf, type Operation, ServiceError } from '../awsJson.js'
import { regionOf } from '../cognito-idp/tokens.js'
import type { UserPools } from '../cognito-idp/userPools.js'
import { notAuthorized, text, texts } from '../input.js'
import type {
  CredentialAuthority,
  IssuedCredentials,
  Principal,
  Service,
  UserClaims,
  World,
} from '../service.js'

const TARGET = 'AWSCognitoIdentityService'
const LIFETIME = 3_600_000

const MIGRATIONS = [
  `CREATE TABLE identity_pool (id TEXT PRIMARY KEY) STRICT;
   CREATE TABLE identities (id TEXT PRIMARY KEY, login TEXT UNIQUE, created_at INTEGER NOT NULL) STRICT;
   CREATE TABLE credentials (
     access_key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, token TEXT NOT NULL, expires_at INTEGER NOT NULL,
     principal TEXT NOT NULL) STRICT;
   CREATE INDEX credentials_by_expiry ON credentials (expires_at)`,
]

export interface IdentityPools extends CredentialAuthority {
  readonly service: Service
}

interface Identity {
  id: string
  /** The sub of the user it belongs to; null for a guest's. */
  login: string | null
}

/** Identities, and temporary credentials for them. See docs/protocols/cognito-identity.md. */
export function createIdentityPools(
  world: World,
  userPools: Pick<UserPools, 'verify' | 'isOurs' | 'loginName'>,
  administrators: CredentialAuthority,
): IdentityPools {
  const { store } = world
  const made = openIdentityPool(world)
  const poolId = () => world.plan.auth?.reference?.identityPoolId ?? made

  const operations: Record<string, Operation> = {
    async GetId(input) {
      checkPool(world, poolId(), text(input, 'IdentityPoolId'))
      const user = await userOf(userPools, input)
      if (!user) {
        checkGuestsAllowed(world)
        return { IdentityId: addIdentity(world, null) }
      }
      return {
        IdentityId: store.transaction(
          () => identityOfLogin(world, user.sub)?.id ?? addIdentity(world, user.sub),
        ),
      }
    },

    async GetCredentialsForIdentity(input) {
      if (!world.plan.auth) checkPool(world, poolId(), poolId())
      const asked = text(input, 'IdentityId')
      const user = await userOf(userPools, input)
      const identityId = store.transaction(() => {
        const identity = store.get<Identity>('SELECT id, login FROM identities WHERE id = ?', asked)
        if (!identity) throw new ServiceError('ResourceNotFoundException', `Identity '${asked}' not found.`)
        return user ? claim(world, identity, user) : asGuest(world, identity)
      })
      const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = issue(
        world,
        principalOf(identityId, user),
      )
      return {
        IdentityId: identityId,
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: expiresAt! / 1000,
        },
      }
    },
  }

  return {
    find: (accessKeyId) => administrators.find(accessKeyId) ?? readCredentials(world, accessKeyId),
    service: {
      name: 'cognito-identity',
      matches: (request) => isCallOf(TARGET, request),
      handle: (request) => answerCall(TARGET, operations, request),
      fault: faultReply,
      outputs: () =>
        world.plan.auth
          ? {
              auth: {
                identity_pool_id: poolId(),
                identity_pool_endpoint: world.url,
                aws_region: regionOf(poolId()),
                unauthenticated_identities_enabled: world.plan.auth.allowGuests,
              },
            }
          : {},
      reset: () => {
        store.run('DELETE FROM identities')
        store.run('DELETE FROM credentials')
      },
    },
  }
}

/** Made for an hour and kept, so that they work after a restart. */
function issue({ store, clock }: World, principal: Principal): IssuedCredentials {
  const credentials = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(192).toString('base64'),
    expiresAt: clock.now() + LIFETIME,
    principal,
  }
  // Expired ones stay for a day, so that using them is answered with `ExpiredToken`, not with an unknown key.
  store.run('DELETE FROM credentials WHERE expires_at < ?', clock.now() - 86_400_000)
  store.run(
    'INSERT INTO credentials VALUES (?, ?, ?, ?, ?)',
    credentials.accessKeyId,
    credentials.secretAccessKey,
    credentials.sessionToken,
    credentials.expiresAt,
    JSON.stringify(principal),
  )
  return credentials
}

function readCredentials({ store }: World, accessKeyId: string): IssuedCredentials | undefined {
  const row = store.get<{ secret: string; token: string; expires_at: number; principal: string }>(
    'SELECT secret, token, expires_at, principal FROM credentials WHERE access_key_id = ?',
    accessKeyId,
  )
  return (
    row && {
      accessKeyId,
      secretAccessKey: row.secret,
      sessionToken: row.token,
      expiresAt: row.expires_at,
      principal: JSON.parse(row.principal) as Principal,
    }
  )
}

/** The role as Amplify maps it: that of the first of the user's groups, else the one for everybody signed in. */
function principalOf(identityId: string, user: UserClaims | undefined): Principal {
  if (!user) return { role: 'guest', identityId }
  const [group] = user.groups
  return group === undefined
    ? { role: 'authenticated', identityId, user }
    : { role: 'group', group, identityId, user }
}

/** The user whose token came with the call. @throws {ServiceError} `NotAuthorizedException` for any token but a good one. */
async function userOf(
  { verify, isOurs, loginName }: Pick<UserPools, 'verify' | 'isOurs' | 'loginName'>,
  input: Input,
): Promise<UserClaims | undefined> {
  const logins = Object.entries(texts(input, 'Logins'))
  if (logins.length === 0) return undefined
  const token = logins.find(([provider]) => provider === loginName)?.[1]
  if (token === undefined || logins.length > 1) {
    throw notAuthorized('Token is not from a supported provider of this identity pool.')
  }
  const user = await verify(token).catch((error: Error) => {
    throw notAuthorized(`Invalid login token. ${error.message}`)
  })
  if (!isOurs(user))
    throw notAuthorized('Invalid login token. The audience of the token is another app client.')
  if (user.tokenUse !== 'id') throw notAuthorized('Invalid login token. Missing a required claim: aud')
  return user
}

/** The identity that a signed-in user gets who brings this one: a guest's becomes theirs, unless they have one already. */
function claim(world: World, { id, login }: Identity, { sub }: UserClaims): string {
  if (login === sub) return id
  if (login !== null) {
    throw notAuthorized(
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    )
  }
  const own = identityOfLogin(world, sub)
  if (own) {
    world.store.run('DELETE FROM identities WHERE id = ?', id)
    return own.id
  }
  world.store.run('UPDATE identities SET login = ? WHERE id = ?', sub, id)
  return id
}

function asGuest(world: World, { id, login }: Identity): string {
  if (login !== null) throw notAuthorized(`Access to Identity '${id}' is forbidden.`)
  checkGuestsAllowed(world)
  return id
}

function checkGuestsAllowed({ plan }: World): void {
  if (!plan.auth?.allowGuests) {
    throw notAuthorized('Unauthenticated access is not supported for this identity pool.')
  }
}

function checkPool({ plan }: World, poolId: string, asked: string): void {
  if (asked !== poolId || !plan.auth) {
    throw new ServiceError('ResourceNotFoundException', `IdentityPool '${asked}' not found.`)
  }
}

const identityOfLogin = ({ store }: World, sub: string) =>
  store.get<Identity>('SELECT id, login FROM identities WHERE login = ?', sub)

function addIdentity({ store, clock, region, plan }: World, login: string | null): string {
  const { identityPoolId = `${region}:` } = plan.auth?.reference ?? {}
  const id = `${regionOf(identityPoolId)}:${randomUUID()}`
  store.run('INSERT INTO identities VALUES (?, ?, ?)', id, login, clock.now())
  return id
}

/** The one pool of this store; its id is made once and stays. */
function openIdentityPool({ store, region }: World): string {
  store.migrate('cognito-identity', MIGRATIONS)
  const read = () => store.get<{ id: string }>('SELECT id FROM identity_pool')?.id
  if (!read()) store.run('INSERT INTO identity_pool VALUES (?)', `${region}:${randomUUID()}`)
  return read()!
}

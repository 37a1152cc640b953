import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  randomUUID,
} from 'node:crypto'
import { promisify } from 'node:util'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { ServiceError } from '../awsJson.js'
import { notAuthorized } from '../input.js'
import type { UserClaims, World } from '../service.js'
import { authPlan, type Pool, type SigningKey } from './pool.js'
import { customised, type Occasion } from './tokenClaims.js'
import type { User } from './users.js'

export interface AuthenticationResult {
  AccessToken: string
  IdToken: string
  ExpiresIn: number
  TokenType: 'Bearer'
  RefreshToken?: string
}

/** As on AWS, whatever port the sandbox has today: tokens outlive a restart, and verifiers that know the pool's id need no setting. */
export const issuerOf = ({ id }: Pick<Pool, 'id'>) =>
  `https://cognito-idp.${regionOf(id)}.amazonaws.com/${id}`

/** Ids begin with their region. */
export const regionOf = (id: string) => id.slice(0, id.search(/[_:]/))

/** The pool's key, made at the first start. Takes a while then, in another thread. */
export async function openSigningKey({ store }: World): Promise<SigningKey> {
  const read = () => store.get<{ signing_key: string | null }>('SELECT signing_key FROM pool')?.signing_key
  if (!read()) {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    store.run(
      'UPDATE pool SET signing_key = ? WHERE signing_key IS NULL',
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
    )
  }
  const privateKey = createPrivateKey(read()!)
  const publicKey = createPublicKey(privateKey)
  const id = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
  return { id, private: privateKey, public: publicKey }
}

/** The three tokens of a new session. */
export async function startSession(
  pool: Pool,
  user: User,
  occasion: Occasion,
): Promise<AuthenticationResult> {
  const { store, clock } = pool.world
  const now = clock.now()
  const refreshToken = randomBytes(96).toString('base64url')
  const originJti = randomUUID()
  const authTime = Math.floor(now / 1000)
  // First, so that a trigger that throws leaves no session behind.
  const tokens = await sign(pool, user, { ...occasion, originJti, authTime })
  store.run('DELETE FROM refresh_tokens WHERE expires_at < ?', now - 86_400_000)
  store.run(
    'INSERT INTO refresh_tokens (hash, sub, origin_jti, auth_time, expires_at, revoked, device_key, scopes, client) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)',
    hash(refreshToken),
    user.sub,
    originJti,
    authTime,
    now + authPlan(pool).refreshTokenSeconds * 1000,
    occasion.deviceKey ?? null,
    occasion.scopes?.join(' ') ?? null,
    pool.client?.id ?? null,
  )
  addSecret(pool, originJti, refreshToken)
  return { ...tokens, RefreshToken: refreshToken }
}

interface RefreshRow {
  sub: string
  origin_jti: string
  auth_time: number
  expires_at: number
  revoked: number
  device_key: string | null
  scopes: string | null
  until: number | null
  client: string | null
}

const sessionOf = ({ world: { store } }: Pool, token: string) =>
  store.get<RefreshRow>(
    `SELECT r.*, s.until FROM refresh_secrets s JOIN refresh_tokens r ON r.origin_jti = s.origin_jti WHERE s.hash = ?`,
    hash(token),
  )

/** Whose refresh token this is. @throws {ServiceError} `NotAuthorizedException`, `RefreshTokenReuseException` */
export function readRefreshToken(pool: Pool, token: string) {
  const now = pool.world.clock.now()
  const row = sessionOf(pool, token)
  if (!row || row.client !== (pool.client?.id ?? null)) throw notAuthorized('Invalid Refresh Token')
  if (row.revoked) throw notAuthorized('Refresh Token has been revoked')
  if (row.until !== null && now >= row.until) {
    throw new ServiceError('RefreshTokenReuseException', 'The refresh token has already been used.')
  }
  if (now >= row.expires_at) throw notAuthorized('Refresh Token has expired')
  return {
    sub: row.sub,
    originJti: row.origin_jti,
    authTime: row.auth_time,
    deviceKey: row.device_key ?? undefined,
    scopes: row.scopes?.split(' '),
  }
}

/** The next token of a session whose tokens are good once; this one lives on for a moment, for whoever lost the answer. */
export function rotate(pool: Pool, token: string, originJti: string, graceSeconds: number): string {
  const { store, clock } = pool.world
  const next = randomBytes(96).toString('base64url')
  store.transaction(() => {
    store.run(
      'UPDATE refresh_secrets SET until = coalesce(until, ?) WHERE hash = ?',
      clock.now() + graceSeconds * 1000,
      hash(token),
    )
    addSecret(pool, originJti, next)
  })
  return next
}

function addSecret({ world: { store } }: Pool, originJti: string, token: string): void {
  store.run('INSERT INTO refresh_secrets VALUES (?, ?, NULL)', hash(token), originJti)
}

/** Puts out one session: its refresh tokens and every access and id token that came from them. */
export function revokeSession(pool: Pool, refreshToken: string): void {
  const row = sessionOf(pool, refreshToken)
  if (row) pool.world.store.run('UPDATE refresh_tokens SET revoked = 1 WHERE origin_jti = ?', row.origin_jti)
}

export function revokeSessionsOf({ world: { store } }: Pool, { sub }: User): void {
  store.run('UPDATE refresh_tokens SET revoked = 1 WHERE sub = ?', sub)
}

/** A fresh pair of tokens within a session. */
export async function sign(
  pool: Pool,
  user: User,
  { originJti, authTime, ...occasion }: Occasion & { originJti: string; authTime: number },
): Promise<AuthenticationResult> {
  const { accessTokenSeconds, idTokenSeconds } = authPlan(pool)
  const custom = await customised(pool, user, occasion)
  const key = await pool.key()
  const now = Math.floor(pool.world.clock.now() / 1000)
  const both = {
    sub: user.sub,
    ...(custom.groups.length > 0 ? { 'cognito:groups': custom.groups } : {}),
    iss: issuerOf(pool),
    origin_jti: originJti,
    event_id: randomUUID(),
    auth_time: authTime,
    iat: now,
  }
  const jwt = (claims: JWTPayload) =>
    new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ kid: key.id, alg: 'RS256' })
      .sign(key.private)
  const [AccessToken, IdToken] = await Promise.all([
    jwt(
      custom.access({
        ...both,
        client_id: pool.clientId,
        token_use: 'access',
        scope: custom.scopes.join(' '),
        exp: now + accessTokenSeconds,
        username: user.username,
        ...(occasion.deviceKey ? { device_key: occasion.deviceKey } : {}),
      }),
    ),
    jwt(
      custom.id({
        ...attributeClaims(user),
        ...both,
        'cognito:username': user.username,
        ...(occasion.nonce ? { nonce: occasion.nonce } : {}),
        aud: pool.clientId,
        token_use: 'id',
        exp: now + idTokenSeconds,
      }),
    ),
  ])
  return { AccessToken, IdToken, ExpiresIn: accessTokenSeconds, TokenType: 'Bearer' }
}

/** Who a token speaks for. @throws {Error} whose message says what is wrong with it. */
export async function verifyToken(pool: Pool, token: string): Promise<UserClaims> {
  const { payload } = await jwtVerify(token, (await pool.key()).public, {
    algorithms: ['RS256'],
    issuer: issuerOf(pool),
    currentDate: new Date(pool.world.clock.now()),
    requiredClaims: ['exp', 'sub', 'origin_jti'],
  }).catch((error: unknown) => {
    if (error instanceof errors.JWTExpired) throw new Error('The token has expired.', { cause: error })
    if (error instanceof errors.JWSSignatureVerificationFailed)
      throw new Error('The signature of the token is not this user pool’s.', { cause: error })
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss')
      throw new Error('The issuer of the token is another user pool.', { cause: error })
    throw new Error(`The token cannot be read: ${(error as Error).message}`, { cause: error })
  })
  const tokenUse = payload.token_use
  if (tokenUse !== 'id' && tokenUse !== 'access')
    throw new Error('The token is neither an id nor an access token.')
  if ((tokenUse === 'id' ? payload.aud : payload.client_id) !== pool.clientId)
    throw new Error('The audience of the token is another app client.')
  const session = pool.world.store.get<{ revoked: number }>(
    'SELECT revoked FROM refresh_tokens WHERE origin_jti = ?',
    String(payload.origin_jti),
  )
  if (!session || session.revoked) throw new Error('The token has been revoked.')
  return {
    sub: payload.sub!,
    username: String(tokenUse === 'id' ? payload['cognito:username'] : payload.username),
    groups: (payload['cognito:groups'] as string[] | undefined) ?? [],
    tokenUse,
    claims: payload,
  }
}

/** The same for the operations of the user pool, which take access tokens only and say it in their own words. */
export async function verifyAccessToken(pool: Pool, token: string): Promise<UserClaims> {
  const claims = await verifyToken(pool, token).catch((error: Error) => {
    if (error.message.includes('expired')) throw notAuthorized('Access Token has expired')
    if (error.message.includes('revoked')) throw notAuthorized('Access Token has been revoked')
    throw notAuthorized('Invalid Access Token')
  })
  if (claims.tokenUse !== 'access') throw notAuthorized('Invalid Access Token')
  if (!String(claims.claims.scope).split(' ').includes('aws.cognito.signin.user.admin'))
    throw notAuthorized('Access Token does not have required scopes')
  return claims
}

/** Only refresh tokens can be revoked by name. */
export function checkRevocable(token: string): void {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw new ServiceError('UnsupportedTokenTypeException', 'Unsupported token type')
}

/** Attributes are text; only these two are booleans in a token. */
function attributeClaims({ attributes }: User): JWTPayload {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      name.endsWith('_verified') ? value === 'true' : name === 'identities' ? JSON.parse(value) : value,
    ]),
  )
}

const hash = (token: string) => createHash('sha256').update(token).digest('hex')

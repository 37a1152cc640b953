import { awsJson } from './awsJson.js'
import { type IdentityPool, identityPool } from './config.js'
import { type Context, perContext } from './context.js'
import { AmplifyError } from './errors.js'
import { serverTime } from './http.js'
import type { AWSCredentials } from './resourcesConfig.js'
import { session } from './session.js'
import type { Session } from './sessionStore.js'

export type { AWSCredentials } from './resourcesConfig.js'

// The identity-pool wire, as far as we speak it: GetId and GetCredentialsForIdentity, unsigned, the enhanced flow.

export interface Identity {
  credentials: AWSCredentials
  identityId?: string
}

interface State {
  /** Raised when credentials are cleared, so that what was under way is not kept. */
  generation: number
  /** The identity of the signed-in user. A guest's is in the store. */
  signedIn?: { user: string; identityId: string }
  cached?: Identity & { key: string; refetchAt: number }
  fetching?: { key: string; result: Promise<Identity> }
}
const credentialState = /* @__PURE__ */ perContext('credentials', (): State => ({ generation: 0 }))

/**
 * Temporary AWS credentials from the identity pool, for the signed-in user or a guest, fetched again before the service's own
 * `Expiration`. Concurrent callers share one fetch. Undefined where there is no identity pool or guests are not allowed.
 */
export async function credentials(
  ctx: Context,
  { forceRefresh }: { forceRefresh?: boolean } = {},
): Promise<Identity | undefined> {
  return credentialsOf(ctx, await session(ctx), { forceRefresh })
}

/** The same, for a session that is at hand. */
export async function credentialsOf(
  ctx: Context,
  who: Session | undefined,
  { forceRefresh }: { forceRefresh?: boolean } = {},
): Promise<Identity | undefined> {
  const provider = credentialsProvider(ctx)
  if (provider) {
    const authConfig = ctx.config.Auth
    return provider.getCredentialsAndIdentityId(
      who
        ? { authenticated: true, tokens: who, authConfig, forceRefresh }
        : { authenticated: false, authConfig, forceRefresh },
    )
  }

  const pool = identityPool(ctx)
  if (!pool || (!who && !pool.allowGuestAccess)) return undefined

  const state = credentialState(ctx)
  const key = `${pool.identityPoolId} ${who?.idToken ?? ''}`
  const { cached } = state
  if (!forceRefresh && cached?.key === key && serverTime(ctx) < cached.refetchAt) return toIdentity(cached)

  if (state.fetching?.key !== key) {
    const fetching = { key, result: fetchCredentials(ctx, pool, who, key) }
    state.fetching = fetching
    const done = () => {
      if (state.fetching === fetching) state.fetching = undefined
    }
    fetching.result.then(done, done)
  }
  return toIdentity(await state.fetching.result)
}

const toIdentity = ({ credentials, identityId }: Identity): Identity => ({ credentials, identityId })

/** Only auth calls this: after a sign-in (the identity may be linked) and a sign-out (`forgetIdentity`). */
export async function clearCredentials(
  ctx: Context,
  options: { forgetIdentity?: boolean } = {},
): Promise<void> {
  const state = credentialState(ctx)
  state.generation++
  state.cached = state.fetching = undefined
  if (options.forgetIdentity) {
    state.signedIn = undefined
    const pool = identityPool(ctx)
    if (pool) await ctx.platform.store.removeItem(guestKey(pool))
  }
  await credentialsProvider(ctx)?.clearCredentialsAndIdentityId()
}

/** A provider of the app's own. auth's `cognitoCredentialsProvider` may be named in the options as well: it asks us. */
function credentialsProvider(ctx: Context) {
  const provider = ctx.options.Auth?.credentialsProvider
  return provider && !('asksCore' in provider) ? provider : undefined
}

const guestKey = ({ identityPoolId }: IdentityPool) => `com.amplify.Cognito.${identityPoolId}.identityId`

async function fetchCredentials(
  ctx: Context,
  pool: IdentityPool,
  who: Session | undefined,
  key: string,
): Promise<Identity> {
  const state = credentialState(ctx)
  const { generation } = state
  const { store } = ctx.platform
  const logins = who && loginsOf(who)
  const user = who && `${who.accessToken.payload.iss} ${who.accessToken.payload.sub}`

  const known =
    user !== undefined && state.signedIn?.user === user
      ? state.signedIn.identityId
      : await store.getItem(guestKey(pool))
  let answer: Answer
  try {
    answer = await getCredentials(ctx, pool, logins, known ?? (await getId(ctx, pool, logins)))
  } catch (error) {
    // The stored identity was deleted, or has come to belong to somebody: a new one, once.
    if (!known || !/^(ResourceNotFound|NotAuthorized)Exception/.test((error as Error).name)) throw error
    answer = await getCredentials(ctx, pool, logins, await getId(ctx, pool, logins))
  }

  const identity = { credentials: answer.credentials, identityId: answer.identityId }
  if (generation !== state.generation) return identity

  if (user === undefined) await store.setItem(guestKey(pool), answer.identityId)
  else {
    state.signedIn = { user, identityId: answer.identityId }
    // From here on it is the user's, no longer a guest's.
    if (known) await store.removeItem(guestKey(pool))
  }
  const now = serverTime(ctx)
  const expiry = answer.credentials.expiration?.getTime() ?? now + 3_600_000
  // Five minutes early, or a tenth of what short-lived credentials have.
  state.cached = { ...identity, key, refetchAt: expiry - Math.min(300_000, (expiry - now) / 10) }
  return identity
}

/** Which login proves who this is, by the issuer of the token, as identity pools name them. */
function loginsOf({ idToken }: Session): Record<string, string> {
  if (!idToken) {
    throw new AmplifyError(
      'AuthTokenConfigException',
      'Credentials of a signed-in user need an id token; there is none.',
    )
  }
  const { iss } = idToken.payload
  if (!iss) throw new AmplifyError('InvalidIdTokenException', 'The id token does not say who issued it.')
  return { [iss.replace(/^\w+:\/\//, '')]: `${idToken}` }
}

function identityService<Output>(
  ctx: Context,
  pool: IdentityPool,
  operation: string,
  input: object,
): Promise<Output> {
  return awsJson(ctx, {
    url: pool.url,
    target: `AWSCognitoIdentityService.${operation}`,
    input,
    error: AmplifyError,
    // Asking twice for the same identity gives the same, and credentials are not used up.
    idempotent: true,
  })
}

async function getId(
  ctx: Context,
  pool: IdentityPool,
  Logins: Record<string, string> | undefined,
): Promise<string> {
  const { IdentityId } = await identityService<{ IdentityId?: string }>(ctx, pool, 'GetId', {
    IdentityPoolId: pool.identityPoolId,
    Logins,
  })
  if (IdentityId) return IdentityId
  throw new AmplifyError('GetIdResponseException', 'The identity pool answered GetId without an identity.')
}

interface Answer {
  credentials: AWSCredentials
  identityId: string
}

async function getCredentials(
  ctx: Context,
  pool: IdentityPool,
  Logins: Record<string, string> | undefined,
  identityId: string,
): Promise<Answer> {
  const { Credentials, IdentityId } = await identityService<{
    IdentityId?: string
    Credentials?: { AccessKeyId?: string; SecretKey?: string; SessionToken?: string; Expiration?: number }
  }>(ctx, pool, 'GetCredentialsForIdentity', { IdentityId: identityId, Logins })
  if (!Credentials?.AccessKeyId || !Credentials.SecretKey) {
    throw new AmplifyError('CredentialsNotFoundException', 'The identity pool answered without credentials.')
  }
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = Credentials
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretKey,
      sessionToken: SessionToken,
      expiration: Expiration ? new Date(Expiration * 1000) : undefined,
    },
    // Where a guest signs in whose login has an identity already, that one answers.
    identityId: IdentityId ?? identityId,
  }
}

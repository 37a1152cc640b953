import { serverTime } from './clock.js'
import { type Context, joined, perContext, type Shared } from './context.js'
import {
  type Federation,
  fetchIdentity,
  type Identity,
  type IdentityPool,
  identityPool,
} from './identityPool.js'
import { session } from './session.js'
import type { Session } from './sessionStore.js'

export type { Identity } from './identityPool.js'
export type { AWSCredentials } from './resourcesConfig.js'

interface State extends Shared<Identity> {
  /** Raised when credentials are cleared, so that what was under way is not kept. */
  generation: number
  /** The identity of the signed-in user. A guest's is in the store. */
  signedIn?: { user: string; identityId: string }
  /** Good for this login, under this configuration. */
  cached?: Identity & { config: Context['config']; login: string; refetchAt: number }
  federation?: Federation
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
    return provider.getCredentialsAndIdentityId({
      ...(who ? { authenticated: true, tokens: who } : { authenticated: false }),
      authConfig: ctx.config.Auth,
      forceRefresh,
    })
  }

  const state = credentialState(ctx)
  const login = who?.idToken ? `${who.idToken}` : `${JSON.stringify(state.federation)}`
  const { cached } = state
  const isTheirs = cached?.login === login && cached.config === ctx.config
  if (isTheirs && !forceRefresh && serverTime(ctx) < cached.refetchAt) return toIdentity(cached)

  const pool = identityPool(ctx)
  if (!pool || (!who && !state.federation && !pool.allowGuestAccess)) return undefined
  const key = `${pool.identityPoolId} ${login}`
  return toIdentity(await joined(state, key, () => fetchCredentials(ctx, pool, who, login)))
}

const toIdentity = ({ credentials, identityId }: Identity): Identity => ({ credentials, identityId })

/** Only auth calls this: the credentials of whoever is not signed in come by these logins, until they are cleared. */
export function federate(ctx: Context, federation: Federation): void {
  credentialState(ctx).federation = federation
}

/** Only auth calls this: after a sign-in (the identity may be linked) and a sign-out (`forgetIdentity`). */
export async function clearCredentials(
  ctx: Context,
  options: { forgetIdentity?: boolean } = {},
): Promise<void> {
  const state = credentialState(ctx)
  state.generation++
  state.cached = state.running = state.federation = undefined
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
  login: string,
): Promise<Identity> {
  const state = credentialState(ctx)
  const { config } = ctx
  const { generation } = state
  const federation = who ? undefined : state.federation
  const { store } = ctx.platform
  const user = who
    ? `${who.accessToken.payload.iss} ${who.accessToken.payload.sub}`
    : federation && JSON.stringify(federation)
  const known =
    federation?.identityId ??
    (user && state.signedIn?.user === user ? state.signedIn.identityId : await store.getItem(guestKey(pool)))
  const identity = await fetchIdentity(ctx, pool, who, known, federation)
  if (generation !== state.generation) return identity

  if (!user) await store.setItem(guestKey(pool), identity.identityId)
  else {
    state.signedIn = { user, identityId: identity.identityId }
    // From here on it is the user's, no longer a guest's.
    if (known) await store.removeItem(guestKey(pool))
  }
  const now = serverTime(ctx)
  const expiry = identity.credentials.expiration?.getTime() ?? now + 3_600_000
  // Five minutes early, or a tenth of what short-lived credentials have.
  const refetchAt = expiry - Math.min(300_000, (expiry - now) / 10)
  state.cached = { ...identity, config, login, refetchAt }
  return identity
}

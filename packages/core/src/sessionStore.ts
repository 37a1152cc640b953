import { serverTime } from './clock.js'
import { cognitoConfig, hasUserPool } from './config.js'
import { type Context, perContext, type Shared } from './context.js'
import { decodeJWT, type JWT } from './jwt.js'
import type { KeyValueStorageInterface } from './platform.js'

// Who is signed in, on disk. The keys are aws-amplify's, so a user stays signed in when an app moves over.

export interface DeviceMetadata {
  deviceKey?: string
  deviceGroupKey?: string
  randomPassword?: string
}

/** The flows of v6. A session that an older app stored may name any of them. */
export type AuthFlowType =
  | 'USER_AUTH'
  | 'USER_SRP_AUTH'
  | 'CUSTOM_WITH_SRP'
  | 'CUSTOM_WITHOUT_SRP'
  | 'USER_PASSWORD_AUTH'

/** How a user came in. */
export interface SignInDetails {
  /** What the user typed: an email address, a phone number or a username. */
  loginId?: string
  authFlowType?: AuthFlowType
}

export interface SessionOptions {
  forceRefresh?: boolean
  clientMetadata?: Record<string, string>
}

/** Who is signed in, as stored under `aws-amplify`'s keys. */
export interface Session {
  username: string
  accessToken: JWT
  idToken?: JWT
  refreshToken?: string
  /** Written with the session, and read by itself: {@link storedDevice}. */
  deviceMetadata?: DeviceMetadata
  signInDetails?: SignInDetails
}

/** In the order of removal: without an access token nobody is signed in, whatever happens to the rest. */
const tokenKeys = [
  'accessToken',
  'idToken',
  'refreshToken',
  'clockDrift',
  'signInDetails',
  'oauthMetadata',
] as const

const deviceKeys = ['deviceKey', 'deviceGroupKey', 'randomPasswordKey'] as const

type Key = (typeof tokenKeys)[number] | (typeof deviceKeys)[number]

const prefix = (ctx: Context) => `CognitoIdentityServiceProvider.${cognitoConfig(ctx).userPoolClientId}`
const lastUserKey = (ctx: Context) => `${prefix(ctx)}.LastAuthUser`

/** Where one item of a user is kept. */
export function sessionKey(ctx: Context, username: string, key: Key): string {
  return `${prefix(ctx)}.${username}.${key}`
}

interface Home {
  /** Chosen by the app. */
  chosen?: KeyValueStorageInterface
  cookies?: KeyValueStorageInterface
  watched?: { store: KeyValueStorageInterface; undo: (() => void) | undefined }
}
const home = /* @__PURE__ */ perContext('session.store', (): Home => ({}))

/** Where this context keeps its session from now on: the platform's store unless this chose another. Nothing is carried over. */
export function setSessionStorage(ctx: Context, store: KeyValueStorageInterface): void {
  home(ctx).chosen = store
}

/** Where the session is kept. */
export async function sessionStore(ctx: Context): Promise<KeyValueStorageInterface> {
  const state = home(ctx)
  const { ssr, store: given } = ctx.options
  const store =
    state.chosen ??
    (ssr && !given
      ? (state.cookies ??= (await import('./cookies.js')).createCookieStore({
          path: '/',
          expires: 365,
          secure: true,
          sameSite: 'lax',
        }))
      : ctx.platform.store)
  if (state.watched?.store !== store) {
    state.watched?.undo?.()
    state.watched = { store, undo: watchOtherTabs(ctx, store) }
  }
  return store
}

export interface Stored extends Session {
  /** The service's clock minus the device's when the tokens came, in milliseconds. */
  clockDrift: number
  /** A refresh may bring it back. */
  hasLostIdToken?: boolean
}

export async function readSession(ctx: Context): Promise<Stored | undefined> {
  if (!hasUserPool(ctx)) return undefined
  await sessionState(ctx).arriving

  const store = await sessionStore(ctx)
  const username = await store.getItem(lastUserKey(ctx))
  if (!username) return undefined

  const [accessToken, idToken, refreshToken, clockDrift, details] = await Promise.all(
    tokenKeys.slice(0, 5).map((key) => store.getItem(sessionKey(ctx, username, key))),
  )
  const state = sessionState(ctx)
  const before = state.decoded
  const now = (state.decoded = new Map<string, JWT>())
  // The store is asked each time, for others write there as well; what was decoded once is not decoded again. An app may change the
  // claims that it is given, so it gets a copy.
  const decoded = (token: string | null | undefined): JWT | undefined => {
    const jwt = token ? (before?.get(token) ?? readable(() => decodeJWT(token))) : undefined
    if (jwt) now.set(token!, jwt)
    return jwt && { ...jwt, payload: { ...jwt.payload } }
  }
  const access = decoded(accessToken)
  const id = decoded(idToken)
  // What something else wrote there is nobody. Where stores lose keys it is as good as lost, and a refresh brings it back.
  const mends = !!store.losesKeys && !!refreshToken
  if (!mends && (!access || (idToken && !id))) return undefined
  return {
    username,
    accessToken: access ?? lostToken,
    idToken: id,
    refreshToken: refreshToken ?? undefined,
    clockDrift: Number(clockDrift) || 0,
    hasLostIdToken: mends && !id && state.withoutIdToken !== username,
    signInDetails: readable(() => JSON.parse(details!) ?? undefined),
  }
}

/** Stands for an access token that the store has lost. It has run out. Stores of phones lose single keys. */
export const lostToken: JWT = /* @__PURE__ */ { payload: {}, toString: () => '' }

function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/**
 * Writes a session so that one which fails halfway leaves the old one usable: what the old tokens can live with first, the access
 * token after it, and who is signed in at the very end.
 */
export async function writeSession(ctx: Context, session: Session): Promise<void> {
  const store = await sessionStore(ctx)
  const before = await store.getItem(lastUserKey(ctx))
  const { username, deviceMetadata, accessToken, signInDetails } = session
  const { iat } = accessToken.payload
  const items: [Key, string | undefined][] = [
    ['refreshToken', session.refreshToken],
    ['clockDrift', `${iat ? iat * 1000 - ctx.platform.now() : 0}`],
    ['signInDetails', signInDetails && JSON.stringify(signInDetails)],
    ['idToken', session.idToken?.toString()],
    ['accessToken', accessToken.toString()],
  ]
  // A device is remembered across sign-ins, so there is nothing to remove where none is given.
  const { deviceKey, deviceGroupKey, randomPassword } = deviceMetadata ?? {}
  for (const [index, value] of [deviceKey, deviceGroupKey, randomPassword].entries()) {
    if (value) items.unshift([deviceKeys[index]!, value])
  }
  for (const [key, value] of items) {
    const at = sessionKey(ctx, username, key)
    if (value) await store.setItem(at, value)
    else await store.removeItem(at)
  }
  if (before === username) return
  await store.setItem(lastUserKey(ctx), username)
  if (before) await removeTokens(ctx, store, before)
}

/** Removes who is signed in; remembered devices stay. As much as can be removed is, even where one removal fails. */
export async function removeSession(ctx: Context): Promise<void> {
  const store = await sessionStore(ctx)
  const username = await store.getItem(lastUserKey(ctx))
  const failure = username ? await removeTokens(ctx, store, username) : undefined
  await store.removeItem(lastUserKey(ctx))
  if (failure) throw failure.reason
}

async function removeTokens(ctx: Context, store: KeyValueStorageInterface, username: string) {
  const done = await Promise.allSettled(
    tokenKeys.map(async (key) => store.removeItem(sessionKey(ctx, username, key))),
  )
  return done.find((one) => one.status === 'rejected')
}

/** The device this user signed in on before; kept when they sign out, so that the pool knows it again. */
export async function storedDevice(ctx: Context, username: string): Promise<DeviceMetadata | undefined> {
  const store = await sessionStore(ctx)
  const [deviceKey, deviceGroupKey, randomPassword] = await Promise.all(
    deviceKeys.map((key) => store.getItem(sessionKey(ctx, username, key))),
  )
  if (deviceKey && deviceGroupKey && randomPassword) return { deviceKey, deviceGroupKey, randomPassword }
  return undefined
}

/** Only auth calls this: when the service no longer knows the device. */
export async function clearStoredDevice(ctx: Context, username: string): Promise<void> {
  const store = await sessionStore(ctx)
  await Promise.all(deviceKeys.map((key) => store.removeItem(sessionKey(ctx, username, key))))
}

/** Raised by each sign-in and sign-out, so that a refresh which began before is thrown away. */
interface State extends Shared<Session | undefined> {
  generation: number
  /** What goes to the pool's triggers with a refresh, where the caller gives nothing. */
  clientMetadata?: () => Promise<Record<string, string>>
  /** A sign-in by redirect that is coming in: who asks meanwhile waits for it. */
  arriving?: Promise<void>
  /** The user to whom the service gives no id token. */
  withoutIdToken?: string
  /** The tokens that were read last. */
  decoded?: ReadonlyMap<string, JWT>
}
export const sessionState = /* @__PURE__ */ perContext('session', (): State => ({ generation: 0 }))

/** Only auth calls these. Both are durable when they resolve, and both raise the generation. They emit nothing. */
export async function storeSession(ctx: Context, session: Session): Promise<void> {
  sessionState(ctx).generation++
  await writeSession(ctx, session)
}

export async function clearSession(ctx: Context): Promise<void> {
  sessionState(ctx).generation++
  if (hasUserPool(ctx)) await removeSession(ctx)
}

/**
 * Whether the tokens are good for another `margin` seconds by the service's clock: a call that starts now should arrive in time.
 * Short-lived tokens need only a tenth of their lifetime.
 */
export function lasts(ctx: Context, { accessToken, idToken }: Session, margin: number): boolean {
  return [accessToken, idToken].every((token) => {
    const { exp = 0, iat = 0 } = token?.payload ?? {}
    return !token || exp - serverTime(ctx) / 1000 > Math.min(margin, (exp - iat) / 10)
  })
}

/** What other tabs do to the session becomes Hub events here, for listeners with `enableCrossTabEvents`. */
function watchOtherTabs(ctx: Context, store: KeyValueStorageInterface): (() => void) | undefined {
  return store.addListener?.(async ({ key, oldValue, newValue }) => {
    if (!key || !hasUserPool(ctx) || oldValue === newValue) return
    const tell = (event: string, data?: unknown) => ctx.events.emit('auth', event, data, undefined, true)
    if (key === lastUserKey(ctx)) {
      const session = newValue ? await readSession(ctx) : undefined
      if (session) tell('signedIn', { username: session.username, userId: session.accessToken.payload.sub })
      else if (!newValue) tell('signedOut')
    } else if (key.startsWith(prefix(ctx)) && key.endsWith('.accessToken') && oldValue && newValue) {
      tell('tokenRefresh')
    }
  })
}

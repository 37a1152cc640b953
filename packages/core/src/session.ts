import type { Context } from './context.js'
import type { KeyValueStorageInterface } from './platform.js'

export interface JwtPayload {
  exp?: number
  iat?: number
  iss?: string
  aud?: string | string[]
  sub?: string
  scope?: string
  jti?: string
  [claim: string]: unknown
}

/** A decoded token; `toString()` is the token itself. */
export interface JWT {
  payload: JwtPayload
  toString(): string
}

export interface DeviceMetadata {
  deviceKey?: string
  deviceGroupKey?: string
  randomPassword?: string
}

export interface SignInDetails {
  loginId?: string
  authFlowType?: string
}

/** Who is signed in, as stored under `aws-amplify`'s keys. */
export interface Session {
  username: string
  accessToken: JWT
  idToken?: JWT
  refreshToken?: string
  deviceMetadata?: DeviceMetadata
  signInDetails?: SignInDetails
}

/**
 * The session, refreshed ahead of expiry by the services' clock; undefined for a guest. Concurrent callers share one refresh;
 * a refresh that a sign-out overtook is thrown away; network, 429 and 5xx failures throw but sign nobody out.
 */
export declare function session(
  ctx: Context,
  options?: { forceRefresh?: boolean; clientMetadata?: Record<string, string> },
): Promise<Session | undefined>

/** The session as stored, refreshed or not: for who is signed in, not for calls. */
export declare function storedSession(ctx: Context): Promise<Session | undefined>

/** Only auth calls these. Both are durable when they resolve, and both raise the generation. They emit nothing. */
export declare function storeSession(ctx: Context, session: Session): Promise<void>
export declare function clearSession(ctx: Context): Promise<void>

/** Where this context keeps its session: the platform's store unless this chose another. Synchronous, as in `aws-amplify`. */
export declare function setSessionStorage(ctx: Context, storage: KeyValueStorageInterface): void

/** The device this user signed in on before; kept when they sign out, so that the pool knows it again. */
export declare function storedDevice(ctx: Context, username: string): Promise<DeviceMetadata | undefined>
/** Only auth calls this: when the service no longer knows the device. */
export declare function clearStoredDevice(ctx: Context, username: string): Promise<void>

/** @throws {AmplifyError} `InvalidJWTException`-like when the token cannot be read. */
export declare function decodeJWT(token: string): JWT

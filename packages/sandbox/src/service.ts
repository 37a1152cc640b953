import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type { AiOptions } from './ai/model.js'
import type { Clock } from './clock.js'
import type { Inbox } from './inbox.js'
import type { BackendPlan } from './plan.js'
import type { SeenEvents } from './seenEvents.js'
import type { Store } from './store.js'

/** A request as it came over the wire. Nothing is decoded that a signature might cover. */
export interface WireRequest {
  method: string
  /** Path and query exactly as sent. */
  target: string
  /** The same, parsed; its host is the `Host` header. */
  url: URL
  /** Names in lower case; repeated ones joined by commas. */
  headers: Record<string, string>
  /** The body as it arrives, for services that must not hold it in memory. */
  body: Readable
  /** By order: how many records of a batch are to be refused. */
  refuse?: number
  /** The whole body, at most `limit` bytes (1 MiB by default). Read once, remembered. */
  bytes(limit?: number): Promise<Buffer>
}

export interface WireResponse {
  status: number
  headers?: Record<string, string | string[]>
  body?: string | Uint8Array | Readable
  /** `false`: without the server's CORS headers; the service itself says which origins may read this. */
  cors?: false
}

/** One AWS service. `matches` sees the head of the request only; the first service that matches answers. */
export interface Service {
  /** The service's own name, as in signatures: `cognito-idp`, `cognito-identity`, `appsync`, `s3`. */
  readonly name: string
  matches(request: WireRequest): boolean
  handle(request: WireRequest): Promise<WireResponse>
  /** The service's own way of answering with an error: for ordered faults and for what went wrong inside. */
  fault(status: number, message: string): WireResponse
  /** Its part of `amplify_outputs.json`, such as `{ auth: {…} }`; asked again whenever the plan changes. */
  outputs?(): Record<string, unknown>
  /** What an attribute reads as that CDK would know only after a deployment: `${events.key.…}` in what a definition adds to the outputs. */
  attribute?(path: string): string | undefined
  /** Answers CORS preflights itself. Otherwise the server does: every origin may send everything, as at AWS. */
  readonly ownPreflight?: boolean
  /** Not a service of AWS: ordered faults do not befall it. */
  readonly spared?: boolean
  /** Takes over a WebSocket upgrade that `matches`. */
  upgrade?(request: WireRequest, incoming: IncomingMessage, socket: Duplex, head: Buffer): void
  /** A new definition of the backend has been loaded into `world.plan`. Throw to refuse it: the old one is kept. */
  reload?(): void
  /** Drops every row and object of this service. */
  reset?(): void
  close?(): Promise<void> | void
}

/** What every service may touch. Services get each other as constructor arguments, not through here. */
export interface World {
  /** The backend being served; replaced as a whole when the `amplify/` folder changes. */
  plan: BackendPlan
  readonly store: Store
  readonly clock: Clock
  readonly inbox: Inbox
  readonly seen: SeenEvents
  /** Base URL of this sandbox, without a trailing slash. */
  readonly url: string
  readonly region: string
  readonly accountId: string
  /** Folder for objects too large for the store. */
  readonly filesDir: string
  /** The model behind AI routes; a local one where left out. */
  readonly ai?: AiOptions
  log(line: string): void
}

/** Who stands behind a user-pool token. */
export interface UserClaims {
  sub: string
  username: string
  groups: string[]
  tokenUse: 'id' | 'access'
  /** Every claim of the token. */
  claims: Record<string, unknown>
}

/** Who stands behind a SigV4 signature. */
export type Principal =
  | {
      role: 'root'
      /** The function that calls: who asks may hold it to what the definition grants it. */
      function?: string
    }
  | { role: 'guest'; identityId: string }
  | { role: 'authenticated'; identityId: string; user: UserClaims }
  | { role: 'group'; group: string; identityId: string; user: UserClaims }

export interface IssuedCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** Milliseconds since 1970; never for the root key. */
  expiresAt?: number
  principal: Principal
}

/** Offered by cognito-idp to whoever receives its tokens. */
export interface TokenAuthority {
  /** @throws {Error} whose message says why: signature, issuer, audience, expiry, revoked. */
  verify(token: string): Promise<UserClaims>
}

/** Offered by cognito-identity to whoever verifies signatures. */
export interface CredentialAuthority {
  find(accessKeyId: string): IssuedCredentials | undefined
}

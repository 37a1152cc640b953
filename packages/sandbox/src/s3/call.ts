import type { StoragePlan } from '../plan.js'
import type { CredentialAuthority, Principal, WireRequest, World } from '../service.js'
import { type Action, isAdministrator, isAllowed } from './access.js'
import { accessDenied, S3Error } from './errors.js'
import type { Events } from './events.js'
import type { Files } from './files.js'

/** What every operation works on. */
export interface Ground {
  authority: CredentialAuthority
  world: World
  files: Files
  events: Events
}

/** One request, authenticated and taken apart. */
export interface Call {
  request: WireRequest
  /** Name of the operation, as in the API reference. */
  operation: string
  /** Empty where the request is about no bucket. */
  bucket: string
  /** Empty where the request is about no object. */
  key: string
  query: URLSearchParams
  principal: Principal
  /** What the signature says about the body. */
  payload: string | undefined
  /** A header, or for a presigned link the query parameter that stands for it. Names in lower case. */
  header(name: string): string | undefined
}

export function planOf(ground: Ground, bucket: string): StoragePlan {
  const plan = ground.world.plan.storages.find((storage) => storage.bucketName === bucket)
  if (!plan)
    throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket })
  return plan
}

export function mayDo(
  ground: Ground,
  call: Call,
  action: Action,
  target = call.key,
  bucket = call.bucket,
): boolean {
  const { rules, granted } = planOf(ground, bucket)
  const { principal } = call
  if (principal.role === 'root' && granted?.[principal.function ?? '']?.includes(action)) return true
  return isAllowed(rules, principal, action, target)
}

/** @throws {S3Error} `AccessDenied` */
export function authorize(
  ground: Ground,
  call: Call,
  action: Action,
  target = call.key,
  bucket = call.bucket,
): void {
  if (!mayDo(ground, call, action, target, bucket)) throw accessDenied()
}

/** For what no rule of `defineStorage` can grant. */
export function authorizeRoot(call: Call): void {
  if (!isAdministrator(call.principal)) throw accessDenied()
}

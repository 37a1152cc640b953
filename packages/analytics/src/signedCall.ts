import { type AWSCredentials, type Context, dnsSuffix } from '@backline/core/internal'
import { sigv4 } from '@backline/core/sigv4'
import type { Batch } from './outlet.js'

/** What the signed services need to know of a call. */
export interface SignedCall {
  region: string
  endpoint?: string | undefined
  batch: Batch
}

/** One attempt, signed by the owner of the events: the buffer itself comes again. */
export async function signedCall(host: string, service: string, { region, endpoint, batch }: SignedCall) {
  const credentials: AWSCredentials | undefined = await batch.credentials()
  return {
    url: endpoint ?? `https://${host}.${region}.${dnsSuffix(region)}/`,
    authorize: sigv4({ service, region, ...(credentials && { credentials }) }),
    send: sending(batch),
    attempts: 1,
    timeout: 60_000,
  }
}

/** A request that outlives the page where it must. */
export const sending =
  ({ keepalive }: Pick<Batch, 'keepalive'>) =>
  (ctx: Context, url: string, init: RequestInit) =>
    ctx.platform.fetch(url, keepalive ? { ...init, keepalive } : init)

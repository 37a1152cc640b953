import type { WireRequest } from './service.js'

/**
 * Which records of a batch an ordered fault refuses: the first so many, and every later one that shares a key with them, as when one shard
 * of a stream has enough and the others take on.
 */
export function refusedByOrder({ refuse = 0 }: WireRequest, keys: string[]): (index: number) => boolean {
  const full = new Set(keys.slice(0, refuse))
  return (index) => full.has(keys[index]!)
}

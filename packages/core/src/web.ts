import type { Platform } from './platform.js'
import { defaultStorage } from './stores.js'

// With livePlatform.ts the one place that reaches for the globals of browsers, Node and workers. Each is looked up when it is used.

/** Browsers, Node and workers. */
export const web: Platform = {
  fetch: (input, init) => fetch(input, init),
  store: defaultStorage,
  now: () => Date.now(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  sha256: async (data) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>)),
}

import type { Context } from './context.js'
import type { LivePlatform, Platform } from './platform.js'
import { defaultStorage } from './stores.js'

// The one place that reaches for the globals of browsers, Node and workers. Each is looked up when it is used.

function watch(
  target: EventTarget | undefined,
  events: string[],
  onEvent: (type: string) => void,
): () => void {
  const listener = (event: Event) => onEvent(event.type)
  // Node has no global addEventListener, workers no document.
  if (!target?.addEventListener) return () => {}
  for (const event of events) target.addEventListener(event, listener)
  return () => {
    for (const event of events) target.removeEventListener(event, listener)
  }
}

/** Browsers, Node and workers. */
export const web: Platform = {
  fetch: (input, init) => fetch(input, init),
  store: defaultStorage,
  now: () => Date.now(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  sha256: async (data) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>)),
}

const live: LivePlatform = {
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  isOnline: () => globalThis.navigator?.onLine !== false,
  watchOnline: (onChange) =>
    watch(globalThis as unknown as EventTarget, ['online', 'offline'], (type) => onChange(type === 'online')),
  watchVisible: (onChange) =>
    watch(globalThis.document, ['visibilitychange'], () => onChange(!document.hidden)),
}

/** The platform with all that live connections need of it. */
export function livePlatform({ platform }: Context): Platform & LivePlatform {
  return { ...live, ...platform }
}

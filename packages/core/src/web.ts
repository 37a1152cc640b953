import { AmplifyError } from './errors.js'
import type { Platform } from './platform.js'
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
  openSocket(url, protocols) {
    if (typeof WebSocket === 'undefined') {
      throw new AmplifyError('PlatformNotSupported', 'This runtime has no WebSocket.', {
        recoverySuggestion:
          'Use Node 22 or later, or pass `{ platform: { openSocket } }` to Amplify.configure.',
      })
    }
    return new WebSocket(url, protocols)
  },
  store: defaultStorage,
  now: () => Date.now(),
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  async sha256(data) {
    if (!crypto.subtle) {
      throw new AmplifyError('PlatformNotSupported', 'This page has no crypto.subtle, which signing needs.', {
        recoverySuggestion: 'Serve the page over https or from localhost.',
      })
    }
    return new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>))
  },
  isOnline: () => globalThis.navigator?.onLine !== false,
  watchOnline: (onChange) =>
    watch(globalThis as unknown as EventTarget, ['online', 'offline'], (type) => onChange(type === 'online')),
  watchVisible: (onChange) =>
    watch(globalThis.document, ['visibilitychange'], () => onChange(!document.hidden)),
  async withLock(name, patience, work) {
    const locks = globalThis.navigator?.locks
    if (!locks) return work()

    const giveUp = new AbortController()
    const timer = setTimeout(() => giveUp.abort(), patience)
    let held = false
    try {
      return await locks.request(name, { signal: giveUp.signal }, () => {
        held = true
        clearTimeout(timer)
        return work()
      })
    } catch (error) {
      // Patience ran out, or the browser forbids locks here: better twice than never.
      if (held) throw error
      return work()
    } finally {
      clearTimeout(timer)
    }
  },
}

import type { Context } from './context.js'
import type { LivePlatform, Platform } from './platform.js'

// What web.ts has no use for: live connections alone carry it. Globals are looked up when they are used.

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

const live: LivePlatform = {
  openSocket: (url, protocols) => new WebSocket(url, protocols),
  isOnline: () => globalThis.navigator?.onLine !== false,
  watchOnline: (onChange) =>
    watch(globalThis as unknown as EventTarget, ['online', 'offline'], (type) => onChange(type === 'online')),
  isVisible: () => !globalThis.document?.hidden,
  watchVisible: (onChange) =>
    watch(globalThis.document, ['visibilitychange'], () => onChange(!document.hidden)),
}

/** The platform with all that live connections need of it. */
export function livePlatform({ platform }: Context): Platform & LivePlatform {
  return { ...live, ...platform }
}

import type { NetInfoLike } from './installed.js'

/** Whether there is a network, as NetInfo tells it. Where nothing tells, there is one. */
export function watchNetwork(netInfo: () => NetInfoLike | undefined) {
  let online = true
  let watching = false
  const listeners = new Set<(online: boolean) => void>()

  function watch() {
    if (watching) return
    watching = true
    netInfo()?.addEventListener(({ isConnected }) => {
      // Null is "not known yet".
      const now = isConnected !== false
      if (now === online) return
      online = now
      for (const listener of [...listeners]) listener(now)
    })
  }

  return {
    isOnline() {
      watch()
      return online
    },
    watchOnline(onChange: (online: boolean) => void) {
      const listener = (now: boolean) => onChange(now)
      listeners.add(listener)
      watch()
      return () => void listeners.delete(listener)
    },
  }
}

import type { AppStateLike, AsyncStore, NetInfoLike } from './installed.js'

/** AsyncStorage, NetInfo and AppState, as an app of React Native has them, with the outside in our hands. */
export function startPhone() {
  const kept = new Map<string, string>()
  const onNetwork = new Set<(state: { isConnected: boolean | null }) => void>()
  const onApp = new Set<(state: string) => void>()
  let isConnected: boolean | null = null
  const later = () => new Promise((resolve) => setTimeout(resolve, 0))

  const store: AsyncStore = {
    async getItem(key) {
      await later()
      return kept.get(key) ?? null
    },
    async setItem(key, value) {
      await later()
      kept.set(key, value)
    },
    async removeItem(key) {
      await later()
      kept.delete(key)
    },
    async clear() {
      await later()
      kept.clear()
    },
  }
  const netInfo: NetInfoLike = {
    addEventListener(listener) {
      onNetwork.add(listener)
      listener({ isConnected })
      return () => void onNetwork.delete(listener)
    },
  }
  const appState: AppStateLike = {
    currentState: 'active',
    addEventListener(_, listener) {
      onApp.add(listener)
      return { remove: () => void onApp.delete(listener) }
    },
  }
  return {
    store,
    netInfo,
    appState,
    kept,
    listeners: () => onApp.size,
    connect(connected: boolean) {
      isConnected = connected
      for (const listener of onNetwork) listener({ isConnected })
    },
    show(state: 'active' | 'inactive' | 'background') {
      appState.currentState = state
      for (const listener of [...onApp]) listener(state)
    },
  }
}

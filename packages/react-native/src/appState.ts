import type { AppStateLike } from './installed.js'

/** In front, or half hidden as under a call or the control center of iOS: an app that is seen is alive. */
const isSeen = (state: string | null) => state !== 'background'

/** Whether the app is in front. */
export function watchApp(appState: () => AppStateLike | undefined) {
  return {
    isVisible: () => isSeen(appState()?.currentState ?? null),
    watchVisible(onChange: (visible: boolean) => void) {
      let visible = isSeen(appState()?.currentState ?? null)
      const subscription = appState()?.addEventListener('change', (state) => {
        if (isSeen(state) === visible) return
        visible = !visible
        onChange(visible)
      })
      return () => subscription?.remove()
    },
  }
}

import type { Context } from './context.js'
import type { Page } from './platform.js'

const inBrowser: Page = {
  url: () => location.href,
  replaceUrl: (url) => history.replaceState(history.state, '', url),
  async open(url) {
    location.href = url
    return undefined
  },
  onRestored(callback) {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return
      removeEventListener('pageshow', onShow)
      callback()
    }
    addEventListener('pageshow', onShow)
  },
}

/** The page that the app is; undefined on servers and in workers. */
export function page({ platform }: Context): Page | undefined {
  return platform.page ?? (typeof document === 'undefined' ? undefined : inBrowser)
}

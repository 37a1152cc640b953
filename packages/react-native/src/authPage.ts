import type { OpenedPage } from '@backline/core/internal'
import { notInstalled } from './errors.js'
import { amplifyWebBrowser, type BrowserResult, expoWebBrowser, inAppBrowser } from './installed.js'

/** Opens an address in a browser beside the app, and resolves with where it came back. */
export type OpenAuthPage = (
  url: string,
  redirects: string[],
  preferPrivateSession?: boolean,
) => Promise<OpenedPage>

/** By whichever browser the app has: `expo-web-browser`, `react-native-inappbrowser-reborn`, or v6's own. */
export async function openAuthPage(
  url: string,
  redirects: string[],
  preferPrivateSession = false,
): Promise<OpenedPage> {
  // What opens this app; the others open a website.
  const redirect = redirects.find((each) => !/^https?:/.test(each)) ?? redirects[0]
  try {
    const expo = expoWebBrowser()
    if (expo) {
      return opened(
        await expo.openAuthSessionAsync(url, redirect, { preferEphemeralSession: preferPrivateSession }),
      )
    }
    const inApp = inAppBrowser()
    if (inApp)
      return opened(await inApp.openAuth(url, redirect, { ephemeralWebSession: preferPrivateSession }))
    const amplify = amplifyWebBrowser()
    if (amplify) {
      const back = await amplify.module.openAuthSessionAsync(url, redirects, preferPrivateSession)
      return back ? { type: 'success', url: back } : { type: 'canceled' }
    }
  } catch (error) {
    return { type: 'error', error }
  }
  throw notInstalled(
    'expo-web-browser',
    'a sign-in by the hosted pages needs a browser beside the app',
    'install react-native-inappbrowser-reborn, or pass openAuthPage to createNativePlatform',
  )
}

function opened({ type, url }: BrowserResult): OpenedPage {
  return type === 'success' && url ? { type, url } : { type: 'canceled' }
}

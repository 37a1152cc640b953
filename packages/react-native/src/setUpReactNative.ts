import { setDevicePlatform } from '@backline/core/internal'
import { fillIn } from './globals.js'
import { createNativePlatform, type NativePlatformOptions } from './nativePlatform.js'

/**
 * Makes every context of this app one of a phone, with a store or a browser of your own. Without them
 * `import '@backline/react-native/polyfill'` does it, and `backline` does by itself in React Native; whichever comes first, what is given here counts.
 *
 * @example
 * setUpReactNative({ store: encryptedStore })
 *
 * @throws {ReactNativeError} `PackageNotInstalled`, naming the package and how to install it.
 */
export function setUpReactNative(options?: NativePlatformOptions): void {
  fillIn()
  setDevicePlatform(createNativePlatform(options))
}

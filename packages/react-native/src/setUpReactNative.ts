import { setDevicePlatform } from '@backline/core/internal'
import { fillIn } from './globals.js'
import { createNativePlatform, type NativePlatformOptions } from './nativePlatform.js'

/**
 * Makes every context of this app one of a phone. `import '@backline/react-native/polyfill'` calls it; so does `backline` in React Native.
 * Call it yourself to bring a store or a browser of your own.
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

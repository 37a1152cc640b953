// `import '@backline/react-native/polyfill'`, once, before anything else: what an app does to run on a phone.
import { setDevicePlatform } from '@backline/core/internal'
import { fillIn } from './globals.js'
import { createNativePlatform } from './nativePlatform.js'

fillIn()
// React Native loads a module when it is first used (`inlineRequires`), which may be after the app has chosen a store of its own.
setDevicePlatform(createNativePlatform(), true)

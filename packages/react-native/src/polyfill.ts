// `import '@backline/react-native/polyfill'`, once, before anything else: what an app does to run on a phone.
import { setUpReactNative } from './setUpReactNative.js'

setUpReactNative()

// `aws-amplify`, as React Native finds it: the same names, on a phone.
import '@backline/react-native/polyfill'

export * from './index.js'

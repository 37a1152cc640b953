import '@backline/react-native/polyfill'

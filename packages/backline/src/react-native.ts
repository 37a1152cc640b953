export * from '@backline/react-native'

// `aws-amplify/in-app-messaging` and `/pinpoint`
export * from '@backline/in-app-messaging'

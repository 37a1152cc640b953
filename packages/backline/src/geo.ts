// `@aws-amplify/geo`
export * from '@backline/geo'

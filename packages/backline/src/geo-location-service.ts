// `@aws-amplify/geo/location-service`
export * from '@backline/geo/location-service'

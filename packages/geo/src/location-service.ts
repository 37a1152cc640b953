// `@aws-amplify/geo/location-service`
export { AmazonLocationServiceProvider } from './provider.js'

import { amplify } from './amplify'

export const onRequest = amplify.onRequest

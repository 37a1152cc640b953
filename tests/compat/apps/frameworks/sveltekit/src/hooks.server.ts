import { amplify } from './amplify.server'

export const handle = amplify.handle

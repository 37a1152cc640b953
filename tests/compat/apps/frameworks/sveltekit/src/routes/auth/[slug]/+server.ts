import { amplify } from '../../../amplify.server'

export const GET = amplify.authRoutes()

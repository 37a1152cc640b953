import { amplify } from '../../amplify'

export const GET = amplify.authRoutes()

import { createAuthRouteHandlers } from '@/lib/amplify'

export const GET = createAuthRouteHandlers({
  redirectOnSignInComplete: '/todos',
  redirectOnSignOutComplete: '/sign-in',
})

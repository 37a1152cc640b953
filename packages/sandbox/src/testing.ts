import type { AuthPlan } from './plan.js'

// For tests of this package only.

/** What Amplify gives a pool whose users sign in by email. */
export const authPlan: AuthPlan = {
  loginWith: { email: true, phone: false, username: false },
  requiredAttributes: ['email'],
  groups: ['ADMINS', 'EDITORS'],
  passwordPolicy: {
    minLength: 8,
    requireLowercase: true,
    requireUppercase: true,
    requireNumbers: true,
    requireSymbols: true,
  },
  allowGuests: true,
  accessTokenSeconds: 3600,
  idTokenSeconds: 3600,
  refreshTokenSeconds: 30 * 86_400,
}

import type { AuthPlan } from '../plan.js'

/** Cognito's set: https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
const SYMBOL = /[\^$*.[\]{}()?\-"!@#%&/\\,><':;|_~`+= ]/

/** What is wrong with a new password, in the service's words; undefined where nothing is. */
export function passwordFault(password: string, policy: AuthPlan['passwordPolicy']): string | undefined {
  if (password.length < policy.minLength) return 'Password not long enough'
  if (password.length > 256) return 'Password too long'
  if (policy.requireLowercase && !/\p{Ll}/u.test(password)) return 'Password must have lowercase characters'
  if (policy.requireUppercase && !/\p{Lu}/u.test(password)) return 'Password must have uppercase characters'
  if (policy.requireNumbers && !/[0-9]/.test(password)) return 'Password must have numeric characters'
  if (policy.requireSymbols && !SYMBOL.test(password)) return 'Password must have symbol characters'
  return undefined
}

import type { ReferenceAuthProps } from '@backline/schema/backend'
import { accessOf } from './authAccessOf.js'
import type { AuthPlan, Warn } from './plan.js'

/**
 * What `referenceAuth(…)` says: a pool of those ids. How the one on AWS is set up is not known here, so this one takes any
 * name, email or phone number, asks for no attribute but what comes, and has Amplify's rules for everything else.
 */
export function referencePlan(props: ReferenceAuthProps, warn: Warn): AuthPlan {
  const { userPoolId, userPoolClientId, identityPoolId, groups = {} } = props
  const wrong = (name: string, example: string) =>
    new Error(`referenceAuth: ${name} must be the id that AWS gave it, such as ${example}.`)
  if (!/^[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+$/.test(userPoolId ?? ''))
    throw wrong('userPoolId', 'us-east-1_Ab12Cd34E')
  if (!/^[\w+]{1,128}$/.test(userPoolClientId ?? ''))
    throw wrong('userPoolClientId', '3n4b5urk1ft4fl3mg5e62d9ado')
  if (!/^[\w-]+:[0-9a-f-]+$/i.test(identityPoolId ?? ''))
    throw wrong('identityPoolId', 'us-east-1:b1c2d3e4-0000-4000-8000-1234567890ab')
  warn(
    'referenceAuth: a local pool of the same ids is served. Nobody of the pool on AWS is in it, and it takes any username, email or phone number.',
  )
  return {
    reference: { userPoolId, userPoolClientId, identityPoolId },
    loginWith: { email: true, phone: true, username: false, anyName: true },
    requiredAttributes: [],
    groups: Object.keys(groups),
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
    ...accessOf(props, warn),
  }
}

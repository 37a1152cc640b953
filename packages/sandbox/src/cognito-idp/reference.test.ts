import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { defineBackend, referenceAuth } from '@backline/schema/backend'
import { Amplify } from 'aws-amplify'
import { confirmSignUp, fetchAuthSession, signIn, signOut, signUp } from 'aws-amplify/auth'
import { afterEach, expect, test } from 'vitest'
import { planOf } from '../planOf.js'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const IDS = {
  userPoolId: 'eu-west-1_Ab12Cd34E',
  userPoolClientId: '3n4b5urk1ft4fl3mg5e62d9ado',
  identityPoolId: 'eu-west-1:b1c2d3e4-0000-4000-8000-1234567890ab',
}

let pool: TestPool
afterEach(() => pool.stop())

test.each(['ada@example.com', 'ada'])(
  'a referenced pool is served under its ids, and %s signs in',
  async (username) => {
    const arns = { authRoleArn: 'arn:aws:iam::1:role/auth', unauthRoleArn: 'arn:aws:iam::1:role/unauth' }
    const backend = defineBackend({
      auth: referenceAuth({ ...IDS, ...arns, groups: { ADMINS: 'arn:aws:iam::1:role/admins' } }),
    })
    pool = await startPool(planOf(backend).auth)
    expect(pool.outputs).toMatchObject({
      aws_region: 'eu-west-1',
      user_pool_id: IDS.userPoolId,
      user_pool_client_id: IDS.userPoolClientId,
      identity_pool_id: IDS.identityPoolId,
      groups: [{ ADMINS: { precedence: 0 } }],
    })
    Amplify.configure({
      Auth: {
        Cognito: {
          ...IDS,
          userPoolEndpoint: pool.sandbox.url,
          identityPoolEndpoint: pool.sandbox.url,
          allowGuestAccess: true,
        },
      },
    })
    await signUp({ username, password: PASSWORD, options: { userAttributes: { email: 'ada@example.com' } } })
    const { code } = await pool.sandbox.inbox.next({ to: 'ada@example.com' })
    await confirmSignUp({ username, confirmationCode: code! })
    expect((await signIn({ username, password: PASSWORD })).isSignedIn).toBe(true)
    const { tokens, identityId, credentials } = await fetchAuthSession()
    expect(tokens?.accessToken.payload.iss).toBe(
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E',
    )
    expect(identityId).toMatch(/^eu-west-1:/)
    expect(credentials?.sessionToken).toBeTruthy()
    await signOut()
    const { UserStatus } = await pool.sdk.send(
      new AdminGetUserCommand({ UserPoolId: IDS.userPoolId, Username: username }),
    )
    expect(UserStatus).toBe('CONFIRMED')
  },
)

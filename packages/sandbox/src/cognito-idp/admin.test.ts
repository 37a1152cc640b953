import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  ListUsersCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool

afterEach(() => pool.stop())

const who = () => ({ UserPoolId: pool.UserPoolId, Username: ADA })

test('an invited user signs in with the mailed password and chooses their own', async () => {
  pool = await startPool()
  const { User } = await pool.sdk.send(new AdminCreateUserCommand(who()))
  expect(User).toMatchObject({ UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true })
  const { code } = await pool.sandbox.inbox.next({ to: ADA })
  const { ChallengeName, Session, ChallengeParameters } = await pool.sdk.send(
    new InitiateAuthCommand({
      ClientId: pool.ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: ADA, PASSWORD: code! },
    }),
  )
  expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED')
  const answer = (NEW_PASSWORD: string) =>
    pool.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId: pool.ClientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: {
          USERNAME: ChallengeParameters!.USER_ID_FOR_SRP!,
          NEW_PASSWORD,
          'userAttributes.nickname': 'Ada',
        },
      }),
    )
  await expect(answer('weak')).rejects.toMatchObject({ name: 'InvalidPasswordException' })
  const { AuthenticationResult } = await answer(PASSWORD)
  expect(decodeJwt(AuthenticationResult!.IdToken!).nickname).toBe('Ada')
  await expect(answer(PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await pool.signIn(ADA)
})

test('groups are in both tokens, the one with precedence first', async () => {
  pool = await startPool()
  await pool.addUser(ADA)
  const add = (GroupName: string) => pool.sdk.send(new AdminAddUserToGroupCommand({ ...who(), GroupName }))
  await add('EDITORS')
  await add('ADMINS')
  await expect(add('NOBODIES')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  const { AccessToken, IdToken } = await pool.signIn(ADA)
  expect(decodeJwt(AccessToken)['cognito:groups']).toEqual(['ADMINS', 'EDITORS'])
  expect(decodeJwt(IdToken)['cognito:groups']).toEqual(['ADMINS', 'EDITORS'])
  const { Groups } = await pool.sdk.send(new AdminListGroupsForUserCommand(who()))
  expect(Groups!.map(({ GroupName }) => GroupName)).toEqual(['ADMINS', 'EDITORS'])
})

test('an administrator confirms, reads, lists and deletes users', async () => {
  pool = await startPool()
  await pool.sdk.send(new SignUpCommand({ ClientId: pool.ClientId, Username: ADA, Password: PASSWORD }))
  await pool.sdk.send(new AdminConfirmSignUpCommand(who()))
  const user = await pool.sdk.send(new AdminGetUserCommand(who()))
  expect(user.UserStatus).toBe('CONFIRMED')
  expect(Math.abs(user.UserCreateDate!.getTime() - pool.sandbox.clock.now())).toBeLessThan(60_000)
  await pool.addUser('bob@example.com')
  await pool.addUser('cy@example.com')

  const { UserPoolId } = pool
  const first = await pool.sdk.send(new ListUsersCommand({ UserPoolId, Limit: 2 }))
  const second = await pool.sdk.send(
    new ListUsersCommand({ UserPoolId, Limit: 2, PaginationToken: first.PaginationToken }),
  )
  expect([first.Users!.length, second.Users!.length, second.PaginationToken]).toEqual([2, 1, undefined])
  const { Users } = await pool.sdk.send(
    new ListUsersCommand({ UserPoolId, Filter: 'email = "bob@example.com"' }),
  )
  expect(Users!.length).toBe(1)

  await pool.sdk.send(new AdminDeleteUserCommand(who()))
  await expect(pool.sdk.send(new AdminGetUserCommand(who()))).rejects.toMatchObject({
    name: 'UserNotFoundException',
  })
})

test('an administrator’s call must be signed with the root key, rightly and in time', async () => {
  pool = await startPool()
  const unsigned = await fetch(pool.sandbox.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.ListUsers',
    },
    body: JSON.stringify({ UserPoolId: pool.UserPoolId }),
  })
  expect(unsigned.status).toBe(400)
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })

  const { accessKeyId, secretAccessKey } = pool.sandbox.credentials
  for (const [credentials, name] of [
    [{ accessKeyId, secretAccessKey: 'guessed' }, 'InvalidSignatureException'],
    [{ accessKeyId: 'AKIA0000000000000000', secretAccessKey }, 'UnrecognizedClientException'],
  ] as const) {
    const sdk = new CognitoIdentityProviderClient({
      region: 'us-east-1',
      endpoint: pool.sandbox.url,
      credentials,
      maxAttempts: 1,
    })
    await expect(sdk.send(new ListUsersCommand({ UserPoolId: pool.UserPoolId }))).rejects.toMatchObject({
      name,
    })
    sdk.destroy()
  }
  pool.sandbox.clock.advance(6 * 60_000)
  await expect(pool.sdk.send(new ListUsersCommand({ UserPoolId: pool.UserPoolId }))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
  })
})

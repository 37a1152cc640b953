import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserAttributesCommand,
  AdminGetUserCommand,
  AdminInitiateAuthCommand,
  AdminListGroupsForUserCommand,
  AdminRespondToAuthChallengeCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetGroupCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
  ListUsersInGroupCommand,
  UpdateGroupCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD, startPool, type TestPool } from '../pool.fixture.js'

const ADA = 'ada@example.com'

let pool: TestPool
let UserPoolId: string

beforeEach(async () => {
  pool = await startPool()
  UserPoolId = pool.UserPoolId
})
afterEach(() => pool.stop())

test('groups are made, ordered, filled and dropped', async () => {
  await pool.addUser(ADA)
  const make = (GroupName: string, Precedence?: number) =>
    pool.sdk.send(new CreateGroupCommand({ UserPoolId, GroupName, Precedence, Description: 'x' }))
  await make('LATE')
  await make('FIRST', 0)
  await expect(make('ADMINS')).rejects.toMatchObject({ name: 'GroupExistsException' })
  await pool.sdk.send(new UpdateGroupCommand({ UserPoolId, GroupName: 'ADMINS', Precedence: 9 }))
  const { Groups } = await pool.sdk.send(new ListGroupsCommand({ UserPoolId }))
  expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['FIRST', 'EDITORS', 'ADMINS', 'LATE'])

  for (const GroupName of ['LATE', 'ADMINS', 'FIRST']) {
    await pool.sdk.send(new AdminAddUserToGroupCommand({ UserPoolId, GroupName, Username: ADA }))
  }
  const { AccessToken } = await pool.signIn(ADA)
  expect(decodeJwt(AccessToken)['cognito:groups']).toEqual(['FIRST', 'ADMINS', 'LATE'])
  const { Users } = await pool.sdk.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: 'FIRST' }))
  expect(Users).toMatchObject([{ UserStatus: 'CONFIRMED', Enabled: true }])

  await pool.sdk.send(new DeleteGroupCommand({ UserPoolId, GroupName: 'FIRST' }))
  await expect(pool.sdk.send(new GetGroupCommand({ UserPoolId, GroupName: 'FIRST' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
  const left = await pool.sdk.send(new AdminListGroupsForUserCommand({ UserPoolId, Username: ADA }))
  expect(left.Groups?.map(({ GroupName, Precedence }) => [GroupName, Precedence])).toEqual([
    ['ADMINS', 9],
    ['LATE', undefined],
  ])
})

test('a server signs people in for them, challenges included', async () => {
  await pool.sdk.send(
    new AdminCreateUserCommand({
      UserPoolId,
      Username: ADA,
      TemporaryPassword: PASSWORD,
      MessageAction: 'SUPPRESS',
    }),
  )
  const asked = await pool.sdk.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId: pool.ClientId,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: ADA, PASSWORD },
    }),
  )
  expect(asked.ChallengeName).toBe('NEW_PASSWORD_REQUIRED')
  const { AuthenticationResult } = await pool.sdk.send(
    new AdminRespondToAuthChallengeCommand({
      UserPoolId,
      ClientId: pool.ClientId,
      ChallengeName: asked.ChallengeName,
      Session: asked.Session,
      ChallengeResponses: { USERNAME: ADA, NEW_PASSWORD: 'Another-horse-2' },
    }),
  )
  expect(AuthenticationResult?.RefreshToken).toBeDefined()
})

test('an invitation is sent again while nobody has followed it', async () => {
  const create = (more: object = {}) =>
    pool.sdk.send(new AdminCreateUserCommand({ UserPoolId, Username: ADA, ...more }))
  await create()
  const first = await pool.sandbox.inbox.next({ to: ADA })
  await create({ MessageAction: 'RESEND' })
  const second = await pool.sandbox.inbox.next({ to: ADA })
  expect(second.code).not.toBe(first.code)
  await expect(pool.signIn(ADA, first.code)).rejects.toMatchObject({ name: 'NotAuthorizedException' })
  await pool.addUser('eve@example.com')
  await expect(create({ Username: 'eve@example.com', MessageAction: 'RESEND' })).rejects.toMatchObject({
    name: 'UnsupportedUserStateException',
  })
})

test('an administrator changes attributes and vouches for addresses', async () => {
  await pool.register(ADA)
  await pool.addUser('eve@example.com')
  const update = (attributes: Record<string, string>) =>
    pool.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId,
        Username: ADA,
        UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
      }),
    )
  const read = async () => {
    const user = await pool.sdk.send(new AdminGetUserCommand({ UserPoolId, Username: ADA }))
    return Object.fromEntries(user.UserAttributes!.map(({ Name, Value }) => [Name, Value]))
  }
  await update({ name: 'Ada', phone_number: '+15555550123' })
  expect(await read()).toMatchObject({ name: 'Ada', phone_number_verified: 'false', email_verified: 'true' })
  await update({ phone_number_verified: 'true' })
  expect(await read()).toMatchObject({ phone_number_verified: 'true' })
  await expect(update({ email: 'eve@example.com' })).rejects.toMatchObject({ name: 'AliasExistsException' })
  await pool.sdk.send(
    new AdminDeleteUserAttributesCommand({ UserPoolId, Username: ADA, UserAttributeNames: ['phone_number'] }),
  )
  expect(await read()).not.toHaveProperty('phone_number')
})

test('the pool and its client describe themselves, and the client’s lifetimes can be changed', async () => {
  const { ClientId } = pool
  expect((await pool.sdk.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toMatchObject([
    { Id: UserPoolId },
  ])
  expect((await pool.sdk.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool).toMatchObject({
    UsernameAttributes: ['email'],
    Policies: { PasswordPolicy: { MinimumLength: 8 } },
    MfaConfiguration: 'OFF',
  })
  await pool.sdk.send(
    new UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId,
      AccessTokenValidity: 5,
      TokenValidityUnits: { AccessToken: 'minutes' },
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 7 },
    }),
  )
  await pool.register(ADA)
  expect((await pool.signIn(ADA)).ExpiresIn).toBe(300)
  expect(
    (await pool.sdk.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient,
  ).toMatchObject({
    AccessTokenValidity: 300,
    RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 7 },
  })
})
